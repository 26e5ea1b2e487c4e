/** Loads Cedar's own WebAssembly build on first use: starting it costs 25 ms that a command without policies need not pay. */

import { createRequire } from "node:module";

type CedarEngine = typeof import("@cedar-policy/cedar-wasm/nodejs");

let engine: CedarEngine | undefined;

/** Cedar itself. A text that `cedar-scan.ts` finds too complex must never reach it: the instance does not survive that. */
export function cedar(): CedarEngine {
  // `require` is untyped; the package declares what its CommonJS build exports.
  engine ??= createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs") as CedarEngine;
  return engine;
}
