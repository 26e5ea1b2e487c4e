/** What a solver is told of an automaton, as text: `verify` has the terms, and the templates what stands around them. */
import { render, type Templates } from "./render.ts";

const files = { preamble: "preamble.smt2.hbs", obligations: "obligations.smt2.hbs" } as const;

/** The script of that name in SMT-LIB, filled with terms that are well-formed. Throws where a hole has nothing. */
export function proofScript(script: keyof typeof files, holes: object, templates: Templates): string {
  return render(templates, files[script], holes);
}
