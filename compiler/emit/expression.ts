/** Predicates and operands as TypeScript: the TypeScript face of the table of operators. */

import type { Operand, Predicate } from "../ir/expression.ts";
import { predicateOperands } from "../ir/walk.ts";
import { member, quote } from "./text.ts";

/** Where an expression is emitted: the names of its snapshot, and the kernel functions that it comes to need. */
export interface Emission {
  /** The TypeScript expression of a variable's or the status's present value. */
  readonly current: (name: string) => string;
  /** True where TypeScript has narrowed the status, so that comparing it again would be an error to the type checker. */
  readonly statusIsNarrowed: boolean;
  readonly uses: Set<string>;
  /** The TypeScript expression that holds the parameters, where it is not `params`. */
  readonly params?: string;
}

/** The predicate as a TypeScript expression of type boolean; total, as `spec-language.md` defines its meaning. */
export function emitPredicate(predicate: Predicate, emission: Emission): string {
  return emitNode(predicate, { emission, repeated: repeatedOperands(predicate) });
}

/** The predicate as what `if` asks when it refuses: its negation, as a person would write it. */
export function emitNegation(predicate: Predicate, emission: Emission): string {
  if (predicate.kind === "not") return emitPredicate(predicate.operand, emission);
  if (predicate.kind === "comparison" && predicate.operator === "==")
    return emitPredicate({ ...predicate, operator: "!=" }, emission);
  if (predicate.kind === "comparison" && predicate.operator === "!=")
    return emitPredicate({ ...predicate, operator: "==" }, emission);
  if (predicate.kind === "membership") return emitPredicate({ ...predicate, negated: !predicate.negated }, emission);
  const text = emitPredicate(predicate, emission);
  return isSimple(text) ? `!${text}` : `!(${text})`;
}

interface Scope {
  readonly emission: Emission;
  /** Operands that meet a literal more than once: there TypeScript's narrowing could call a comparison pointless. */
  readonly repeated: ReadonlySet<string>;
}

function emitNode(predicate: Predicate, scope: Scope): string {
  switch (predicate.kind) {
    case "constant":
      return String(predicate.value);
    case "truth":
      return emitTruth(predicate.operand, scope.emission);
    case "comparison":
      return emitComparison(predicate, scope);
    case "membership":
      return emitMembership(predicate, scope);
    case "empty":
      return call("isEmpty", [emitOperand(predicate.operand, scope.emission)], scope.emission);
    case "not":
      return `!${grouped(emitNode(predicate.operand, scope))}`;
    case "and":
      return predicate.operands.map((each) => grouped(emitNode(each, scope), " && ")).join(" && ");
    case "or":
      return predicate.operands.map((each) => grouped(emitNode(each, scope), " || ")).join(" || ");
    case "implies": {
      const premise = emitNode(predicate.premise, scope);
      return `!${grouped(premise)} || ${grouped(emitNode(predicate.conclusion, scope), " || ")}`;
    }
  }
}

/** A call, a property path or a negation of one needs no parentheses. */
function isSimple(text: string): boolean {
  return /^!?[\w.$[\]"]+(\([^()]*\))?$/.test(text);
}

/** In parentheses unless it is simple, or a chain of the operator that it is to be part of. */
function grouped(text: string, operator?: string): string {
  if (isSimple(text)) return text;
  const isOther = text.includes(" && ") || text.includes(" || ");
  return operator !== undefined && !isOther ? text : `(${text})`;
}

function call(name: string, args: readonly string[], { uses }: Emission): string {
  uses.add(name);
  return `${name}(${args.join(", ")})`;
}

/** A parameter holds whatever the caller sent; a variable what its type says. */
function emitTruth(operand: Operand, emission: Emission): string {
  const text = emitOperand(operand, emission);
  return operand.kind === "param" ? `${text} === true` : text;
}

/** The operand as a TypeScript expression; a parameter may turn out to be any value, or absent. */
export function emitOperand(operand: Operand, emission: Emission): string {
  switch (operand.kind) {
    case "status":
      return emission.current("status");
    case "variable":
      return emission.current(operand.name);
    case "param":
      return member(emission.params ?? "params", operand.name);
    case "length":
      return emitLength(operand.of, emission);
    case "literal":
      return typeof operand.value === "string" ? quote(operand.value) : String(operand.value);
    case "arithmetic":
      return `${emitTerm(operand.left, emission)} ${operand.operator} ${emitTerm(operand.right, emission)}`;
  }
}

function emitLength(operand: Operand, emission: Emission): string {
  const text = emitOperand(operand, emission);
  return operand.kind === "param" ? call("lengthOf", [text], emission) : `${text}.length`;
}

function emitTerm(operand: Operand, emission: Emission): string {
  if (operand.kind === "param") return call("numeric", [emitOperand(operand, emission)], emission);
  const text = emitOperand(operand, emission);
  const isNegative = operand.kind === "literal" && text.startsWith("-");
  return operand.kind === "arithmetic" || isNegative ? `(${text})` : text;
}

type Comparison = Predicate & { readonly kind: "comparison" };

function emitComparison({ operator, left, right }: Comparison, scope: Scope): string {
  const { emission } = scope;
  if (operator !== "==" && operator !== "!=")
    return `${emitTerm(left, emission)} ${operator} ${emitTerm(right, emission)}`;
  const isEqual = operator === "==";
  const sides = [emitOperand(left, emission), emitOperand(right, emission)];
  if (isNull(left) || isNull(right)) {
    const absent = call("isAbsent", [isNull(left) ? (sides[1] ?? "") : (sides[0] ?? "")], emission);
    return isEqual ? absent : `!${absent}`;
  }
  if (needsEquals(left, right, scope)) {
    const equal = call("equals", sides, emission);
    return isEqual ? equal : `!${equal}`;
  }
  return sides.join(isEqual ? " === " : " !== ");
}

function isNull(operand: Operand): boolean {
  return operand.kind === "literal" && operand.value === null;
}

/** `===` says the same on primitive values, unless a type checker could object, or both sides may be absent. */
function needsEquals(left: Operand, right: Operand, { repeated, emission }: Scope): boolean {
  const sides = [left, right];
  if (sides.some(({ type }) => type === "list" || type === "set")) return true;
  if (sides.every(({ kind }) => kind === "literal" || kind === "param")) return true;
  if (emission.statusIsNarrowed && sides.some(({ kind }) => kind === "status")) return true;
  return sides.some((side) => repeated.has(identity(side)));
}

type Membership = Predicate & { readonly kind: "membership" };

function emitMembership({ element, set, negated }: Membership, scope: Scope): string {
  const { emission } = scope;
  const text = emitOperand(element, emission);
  const sign = negated ? "!" : "";
  if ("kind" in set) return `${sign}${call("contains", [emitOperand(set, emission), text], emission)}`;
  const items = [...new Set(set.map((item) => emitOperand(item, emission)))];
  if (items.length === 0) return String(negated);
  const narrowed = emission.statusIsNarrowed && element.kind === "status";
  if (narrowed || isRepeated(element, scope) || element.kind === "literal" || set.some(isNull)) {
    const chain = items.map((item) => call("equals", [text, item], emission)).join(" || ");
    return negated || items.length > 1 ? `${sign}(${chain})` : chain;
  }
  const chain = items.map((item) => `${text} === ${item}`).join(" || ");
  return negated ? `!(${chain})` : items.length > 1 ? `(${chain})` : chain;
}

function isRepeated(operand: Operand, scope: Scope): boolean {
  return scope.repeated.has(identity(operand));
}

function identity(operand: Operand): string {
  return operand.kind === "status" || operand.kind === "variable" || operand.kind === "param"
    ? `${operand.kind} ${operand.kind === "status" ? "" : operand.name}`
    : "";
}

function repeatedOperands(predicate: Predicate): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeatedOnes = new Set<string>();
  for (const operand of predicateOperands(predicate)) {
    const name = identity(operand);
    if (name !== "" && seen.has(name)) repeatedOnes.add(name);
    seen.add(name);
  }
  return repeatedOnes;
}
