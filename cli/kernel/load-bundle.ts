/** Loads a bundled revision into this process, beside those that are already there. */
import { compileFunction } from "node:vm";
import type { Automaton, ServiceDefinition } from "@temperc/runtime";

/**
 * Runs a CommonJS bundle that has no imports and gives the service that it exports. The code is not given `require`, and
 * nothing keeps hold of it but the definition: a revision that is no longer served can be collected.
 */
export function loadBundle(bundle: string, name: string): ServiceDefinition {
  const { service } = exportsOf(bundle, name);
  if (service === undefined) throw new Error("the bundle exports no service");
  return service;
}

/** The same for a bundle that exports `automata`. */
export function loadAutomata(bundle: string, name: string): readonly Automaton[] {
  const { automata } = exportsOf(bundle, name);
  if (automata === undefined) throw new Error("the bundle exports no automata");
  return automata;
}

interface Exports {
  readonly service?: ServiceDefinition;
  readonly automata?: readonly Automaton[];
}

function exportsOf(bundle: string, name: string): Exports {
  const module: { exports: Exports } = { exports: {} };
  compileFunction(bundle, ["module", "exports"], { filename: `temperc:${name}` })(module, module.exports);
  return module.exports;
}
