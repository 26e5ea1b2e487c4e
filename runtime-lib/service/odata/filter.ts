/** Turns a `$filter` into the typed tree that a store runs. */
import { flagsNumber } from "../../kernel/index.ts";
import { type FilterNode, type FilterOperand, type ListRelation, patternSize } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { unaliased } from "./aliases.ts";
import { type Binding, bindingOf, type FilterScope, type Lowering } from "./binding.ts";
import { isEntityOf, isValueOf } from "./conversions.ts";
import { readExpression } from "./decoded-option.ts";
import { invalid, isFailed } from "./failure.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import type { Call, Expression, Operator } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import { membership } from "./membership.ts";
import { agreed, asFilterOperand, type Family, type Operand, operandFamily } from "./operand-types.ts";
import { operandOf } from "./operands.ts";
import { nameOf as nameOfWhole, type Reached, reached } from "./paths.ts";
import { readPattern } from "./pattern.ts";
import { collectionRelation, structurallySame } from "./structural.ts";

type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
type Binary = Expression & { kind: "binary" };
type TextFunction = "contains" | "startswith" | "endswith";

/** The filter as a store runs it, or a refusal with the character at fault (OData 4.01 part 2, section 5.1.1). */
export function filterNode(text: string, scope: FilterScope, limits: ODataLimits): FilterNode | Failed {
  if (text.length > limits.filterLengthMax) {
    return invalid(`$filter is longer than ${limits.filterLengthMax} characters (filterLengthMax)`, "$filter");
  }
  const bounds = { depthMax: limits.filterDepthMax, nodesMax: limits.filterLengthMax };
  const parsed = readExpression(text, bounds);
  if (parsed.kind === "parsed") return filterOf(parsed.tree, scope, { origin: parsed.origin, limits });
  return filterFailure(parsed.at, parsed.message.replace("(depthMax)", "(filterDepthMax)"));
}

/** The filter that a tree is. */
export function filterOf(tree: Expression, scope: FilterScope, lowering: Lowering): FilterNode | Failed {
  return conditionOf(tree, bindingOf(scope, lowering));
}

/** The condition that a tree is, wherever it stands. */
export function conditionOf(written: Expression, around: Binding): FilterNode | Failed {
  const placed = unaliased(written, around);
  if (isFailed(placed)) return placed;
  const { tree, binding } = placed;
  const at = binding.origin(tree.at);
  switch (tree.kind) {
    case "literal":
      if (tree.type === "boolean") return { kind: "constant", value: tree.text.toLowerCase() === "true" };
      return filterFailure(at, `${shown(tree.type === "string" ? `'${tree.text}'` : tree.text)} is not a condition`);
    case "path": {
      const found = reached(tree, binding, conditionOf);
      return isFailed(found) ? found : truth(found, at);
    }
    case "call":
      return callCondition(tree, binding);
    case "binary":
      return binaryCondition(tree, binding);
    case "unary": {
      if (tree.operator === "negate") return filterFailure(at, "a number is not a condition");
      const operand = conditionOf(tree.operand, binding);
      return isFailed(operand) ? operand : { kind: "not", operand };
    }
    case "list":
      return filterGap(at, "an array");
    case "object":
      return filterGap(at, "an object");
  }
}

function truth(found: Reached, at: number): FilterNode | Failed {
  if (found.kind === "condition") return found.node;
  if (found.kind !== "operand")
    return filterFailure(at, `${nameOfWhole(found)} is not a condition: compare it with something`);
  const { operand } = found;
  if (operand.kind === "property" && operand.property.type === "Edm.Boolean") {
    return operand.operand.kind === "property" ? operand.operand : { kind: "truth", operand: operand.operand };
  }
  if (operand.kind === "literal" && typeof operand.value === "boolean") {
    return { kind: "constant", value: operand.value };
  }
  return filterFailure(at, `${nameOf(operand)} is not a condition: compare it with something`);
}

function nameOf(operand: Operand): string {
  if (operand.kind === "property") return operand.property.name;
  return operand.kind === "literal" ? shown(String(operand.value)) : `a ${operand.family}`;
}

function binaryCondition(tree: Binary, binding: Binding): FilterNode | Failed {
  const { operator } = tree;
  switch (operator) {
    case "and":
    case "or":
      return junction(tree, operator, binding);
    case "in":
      return membership(tree, binding, conditionOf);
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return comparison(tree, operator, binding);
    case "has":
      return flagged(tree, binding);
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "divby":
    case "mod":
      return filterFailure(
        binding.origin(tree.at),
        `what ${operator} gives is not a condition: compare it with something`,
      );
  }
}

/** A chain of one connective is one node, however long it is. */
function junction(tree: Binary, kind: "and" | "or", binding: Binding): FilterNode | Failed {
  const operands: FilterNode[] = [];
  for (const each of chain(tree, kind)) {
    const operand = conditionOf(each, binding);
    if (isFailed(operand)) return operand;
    operands.push(operand);
  }
  return { kind, operands };
}

function chain(tree: Binary, operator: Operator): readonly Expression[] {
  const parts: Expression[] = [];
  let rest: Expression = tree;
  while (rest.kind === "binary" && rest.operator === operator) {
    parts.push(rest.right);
    rest = rest.left;
  }
  return [...parts, rest].reverse();
}

function comparison(tree: Binary, operator: Comparison, binding: Binding): FilterNode | Failed {
  const special = comparedFlag(tree, operator, binding) ?? comparedWhole(tree, operator, binding);
  if (special !== undefined) return special;
  const left = operandOf(tree.left, binding, conditionOf);
  if (isFailed(left)) return left;
  const right = operandOf(tree.right, binding, conditionOf);
  if (isFailed(right)) return right;
  const sides = agreed(left, right);
  if (isFailed(sides)) return sides;
  const isOrdered = operator !== "eq" && operator !== "ne";
  const unordered = isOrdered ? [left, right].find((each) => isUnordered(operandFamily(each))) : undefined;
  if (unordered !== undefined) {
    const what = operandFamily(unordered) === "enum" ? "an enumeration" : "octets";
    return filterGap(unordered.at, `the order of ${what} (${operator})`);
  }
  return { kind: "compare", operator, left: sides[0], right: sides[1] };
}

function isUnordered(family: Family): boolean {
  return family === "enum" || family === "binary";
}

/** Of enumerations without flags a value has one member: itself; of those with flags all that make it up (OData 4.01 part 2, 5.1.1.1.11). */
function flagged(tree: Binary, binding: Binding): FilterNode | Failed {
  const { at } = tree.left;
  const left = operandOf(tree.left, binding, conditionOf);
  if (isFailed(left)) return left;
  if (operandFamily(left) !== "enum") return filterFailure(binding.origin(at), "has asks members of an enumeration");
  const right = operandOf(tree.right, binding, conditionOf);
  if (isFailed(right)) return right;
  const sides = agreed(left, right);
  if (isFailed(sides)) return sides;
  if (left.kind !== "property" || left.property.flags === undefined) {
    return { kind: "compare", operator: "eq", left: sides[0], right: sides[1] };
  }
  const [operand, flags] = sides;
  const bits = flags.kind === "literal" ? flagsNumber(left.property, String(flags.value)) : undefined;
  if (bits === undefined) return filterGap(right.at, "has with something else than members");
  return { kind: "has", operand, property: left.property, bits };
}

/** `contains(…) eq true`, as many clients write it: never unknown, unlike the function itself. */
function comparedFlag(tree: Binary, operator: Comparison, binding: Binding): FilterNode | Failed | undefined {
  const { left, right } = tree;
  if (left.kind !== "call" || right.kind !== "literal" || right.type !== "boolean") return undefined;
  if (operator !== "eq" && operator !== "ne") return undefined;
  const node = callCondition(left, binding);
  if (isFailed(node)) return node;
  const wanted: FilterNode = right.text.toLowerCase() === "true" ? node : { kind: "not", operand: node };
  const known: FilterNode = { kind: "and", operands: [...presence(node), wanted] };
  return operator === "eq" ? known : { kind: "not", operand: known };
}

function presence(node: FilterNode): readonly FilterNode[] {
  const operands = node.kind === "text" ? [node.text, node.part] : node.kind === "pattern" ? [node.text] : [];
  return operands
    .filter((operand) => operand.kind !== "literal")
    .map((left) => ({ kind: "compare", operator: "ne", left, right: { kind: "literal", value: null } }));
}

/** Entities, values of complex types and collections; `Customer eq null`: there is none that the caller may read. */
function comparedWhole(
  { left, right }: Binary,
  operator: Comparison,
  binding: Binding,
): FilterNode | Failed | undefined {
  if (operator !== "eq" && operator !== "ne") return undefined;
  const same = structurallySame([left, right], binding, conditionOf);
  if (same === undefined || isFailed(same) || operator === "eq") return same;
  return same.kind === "not" ? same.operand : { kind: "not", operand: same };
}

function callCondition(tree: Call, binding: Binding): FilterNode | Failed {
  switch (tree.name) {
    case "isof":
      return typeCondition(tree, binding);
    case "matchespattern":
      return patternCondition(tree, binding);
    case "hassubset":
    case "hassubsequence":
      return listsCondition(tree, tree.name === "hassubset" ? "subset" : "subsequence", binding);
    default:
      return textCondition(tree, binding);
  }
}

function listsCondition(tree: Call, relation: ListRelation, binding: Binding): FilterNode | Failed {
  const [left, right] = tree.arguments;
  if (left === undefined || right === undefined) {
    return filterFailure(binding.origin(tree.at), `${tree.name} takes two collections`);
  }
  return collectionRelation(relation, [left, right], { binding, bind: conditionOf });
}

function patternCondition(tree: Call, binding: Binding): FilterNode | Failed {
  const [first, second] = tree.arguments;
  const at = binding.origin(tree.at);
  if (first === undefined || second === undefined)
    return filterFailure(at, "matchespattern takes a text and a pattern");
  const text = textOperand(first, "matchespattern", binding);
  if (isFailed(text)) return text;
  const written = operandOf(second, binding, conditionOf);
  if (isFailed(written)) return written;
  if (written.kind !== "literal") return filterGap(written.at, "a pattern that is no literal");
  if (written.family !== "string") return filterFailure(written.at, "a pattern is a string");
  const pattern = readPattern(String(written.value));
  if (pattern.kind === "wrong") return filterFailure(written.at, `the pattern cannot be read: ${pattern.problem}`);
  if (pattern.kind === "gap") return filterGap(written.at, `${pattern.problem} in a pattern`);
  const { limits, patterns } = binding;
  patterns.left -= patternSize(pattern);
  if (patterns.left >= 0) return { kind: "pattern", text, pattern };
  return filterFailure(written.at, `patterns are larger than ${limits.filterPatternMax} together (filterPatternMax)`);
}

function textCondition(tree: Call, binding: Binding): FilterNode | Failed {
  const at = binding.origin(tree.at);
  const name = textFunction(tree.name);
  const [first, second] = tree.arguments;
  if (name === undefined || first === undefined || second === undefined) {
    const operand = operandOf(tree, binding, conditionOf);
    if (isFailed(operand)) return operand;
    if (operandFamily(operand) === "boolean") return { kind: "truth", operand: asFilterOperand(operand) };
    return filterFailure(at, `what ${tree.name} gives is not a condition: compare it with something`);
  }
  const text = textOperand(first, name, binding);
  if (isFailed(text)) return text;
  const part = textOperand(second, name, binding);
  if (isFailed(part)) return part;
  return { kind: "text", function: name, text, part };
}

function typeCondition(tree: Call, binding: Binding): FilterNode | Failed {
  const at = binding.origin(tree.at);
  const [subject, named] = tree.arguments;
  if (subject === undefined || named === undefined) return isEntityOf(subject, binding, at);
  const end = subject.kind === "path" ? reached(subject, binding, conditionOf) : undefined;
  if (isFailed(end)) return end;
  if (end?.kind === "entity" || end?.kind === "complex") return filterGap(at, `isof of ${end.name}`);
  const operand = operandOf(subject, binding, conditionOf);
  return isFailed(operand) ? operand : isValueOf(operand, named, at);
}

function textFunction(name: string): TextFunction | undefined {
  return name === "contains" || name === "startswith" || name === "endswith" ? name : undefined;
}

function textOperand(
  tree: Expression,
  name: TextFunction | "matchespattern",
  binding: Binding,
): FilterOperand | Failed {
  const operand = operandOf(tree, binding, conditionOf);
  if (isFailed(operand)) return operand;
  const family = operandFamily(operand);
  if (family !== "string" && family !== "null") return filterFailure(operand.at, `${name} takes strings`);
  return asFilterOperand(operand);
}
