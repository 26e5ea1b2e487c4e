/** Every check on the bound program, one a file; none of them changes it. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import { checkGivenParams } from "./param-not-given.ts";
import { checkShadowedRules } from "./shadowed-rule.ts";
import { checkUnreachableStatuses } from "./unreachable-status.ts";
import { checkUnusedVariables } from "./unused-variable.ts";
import { checkWaits } from "./waits-for-ever.ts";

const checks: readonly ((automaton: Automaton, report: Report, automata: readonly Automaton[]) => void)[] = [
  checkGivenParams,
  checkShadowedRules,
  checkUnreachableStatuses,
  checkUnusedVariables,
  checkWaits,
];

/** Runs all checks on all automata. */
export function checkProgram(automata: readonly Automaton[], report: Report): void {
  for (const automaton of automata) for (const check of checks) check(automaton, report, automata);
}
