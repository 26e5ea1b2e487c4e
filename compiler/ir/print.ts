/** Predicates, operands and effects back to the text of the spec language, normalised: for outlines, traces and messages. */

import type { Effect } from "./automaton.ts";
import type { Literal, Operand, Predicate } from "./expression.ts";

/** How tightly a node binds; a looser one inside a tighter one takes parentheses. */
const strength = { implies: 1, or: 2, and: 3, not: 4, atom: 5 } as const;

/** The predicate in the grammar of conditions; parsing it gives an equal predicate. */
export function printPredicate(predicate: Predicate): string {
  return printAt(predicate, 0);
}

function printAt(predicate: Predicate, outer: number): string {
  switch (predicate.kind) {
    case "constant":
      return String(predicate.value);
    case "truth":
      return printOperand(predicate.operand);
    case "comparison":
      return `${printOperand(predicate.left)} ${predicate.operator} ${printOperand(predicate.right)}`;
    case "membership":
      return `${printOperand(predicate.element)}${predicate.negated ? " not" : ""} in ${printSet(predicate.set)}`;
    case "empty":
      return `empty(${printOperand(predicate.operand)})`;
    case "not":
      return `!${isBare(predicate.operand) ? printAt(predicate.operand, strength.not) : `(${printAt(predicate.operand, 0)})`}`;
    case "and":
      return wrap(predicate.operands.map((each) => printAt(each, strength.and)).join(" && "), strength.and, outer);
    case "or":
      return wrap(predicate.operands.map((each) => printAt(each, strength.or)).join(" || "), strength.or, outer);
    case "implies": {
      const premise = printAt(predicate.premise, strength.implies + 1);
      return wrap(`${premise} => ${printAt(predicate.conclusion, strength.implies)}`, strength.implies, outer);
    }
  }
}

/** What `!` can stand before without parentheses. */
function isBare({ kind }: Predicate): boolean {
  return kind === "truth" || kind === "constant" || kind === "empty" || kind === "not";
}

function wrap(text: string, own: number, outer: number): string {
  return own < outer ? `(${text})` : text;
}

function printSet(set: readonly Operand[] | Operand): string {
  return "kind" in set ? printOperand(set) : `[${set.map(printOperand).join(", ")}]`;
}

/** The operand in the grammar of conditions. */
export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case "status":
      return "status";
    case "variable":
    case "field":
      return operand.name;
    case "related":
      return `${operand.entityType}[${operand.reference}].${operand.property}`;
    case "param":
      return `params.${operand.name}`;
    case "length":
      return `len(${printOperand(operand.of)})`;
    case "literal":
      return printLiteral(operand.value);
    case "arithmetic":
      return `${printOperand(operand.left)} ${operand.operator} ${printOperand(operand.right)}`;
  }
}

/** Strings in single quotes, a quote inside written twice. */
export function printLiteral(value: Literal): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** The effect in the grammar of effects. */
export function printEffect(effect: Effect): string {
  switch (effect.kind) {
    case "assign":
      return `${effect.variable} = ${printOperand(effect.value)}`;
    case "increase":
      return `${effect.variable} += ${printOperand(effect.amount)}`;
    case "decrease":
      return `${effect.variable} -= ${printOperand(effect.amount)}`;
    case "append":
      return `append(${effect.variable}, ${printOperand(effect.value)})`;
    case "remove-at":
      return `remove_at(${effect.variable}, ${printOperand(effect.index)})`;
    case "remove":
      return `remove(${effect.variable}, ${printOperand(effect.value)})`;
  }
}
