/** A call to the outside whose failure leads to nothing: the entity would wait for an answer that does not come. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports `check/no-on-failure` for triggers that call an endpoint, a module or an adapter without saying what failure means. */
export function checkFailures({ triggers }: Automaton, report: Report): void {
  for (const { name, deed, span } of triggers) {
    if (deed.kind === "entity") continue;
    const { onFailure, failureRoutes } = deed.outcome;
    if (onFailure === undefined && failureRoutes.length === 0) report("check/no-on-failure", span, { trigger: name });
  }
}
