/** Conditions and their operands as terms: the SMT face of the table of operators. Total, as the emitted code is. */
import type { Operand, Predicate } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import { all, any, apply, either, implies, not, numeral, type Sort, type Term } from "./smt.ts";
import { none, type Texts } from "./texts.ts";
import { type Encoded, type EncodedList, type EncodedNumber, itemFacts, type State } from "./values.ts";

/** Where a condition is read. */
export interface Scope {
  readonly state: State;
  readonly texts: Texts;
  readonly param: (name: string) => Encoded;
  /** A constant that may be anything: for what a single automaton does not decide. */
  readonly free: (sort: Sort) => Term;
  /** Takes what is true of every list, so that what a condition asks of its items can be reasoned about. */
  readonly learn: (fact: Term) => void;
}

/** The predicate as a term of sort Bool. */
export function conditionTerm(predicate: Predicate, scope: Scope): Term {
  switch (predicate.kind) {
    case "constant":
      return String(predicate.value);
    case "truth": {
      const value = operandValue(predicate.operand, scope);
      return value.kind === "bool" ? all([value.given, value.term]) : "false";
    }
    case "comparison":
      if (isRelated(predicate.left) || isRelated(predicate.right)) return scope.free("Bool");
      return comparisonTerm(predicate, scope);
    case "membership":
      if (isRelated(predicate.element)) return scope.free("Bool");
      return membershipTerm(predicate, scope);
    case "empty":
      return emptyTerm(operandValue(predicate.operand, scope));
    case "not":
      return not(conditionTerm(predicate.operand, scope));
    case "and":
      return all(predicate.operands.map((each) => conditionTerm(each, scope)));
    case "or":
      return any(predicate.operands.map((each) => conditionTerm(each, scope)));
    case "implies":
      return implies(conditionTerm(predicate.premise, scope), conditionTerm(predicate.conclusion, scope));
  }
}

/** Related entities are free in the check of a single automaton, and real in the composition. */
function isRelated({ kind }: Operand): boolean {
  return kind === "related" || kind === "field";
}

/** The operand's value in the scope. */
export function operandValue(operand: Operand, scope: Scope): Encoded {
  switch (operand.kind) {
    case "status":
      return known(scope.state, "status");
    case "variable":
      return known(scope.state, operand.name);
    case "param":
      return scope.param(operand.name);
    case "length": {
      const list = operandValue(operand.of, scope);
      assert(list.kind === "list", "bind lets no length of anything but a list through");
      return { kind: "number", term: list.length, sort: "Int", given: list.given };
    }
    case "literal":
      return literalValue(operand.value, scope.texts);
    case "arithmetic":
      return arithmeticValue(operand, scope);
    case "field":
    case "related":
      throw new Error("what other entities hold is free wherever it is compared");
  }
}

function known(state: State, name: string): Encoded {
  const value = state.get(name);
  assert(value !== undefined, `there is no variable ${name}`);
  return value;
}

export function literalValue(value: string | number | boolean | null, texts: Texts): Encoded {
  if (value === null) return { kind: "null" };
  if (typeof value === "boolean") return { kind: "bool", term: String(value), given: "true" };
  if (typeof value === "string") return { kind: "text", term: texts.term(value) };
  const sort = Number.isInteger(value) ? "Int" : "Real";
  return { kind: "number", term: numeral(value, sort), sort, given: "true" };
}

type Arithmetic = Extract<Operand, { kind: "arithmetic" }>;

function arithmeticValue(operand: Arithmetic, scope: Scope): Encoded {
  const left = operandValue(operand.left, scope);
  const right = operandValue(operand.right, scope);
  assert(left.kind === "number" && right.kind === "number", "bind lets nothing but numbers into arithmetic");
  const exact = isExact(operand);
  return arithmetic(operand.operator, left, right, exact);
}

/** The sum, difference or product of two numbers; `exact` where JavaScript's rounding cannot show. */
export function arithmetic(
  operator: "+" | "-" | "*",
  left: EncodedNumber,
  right: EncodedNumber,
  exact: boolean,
): EncodedNumber {
  const given = all([left.given, right.given]);
  if (left.sort === "Int" && right.sort === "Int") {
    const term = apply(operator, left.term, right.term);
    return { kind: "number", term: exact ? term : apply("rounded", term), sort: "Int", given, mayRound: true };
  }
  const name = { "+": "float.plus", "-": "float.minus", "*": "float.times" }[operator];
  return { kind: "number", term: apply(name, real(left), real(right)), sort: "Real", given };
}

/**
 * True where integers are added up, so that a sum past 2^53 stays past it, or where one operation is all there is:
 * then rounding changes no comparison with a value that is itself an exact integer.
 */
function isExact(operand: Arithmetic): boolean {
  const sides = [operand.left, operand.right];
  if (sides.every(({ kind }) => kind !== "arithmetic")) return true;
  return operand.operator === "+" && sides.every((side) => isNatural(side));
}

/** True where the operand is no less than zero whatever it reads. */
export function isNatural(operand: Operand): boolean {
  if (operand.kind === "arithmetic") return operand.operator !== "-" && [operand.left, operand.right].every(isNatural);
  return (
    operand.type === "counter" ||
    operand.kind === "length" ||
    (operand.kind === "literal" && typeof operand.value === "number" && operand.value >= 0)
  );
}

export function real({ term, sort }: EncodedNumber): Term {
  return sort === "Real" ? term : apply("to_real", term);
}

type Comparison = Extract<Predicate, { kind: "comparison" }>;

function comparisonTerm({ operator, left, right }: Comparison, scope: Scope): Term {
  const sides = [operandValue(left, scope), operandValue(right, scope)] as const;
  if (operator === "==") return equalTerm(...sides);
  if (operator === "!=") return not(equalTerm(...sides));
  const [one, other] = sides;
  if (one.kind !== "number" || other.kind !== "number") return "false";
  return all([one.given, other.given, apply(operator, ...comparable(one, other))]);
}

/** Two sums may both be rounded, and then to the same number. */
function comparable(one: EncodedNumber, other: EncodedNumber): readonly [Term, Term] {
  if (one.sort === "Real" || other.sort === "Real") return [real(one), real(other)];
  if (one.mayRound !== true || other.mayRound !== true) return [one.term, other.term];
  return [apply("rounded", one.term), apply("rounded", other.term)];
}

/** `==`: false across kinds, and an absent value equals null. */
export function equalTerm(left: Encoded, right: Encoded): Term {
  if (left.kind === "null") return absentTerm(right);
  if (right.kind === "null") return absentTerm(left);
  if (left.kind === "text" && right.kind === "text") return apply("=", left.term, right.term);
  const bothAbsent = all([absentTerm(left), absentTerm(right)]);
  if (left.kind === "number" && right.kind === "number")
    return either(given([left, right]), apply("=", ...comparable(left, right)), bothAbsent);
  if (left.kind === "bool" && right.kind === "bool")
    return either(given([left, right]), apply("=", left.term, right.term), bothAbsent);
  if (left.kind === "list" && right.kind === "list")
    return either(given([left, right]), sameList(left, right), bothAbsent);
  return bothAbsent;
}

function given(values: readonly { readonly given: Term }[]): Term {
  return all(values.map((value) => value.given));
}

function sameList(left: EncodedList, right: EncodedList): Term {
  assert(left.order !== undefined && right.order !== undefined, "lists that are compared have an order");
  const same = [apply("=", left.order, right.order)];
  if (left.counts !== undefined && right.counts !== undefined) same.push(apply("=", left.counts, right.counts));
  return all([apply("=", left.length, right.length), any([apply("=", left.length, "0"), all(same)])]);
}

/** True for null and for a parameter that is not given. */
export function absentTerm(value: Encoded): Term {
  switch (value.kind) {
    case "null":
      return "true";
    case "text":
      return apply("=", value.term, none);
    case "number":
    case "bool":
    case "list":
      return not(value.given);
  }
}

/** Null, the empty text, and an empty list: the numbers of the first two are the least. */
function emptyTerm(value: Encoded): Term {
  if (value.kind === "text") return apply("<=", value.term, "0");
  if (value.kind === "list") return any([not(value.given), apply("=", value.length, "0")]);
  return absentTerm(value);
}

type Membership = Extract<Predicate, { kind: "membership" }>;

function membershipTerm({ element, set, negated }: Membership, scope: Scope): Term {
  const value = operandValue(element, scope);
  const found =
    "kind" in set
      ? containsTerm(operandValue(set, scope), value, scope)
      : any(set.map((item) => equalTerm(value, operandValue(item, scope))));
  return negated ? not(found) : found;
}

function containsTerm(list: Encoded, text: Encoded, { texts, learn }: Scope): Term {
  if (list.kind !== "list" || text.kind !== "text") return "false";
  assert(list.counts !== undefined, "lists that are asked for a text have counts");
  learn(itemFacts(list, text.term, texts));
  return all([list.given, apply(">=", text.term, "0"), apply(">", apply("select", list.counts, text.term), "0")]);
}
