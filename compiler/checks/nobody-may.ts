/** An action that no policy permits: whoever asks for it is denied. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { Policy } from "../ir/program.ts";

/** Reports `check/nobody-may` for actions of callers, and for those that timers ask for, which is as `System`. */
export function checkPermitted(
  automaton: Automaton,
  report: Report,
  { policies }: { readonly policies: readonly Policy[] },
): void {
  const permits = policies.filter(({ effect }) => effect === "permit");
  if (policies.length === 0) return;
  for (const { name, kind, composite, span } of automaton.actions) {
    const action = composite?.gate ?? name;
    const isPermitted = (type?: string): boolean =>
      permits.some(({ scope }) => admits(scope, { entityType: automaton.name, action, type }));
    if (kind === "input" && !isPermitted()) report("check/nobody-may", span, { who: "anybody", action: name });
    else if (isTimed(name, automaton) && !isPermitted("System"))
      report("check/nobody-may", span, { who: "System, which timers act as,", action: name });
  }
}

function isTimed(action: string, { timeouts, rules }: Automaton): boolean {
  const isScheduled = rules.some(({ outputs }) =>
    outputs.some((output) => (output.kind === "schedule" || output.kind === "schedule-at") && output.action === action),
  );
  return isScheduled || timeouts.some((timeout) => timeout.action === action);
}

interface Request {
  readonly entityType: string;
  readonly action: string;
  /** The type of the principal; any where absent. */
  readonly type: string | undefined;
}

function admits(
  { principalType, actions, resourceType }: Policy["scope"],
  { entityType, action, type }: Request,
): boolean {
  if (resourceType !== undefined && resourceType !== entityType) return false;
  if (type !== undefined && principalType !== undefined && principalType !== type) return false;
  return actions === undefined || actions.includes(action) || actions.includes(`${entityType}::${action}`);
}
