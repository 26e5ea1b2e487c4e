/** A status that no chain of rules leads to, guards aside. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports `check/unreachable-status`. Guards are not looked at: what they forbid is for the model checker to say. */
export function checkUnreachableStatuses({ statuses, initial, rules }: Automaton, report: Report): void {
  const reached = new Set([initial]);
  for (const status of reached) {
    for (const { from, to } of rules) if (to.kind === "status" && from.includes(status)) reached.add(to.name);
  }
  for (const { name, span } of statuses)
    if (!reached.has(name)) report("check/unreachable-status", span, { status: name });
}
