/** Predicates, operands and effects back to the text of the spec language, normalised: for outlines, traces and messages. */

import type { Effect } from "./automaton.ts";
import type { Literal, Operand, Predicate } from "./expression.ts";
import type { Output } from "./reaction.ts";

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
      return paramText(operand.name);
    case "length":
      return `len(${printOperand(operand.of)})`;
    case "literal":
      return printLiteral(operand.value);
    case "arithmetic":
      return `${printOperand(operand.left)} ${operand.operator} ${printOperand(operand.right)}`;
  }
}

/** What the service fills in has a name with a space: `new Order` is a fresh id, and a field is shown by its own name. */
function paramText(name: string): string {
  const [kind, ...rest] = name.split(" ");
  if (rest.length === 0) return `params.${name}`;
  return kind === "new" ? name : rest.join(" ");
}

/** Strings in single quotes, a quote inside written twice. */
export function printLiteral(value: Literal): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** The output in the grammar of effects; an id that the service fills in is shown as what it is. */
export function printOutput(output: Output): string {
  switch (output.kind) {
    case "emit":
      return `emit(${printLiteral(output.event)})`;
    case "schedule":
      return `schedule(${printLiteral(output.action)}, ${output.seconds})`;
    case "schedule-at":
      return `schedule_at(${printLiteral(output.action)}, ${printOperand(output.at)})`;
    case "spawn": {
      const { entityType, action, id, copies } = output;
      const given = [printLiteral(entityType), action === undefined ? "null" : printLiteral(action), "null"];
      return `spawn(${[...given, printOperand(id), ...copies.map(printLiteral)].join(", ")})`;
    }
  }
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
