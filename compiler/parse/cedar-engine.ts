/** Loads Cedar's own WebAssembly build on first use: starting it costs 25 ms that a command without policies need not pay. */

import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";

type CedarEngine = typeof import("@cedar-policy/cedar-wasm/nodejs");

let engine: CedarEngine | undefined;

/** Cedar itself. A text that `cedar-scan.ts` finds too complex must never reach it: the instance does not survive that. */
export function cedar(): CedarEngine {
  engine ??= load();
  return engine;
}

/** V8 of Node 20 can abort the process when it gives up optimized code that has inlined a call into Cedar, so it must not inline. */
function load(): CedarEngine {
  setFlagsFromString("--no-turbo-inline-js-wasm-calls");
  // `require` is untyped; the package declares what its CommonJS build exports.
  return createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs") as CedarEngine;
}
