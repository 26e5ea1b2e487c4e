/** A decrement that can meet a counter which is too small: it stops at 0, and the difference is lost without a word. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton, Effect } from "../ir/automaton.ts";
import type { Operand, Predicate } from "../ir/expression.ts";
import { printOperand } from "../ir/print.ts";

type Decrease = Effect & { readonly kind: "decrease" };

/**
 * Reports `check/counter-underflow` where no part of the guard keeps the counter at or above what is taken from it, and no
 * invariant promises it of the statuses that the rule starts from.
 */
export function checkUnderflow({ rules, invariants }: Automaton, report: Report): void {
  for (const { guard, effects, from } of rules) {
    for (const effect of effects) {
      if (effect.kind !== "decrease" || effect.type !== "counter" || isKept(effect, guard)) continue;
      if (from.every((status) => invariants.some(({ assert }) => isKept(effect, promised(assert, status))))) continue;
      const amount = printOperand(effect.amount);
      const hint = `add "${effect.variable} >= ${amount}" to the guard`;
      report("check/counter-underflow", effect.span, { counter: effect.variable, amount }, { hint });
    }
  }
}

/** What the invariant says of that status: all of it, or what follows from being there. */
function promised(assert: Predicate, status: string): Predicate | undefined {
  if (assert.kind !== "implies") return assert;
  return isAbout(assert.premise, status) ? assert.conclusion : undefined;
}

function isAbout(premise: Predicate, status: string): boolean {
  const isIt = (operand: Operand): boolean => operand.kind === "literal" && operand.value === status;
  if (premise.kind === "comparison")
    return premise.operator === "==" && premise.left.kind === "status" && isIt(premise.right);
  if (premise.kind !== "membership" || premise.negated || premise.element.kind !== "status") return false;
  return "kind" in premise.set ? false : premise.set.some(isIt);
}

function isKept(effect: Decrease, guard: Predicate | undefined): boolean {
  if (guard === undefined) return false;
  if (guard.kind === "and") return guard.operands.some((each) => isKept(effect, each));
  if (guard.kind !== "comparison") return false;
  const [left, right] = [printOperand(guard.left), printOperand(guard.right)];
  const [counter, amount] = [effect.variable, printOperand(effect.amount)];
  if (left === amount && right === counter) return guard.operator === "<=" || guard.operator === "<";
  if (left !== counter) return false;
  if (right === amount) return [">=", ">", "=="].includes(guard.operator);
  const [least, taken] = [Number(right), Number(amount)];
  if (guard.operator === ">") return least + 1 >= taken;
  return (guard.operator === ">=" || guard.operator === "==") && least >= taken;
}
