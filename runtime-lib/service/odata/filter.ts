/** Turns a `$filter` into the typed tree that a store runs, with OData's null rules spelled out for three-valued SQL. */
import type { FilterNode, FilterOperand } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { isFailed } from "./failure.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import {
  agreed,
  asFilterOperand,
  type FilterScope,
  familyOf,
  literalFor,
  type Operand,
  operandOf,
} from "./filter-operands.ts";
import { parseFilter } from "./filter-parser.ts";
import type { FilterSyntax } from "./filter-syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";

type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
type TextFunction = "contains" | "startswith" | "endswith";

/** Under an odd number of `not`, unknown would count where OData says false. */
type Polarity = "positive" | "negative";

/** Canonical functions of OData 4.01 that are not there yet: 501 where an unknown name is 400. */
const laterFunctions = new Set(
  (
    "concat hassubset hassubsequence indexof length matchesPattern substring tolower toupper trim date day " +
    "fractionalseconds hour maxdatetime mindatetime minute month now second time totaloffsetminutes totalseconds year " +
    "ceiling floor round cast isof case geo.distance geo.intersects geo.length"
  ).split(" "),
);

/**
 * The filter as a store runs it, or a refusal with the character at fault (OData 4.01 part 2, section 5.1.1).
 * `eq` and `ne` with null are true or false, the other comparisons with null are false, `and`, `or`, `not` are three-valued.
 */
export function filterNode(text: string, scope: FilterScope, limits: ODataLimits): FilterNode | Failed {
  const syntax = parseFilter(text, limits);
  return isFailed(syntax) ? syntax : condition(syntax, scope, "positive");
}

function condition(syntax: FilterSyntax, scope: FilterScope, polarity: Polarity): FilterNode | Failed {
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
      return negation(syntax, scope, polarity);
    case "in":
      return membership(syntax, scope, polarity);
    case "binary":
      return binaryCondition(syntax, scope, polarity);
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

function negation(syntax: FilterSyntax & { kind: "not" }, scope: FilterScope, polarity: Polarity): FilterNode | Failed {
  const operand = condition(syntax.operand, scope, polarity === "positive" ? "negative" : "positive");
  if (!isFailed(operand)) return { kind: "not", operand };
  const leaf = syntax.operand.kind === "path" || syntax.operand.kind === "literal";
  if (!leaf || operand.code !== "InvalidParameter") return operand;
  return { ...operand, message: `${operand.message}; \`not\` binds tightest, so write not (…)` };
}

function binaryCondition(
  syntax: FilterSyntax & { kind: "binary" },
  scope: FilterScope,
  polarity: Polarity,
): FilterNode | Failed {
  switch (syntax.operator) {
    case "and":
    case "or":
      return junction(syntax, syntax.operator, scope, polarity);
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return comparison(syntax, syntax.operator, scope, polarity);
    default:
      return filterGap(syntax.at, `the operator ${syntax.operator}`);
  }
}

function junction(
  syntax: FilterSyntax & { kind: "binary" },
  kind: "and" | "or",
  scope: FilterScope,
  polarity: Polarity,
): FilterNode | Failed {
  const left = condition(syntax.left, scope, polarity);
  if (isFailed(left)) return left;
  const right = condition(syntax.right, scope, polarity);
  if (isFailed(right)) return right;
  const operands = [left, right].flatMap((each) => (each.kind === kind ? each.operands : [each]));
  return { kind, operands };
}

function comparison(
  syntax: FilterSyntax & { kind: "binary" },
  operator: Comparison,
  scope: FilterScope,
  polarity: Polarity,
): FilterNode | Failed {
  const flag = comparedFlag(syntax, operator, scope, polarity);
  if (flag !== undefined) return flag;
  const left = operandOf(syntax.left, scope);
  if (isFailed(left)) return left;
  const right = operandOf(syntax.right, scope);
  if (isFailed(right)) return right;
  const sides = agreed(left, right);
  if (isFailed(sides)) return sides;
  if (operator !== "eq" && operator !== "ne") {
    const unordered = [left, right].find(isUnordered);
    if (unordered !== undefined) return filterGap(unordered.at, `the order of a boolean or enumeration (${operator})`);
    if (isNull(sides[0]) || isNull(sides[1])) return { kind: "constant", value: false };
  }
  const node: FilterNode = { kind: "compare", operator, left: sides[0], right: sides[1] };
  return isNull(sides[0]) || isNull(sides[1]) ? node : nullRules(node, nullable([left, right]), polarity);
}

/** `contains(…) eq true`, as many clients write it. */
function comparedFlag(
  syntax: FilterSyntax & { kind: "binary" },
  operator: Comparison,
  scope: FilterScope,
  polarity: Polarity,
): FilterNode | Failed | undefined {
  const { left, right } = syntax;
  const flag = right.kind === "literal" && right.type === "boolean" ? right.text.toLowerCase() === "true" : undefined;
  if (left.kind !== "call" || flag === undefined || polarity === "negative") return undefined;
  if (operator !== "eq" && operator !== "ne") return undefined;
  const node = textCondition(left, scope);
  if (isFailed(node)) return node;
  if ((operator === "eq") === flag) return operator === "eq" ? node : filterGap(syntax.at, "ne with a function");
  return operator === "eq" ? { kind: "not", operand: node } : filterGap(syntax.at, "ne with a function");
}

function isUnordered(operand: Operand): boolean {
  if (operand.kind === "literal") return operand.family === "boolean" || operand.family === "enum";
  return familyOf(operand.property) === "boolean" || familyOf(operand.property) === "enum";
}

function isNull(operand: FilterOperand): boolean {
  return operand.kind === "literal" && operand.value === null;
}

function nullable(operands: readonly Operand[]): readonly string[] {
  return operands.flatMap((operand) =>
    operand.kind === "property" && operand.property.nullable ? [operand.property.name] : [],
  );
}

/** What SQL calls unknown, OData calls true or false; each nullable property gets the test that says which. */
function nullRules(node: FilterNode & { kind: "compare" }, names: readonly string[], polarity: Polarity): FilterNode {
  if (names.length === 0) return node;
  const isNulls = names.map((name) => nullTest(name, "eq"));
  const notNulls = names.map((name) => nullTest(name, "ne"));
  if (node.operator === "ne") {
    if (names.length === 1) return { kind: "or", operands: [...isNulls, node] };
    const known: FilterNode = { kind: "and", operands: [...notNulls, node] };
    return { kind: "or", operands: [known, ...exactlyOne(isNulls, notNulls)] };
  }
  const known: FilterNode = polarity === "positive" ? node : { kind: "and", operands: [...notNulls, node] };
  if (node.operator !== "eq" || names.length === 1) return known;
  return { kind: "or", operands: [known, { kind: "and", operands: isNulls }] };
}

function exactlyOne(isNulls: readonly FilterNode[], notNulls: readonly FilterNode[]): readonly FilterNode[] {
  return isNulls.map((isNullTest, index) => ({
    kind: "and",
    operands: [isNullTest, ...notNulls.filter((_, other) => other !== index)],
  }));
}

function nullTest(property: string, operator: "eq" | "ne"): FilterNode {
  return {
    kind: "compare",
    operator,
    left: { kind: "property", property },
    right: { kind: "literal", value: null },
  };
}

function membership(
  syntax: FilterSyntax & { kind: "in" },
  scope: FilterScope,
  polarity: Polarity,
): FilterNode | Failed {
  const operand = operandOf(syntax.operand, scope);
  if (isFailed(operand)) return operand;
  if (operand.kind === "literal") return filterFailure(operand.at, "a literal stands before `in`: write a property");
  const values = [];
  for (const each of syntax.values) {
    const literal = operandOf(each, scope);
    if (isFailed(literal)) return literal;
    if (literal.kind === "property") return filterFailure(literal.at, "the list of `in` has literals only");
    const value = literalFor(operand.property, literal);
    if (isFailed(value)) return value;
    values.push(value);
  }
  return inNode(operand.property.name, operand.property.nullable, values, polarity);
}

function inNode(
  property: string,
  isNullable: boolean,
  values: readonly (string | number | boolean | null | readonly string[])[],
  polarity: Polarity,
): FilterNode {
  const node: FilterNode = {
    kind: "in",
    operand: { kind: "property", property },
    values: values.filter((value) => value !== null),
  };
  const guarded: FilterNode =
    isNullable && polarity === "negative" ? { kind: "and", operands: [nullTest(property, "ne"), node] } : node;
  if (!values.includes(null)) return guarded;
  if (node.values.length === 0) return nullTest(property, "eq");
  return { kind: "or", operands: [nullTest(property, "eq"), guarded] };
}

function textCondition(syntax: FilterSyntax & { kind: "call" }, scope: FilterScope): FilterNode | Failed {
  const name = textFunction(syntax.name);
  if (name === undefined) {
    const isLater = laterFunctions.has(syntax.name.toLowerCase()) || laterFunctions.has(syntax.name);
    if (isLater) return filterGap(syntax.at, `the function ${syntax.name}`);
    return filterFailure(syntax.at, `there is no function ${shown(syntax.name)}`);
  }
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
