/** Walks over expressions: the operands of a predicate, and the one of an effect. */

import type { Effect } from "./automaton.ts";
import type { Operand, Predicate } from "./expression.ts";

/** Every operand that the predicate reads, in source order, not descending into operands. */
export function predicateOperands(predicate: Predicate): readonly Operand[] {
  switch (predicate.kind) {
    case "constant":
      return [];
    case "truth":
    case "empty":
      return [predicate.operand];
    case "comparison":
      return [predicate.left, predicate.right];
    case "membership":
      return "kind" in predicate.set ? [predicate.element, predicate.set] : [predicate.element, ...predicate.set];
    case "not":
      return predicateOperands(predicate.operand);
    case "and":
    case "or":
      return predicate.operands.flatMap(predicateOperands);
    case "implies":
      return [...predicateOperands(predicate.premise), ...predicateOperands(predicate.conclusion)];
  }
}

/** True where the predicate asks for fields that are no variables: the step does not see them, the service does. */
export function readsFields(predicate: Predicate): boolean {
  return predicateOperands(predicate).some(({ kind }) => kind === "field");
}

/** What the effect gives to its variable. */
export function effectOperand(effect: Effect): Operand {
  switch (effect.kind) {
    case "assign":
    case "append":
    case "remove":
      return effect.value;
    case "increase":
    case "decrease":
      return effect.amount;
    case "remove-at":
      return effect.index;
  }
}

/** The names of the variables that the predicate reads. */
export function variablesRead(predicate: Predicate): readonly string[] {
  return predicateOperands(predicate).flatMap(variablesIn);
}

/** The names of the variables that the operand reads, also as references. */
export function variablesIn(operand: Operand): readonly string[] {
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
