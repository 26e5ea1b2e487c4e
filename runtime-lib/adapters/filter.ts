/** Evaluates a filter on one row, as OData 4.01 has it: true, false, or null where that is not known. */
import {
  canonicalValue,
  type EntityTypeDescriptor,
  type PropertyDescriptor,
  type Value,
  type Values,
} from "../kernel/index.ts";
import type { FilterNode, FilterOperand } from "../ports/index.ts";

type Truth = boolean | null;

/** Whether the row of this type matches. */
export function matches(type: EntityTypeDescriptor, node: FilterNode, values: Values): boolean {
  return truthOf(type, node, values) === true;
}

function truthOf(type: EntityTypeDescriptor, node: FilterNode, values: Values): Truth {
  switch (node.kind) {
    case "constant":
      return node.value;
    case "property":
      return booleanOrNull(fieldOf(values, node.property));
    case "compare":
      return compared(type, node, values);
    case "in":
      return node.values.some((value) => order(type, values, node.operand, { kind: "literal", value }) === 0);
    case "text":
      return textTruth(node, values);
    case "not":
      return negated(truthOf(type, node.operand, values));
    case "and":
      return joined(
        false,
        node.operands.map((operand) => truthOf(type, operand, values)),
      );
    case "or":
      return joined(
        true,
        node.operands.map((operand) => truthOf(type, operand, values)),
      );
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

function compared(type: EntityTypeDescriptor, node: Extract<FilterNode, { kind: "compare" }>, values: Values): boolean {
  const result = order(type, values, node.left, node.right);
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
function order(
  type: EntityTypeDescriptor,
  values: Values,
  left: FilterOperand,
  right: FilterOperand,
): -1 | 0 | 1 | undefined {
  const property = described(type, left) ?? described(type, right);
  const one = operandValue(property, left, values);
  const other = operandValue(property, right, values);
  if (one === null && other === null) return 0;
  return one === null || other === null ? undefined : compareValues(one, other);
}

function described(type: EntityTypeDescriptor, operand: FilterOperand): PropertyDescriptor | undefined {
  return operand.kind === "property" ? type.properties.find(({ name }) => name === operand.property) : undefined;
}

function operandValue(property: PropertyDescriptor | undefined, operand: FilterOperand, values: Values): Value {
  if (operand.kind === "property") return fieldOf(values, operand.property);
  return property === undefined ? operand.value : canonicalValue(property, operand.value);
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

function textTruth(node: Extract<FilterNode, { kind: "text" }>, values: Values): Truth {
  const text = operandValue(undefined, node.text, values);
  const part = operandValue(undefined, node.part, values);
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
