/** Predicates and operands as TypeScript: the TypeScript face of the table of operators. */

import type { Operand, Predicate } from "../ir/expression.ts";
import { printOperand } from "../ir/print.ts";
import { predicateOperands } from "../ir/walk.ts";
import { type Code, chain, flat, negation } from "./code.ts";
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
  /** The TypeScript expression that holds the values of related entities, where it is not the parameters. */
  readonly related?: string;
}

/** The predicate as a TypeScript expression of type boolean; total, as `spec-language.md` defines its meaning. */
export function emitPredicate(predicate: Predicate, emission: Emission): Code {
  return emitNode(predicate, { emission, repeated: repeatedOperands(predicate) });
}

/** The predicate's conjuncts, each negated as what `if` asks when it refuses. */
export function emitRefusals(
  conjuncts: readonly Predicate[],
  emission: Emission,
): readonly { readonly conjunct: Predicate; readonly code: Code }[] {
  const [first] = conjuncts;
  if (first === undefined) return [];
  const repeated = repeatedOperands({ kind: "and", operands: conjuncts, span: first.span });
  return conjuncts.map((conjunct) => ({ conjunct, code: emitNegation(conjunct, { emission, repeated }) }));
}

function emitNegation(predicate: Predicate, scope: Scope): Code {
  if (predicate.kind === "comparison" && predicate.operator === "==")
    return emitNode({ ...predicate, operator: "!=" }, scope);
  if (predicate.kind === "comparison" && predicate.operator === "!=")
    return emitNode({ ...predicate, operator: "==" }, scope);
  return negation(emitNode(predicate, scope));
}

interface Scope {
  readonly emission: Emission;
  /** Operands that meet a literal more than once: there TypeScript's narrowing could call a comparison pointless. */
  readonly repeated: ReadonlySet<string>;
}

function emitNode(predicate: Predicate, scope: Scope): Code {
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
      return negation(emitNode(predicate.operand, scope));
    case "and":
      return chain(
        "&&",
        predicate.operands.map((each) => emitNode(each, scope)),
      );
    case "or":
      return chain(
        "||",
        predicate.operands.map((each) => emitNode(each, scope)),
      );
    case "implies":
      return chain("||", [negation(emitNode(predicate.premise, scope)), emitNode(predicate.conclusion, scope)]);
  }
}

function call(name: string, args: readonly string[], { uses }: Emission): string {
  uses.add(name);
  return `${name}(${args.join(", ")})`;
}

/** A parameter holds whatever the caller sent; a variable what its type says. */
function emitTruth(operand: Operand, emission: Emission): string {
  const text = emitOperand(operand, emission);
  return isUnknown(operand) ? `${text} === true` : text;
}

/** What may turn out to be any value, or absent: it comes from a caller, or from values that nothing has checked. */
function isUnknown({ kind }: Operand): boolean {
  return kind === "param" || kind === "field" || kind === "related";
}

/** One of the values of related entities, inside the test that must hold for all of them. */
const relatedValue = "value";

/** The name under which the values of related entities are found: as the condition writes them. */
export function relatedName(operand: RelatedOperand): string {
  return printOperand(operand);
}

type RelatedOperand = Operand & { readonly kind: "related" };

/** The test of one value, asked of every related entity. */
function emitRelated(operand: RelatedOperand, test: Code, emission: Emission): string {
  const values = `${emission.related ?? emission.params ?? "params"}[${quote(relatedName(operand))}]`;
  return call("everyRelated", [values, `(${relatedValue}) => ${flat(test)}`], emission);
}

function relatedIn(operands: readonly Operand[]): RelatedOperand | undefined {
  return operands.find((operand) => operand.kind === "related");
}

/** The operand as a TypeScript expression; a parameter may turn out to be any value, or absent. */
export function emitOperand(operand: Operand, emission: Emission): string {
  switch (operand.kind) {
    case "status":
      return emission.current("status");
    case "variable":
      return emission.current(operand.name);
    case "param":
    case "field":
      return emitParam(operand.name, emission);
    case "related":
      return relatedValue;
    case "length":
      return emitLength(operand.of, emission);
    case "literal":
      return typeof operand.value === "string" ? quote(operand.value) : String(operand.value);
    case "arithmetic":
      return `${emitTerm(operand.left, emission)} ${operand.operator} ${emitTerm(operand.right, emission)}`;
  }
}

/** What the caller sent; a name that every object has from its prototype is looked up without it. */
export function emitParam(name: string, emission: Emission): string {
  const params = emission.params ?? "params";
  return name in Object.prototype ? call("ownValue", [params, quote(name)], emission) : member(params, name);
}

function emitLength(operand: Operand, emission: Emission): string {
  const text = emitOperand(operand, emission);
  return isUnknown(operand) ? call("lengthOf", [text], emission) : `${text}.length`;
}

/** An operand of an arithmetic operator. */
function emitTerm(operand: Operand, emission: Emission): string {
  const text = emitNumber(operand, emission);
  return operand.kind === "arithmetic" ? `(${text})` : text;
}

function emitNumber(operand: Operand, emission: Emission): string {
  const text = emitOperand(operand, emission);
  return isUnknown(operand) ? call("numeric", [text], emission) : text;
}

type Comparison = Predicate & { readonly kind: "comparison" };

function emitComparison(comparison: Comparison, scope: Scope): Code {
  const test = emitSides(comparison, scope);
  const related = relatedIn([comparison.left, comparison.right]);
  return related === undefined ? test : emitRelated(related, test, scope.emission);
}

function emitSides({ operator, left, right }: Comparison, scope: Scope): Code {
  const { emission } = scope;
  if (operator !== "==" && operator !== "!=")
    return `${emitNumber(left, emission)} ${operator} ${emitNumber(right, emission)}`;
  const isEqual = operator === "==";
  const sides = [emitOperand(left, emission), emitOperand(right, emission)];
  if (isNull(left) || isNull(right)) {
    const absent = call(absence(left, right), [isNull(left) ? (sides[1] ?? "") : (sides[0] ?? "")], emission);
    return isEqual ? absent : `!${absent}`;
  }
  if (needsEquals(left, right, scope)) {
    const equal = call("equals", sides, emission);
    return isEqual ? equal : `!${equal}`;
  }
  return sides.join(isEqual ? " === " : " !== ");
}

/** Where there is no related entity its status is the empty string, which is no status. */
function absence(left: Operand, right: Operand): "isAbsent" | "isEmpty" {
  return relatedIn([left, right])?.property === "status" ? "isEmpty" : "isAbsent";
}

function isNull(operand: Operand): boolean {
  return operand.kind === "literal" && operand.value === null;
}

/** `===` says the same on primitive values, unless a type checker could object, or both sides may be absent: a reference is null then. */
function needsEquals(left: Operand, right: Operand, { repeated, emission }: Scope): boolean {
  const sides = [left, right];
  if (sides.some(({ type }) => type === "list" || type === "set")) return true;
  if (sides.every((side) => side.kind === "literal" || isUnknown(side))) return true;
  if (sides.some(isUnknown) && sides.some(({ type }) => type === "ref")) return true;
  if (emission.statusIsNarrowed && sides.some(({ kind }) => kind === "status")) return true;
  return sides.some((side) => repeated.has(identity(side)));
}

type Membership = Predicate & { readonly kind: "membership" };

function emitMembership({ element, set, negated }: Membership, scope: Scope): Code {
  const { emission } = scope;
  const text = emitOperand(element, emission);
  const found =
    "kind" in set ? call("contains", [emitOperand(set, emission), text], emission) : emitAmong(element, set, scope);
  const test = negated ? negation(found) : found;
  const related = relatedIn([element]);
  return related === undefined ? test : emitRelated(related, test, emission);
}

function emitAmong(element: Operand, set: readonly Operand[], scope: Scope): Code {
  const { emission } = scope;
  const text = emitOperand(element, emission);
  const items = [...new Set(set.map((item) => emitOperand(item, emission)))];
  if (items.length === 0) return "false";
  const narrowed = emission.statusIsNarrowed && element.kind === "status";
  const needsEquals = narrowed || isRepeated(element, scope) || element.kind === "literal" || set.some(isNull);
  const isItem = (item: string) => (needsEquals ? call("equals", [text, item], emission) : `${text} === ${item}`);
  return chain("||", items.map(isItem));
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
