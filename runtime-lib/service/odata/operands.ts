/** The operands of expressions with their types: properties, literals, and what is computed of them. */
import type { FilterNode } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { unaliased } from "./aliases.ts";
import type { Binding } from "./binding.ts";
import { type ArithmeticOperator, arithmetic, called, isComputed, negated, totalSeconds } from "./computations.ts";
import { chosen, tested, withinValue } from "./conditional.ts";
import { constantCall } from "./constants.ts";
import { cast, castType } from "./conversions.ts";
import { isFailed } from "./failure.ts";
import { filterFailure, filterGap, functionGap } from "./filter-failures.ts";
import type { Call, Expression } from "./grammar/syntax.ts";
import { literalOperand } from "./literal-operands.ts";
import type { Operand } from "./operand-types.ts";
import { type BindCondition, nameOf, reached } from "./paths.ts";

type Binary = Expression & { kind: "binary" };

/** The operand that an expression stands for; a condition is none. */
export function operandOf(written: Expression, around: Binding, bind: BindCondition): Operand | Failed {
  const placed = unaliased(written, around);
  if (isFailed(placed)) return placed;
  const { tree, binding } = placed;
  const at = binding.origin(tree.at);
  switch (tree.kind) {
    case "literal":
      return literalOperand(tree, at, binding);
    case "path": {
      const found = reached(tree, binding, bind);
      if (isFailed(found)) return found;
      if (found.kind === "operand") return found.operand;
      if (found.kind === "condition") return testOf(found.node, binding, at);
      return filterFailure(at, `${nameOf(found)} is no single value: write one of its properties`);
    }
    case "call":
      return callOperand(tree, binding, bind);
    case "binary":
      return binaryOperand(tree, binding, bind);
    case "unary":
      return unaryOperand(tree, binding, bind);
    case "list":
      return filterGap(at, "an array");
    case "object":
      return filterGap(at, "an object");
  }
}

function unaryOperand(tree: Expression & { kind: "unary" }, binding: Binding, bind: BindCondition): Operand | Failed {
  const at = binding.origin(tree.at);
  if (tree.operator === "not") return tested(tree, binding, bind);
  const operand = operandOf(tree.operand, binding, bind);
  return isFailed(operand) ? operand : negated(operand, at);
}

function callOperand(tree: Call, binding: Binding, bind: BindCondition): Operand | Failed {
  const constant = constantCall(tree, binding.origin(tree.at));
  if (constant !== undefined) return constant;
  if (tree.name === "cast") return castOperand(tree, binding, bind);
  if (conditionFunctions.has(tree.name)) return tested(tree, binding, bind);
  if (tree.name === "case") {
    return chosen(tree, binding, { condition: bind, operand: (each, within) => operandOf(each, within, bind) });
  }
  if (tree.name !== "totalseconds" && !isComputed(tree.name)) return functionGap(tree.name, binding.origin(tree.at));
  const given: Operand[] = [];
  for (const each of tree.arguments) {
    const operand = operandOf(each, binding, bind);
    if (isFailed(operand)) return operand;
    given.push(operand);
  }
  const at = binding.origin(tree.at);
  if (tree.name === "totalseconds") return totalSeconds(given, at);
  return called(tree.name, given, at) ?? functionGap(tree.name, at);
}

function castOperand(tree: Call, binding: Binding, bind: BindCondition): Operand | Failed {
  const at = binding.origin(tree.at);
  const [subject, named] = tree.arguments;
  const type = castType(named);
  if (subject === undefined || type === undefined) return filterGap(at, "such a cast");
  const within = withinValue(binding, at);
  if (isFailed(within)) return within;
  const operand = operandOf(subject, within, bind);
  return isFailed(operand) ? operand : cast(operand, type, at);
}

/** Those whose value is true, false or null. */
const conditionFunctions = new Set([
  "contains",
  "startswith",
  "endswith",
  "matchespattern",
  "hassubset",
  "hassubsequence",
  "isof",
]);

function testOf(node: FilterNode, binding: Binding, at: number): Operand | Failed {
  const within = withinValue(binding, at);
  if (isFailed(within)) return within;
  return { kind: "computed", family: "boolean", operand: { kind: "test", node }, isInteger: false, at };
}

/** A chain of operators leans to the left and may be long: it is bound from its first operand on, without recursion. */
function binaryOperand(tree: Binary, binding: Binding, bind: BindCondition): Operand | Failed {
  if (arithmeticOperator(tree) === undefined) return tested(tree, binding, bind);
  const links: { readonly operator: ArithmeticOperator; readonly link: Binary }[] = [];
  let rest: Expression = tree;
  while (rest.kind === "binary") {
    const operator = arithmeticOperator(rest);
    if (operator === undefined) break;
    links.push({ operator, link: rest });
    rest = rest.left;
  }
  let left = operandOf(rest, binding, bind);
  for (const { operator, link } of links.reverse()) {
    if (isFailed(left)) return left;
    const right = operandOf(link.right, binding, bind);
    if (isFailed(right)) return right;
    left = arithmetic(operator, [left, right], binding.origin(link.at));
  }
  return left;
}

function arithmeticOperator({ operator }: Binary): ArithmeticOperator | undefined {
  switch (operator) {
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "divby":
    case "mod":
      return operator;
    case "or":
    case "and":
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
    case "has":
    case "in":
      return undefined;
  }
}
