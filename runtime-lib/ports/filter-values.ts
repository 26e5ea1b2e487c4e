/** Evaluates a filter on one row, as OData 4.01 has it: true, false, or null where that is not known. */
import {
  canonicalValue,
  type EntityTypeDescriptor,
  flagsNumber,
  hasFlags,
  type PropertyDescriptor,
  type Value,
  type Values,
} from "../kernel/index.ts";
import { patternMatches } from "./patterns.ts";
import { type FilterNode, type FilterOperand, itemProperty, type Way } from "./query.ts";
import { scalar } from "./scalars.ts";

type Truth = boolean | null;

/** The rows of a type that a filter may come to by a way. */
export type RowsOf = (type: EntityTypeDescriptor) => readonly Values[];

interface Scope {
  readonly values: Values;
  readonly described: (name: string) => PropertyDescriptor | undefined;
  readonly outer?: Scope;
  readonly rowsOf: RowsOf;
}

const nowhere: RowsOf = () => [];

/** Whether an item of a collection of texts matches; it is the property `itemProperty`. */
export function itemMatches(node: FilterNode, item: string): boolean {
  return truthOf(node, itemScope(item)) === true;
}

/** What an operand is for an item of a collection of texts. */
export function ofItem(operand: FilterOperand, item: string): Value {
  return evaluated(operand, itemScope(item));
}

function itemScope(item: string): Scope {
  return { values: { [itemProperty]: item }, described: () => itemDescriptor, rowsOf: nowhere };
}

/** Whether the row of this type matches. */
export function matches(
  type: EntityTypeDescriptor,
  node: FilterNode,
  values: Values,
  rowsOf: RowsOf = nowhere,
): boolean {
  return truthOf(node, scopeOf(type, values, { rowsOf })) === true;
}

/** What an operand is for the row of this type. */
export function operandOf(
  type: EntityTypeDescriptor,
  operand: FilterOperand,
  values: Values,
  rowsOf: RowsOf = nowhere,
): Value {
  return evaluated(operand, scopeOf(type, values, { rowsOf }));
}

function scopeOf(type: EntityTypeDescriptor, values: Values, around: Pick<Scope, "outer" | "rowsOf">): Scope {
  return { values, described: (name) => type.properties.find((property) => property.name === name), ...around };
}

function outwards(scope: Scope, from = 0): Scope {
  let found = scope;
  for (let left = from; left > 0 && found.outer !== undefined; left -= 1) found = found.outer;
  return found;
}

function truthOf(node: FilterNode, scope: Scope): Truth {
  switch (node.kind) {
    case "constant":
      return node.value;
    case "property":
    case "truth":
      return booleanOrNull(evaluated(node.kind === "truth" ? node.operand : node, scope));
    case "compare":
      return compared(node, scope);
    case "in":
      return node.values.some((value) => order(node.operand, { kind: "literal", value }, scope) === 0);
    case "has": {
      const value = evaluated(node.operand, scope);
      const number = typeof value === "string" ? flagsNumber(node.property, value) : undefined;
      return number === undefined ? null : hasFlags(number, node.bits);
    }
    case "text":
      return textTruth(node, scope);
    case "pattern": {
      const text = evaluated(node.text, scope);
      return typeof text === "string" ? patternMatches(node.pattern, text) : null;
    }
    case "lists":
      return listsTruth(node, scope);
    case "some":
      return ends(node.way, scope).some((end) => node.filter === undefined || truthOf(node.filter, end) === true);
    case "known":
      return truthOf(node.operand, scope) === true;
    case "not":
      return negated(truthOf(node.operand, scope));
    case "and":
      return joined(
        false,
        node.operands.map((operand) => truthOf(operand, scope)),
      );
    case "or":
      return joined(
        true,
        node.operands.map((operand) => truthOf(operand, scope)),
      );
  }
}

/** The scopes at the end of a way. */
function ends(way: Way, scope: Scope): readonly Scope[] {
  const start = outwards(scope, way.from);
  const around = { outer: scope, rowsOf: scope.rowsOf };
  if (way.kind === "items") {
    const items = fieldOf(start.values, way.property);
    const described = () => ({ ...itemDescriptor });
    return (Array.isArray(items) ? items : []).map((item) => ({
      values: { [itemProperty]: item },
      described,
      ...around,
    }));
  }
  const isThere = (values: Values): boolean =>
    way.pairs.every(({ here, there }) => {
      const value = fieldOf(start.values, here);
      return value !== null && value === fieldOf(values, there);
    });
  return scope
    .rowsOf(way.target)
    .filter(isThere)
    .map((values) => scopeOf(way.target, values, around));
}

const itemDescriptor: PropertyDescriptor = {
  name: itemProperty,
  type: "Edm.String",
  collection: false,
  nullable: false,
  role: "field",
};

function evaluated(operand: FilterOperand, scope: Scope): Value {
  switch (operand.kind) {
    case "property":
      return fieldOf(outwards(scope, operand.from).values, operand.property);
    case "literal":
      return operand.value;
    case "at": {
      const [end] = ends(operand.way, scope);
      return end === undefined ? null : evaluated(operand.operand, end);
    }
    case "count": {
      const { filter } = operand;
      return ends(operand.way, scope).filter((end) => filter === undefined || truthOf(filter, end) === true).length;
    }
    case "call":
      return scalar(
        operand.function,
        operand.arguments.map((argument) => evaluated(argument, scope)),
      );
    case "test":
      return truthOf(operand.node, scope);
    case "case": {
      const branch = operand.branches.find(({ when }) => truthOf(when, scope) === true);
      return branch === undefined ? null : evaluated(branch.value, scope);
    }
  }
}

function fieldOf(values: Values, name: string): Value {
  return (Object.hasOwn(values, name) ? values[name] : null) ?? null;
}

function booleanOrNull(value: Value): Truth {
  return typeof value === "boolean" ? value : null;
}

function negated(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

/** `settling` is the truth that decides the whole: false for `and`, true for `or`. */
function joined(settling: boolean, truths: readonly Truth[]): Truth {
  if (truths.includes(settling)) return settling;
  return truths.includes(null) ? null : !settling;
}

function compared(node: Extract<FilterNode, { kind: "compare" }>, scope: Scope): boolean {
  const result = order(node.left, node.right, scope);
  switch (node.operator) {
    case "eq":
      return result === 0;
    case "ne":
      return result !== 0;
    case "lt":
      return result === -1;
    case "gt":
      return result === 1;
    case "le":
      return result === -1 || result === 0;
    case "ge":
      return result === 1 || result === 0;
  }
}

/** -1, 0 or 1; undefined where one side is null and the other is not. */
function order(left: FilterOperand, right: FilterOperand, scope: Scope): -1 | 0 | 1 | undefined {
  const property = described(left, scope) ?? described(right, scope);
  const one = literalAs(property, left, scope);
  const other = literalAs(property, right, scope);
  if (one === null && other === null) return 0;
  return one === null || other === null ? undefined : compareValues(one, other);
}

function described(operand: FilterOperand, scope: Scope): PropertyDescriptor | undefined {
  return operand.kind === "property" ? outwards(scope, operand.from).described(operand.property) : undefined;
}

function literalAs(property: PropertyDescriptor | undefined, operand: FilterOperand, scope: Scope): Value {
  const value = evaluated(operand, scope);
  return operand.kind === "literal" && property !== undefined ? canonicalValue(property, value) : value;
}

/** Numbers by size, booleans false first, texts by code point. Null stands before everything. */
export function compareValues(left: Value, right: Value): -1 | 0 | 1 {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (typeof left !== "string" || typeof right !== "string") return Number(left) < Number(right) ? -1 : 1;
  return Buffer.compare(Buffer.from(inTimeOrder(left)), Buffer.from(inTimeOrder(right))) < 0 ? -1 : 1;
}

/** A canonical instant with its closing Z before any fraction, so that text order is time order. */
function inTimeOrder(text: string): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(text) ? text.slice(0, -1) : text;
}

function listsTruth({ relation, left, right }: Extract<FilterNode, { kind: "lists" }>, scope: Scope): Truth {
  const one = evaluated(left, scope);
  const other = evaluated(right, scope);
  if (relation === "same") return JSON.stringify(one) === JSON.stringify(other);
  if (!Array.isArray(one) || !Array.isArray(other)) return null;
  return relation === "subset" ? isSubset(one, other) : isSubsequence(one, other);
}

function isSubset(items: readonly Value[], wanted: readonly Value[]): boolean {
  const left = [...items];
  for (const item of wanted) {
    const at = left.indexOf(item);
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
}

function isSubsequence(items: readonly Value[], wanted: readonly Value[]): boolean {
  let found = 0;
  for (const item of items) if (found < wanted.length && item === wanted[found]) found += 1;
  return found === wanted.length;
}

function textTruth(node: Extract<FilterNode, { kind: "text" }>, scope: Scope): Truth {
  const text = evaluated(node.text, scope);
  const part = evaluated(node.part, scope);
  if (typeof text !== "string" || typeof part !== "string") return null;
  switch (node.function) {
    case "contains":
      return text.includes(part);
    case "startswith":
      return text.startsWith(part);
    case "endswith":
      return text.endsWith(part);
  }
}
