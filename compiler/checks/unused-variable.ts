/** A variable that nothing reads: neither a guard, nor a property, nor the effect on another variable. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton, Effect } from "../ir/automaton.ts";
import type { Operand } from "../ir/expression.ts";
import { effectOperand, predicateOperands } from "../ir/walk.ts";

/**
 * Reports `check/unused-variable` for a variable that is neither read nor written. One that is only written is what
 * callers read in replies, and is of use.
 */
export function checkUnusedVariables(
  { variables, rules, invariants, fieldInvariants }: Automaton,
  report: Report,
): void {
  const predicates = [
    ...rules.flatMap(({ guard }) => guard ?? []),
    ...[...invariants, ...fieldInvariants].map(({ assert }) => assert),
  ];
  const effects = rules.flatMap((rule) => rule.effects);
  const operands = [...predicates.flatMap(predicateOperands), ...effects.map(effectOperand)];
  const used = new Set([...operands.flatMap(variablesIn), ...effects.map(({ variable }: Effect) => variable)]);
  for (const { name, span } of variables)
    if (!used.has(name)) report("check/unused-variable", span, { variable: name });
}

function variablesIn(operand: Operand): readonly string[] {
  switch (operand.kind) {
    case "variable":
      return [operand.name];
    case "length":
      return variablesIn(operand.of);
    case "arithmetic":
      return [...variablesIn(operand.left), ...variablesIn(operand.right)];
    case "related":
      return [operand.reference];
    case "status":
    case "field":
    case "param":
    case "literal":
      return [];
  }
}
