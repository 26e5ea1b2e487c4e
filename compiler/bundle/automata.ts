/** Bundles automata on their own, without a service around them: variants of a spec's automata, to be looked at and dropped. */

import { automatonFile } from "../emit/automaton.ts";
import type { Templates } from "../emit/render.ts";
import { lowerFirst } from "../emit/text.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { Program } from "../ir/program.ts";
import { bundleForKernel } from "./kernel.ts";
import type { BundleOptions } from "./options.ts";

export interface AutomataToBundle {
  /** Whose files the spans of the automata point into. */
  readonly program: Program;
  /** Several may have the same name. */
  readonly automata: readonly Automaton[];
  readonly templates: Templates;
}

/** The text of a CommonJS module that exports `automata`, in their order, and requires nothing; each by the template of `emit`. */
export async function bundleAutomata(
  { program, automata, templates }: AutomataToBundle,
  options: BundleOptions,
): Promise<string> {
  const files = automata.map((automaton, index) => {
    return { path: `generated/automata/${index}.ts`, text: automatonFile(program, automaton, templates).text };
  });
  const imports = automata.map(({ name }, index) => {
    return `import { ${lowerFirst(name)}Automaton as a${index} } from "./automata/${index}.js";`;
  });
  const list = automata.map((_, index) => `a${index}`).join(", ");
  const text = [...imports, `export const automata = [${list}];`, ""].join("\n");
  return bundleForKernel({ files: [...files, { path: "generated/index.ts", text }] }, options);
}
