/** Reads a decoded `$filter` with the grammar of OData URLs, and keeps of the tree what a filter of this service is made of. */
import type { Failed } from "../call.ts";
import { readDecoded } from "./decoded-option.ts";
import { invalid, isFailed } from "./failure.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import type { FilterSyntax, LiteralType } from "./filter-syntax.ts";
import type { Argument, Expression, Literal, PathSyntax } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";

type Limits = Pick<ODataLimits, "filterDepthMax" | "filterLengthMax" | "inValuesMax">;

/** The tree of a filter, or a refusal that names the character (the first is 1). Time grows with the length alone. */
export function parseFilter(text: string, limits: Limits): FilterSyntax | Failed {
  if (text.length > limits.filterLengthMax) {
    return invalid(`$filter is longer than ${limits.filterLengthMax} characters (filterLengthMax)`, "$filter");
  }
  const bounds = { depthMax: limits.filterDepthMax, nodesMax: limits.filterLengthMax };
  const parsed = readDecoded((parser) => parser.commonExpr, text, bounds);
  if (parsed.kind === "error") {
    return filterFailure(parsed.at, parsed.message.replace("(depthMax)", "(filterDepthMax)"));
  }
  return lowered(parsed.tree, { origin: parsed.origin, limits });
}

export interface Lowering {
  /** Where an offset of the tree stands in the decoded option. */
  readonly origin: (offset: number) => number;
  readonly limits: Limits;
}

/** What of a tree a filter of this service is made of. */
export function lowered(tree: Expression, lowering: Lowering): FilterSyntax | Failed {
  const at = lowering.origin(tree.at);
  switch (tree.kind) {
    case "literal":
      return literal(tree, at);
    case "path":
      return path(tree, lowering);
    case "call":
      return call(tree.name, tree.arguments, at, lowering);
    case "binary":
      return tree.operator === "in" ? membership(tree, lowering) : chain(tree, lowering);
    case "unary": {
      if (tree.operator === "negate") return filterGap(at, "the operator -");
      const operand = lowered(tree.operand, lowering);
      return isFailed(operand) ? operand : { kind: "not", operand, at };
    }
    case "list":
      return filterGap(at, "an array");
    case "object":
      return filterGap(at, "an object");
  }
}

type Binary = Expression & { readonly kind: "binary" };

/** A chain of operators leans to the left and may be long: it is lowered from its first operand on, without recursion. */
function chain(tree: Binary, lowering: Lowering): FilterSyntax | Failed {
  const links: Binary[] = [];
  let rest: Expression = tree;
  for (; rest.kind === "binary" && rest.operator !== "in"; rest = rest.left) links.push(rest);
  let left = lowered(rest, lowering);
  for (const link of links.reverse()) {
    if (isFailed(left)) return left;
    const right = lowered(link.right, lowering);
    if (isFailed(right)) return right;
    left = { kind: "binary", operator: link.operator, left, right, at: lowering.origin(link.at) };
  }
  return left;
}

const types: Partial<Record<Literal["type"], LiteralType>> = {
  null: "null",
  boolean: "boolean",
  number: "number",
  string: "string",
  guid: "guid",
  date: "date",
  dateTimeOffset: "instant",
  enum: "enum",
  duration: "duration",
};

function literal({ type, text, typeName = "" }: Literal, at: number): FilterSyntax | Failed {
  const kept = types[type];
  if (kept === undefined) return filterGap(at, `a ${type} literal`);
  const isQuoted = kept === "string" || kept === "enum";
  return {
    kind: "literal",
    type: kept,
    text: isQuoted ? `${typeName}'${text.replaceAll("'", "''")}'` : text,
    at,
  };
}

/** Names with slashes are a path; the one alias stands for itself; a lambda is kept to be named in a refusal. */
function path({ segments, at: start }: PathSyntax, lowering: Lowering): FilterSyntax | Failed {
  const at = lowering.origin(start);
  const names: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const place = lowering.origin(segment.at);
    if (segment.kind === "lambda") return { kind: "lambda", path: [...names, segment.quantifier].join("/"), at };
    if (segment.kind === "at" && segments.length === 1) return { kind: "alias", name: `@${segment.name}`, at };
    if (segment.kind === "at") return filterGap(place, `the annotation @${segment.name}`);
    if (segment.kind === "word") return filterGap(place, segment.word);
    if (segment.kind !== "name") return filterGap(place, `$${segment.kind} in a path`);
    names.push(segment.name);
    if (segment.arguments === undefined) continue;
    if (index < segments.length - 1) return filterGap(place, `a path that goes on behind ${segment.name}(…)`);
    return call(names.join("/"), segment.arguments.map(givenIn), at, lowering);
  }
  return { kind: "path", text: names.join("/"), at };
}

function givenIn({ value }: Argument): Expression {
  return value;
}

function call(name: string, values: readonly Expression[], at: number, lowering: Lowering): FilterSyntax | Failed {
  const list = loweredAll(values, lowering);
  return isFailed(list) ? list : { kind: "call", name, arguments: list, at };
}

function loweredAll(trees: readonly Expression[], lowering: Lowering): readonly FilterSyntax[] | Failed {
  const found: FilterSyntax[] = [];
  for (const tree of trees) {
    const each = lowered(tree, lowering);
    if (isFailed(each)) return each;
    found.push(each);
  }
  return found;
}

function membership({ at: start, left, right }: Binary, lowering: Lowering): FilterSyntax | Failed {
  const { inValuesMax } = lowering.limits;
  const at = lowering.origin(start);
  const operand = lowered(left, lowering);
  if (isFailed(operand)) return operand;
  if (right.kind !== "list") return filterGap(at, "in with something else than a list");
  const beyond = right.items[inValuesMax];
  if (beyond !== undefined) {
    return filterFailure(lowering.origin(beyond.at), `the list is longer than ${inValuesMax} (inValuesMax)`);
  }
  const values = loweredAll(right.items, lowering);
  return isFailed(values) ? values : { kind: "in", operand, values, at };
}
