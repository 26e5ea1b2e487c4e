/** Mutation of a verified revision: its mutants go through the same emission, bundling and loading as the spec did. */
import { bundleAutomata, printEffect, printPredicate } from "../../compiler/index.ts";
import {
  type MutationProgress,
  type MutationReport,
  mutate,
  type Solver,
  type VerifyOptions,
} from "../../verify/index.ts";
import { packageRoot, readTemplates } from "../package-root.ts";
import { loadAutomata } from "./load-bundle.ts";
import type { Revision } from "./pipeline.ts";
import { writeScript } from "./write-script.ts";

export interface MutationOptions extends VerifyOptions {
  readonly solver: Solver;
  readonly onMutant: (progress: MutationProgress) => void | Promise<void>;
}

export function mutateRevision(
  { program, definition }: Revision,
  options: MutationOptions,
): Promise<readonly MutationReport[]> {
  const wording = { predicate: printPredicate, effect: printEffect };
  return mutate({
    ...options,
    prover: { solver: options.solver, write: writeScript },
    program,
    service: definition,
    wording,
    load: async (automata) => {
      const toBundle = { program, automata, templates: readTemplates() };
      return loadAutomata(await bundleAutomata(toBundle, { resolveDir: packageRoot }), `${program.name}-mutants`);
    },
  });
}
