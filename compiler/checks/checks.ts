/** Every check on the bound program, one a file; none of them changes it. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { Policy } from "../ir/program.ts";
import type { CrossInvariant } from "../ir/reaction.ts";
import { checkArguments } from "./argument-type.ts";
import { checkUnderflow } from "./counter-underflow.ts";
import { checkNeverWritten } from "./never-written.ts";
import { checkFailures } from "./no-on-failure.ts";
import { checkPermitted } from "./nobody-may.ts";
import { checkGivenParams } from "./param-not-given.ts";
import { checkPolicyStatuses } from "./policy-status.ts";
import { checkRulesFire } from "./rule-cannot-fire.ts";
import { checkShadowedRules } from "./shadowed-rule.ts";
import { checkTriggersFire } from "./trigger-cannot-fire.ts";
import { checkCycles } from "./trigger-cycle.ts";
import { checkUnreachableStatuses } from "./unreachable-status.ts";
import { checkUnusedVariables } from "./unused-variable.ts";
import { checkWaits } from "./waits-for-ever.ts";

/** What a check may look at besides the automaton that it is about. */
export interface Surroundings {
  readonly automata: readonly Automaton[];
  readonly crossInvariants: readonly CrossInvariant[];
  readonly policies: readonly Policy[];
}

/*
 * What the program no longer shows is told of where it is decided. Which parameters are not copied, and which action counts by
 * its name, is lowered (`bind/copied-params.ts`, `bind/counted-by-name.ts`). The type and the first action of a spawned entity
 * are names that the program proves to exist (`bind/request.ts`, `bind/asked.ts`). Conditions of a policy that contradict each
 * other are for Cedar's own validator, which `bind/policies.ts` asks.
 */
const checks: readonly ((automaton: Automaton, report: Report, surroundings: Surroundings) => void)[] = [
  checkArguments,
  checkFailures,
  checkGivenParams,
  checkNeverWritten,
  checkPermitted,
  checkPolicyStatuses,
  checkRulesFire,
  checkShadowedRules,
  checkTriggersFire,
  checkUnderflow,
  checkUnreachableStatuses,
  checkUnusedVariables,
  checkWaits,
];

/** Runs all checks on all automata. */
export function checkProgram(surroundings: Surroundings, report: Report): void {
  for (const automaton of surroundings.automata) for (const check of checks) check(automaton, report, surroundings);
  checkCycles(surroundings.automata, report);
}
