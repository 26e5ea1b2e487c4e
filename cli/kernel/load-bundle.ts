/** Loads a bundled revision into this process, beside those that are already there. */
import { compileFunction } from "node:vm";
import type { ServiceDefinition } from "@temperc/runtime";

/**
 * Runs a CommonJS bundle that has no imports and gives the service that it exports. The code is not given `require`, and
 * nothing keeps hold of it but the definition: a revision that is no longer served can be collected.
 */
export function loadBundle(bundle: string, name: string): ServiceDefinition {
  const module: { exports: { service?: ServiceDefinition } } = { exports: {} };
  compileFunction(bundle, ["module", "exports"], { filename: `temperc:${name}` })(module, module.exports);
  const { service } = module.exports;
  if (service === undefined) throw new Error("the bundle exports no service");
  return service;
}
