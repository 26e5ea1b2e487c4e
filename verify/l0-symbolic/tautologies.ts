/** Invariants that say nothing: no snapshot that there can be breaks them, whatever the rules do. */
import type { SolverSession } from "../solver.ts";
import { satAnswers } from "./answers.ts";
import { applied, type Encoding } from "./encoding.ts";
import { assumptionsOf } from "./obligations.ts";
import { preamble } from "./preamble.ts";
import { apply, not } from "./smt.ts";

/** Their names. Where the solver's work is over, those that it has found by then. */
export async function tautologiesIn(encoding: Encoding, session: SolverSession): Promise<ReadonlySet<string>> {
  const { invariants, state } = encoding;
  if (invariants.length === 0) return new Set();
  const assumed = assumptionsOf(encoding, new Set()).map((term) => apply("assert", term));
  const questions = invariants.flatMap(({ definition, params }) => [
    "(push 1)",
    apply("assert", not(applied(definition.name, params, state, encoding))),
    "(check-sat)",
    "(pop 1)",
  ]);
  const body = [...assumed, ...questions];
  const answers = satAnswers(
    await session.run(["(reset)", preamble(encoding, body.join("\n")), ...body].join("\n")),
    invariants.length,
  );
  return new Set(invariants.filter((_, index) => answers[index] === "unsat").map(({ name }) => name));
}
