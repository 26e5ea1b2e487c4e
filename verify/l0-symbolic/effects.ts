/** Effects as terms: the SMT face of the table of effect kinds. What makes the emitted step refuse is a condition here. */
import type { Effect, Operand } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import { absentTerm, arithmetic, isNatural, operandValue, type Scope } from "./conditions.ts";
import { all, apply, either, not, numeral, type Sort, type Term } from "./smt.ts";
import { none } from "./texts.ts";
import { counterMax, type Encoded, type EncodedList, type EncodedNumber, itemFacts } from "./values.ts";

/** Where effects are applied. */
export interface EffectScope extends Scope {
  /** Names the term, so that it can stand in several places. */
  readonly define: (name: string, sort: Sort, term: Term) => Term;
  /** The step refuses where this is false. */
  readonly demand: (condition: Term) => void;
}

/** The value of the effect's variable after it. */
export function effectValue(effect: Effect, scope: EffectScope): Encoded {
  switch (effect.kind) {
    case "assign":
      return assigned(effect, scope);
    case "increase":
    case "decrease":
      return moved(effect, scope);
    case "append":
      return appended(effect, scope);
    case "remove":
      return removed(effect, scope);
    case "remove-at":
      return removedAt(effect, scope);
  }
}

type Assign = Extract<Effect, { kind: "assign" }>;

function assigned(effect: Assign, scope: EffectScope): Encoded {
  const value = fitted(effect, operandValue(effect.value, scope), scope);
  if (effect.value.kind !== "param" || !effect.implied) return named(effect.variable, value, scope);
  const before = operandValue({ ...effect, kind: "variable", name: effect.variable }, scope);
  return named(effect.variable, orElse(value, before), scope);
}

/** An implied copy of a parameter that is absent leaves the variable as it was. */
function orElse(value: Encoded, before: Encoded): Encoded {
  const isAbsent = absentTerm(value);
  const pick = (one: Term, other: Term): Term => either(isAbsent, other, one);
  if (value.kind === "text" && before.kind === "text") return { kind: "text", term: pick(value.term, before.term) };
  if (value.kind === "number" && before.kind === "number") return { ...before, term: pick(value.term, before.term) };
  if (value.kind === "bool" && before.kind === "bool") return { ...before, term: pick(value.term, before.term) };
  if (value.kind !== "list" || before.kind !== "list") return before;
  return {
    ...before,
    length: pick(value.length, before.length),
    ...(value.counts !== undefined && before.counts !== undefined && { counts: pick(value.counts, before.counts) }),
    ...(value.order !== undefined && before.order !== undefined && { order: pick(value.order, before.order) }),
  };
}

/** The value as one of the variable's type; demands that it is one. */
function fitted({ type, value: operand, implied }: Assign, value: Encoded, scope: EffectScope): Encoded {
  const isOptional = operand.kind === "param" && implied;
  const demandGiven = (isGiven: Term): void => scope.demand(isOptional ? "true" : isGiven);
  switch (type) {
    case "counter":
    case "int": {
      if (value.kind !== "number") return refused(value, isOptional, scope);
      demandGiven(value.given);
      const inRange = inRangeTerm(type, value);
      scope.demand(isOptional ? apply("or", not(value.given), inRange) : inRange);
      return value.sort === "Int" ? value : { ...value, sort: "Int", term: apply("to_int", value.term) };
    }
    case "float":
      if (value.kind !== "number") return refused(value, isOptional, scope);
      demandGiven(value.given);
      return value.sort === "Real" ? value : { ...value, sort: "Real", term: apply("to_real", value.term) };
    case "bool":
      if (value.kind !== "bool") return refused(value, isOptional, scope);
      demandGiven(value.given);
      return value;
    case "string":
    case "status":
      if (value.kind !== "text") return refused(value, isOptional, scope);
      demandGiven(apply(">=", value.term, "0"));
      return value;
    case "ref":
      if (value.kind === "null") return { kind: "text", term: none };
      return value.kind === "text" ? value : refused(value, isOptional, scope);
    case "list":
    case "set":
      if (value.kind !== "list") return refused(value, isOptional, scope);
      demandGiven(value.given);
      return type === "set" && !value.isSet ? distinct(value, scope) : value;
    case "null":
      return { kind: "null" };
  }
}

/** A value of another type is refused, or left out where it may be absent. */
function refused(value: Encoded, isOptional: boolean, { demand }: EffectScope): Encoded {
  demand(isOptional ? absentTerm(value) : "false");
  return value;
}

function inRangeTerm(type: "counter" | "int", { term, sort }: EncodedNumber): Term {
  const least = numeral(type === "counter" ? 0 : -counterMax, sort);
  const within = apply("<=", least, term, numeral(counterMax, sort));
  return sort === "Int" ? within : all([apply("is_int", term), within]);
}

/** Each text once: how many that is, is known only as far as the texts that the spec names. */
function distinct(list: EncodedList, scope: EffectScope): EncodedList {
  const length = scope.free("Int");
  scope.learn(apply("<=", apply("ite", apply(">", list.length, "0"), "1", "0"), length, list.length));
  const order = list.order === undefined ? {} : { order: scope.free("Int") };
  if (list.counts === undefined) return { ...list, isSet: true, length, ...order };
  const counts = scope.free("(Array Int Int)");
  const { texts, learn } = scope;
  for (const text of texts.all.map(texts.term)) {
    const isIn = apply(">", apply("select", list.counts, text), "0");
    learn(apply("=", apply("select", counts, text), apply("ite", isIn, "1", "0")));
  }
  return { ...list, isSet: true, length, counts, ...order };
}

type Move = Extract<Effect, { kind: "increase" | "decrease" }>;

/** A counter stops at zero; what goes past the range of its type is refused. */
function moved(effect: Move, scope: EffectScope): Encoded {
  const { kind, type, variable, amount: operand } = effect;
  const before = numberOf({ ...effect, kind: "variable", name: variable }, scope);
  const amount = amountOf(effect, scope);
  if (amount === undefined) return before;
  if (type === "counter" && kind === "decrease") {
    const term = either(apply(">", before.term, amount.term), apply("-", before.term, amount.term), "0");
    return named(variable, { ...before, term }, scope);
  }
  const isExact = type === "counter" || operand.kind !== "arithmetic";
  const result = arithmetic(kind === "increase" ? "+" : "-", before, amount, isExact);
  const after = namedNumber(variable, { ...before, term: result.term }, scope);
  if (type === "counter") scope.demand(apply("<=", after.term, numeral(counterMax, "Int")));
  if (type === "int") scope.demand(inRangeTerm("int", after));
  return after;
}

/** The amount, demanded to be of the variable's type; a counter's is no less than zero. */
function amountOf({ type, amount }: Move, scope: EffectScope): EncodedNumber | undefined {
  const value = operandValue(amount, scope);
  if (value.kind !== "number") {
    scope.demand("false");
    return undefined;
  }
  scope.demand(value.given);
  if (type === "counter" && !isNatural(amount)) scope.demand(inRangeTerm("counter", value));
  if (type === "int" && value.sort === "Real") scope.demand(inRangeTerm("int", value));
  if (type !== "float" && value.sort === "Real") return { ...value, sort: "Int", term: apply("to_int", value.term) };
  return value;
}

function numberOf(operand: Operand, scope: EffectScope): EncodedNumber {
  const value = operandValue(operand, scope);
  assert(value.kind === "number", "only numbers are counted");
  return value;
}

function listOf(effect: Effect, scope: EffectScope): EncodedList {
  const value = operandValue({ ...effect, kind: "variable", name: effect.variable }, scope);
  assert(value.kind === "list", "only lists are appended to and taken from");
  return value;
}

type Append = Extract<Effect, { kind: "append" }>;

function appended(effect: Append, scope: EffectScope): Encoded {
  const list = listOf(effect, scope);
  const text = textOf(effect.value, list, scope);
  if (list.counts === undefined)
    return renewed(effect.variable, { ...list, length: apply("+", list.length, "1") }, scope);
  const count = apply("select", list.counts, text);
  const longer = apply("+", list.length, "1");
  if (list.isSet) {
    const isIn = apply(">", count, "0");
    const counts = apply("store", list.counts, text, "1");
    return renewed(effect.variable, { ...list, length: either(isIn, list.length, longer), counts }, scope);
  }
  const counts = apply("store", list.counts, text, apply("+", count, "1"));
  return renewed(effect.variable, { ...list, length: longer, counts }, scope);
}

function removed(effect: Extract<Effect, { kind: "remove" }>, scope: EffectScope): Encoded {
  const set = listOf(effect, scope);
  const text = textOf(effect.value, set, scope);
  assert(set.counts !== undefined, "a set that is taken from has counts");
  const isIn = apply(">", apply("select", set.counts, text), "0");
  const length = either(isIn, apply("-", set.length, "1"), set.length);
  return renewed(effect.variable, { ...set, length, counts: apply("store", set.counts, text, "0") }, scope);
}

/** Some text of the list goes; which one stands at the index is not known where the order is left out. */
function removedAt(effect: Extract<Effect, { kind: "remove-at" }>, scope: EffectScope): Encoded {
  const list = listOf(effect, scope);
  const index = operandValue(effect.index, scope);
  if (index.kind !== "number" || index.sort === "Real") {
    scope.demand("false");
    return list;
  }
  scope.demand(all([index.given, apply("<=", "0", index.term), apply("<", index.term, list.length)]));
  const length = apply("-", list.length, "1");
  if (list.counts === undefined) return renewed(effect.variable, { ...list, length }, scope);
  const text = scope.free("Int");
  const count = apply("select", list.counts, text);
  scope.learn(all([apply(">=", text, "0"), apply(">", count, "0"), itemFacts(list, text, scope.texts)]));
  const counts = apply("store", list.counts, text, apply("-", count, "1"));
  return renewed(effect.variable, { ...list, length, counts }, scope);
}

/** The text that goes into a list or out of it; null is refused. */
function textOf(operand: Operand, list: EncodedList, scope: EffectScope): Term {
  const value = operandValue(operand, scope);
  if (value.kind !== "text") {
    scope.demand("false");
    return "0";
  }
  if (operand.kind === "param" || operand.type === "ref") scope.demand(apply(">=", value.term, "0"));
  scope.learn(itemFacts(list, value.term, scope.texts));
  return value.term;
}

/** The changed list under names of its own; its order is another. */
function renewed(variable: string, list: EncodedList, scope: EffectScope): Encoded {
  return named(variable, list.order === undefined ? list : { ...list, order: scope.free("Int") }, scope);
}

/** The value with its terms named, so that what reads it later stays short. */
function named(variable: string, value: Encoded, scope: EffectScope): Encoded {
  const { define } = scope;
  switch (value.kind) {
    case "number":
      return namedNumber(variable, value, scope);
    case "bool":
      return { kind: "bool", given: "true", term: define(variable, "Bool", value.term) };
    case "text":
      return { kind: "text", term: define(variable, "Int", value.term) };
    case "list":
      return {
        ...value,
        given: "true",
        length: define(`len/${variable}`, "Int", value.length),
        ...(value.counts !== undefined && { counts: define(`count/${variable}`, "(Array Int Int)", value.counts) }),
      };
    case "null":
      return value;
  }
}

function namedNumber(variable: string, { sort, term }: EncodedNumber, { define }: EffectScope): EncodedNumber {
  return { kind: "number", sort, given: "true", term: define(variable, sort, term) };
}
