/** A variable that nothing reads: neither a guard, nor a property, nor the effect on another variable. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton, Effect } from "../ir/automaton.ts";
import type { Operand } from "../ir/expression.ts";
import { fieldsAsked } from "../ir/fields-asked.ts";
import type { CrossInvariant } from "../ir/reaction.ts";
import { effectOperand, predicateOperands } from "../ir/walk.ts";

/**
 * Reports `check/unused-variable` for a variable that is neither read nor written. One that is only written is what
 * callers read in replies, and is of use.
 */
export function checkUnusedVariables(
  automaton: Automaton,
  report: Report,
  { crossInvariants }: { readonly crossInvariants: readonly CrossInvariant[] },
): void {
  const { variables, rules, invariants, fieldInvariants, triggers } = automaton;
  const predicates = [
    ...[...rules, ...triggers].flatMap(({ guard }) => guard ?? []),
    ...[...invariants, ...fieldInvariants].map(({ assert }) => assert),
    ...crossInvariants.map(({ assert }) => assert),
  ];
  const effects = rules.flatMap((rule) => rule.effects);
  const operands = [...predicates.flatMap(predicateOperands), ...effects.map(effectOperand)];
  const used = new Set([
    ...operands.flatMap(variablesIn),
    ...effects.map(({ variable }: Effect) => variable),
    ...fieldsAsked(automaton),
  ]);
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
