/** A trigger for a status that its action does not lead to: nothing is ever asked. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports `check/trigger-cannot-fire` for each trigger whose `to_state` no rule of its action lands in. */
export function checkTriggersFire({ triggers, rules }: Automaton, report: Report): void {
  for (const { name, action, toStatus, span } of triggers) {
    if (toStatus === undefined) continue;
    const landings = rules
      .filter((rule) => rule.action === action)
      .flatMap(({ from, to }) => (to.kind === "stay" ? from : [to.name]));
    if (!landings.includes(toStatus))
      report("check/trigger-cannot-fire", span, { trigger: name, action, status: toStatus });
  }
}
