/** Every check on the bound program, one a file; none of them changes it. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { CrossInvariant } from "../ir/reaction.ts";
import { checkGivenParams } from "./param-not-given.ts";
import { checkShadowedRules } from "./shadowed-rule.ts";
import { checkUnreachableStatuses } from "./unreachable-status.ts";
import { checkUnusedVariables } from "./unused-variable.ts";
import { checkWaits } from "./waits-for-ever.ts";

/** What a check may look at besides the automaton that it is about. */
export interface Surroundings {
  readonly automata: readonly Automaton[];
  readonly crossInvariants: readonly CrossInvariant[];
}

const checks: readonly ((automaton: Automaton, report: Report, surroundings: Surroundings) => void)[] = [
  checkGivenParams,
  checkShadowedRules,
  checkUnreachableStatuses,
  checkUnusedVariables,
  checkWaits,
];

/** Runs all checks on all automata. */
export function checkProgram(surroundings: Surroundings, report: Report): void {
  for (const automaton of surroundings.automata) for (const check of checks) check(automaton, report, surroundings);
}
