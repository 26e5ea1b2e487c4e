/** Effects as TypeScript statements: the TypeScript face of the table of effect kinds. */

import type { Effect } from "../ir/automaton.ts";
import type { Operand, ValueType } from "../ir/expression.ts";
import { type Emission, emitOperand, emitParam } from "./expression.ts";
import { identifierEnd, quote } from "./text.ts";

/** What a rule's effects come to: statements, and for each variable written the expression of its value after them. */
export interface EmittedEffects {
  readonly lines: readonly string[];
  readonly after: ReadonlyMap<string, string>;
}

/** The effects in order, each seeing the earlier ones. Values that do not fit make the step refuse. */
export function emitEffects(
  effects: readonly Effect[],
  emission: Emission,
  optional: ReadonlySet<string>,
): EmittedEffects {
  const lines: string[] = [];
  const after = new Map<string, string>();
  for (const effect of effects) {
    const seeing = { ...emission, current: (name: string) => after.get(name) ?? emission.current(name) };
    const writer: Writer = { emission: seeing, lines, result: freshName(effect.variable, lines), optional };
    after.set(effect.variable, emitEffect(effect, writer));
  }
  return { lines, after };
}

interface Writer {
  readonly emission: Emission;
  readonly lines: string[];
  /** The name of the constant that holds the variable's new value. */
  readonly result: string;
  /** Parameters that may be absent. */
  readonly optional: ReadonlySet<string>;
}

/** `nextItems`, and `nextItems2` where an earlier effect of the rule already took that. */
function freshName(variable: string, lines: readonly string[]): string {
  const name = `next${identifierEnd(variable)}`;
  const isTaken = (each: string): boolean => lines.some((line) => line.startsWith(`const ${each} =`));
  let fresh = name;
  for (let number = 2; isTaken(fresh); number++) fresh = `${name}${number}`;
  return fresh;
}

function emitEffect(effect: Effect, writer: Writer): string {
  const { emission } = writer;
  const before = emission.current(effect.variable);
  switch (effect.kind) {
    case "assign":
      return emitAssign(effect, writer);
    case "increase":
      return emitIncrease(effect, before, writer);
    case "decrease":
      return emitDecrease(effect, before, writer);
    case "append":
      return emitListCall(effect.type === "set" ? "added" : "appended", effect.value, before, writer);
    case "remove":
      return emitListCall("removed", effect.value, before, writer);
    case "remove-at":
      return emitRemoveAt(effect.index, before, writer);
  }
}

const tests: Readonly<Record<ValueType, string>> = {
  counter: "isCounter",
  int: "isInt",
  float: "isFloat",
  bool: "isBool",
  string: "isText",
  status: "isText",
  ref: "isRef",
  list: "isTexts",
  set: "isTexts",
  null: "isAbsent",
};

function use(name: string, { emission }: Writer): string {
  emission.uses.add(name);
  return name;
}

function constant(expression: string, writer: Writer): string {
  writer.lines.push(`const ${writer.result} = ${expression};`);
  return writer.result;
}

function refuseUnless(condition: string, reason: string, detail: string, writer: Writer): void {
  use("refused", writer);
  writer.lines.push(`if (${condition}) return refused(${quote(reason)}, ${quote(detail)});`);
}

/** The parameter as a constant that has been seen to be of the type. */
function checkedParam(name: string, type: ValueType, writer: Writer): string {
  const text = emitParam(name, writer.emission);
  refuseUnless(`!${use(tests[type], writer)}(${text})`, "bad-parameter", name, writer);
  return text;
}

function emitAssign(effect: Effect & { readonly kind: "assign" }, writer: Writer): string {
  const { value, type, variable, implied } = effect;
  const { emission } = writer;
  if (value.kind === "param")
    return emitParamAssign(value.name, effect, writer, implied && writer.optional.has(value.name));
  const text = emitOperand(value, emission);
  if (value.kind === "literal") return text;
  const fromSet = type === "set" && value.type === "list";
  const result = constant(fromSet ? `${use("distinct", writer)}(${text})` : text, writer);
  const mayNotFit =
    value.kind === "arithmetic" ||
    (type === "counter" && value.type !== "counter") ||
    (type === "string" && value.type === "ref");
  if (!mayNotFit) return result;
  const reason = type === "string" ? "bad-parameter" : "counter-overflow";
  refuseUnless(`!${use(tests[type], writer)}(${result})`, reason, variable, writer);
  return result;
}

/** An implied copy of a parameter that may be absent leaves the variable as it was when it is. */
function emitParamAssign(
  param: string,
  effect: Effect & { readonly kind: "assign" },
  writer: Writer,
  mayBeAbsent: boolean,
): string {
  const { type, variable } = effect;
  const before = writer.emission.current(variable);
  const source = emitParam(param, writer.emission);
  const read = mayBeAbsent ? `${source} ?? ${before}` : source;
  const result = constant(read, writer);
  refuseUnless(`!${use(tests[type], writer)}(${result})`, "bad-parameter", param, writer);
  return type === "set" ? `${use("distinct", writer)}(${result})` : result;
}

/** The amount as an expression; a parameter or int must turn out to be no less than zero for a counter. */
function amountOf(effect: Effect & { readonly kind: "increase" | "decrease" }, writer: Writer): string {
  const { amount, type } = effect;
  const wanted = type === "counter" ? "counter" : type;
  if (amount.kind === "param") return checkedParam(amount.name, wanted, writer);
  const text = emitOperand(amount, writer.emission);
  const simple = amount.kind === "arithmetic" ? `(${text})` : text;
  const isNatural =
    amount.type === "counter" || (amount.kind === "literal" && Number(amount.value) >= 0) || amount.kind === "length";
  if (type === "counter" && !isNatural)
    refuseUnless(`!${use("isCounter", writer)}(${text})`, "bad-parameter", effect.variable, writer);
  return simple;
}

function emitIncrease(effect: Effect & { readonly kind: "increase" }, before: string, writer: Writer): string {
  const result = constant(`${before} + ${amountOf(effect, writer)}`, writer);
  return checkRange(effect, result, writer);
}

/** A counter stops at zero. */
function emitDecrease(effect: Effect & { readonly kind: "decrease" }, before: string, writer: Writer): string {
  const difference = `${before} - ${amountOf(effect, writer)}`;
  if (effect.type === "counter") return constant(`Math.max(0, ${difference})`, writer);
  return checkRange(effect, constant(difference, writer), writer);
}

function checkRange(
  effect: Effect & { readonly kind: "increase" | "decrease" },
  result: string,
  writer: Writer,
): string {
  const misfit =
    effect.type === "counter"
      ? `${result} > ${use("counterMax", writer)}`
      : `!${use(tests[effect.type], writer)}(${result})`;
  refuseUnless(misfit, "counter-overflow", effect.variable, writer);
  return result;
}

function emitListCall(name: string, value: Operand, before: string, writer: Writer): string {
  const text = textOf(value, writer);
  return constant(`${use(name, writer)}(${before}, ${text})`, writer);
}

function textOf(value: Operand, writer: Writer): string {
  if (value.kind === "param") return checkedParam(value.name, "string", writer);
  const text = emitOperand(value, writer.emission);
  if (value.type === "ref") refuseUnless(`!${use("isText", writer)}(${text})`, "bad-parameter", text, writer);
  return text;
}

/** An index that is not in the list is a mistake of the caller. */
function emitRemoveAt(index: Operand, before: string, writer: Writer): string {
  const name = index.kind === "param" ? index.name : writer.result;
  const text =
    index.kind === "param" ? checkedParam(index.name, "counter", writer) : emitOperand(index, writer.emission);
  const missing =
    index.kind === "param" ? `${text} >= ${before}.length` : `!(${text} >= 0 && ${text} < ${before}.length)`;
  refuseUnless(missing, "bad-parameter", name, writer);
  return constant(`${use("removedAt", writer)}(${before}, ${text})`, writer);
}
