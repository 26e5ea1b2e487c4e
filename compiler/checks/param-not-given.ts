/** An action that is asked for without a parameter that it needs: it would be refused each time. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { type Asked, askedBy } from "../ir/asked.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports `check/param-not-given` where the asked action requires a parameter that nothing gives it. */
export function checkGivenParams(
  automaton: Automaton,
  report: Report,
  { automata }: { readonly automata: readonly Automaton[] },
): void {
  for (const { by, entityType, action: name, params, copies, span } of askedBy(automaton)) {
    const target = automata.find((each) => each.name === entityType);
    const action = target?.actions.find((each) => each.name === name);
    for (const { name: param, required } of action?.params ?? []) {
      if (required && !copies.includes(param) && !params.some((given) => given.param === param))
        report("check/param-not-given", span, { action: name, param }, { hint: hints[by]?.(name) });
    }
  }
}

/** The way out where parameters are not given by `params` and `params_from`. */
const hints: Readonly<Partial<Record<Asked["by"], (action: string) => string>>> = {
  schedule: optional,
  workflow: optional,
  answer: optional,
  webhook: (action) => `take it from the body by extract, or ${optional(action)}`,
};

function optional(action: string): string {
  return `declare it as required = false in "${action}"`;
}
