/** A Cedar condition as a pair of filters: where it is true and where it is false. Where it is neither, it fails to evaluate. */
import type { FilterNode } from "../../ports/index.ts";

export interface Condition {
  readonly isTrue: FilterNode;
  readonly isFalse: FilterNode;
  /** It never fails to evaluate, so it is false exactly where it is not true. */
  readonly total: boolean;
}

export function constant(value: boolean): FilterNode {
  return { kind: "constant", value };
}

export const always = decided(true);
export const never = decided(false);
/** Evaluates to nothing but an error. */
export const failing: Condition = { isTrue: constant(false), isFalse: constant(false), total: false };

function decided(value: boolean): Condition {
  return { isTrue: constant(value), isFalse: constant(!value), total: true };
}

/** A condition that is true or false, by a filter that is never null. */
export function total(isTrue: FilterNode): Condition {
  return { isTrue, isFalse: not(isTrue), total: true };
}

/** A condition that fails where `present` does not hold. */
export function given(present: FilterNode | undefined, isTrue: FilterNode): Condition {
  if (present === undefined) return total(isTrue);
  return { isTrue: and([present, isTrue]), isFalse: and([present, not(isTrue)]), total: false };
}

export function negated(condition: Condition): Condition {
  return { isTrue: condition.isFalse, isFalse: condition.isTrue, total: condition.total };
}

/** Cedar's `&&`: the right side is not evaluated where the left is false. */
export function both(left: Condition, right: Condition): Condition {
  const isTrue = and([left.isTrue, right.isTrue]);
  if (left.total && right.total) return total(isTrue);
  return {
    isTrue,
    isFalse: or([left.isFalse, and([left.isTrue, right.isFalse])]),
    total: isConstant(left.isTrue, false) && left.total,
  };
}

/** Cedar's `||`: the right side is not evaluated where the left is true. */
export function either(left: Condition, right: Condition): Condition {
  return negated(both(negated(left), negated(right)));
}

/** Cedar's `if-then-else`. */
export function choice(test: Condition, then: Condition, otherwise: Condition): Condition {
  const isTrue = or([and([test.isTrue, then.isTrue]), and([test.isFalse, otherwise.isTrue])]);
  if (test.total && then.total && otherwise.total) return total(isTrue);
  const isFalse = or([and([test.isTrue, then.isFalse]), and([test.isFalse, otherwise.isFalse])]);
  return { isTrue, isFalse, total: false };
}

/** Where the condition does not fail. */
export function evaluates(condition: Condition): FilterNode {
  return condition.total ? constant(true) : or([condition.isTrue, condition.isFalse]);
}

export function not(node: FilterNode): FilterNode {
  if (node.kind === "constant") return constant(!node.value);
  return node.kind === "not" ? node.operand : { kind: "not", operand: node };
}

export function and(nodes: readonly FilterNode[]): FilterNode {
  return joined("and", nodes, true);
}

export function or(nodes: readonly FilterNode[]): FilterNode {
  return joined("or", nodes, false);
}

/** Without what changes nothing, and settled where one operand settles it. */
function joined(kind: "and" | "or", nodes: readonly FilterNode[], neutral: boolean): FilterNode {
  const flat = nodes.flatMap((node) => (node.kind === kind ? node.operands : [node]));
  if (flat.some((node) => isConstant(node, !neutral))) return constant(!neutral);
  const operands = flat.filter((node) => node.kind !== "constant");
  const [only] = operands;
  if (only === undefined) return constant(neutral);
  return operands.length === 1 ? only : { kind, operands };
}

function isConstant(node: FilterNode, value: boolean): boolean {
  return node.kind === "constant" && node.value === value;
}

/** How many nodes a filter has. */
export function sizeOf(node: FilterNode): number {
  if (node.kind === "not") return 1 + sizeOf(node.operand);
  if (node.kind !== "and" && node.kind !== "or") return 1;
  return node.operands.reduce((size, operand) => size + sizeOf(operand), 1);
}
