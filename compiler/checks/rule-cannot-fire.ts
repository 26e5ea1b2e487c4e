/** A rule whose guard is false whenever its statuses are right: what the spec says of it will never happen. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton, Rule } from "../ir/automaton.ts";
import type { ComparisonOperator, Operand, Predicate } from "../ir/expression.ts";
import { printOperand, printPredicate } from "../ir/print.ts";
import { isWritten } from "./never-written.ts";

/** Reports `check/rule-cannot-fire`. What takes more than one look at the guard to see is for the model checker to say. */
export function checkRulesFire(automaton: Automaton, report: Report): void {
  const fixed = new Map(
    automaton.variables
      .filter(({ name }) => !isWritten(name, automaton))
      .map(({ name, initial }) => [name, initial] as const),
  );
  for (const rule of automaton.rules) {
    if (rule.guard === undefined || canHold(rule.guard, { rule, fixed })) continue;
    report("check/rule-cannot-fire", rule.guard.span, { action: rule.action, guard: printPredicate(rule.guard) });
  }
}

interface Known {
  readonly rule: Rule;
  /** Variables that nothing changes, with the value that they have. */
  readonly fixed: ReadonlyMap<string, unknown>;
}

function canHold(predicate: Predicate, known: Known): boolean {
  switch (predicate.kind) {
    case "constant":
      return predicate.value;
    case "truth":
      return known.fixed.get(nameOf(predicate.operand)) !== false;
    case "comparison":
      return comparisonCanHold(predicate, known);
    case "and":
      return predicate.operands.every((each) => canHold(each, known)) && !contradict(predicate.operands);
    case "or":
      return predicate.operands.some((each) => canHold(each, known));
    case "membership":
    case "empty":
    case "not":
    case "implies":
      return true;
  }
}

type Comparison = Predicate & { readonly kind: "comparison" };

function comparisonCanHold({ operator, left, right }: Comparison, { rule, fixed }: Known): boolean {
  if (left.kind === "status" && right.kind === "literal") {
    const isOne = (status: string): boolean => status === right.value;
    if (operator === "==") return rule.from.some(isOne);
    return operator !== "!=" || rule.from.some((status) => !isOne(status));
  }
  const values = [left, right].map((operand) => knownValue(operand, fixed));
  const [one, other] = values;
  if (typeof one === "number" && typeof other === "number") return compares[operator](one, other);
  if (typeof one !== "string" || typeof other !== "string") return true;
  return operator === "==" ? one === other : operator !== "!=" || one !== other;
}

const compares: Readonly<Record<ComparisonOperator, (one: number, other: number) => boolean>> = {
  "==": (one, other) => one === other,
  "!=": (one, other) => one !== other,
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
};

function knownValue(operand: Operand, fixed: ReadonlyMap<string, unknown>): unknown {
  return operand.kind === "literal" ? operand.value : fixed.get(nameOf(operand));
}

function nameOf(operand: Operand): string {
  return operand.kind === "variable" ? operand.name : "";
}

/** True where what the parts say of one operand leaves it no number, or two texts at once. */
function contradict(parts: readonly Predicate[]): boolean {
  const said = parts.flatMap((part) => (part.kind === "comparison" && part.right.kind === "literal" ? [part] : []));
  const operands = new Set(said.map(({ left }) => printOperand(left)));
  return [...operands].some((operand) => isImpossible(said.filter(({ left }) => printOperand(left) === operand)));
}

function isImpossible(said: readonly Comparison[]): boolean {
  const values = said.map(({ operator, right }) => ({
    operator,
    value: right.kind === "literal" ? right.value : null,
  }));
  const texts = new Set(
    values.flatMap(({ operator, value }) => (operator === "==" && typeof value === "string" ? [value] : [])),
  );
  const numbers = values.flatMap(({ operator, value }) => (typeof value === "number" ? [{ operator, value }] : []));
  const from = (operators: readonly string[]) => numbers.filter(({ operator }) => operators.includes(operator));
  const least = Math.max(Number.NEGATIVE_INFINITY, ...from(["==", ">=", ">"]).map(({ value }) => value));
  const most = Math.min(Number.POSITIVE_INFINITY, ...from(["==", "<=", "<"]).map(({ value }) => value));
  const isOpen = from([">", "<"]).some(({ value }) => value === least && value === most);
  return texts.size > 1 || least > most || isOpen;
}
