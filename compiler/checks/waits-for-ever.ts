/** A status in which an entity may wait for ever, though the spec does not say that it may. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports `check/waits-for-ever` for a status that is not terminal, has no timeout and is not allowed to wait. */
export function checkWaits({ statuses, terminal, indefinite, timeouts }: Automaton, report: Report): void {
  for (const { name, span } of statuses) {
    if (terminal.includes(name) || indefinite.includes(name)) continue;
    if (timeouts.some(({ status }) => status === name)) continue;
    const hint = "add a [[state_timeout]], or list it in allow_indefinite_states if it may";
    report("check/waits-for-ever", span, { status: name }, { hint });
  }
}
