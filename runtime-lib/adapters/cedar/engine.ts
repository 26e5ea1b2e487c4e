/** Loads Cedar's own WebAssembly build on first use, so that whoever brings another authorizer does not pay for it. */
import { createRequire } from "node:module";

type CedarEngine = typeof import("@cedar-policy/cedar-wasm/nodejs");

let engine: CedarEngine | undefined;

/** Cedar itself. */
export function cedar(): CedarEngine {
  // `require` is untyped; the package declares what its CommonJS build exports.
  engine ??= createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs") as CedarEngine;
  return engine;
}
