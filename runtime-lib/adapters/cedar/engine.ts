/** Loads Cedar's own WebAssembly build on first use, so that whoever brings another authorizer does not pay for it. */
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";

type CedarEngine = typeof import("@cedar-policy/cedar-wasm/nodejs");

let engine: CedarEngine | undefined;

/** Cedar itself. */
export function cedar(): CedarEngine {
  engine ??= load();
  return engine;
}

/**
 * Cedar's functions return references into JavaScript. When V8 (11.3, Node 20) has inlined a call of such a function and
 * must give the caller's optimized code up while the call runs, it aborts the whole process with "unreachable code" in
 * `Deoptimizer::DoComputeBuiltinContinuation`: one run in three under load. Without the inlining it never does.
 */
function load(): CedarEngine {
  setFlagsFromString("--no-turbo-inline-js-wasm-calls");
  // `require` is untyped; the package declares what its CommonJS build exports.
  return createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs") as CedarEngine;
}
