/** A rule that can never decide, because earlier rules of its action already decide in all its statuses. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports `check/shadowed-rule` for each rule whose `from` overlaps that of an earlier rule of the same action. */
export function checkShadowedRules({ rules }: Automaton, report: Report): void {
  for (const [index, rule] of rules.entries()) {
    const earlier = rules.slice(0, index).filter(({ action }) => action === rule.action);
    const shared = rule.from.filter((status) => earlier.some(({ from }) => from.includes(status)));
    const first = earlier.find(({ from }) => from.some((status) => shared.includes(status)));
    if (first === undefined) continue;
    const notes = [{ message: "the rule that decides", span: first.span }];
    const hint =
      "the first rule whose from fits decides, even where its guard is false: join the guards, or part the statuses";
    report("check/shadowed-rule", rule.span, { action: rule.action, statuses: shared.join(", ") }, { hint, notes });
  }
}
