/** Turns a `$filter` into the typed tree that a store runs. */
import type { Value } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { isFailed } from "./failure.ts";
import { filterFailure, filterGap, functionGap } from "./filter-failures.ts";
import {
  agreed,
  asFilterOperand,
  type FilterScope,
  familyOf,
  literalFor,
  type Operand,
  operandOf,
} from "./filter-operands.ts";
import { type Lowering, lowered, parseFilter } from "./filter-parser.ts";
import type { FilterSyntax } from "./filter-syntax.ts";
import type { Expression } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";

type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
type Binary = FilterSyntax & { kind: "binary" };
type TextFunction = "contains" | "startswith" | "endswith";

/** The filter as a store runs it, or a refusal with the character at fault (OData 4.01 part 2, section 5.1.1). */
export function filterNode(text: string, scope: FilterScope, limits: ODataLimits): FilterNode | Failed {
  const syntax = parseFilter(text, limits);
  return isFailed(syntax) ? syntax : condition(syntax, scope);
}

/** The filter that stands within another option. */
export function filterOf(tree: Expression, scope: FilterScope, lowering: Lowering): FilterNode | Failed {
  const syntax = lowered(tree, lowering);
  return isFailed(syntax) ? syntax : condition(syntax, scope);
}

function condition(syntax: FilterSyntax, scope: FilterScope): FilterNode | Failed {
  switch (syntax.kind) {
    case "literal":
      if (syntax.type === "boolean") return { kind: "constant", value: syntax.text.toLowerCase() === "true" };
      return filterFailure(syntax.at, `${shown(syntax.text)} is not a condition`);
    case "path":
    case "alias":
      return truth(syntax, scope);
    case "call":
      return textCondition(syntax, scope);
    case "lambda":
      return filterGap(syntax.at, `the lambda ${syntax.path}`);
    case "not":
      return negation(syntax, scope);
    case "in":
      return membership(syntax, scope);
    case "binary":
      return binaryCondition(syntax, scope);
  }
}

function truth(syntax: FilterSyntax, scope: FilterScope): FilterNode | Failed {
  const operand = operandOf(syntax, scope);
  if (isFailed(operand)) return operand;
  if (operand.kind === "property" && operand.property.type === "Edm.Boolean") {
    return { kind: "property", property: operand.property.name };
  }
  if (operand.kind === "literal" && typeof operand.value === "boolean") {
    return { kind: "constant", value: operand.value };
  }
  const name = operand.kind === "property" ? operand.property.name : shown(String(operand.value));
  return filterFailure(syntax.at, `${name} is not a condition: compare it with something`);
}

function negation(syntax: FilterSyntax & { kind: "not" }, scope: FilterScope): FilterNode | Failed {
  const operand = condition(syntax.operand, scope);
  return isFailed(operand) ? operand : { kind: "not", operand };
}

function binaryCondition(syntax: Binary, scope: FilterScope): FilterNode | Failed {
  switch (syntax.operator) {
    case "and":
    case "or":
      return junction(syntax, syntax.operator, scope);
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return comparison(syntax, syntax.operator, scope);
    default:
      return filterGap(syntax.at, `the operator ${syntax.operator}`);
  }
}

/** A chain of one connective is one node, however long it is. */
function junction(syntax: Binary, kind: "and" | "or", scope: FilterScope): FilterNode | Failed {
  const operands: FilterNode[] = [];
  for (const each of chain(syntax, kind)) {
    const operand = condition(each, scope);
    if (isFailed(operand)) return operand;
    operands.push(operand);
  }
  return { kind, operands };
}

function chain(syntax: Binary, operator: string): readonly FilterSyntax[] {
  const parts: FilterSyntax[] = [];
  let rest: FilterSyntax = syntax;
  while (rest.kind === "binary" && rest.operator === operator) {
    parts.push(rest.right);
    rest = rest.left;
  }
  return [...parts, rest].reverse();
}

function comparison(syntax: Binary, operator: Comparison, scope: FilterScope): FilterNode | Failed {
  const flag = comparedFlag(syntax, operator, scope);
  if (flag !== undefined) return flag;
  const left = operandOf(syntax.left, scope);
  if (isFailed(left)) return left;
  const right = operandOf(syntax.right, scope);
  if (isFailed(right)) return right;
  const sides = agreed(left, right);
  if (isFailed(sides)) return sides;
  const isOrdered = operator !== "eq" && operator !== "ne";
  const unordered = isOrdered ? [left, right].find(isEnumeration) : undefined;
  if (unordered !== undefined) return filterGap(unordered.at, `the order of an enumeration (${operator})`);
  return { kind: "compare", operator, left: sides[0], right: sides[1] };
}

/** `contains(…) eq true`, as many clients write it: never unknown, unlike the function itself. */
function comparedFlag(syntax: Binary, operator: Comparison, scope: FilterScope): FilterNode | Failed | undefined {
  const { left, right } = syntax;
  if (left.kind !== "call" || right.kind !== "literal" || right.type !== "boolean") return undefined;
  if (operator !== "eq" && operator !== "ne") return undefined;
  const node = textCondition(left, scope);
  if (isFailed(node)) return node;
  const wanted: FilterNode = right.text.toLowerCase() === "true" ? node : { kind: "not", operand: node };
  const known: FilterNode = { kind: "and", operands: [...presence(node), wanted] };
  return operator === "eq" ? known : { kind: "not", operand: known };
}

function presence(node: FilterNode): readonly FilterNode[] {
  const operands = node.kind === "text" ? [node.text, node.part] : [];
  return operands
    .filter((operand) => operand.kind === "property")
    .map((left) => ({ kind: "compare", operator: "ne", left, right: { kind: "literal", value: null } }));
}

function isEnumeration(operand: Operand): boolean {
  return (operand.kind === "literal" ? operand.family : familyOf(operand.property)) === "enum";
}

function membership(syntax: FilterSyntax & { kind: "in" }, scope: FilterScope): FilterNode | Failed {
  const operand = operandOf(syntax.operand, scope);
  if (isFailed(operand)) return operand;
  if (operand.kind === "literal") return filterFailure(operand.at, "a literal stands before `in`: write a property");
  const values: Value[] = [];
  for (const each of syntax.values) {
    const literal = operandOf(each, scope);
    if (isFailed(literal)) return literal;
    if (literal.kind === "property") return filterFailure(literal.at, "the list of `in` has literals only");
    const value = literalFor(operand.property, literal);
    if (isFailed(value)) return value;
    values.push(value);
  }
  return { kind: "in", operand: asFilterOperand(operand), values };
}

function textCondition(syntax: FilterSyntax & { kind: "call" }, scope: FilterScope): FilterNode | Failed {
  const name = textFunction(syntax.name);
  if (name === undefined) return functionGap(syntax.name, syntax.at);
  const [first, second] = syntax.arguments;
  if (first === undefined || second === undefined || syntax.arguments.length > 2) {
    return filterFailure(syntax.at, `${name} takes two arguments`);
  }
  const text = textOperand(first, name, scope);
  if (isFailed(text)) return text;
  const part = textOperand(second, name, scope);
  if (isFailed(part)) return part;
  return { kind: "text", function: name, text, part };
}

function textFunction(name: string): TextFunction | undefined {
  const lower = name.toLowerCase();
  return lower === "contains" || lower === "startswith" || lower === "endswith" ? lower : undefined;
}

function textOperand(syntax: FilterSyntax, name: TextFunction, scope: FilterScope): FilterOperand | Failed {
  const operand = operandOf(syntax, scope);
  if (isFailed(operand)) return operand;
  const family = operand.kind === "property" ? familyOf(operand.property) : operand.family;
  if (family !== "string" && family !== "null") return filterFailure(operand.at, `${name} takes strings`);
  return asFilterOperand(operand);
}
