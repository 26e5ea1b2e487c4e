/** A status in which an entity may wait for ever, though the spec does not say that it may. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports `check/waits-for-ever` for a status that is neither terminal nor allowed to wait. */
export function checkWaits({ statuses, terminal, indefinite }: Automaton, report: Report): void {
  for (const { name, span } of statuses) {
    if (terminal.includes(name) || indefinite.includes(name)) continue;
    const hint = "if it may, list it in allow_indefinite_states";
    report("check/waits-for-ever", span, { status: name }, { hint });
  }
}
