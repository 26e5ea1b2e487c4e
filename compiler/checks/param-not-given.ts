/** An action that is asked for without a parameter that it needs: it would be refused each time. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { askedBy } from "../ir/asked.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports `check/param-not-given` where the asked action requires a parameter that nothing gives it. */
export function checkGivenParams(
  automaton: Automaton,
  report: Report,
  { automata }: { readonly automata: readonly Automaton[] },
): void {
  for (const { entityType, action: name, params, copies, span } of askedBy(automaton)) {
    const target = automata.find((each) => each.name === entityType);
    const action = target?.actions.find((each) => each.name === name);
    for (const { name: param, required } of action?.params ?? []) {
      if (required && !copies.includes(param) && !params.some((given) => given.param === param))
        report("check/param-not-given", span, { action: name, param });
    }
  }
}
