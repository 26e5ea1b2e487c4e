/** Comparison of what is no single value: collections, values of complex types and entities (OData 4.01 part 2, section 5.1.1.1). */
import { enclosing, type PropertyDescriptor, type Value } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand, ListRelation } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { unaliased } from "./aliases.ts";
import type { Binding } from "./binding.ts";
import { isFailed } from "./failure.ts";
import { filterFailure } from "./filter-failures.ts";
import type { Expression } from "./grammar/syntax.ts";
import { shown } from "./literals.ts";
import { literalFor } from "./operand-types.ts";
import { operandOf } from "./operands.ts";
import {
  type BindCondition,
  nameOf,
  type ReachedComplex,
  type ReachedEntity,
  type ReachedList,
  reached,
} from "./paths.ts";

type Tree<K extends Expression["kind"]> = Expression & { readonly kind: K };
type Whole = ReachedEntity | ReachedComplex | ReachedList;

/** What stands on one side; `other` for what is a single value, or none at all. */
type Side =
  | { readonly kind: "whole"; readonly whole: Whole; readonly at: number }
  | { readonly kind: "array"; readonly tree: Tree<"list">; readonly binding: Binding; readonly at: number }
  | { readonly kind: "object"; readonly tree: Tree<"object">; readonly binding: Binding; readonly at: number }
  | { readonly kind: "null" | "other"; readonly at: number };

/** `left eq right` where one side is no single value; undefined where both are. */
export function structurallySame(
  [left, right]: readonly [Expression, Expression],
  binding: Binding,
  bind: BindCondition,
): FilterNode | Failed | undefined {
  const one = sideOf(left, binding, bind);
  if (isFailed(one)) return one;
  const other = sideOf(right, binding, bind);
  if (isFailed(other)) return other;
  const isPlain = [one, other].every(({ kind }) => kind === "null" || kind === "other");
  if (isPlain) return undefined;
  if (one.kind === "whole") return sameAs(one.whole, other, bind);
  if (other.kind === "whole") return sameAs(other.whole, one, bind);
  if (one.kind === "array" && other.kind === "array") return relationOf("same", [one, other], bind);
  return filterFailure(other.at, "an object or an array compares with a property of its kind");
}

function sideOf(written: Expression, around: Binding, bind: BindCondition): Side | Failed {
  const placed = unaliased(written, around);
  if (isFailed(placed)) return placed;
  const { tree, binding } = placed;
  const at = binding.origin(tree.at);
  if (tree.kind === "list" && tree.form === "array") return { kind: "array", tree, binding, at };
  if (tree.kind === "object") return { kind: "object", tree, binding, at };
  if (tree.kind === "literal") return { kind: tree.type === "null" ? "null" : "other", at };
  // What ends in a lambda is not bound here: it would be bound again below, twice as often at each depth.
  const last = tree.kind === "path" ? tree.segments.at(-1)?.kind : undefined;
  if (tree.kind !== "path" || (last !== "name" && last !== "word")) return { kind: "other", at };
  const found = reached(tree, binding, bind);
  if (isFailed(found)) return found;
  const isSingle = found.kind === "operand" || found.kind === "condition";
  return isSingle ? { kind: "other", at } : { kind: "whole", whole: found, at };
}

function sameAs(whole: Whole, other: Side, bind: BindCondition): FilterNode | Failed {
  const otherWhole = other.kind === "whole" ? other.whole : undefined;
  switch (whole.kind) {
    case "entity":
      if (other.kind === "null") return { kind: "not", operand: whole.exists };
      if (otherWhole?.kind === "entity" && otherWhole.set === whole.set) {
        return { kind: "compare", operator: "eq", left: whole.identity, right: otherWhole.identity };
      }
      break;
    case "complex":
      if (other.kind === "null") return isNull(whole.operand(whole.name));
      if (otherWhole?.kind === "complex") return sameValue(whole, otherWhole, other.at);
      if (other.kind === "object") return sameObject(whole, other, bind);
      break;
    case "list":
      if (other.kind === "null") return isNull(whole.operand);
      if (otherWhole?.kind === "list" || other.kind === "array") {
        return relationOf("same", [{ kind: "whole", whole, at: other.at }, other], bind);
      }
  }
  return filterFailure(other.at, `this does not compare with ${nameOf(whole)} as a whole`);
}

function isNull(left: FilterOperand): FilterNode {
  return { kind: "compare", operator: "eq", left, right: { kind: "literal", value: null } };
}

/** The properties of the value and of the values in it; its own first. */
function partsOf({ name, set }: ReachedComplex): readonly PropertyDescriptor[] {
  return set.type.properties.filter((each) => each.name === name || each.name.startsWith(`${name}/`));
}

function typeOf({ name, set }: ReachedComplex): string | undefined {
  return set.properties.get(name)?.complexType;
}

function sameValue(one: ReachedComplex, other: ReachedComplex, at: number): FilterNode | Failed {
  if (typeOf(one) !== typeOf(other)) return filterFailure(at, `${one.name} and ${other.name} have different types`);
  const operands = partsOf(one).map((part): FilterNode => {
    const left = one.operand(part.name);
    const right = other.operand(`${other.name}${part.name.slice(one.name.length)}`);
    return part.collection
      ? { kind: "lists", relation: "same", left, right }
      : { kind: "compare", operator: "eq", left, right };
  });
  return { kind: "and", operands };
}

/** What the object does not name is null, or an empty collection. */
function sameObject(
  whole: ReachedComplex,
  { tree, binding, at }: Side & { kind: "object" },
  bind: BindCondition,
): FilterNode | Failed {
  const present: FilterNode = { kind: "not", operand: isNull(whole.operand(whole.name)) };
  const operands: FilterNode[] = [present];
  const members = new Map(tree.members.map(({ name, value }) => [name, value]));
  for (const part of partsOf(whole).filter(({ name }) => enclosing(name) === whole.name)) {
    const name = part.name.slice(whole.name.length + 1);
    const node = samePart(whole, part, { value: members.get(name), binding, at, bind });
    if (isFailed(node)) return node;
    operands.push(node);
    members.delete(name);
  }
  const [unknown] = members.keys();
  if (unknown !== undefined) return filterFailure(at, `${typeOf(whole)} has no property ${shown(unknown)}`);
  return { kind: "and", operands };
}

interface Given {
  readonly value: Expression | undefined;
  readonly binding: Binding;
  readonly at: number;
  readonly bind: BindCondition;
}

function samePart(
  whole: ReachedComplex,
  part: PropertyDescriptor,
  { value, binding, at, bind }: Given,
): FilterNode | Failed {
  const left = whole.operand(part.name);
  if (value === undefined) {
    if (!part.collection) return isNull(left);
    return { kind: "lists", relation: "same", left, right: { kind: "literal", value: [] } };
  }
  if (part.complexType !== undefined || part.collection) {
    const side = sideOf(value, binding, bind);
    if (isFailed(side)) return side;
    if (!part.collection) return sameAs({ ...whole, name: part.name }, side, bind);
    const right = itemsOf(side, part, bind);
    return isFailed(right) ? right : { kind: "lists", relation: "same", left, right };
  }
  const given = operandOf(value, binding, bind);
  if (isFailed(given)) return given;
  if (given.kind !== "literal") return filterFailure(at, "an object in an expression has literals only");
  const literal = literalFor(part, given);
  return isFailed(literal)
    ? literal
    : { kind: "compare", operator: "eq", left, right: { kind: "literal", value: literal } };
}

/** `hassubset(…)` and `hassubsequence(…)`. */
export function collectionRelation(
  relation: ListRelation,
  [left, right]: readonly [Expression, Expression],
  { binding, bind }: { readonly binding: Binding; readonly bind: BindCondition },
): FilterNode | Failed {
  const one = sideOf(left, binding, bind);
  if (isFailed(one)) return one;
  const other = sideOf(right, binding, bind);
  return isFailed(other) ? other : relationOf(relation, [one, other], bind);
}

function relationOf(
  relation: ListRelation,
  [one, other]: readonly [Side, Side],
  bind: BindCondition,
): FilterNode | Failed {
  const property = listOf(one) ?? listOf(other);
  const left = itemsOf(one, property, bind);
  if (isFailed(left)) return left;
  const right = itemsOf(other, property, bind);
  return isFailed(right) ? right : { kind: "lists", relation, left, right };
}

function listOf(side: Side): PropertyDescriptor | undefined {
  return side.kind === "whole" && side.whole.kind === "list" ? side.whole.property : undefined;
}

/** The collection, whose items are of the type that the property has. */
function itemsOf(side: Side, property: PropertyDescriptor | undefined, bind: BindCondition): FilterOperand | Failed {
  const { at } = side;
  if (side.kind === "null") return { kind: "literal", value: null };
  if (side.kind === "whole" && side.whole.kind === "list") {
    const own = side.whole.property;
    const isSame = own.type === property?.type && own.enumName === property.enumName;
    return isSame ? side.whole.operand : filterFailure(at, `the items of ${own.name} have another type`);
  }
  if (side.kind !== "array") return filterFailure(at, "a collection belongs here");
  const { inValuesMax } = side.binding.limits;
  if (side.tree.items.length > inValuesMax) {
    return filterFailure(at, `the array is longer than ${inValuesMax} (inValuesMax)`);
  }
  const items: string[] = [];
  for (const tree of side.tree.items) {
    const item = operandOf(tree, side.binding, bind);
    if (isFailed(item)) return item;
    if (item.kind !== "literal") return filterFailure(item.at, "an array in an expression has literals only");
    const value: Value | Failed = property === undefined ? item.value : literalFor(property, item);
    if (isFailed(value)) return value;
    if (value === null) return filterFailure(item.at, "null is no item of a collection");
    items.push(String(value));
  }
  return { kind: "literal", value: items };
}
