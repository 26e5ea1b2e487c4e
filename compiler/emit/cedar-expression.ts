/** A bound Cedar expression as TypeScript over the functions of `@temperc/runtime/kernel`. */

import { type CedarFunction, type CedarNode, type CedarOperator, cedarFunctions } from "../ir/cedar.ts";
import { type Code, chain, flat, negation } from "./code.ts";
import { quote } from "./text.ts";

/** What is known of an expression's value before it is evaluated. */
type Known = "boolean" | "string" | "long" | "unknown";

/** What an expression uses of its surroundings. */
export interface CedarUse {
  /** Functions of the kernel. */
  readonly functions: Set<string>;
  /** Fields of the request. */
  readonly fields: Set<string>;
  /** Sets that are the same for every request, by the name that each has in the module. */
  readonly sets: Map<string, string>;
  /** What those names begin with. */
  readonly prefix: string;
}

/** The expression as a condition; what is no boolean fails when it is evaluated, as in Cedar. */
export function cedarCondition(node: CedarNode, use: CedarUse): Code {
  if (knownOf(node) === "boolean") return cedarCode(node, use);
  return call("cedarBool", [cedarCode(node, use)], use);
}

function cedarCode(node: CedarNode, use: CedarUse): Code {
  switch (node.kind) {
    case "boolean":
      return String(node.value);
    case "string":
      return quote(node.value);
    case "long":
      return `${BigInt(node.digits)}n`;
    case "entity":
      return call("cedarEntity", [quote(node.type), quote(node.id)], use);
    case "variable":
      return field(node.part, use);
    case "not":
      return negation(cedarCondition(node.operand, use));
    case "negate":
      return call("cedarNegate", [cedarCode(node.operand, use)], use);
    case "isEmpty":
      return call("cedarIsEmpty", [cedarCode(node.operand, use)], use);
    case "logic":
      return chain(node.operator, [cedarCondition(node.left, use), cedarCondition(node.right, use)]);
    case "binary":
      return binaryCode(node, use);
    case "attribute":
      return withEntities("cedarGet", [cedarCode(node.of, use), quote(node.name)], use);
    case "has":
      return hasCode(node.of, node.path, use);
    case "like":
      return call("cedarLike", [cedarCode(node.of, use), `[${node.pieces.map(quote).join(", ")}]`], use);
    case "is":
      return isCode(node, use);
    case "if": {
      const [test, ...branches] = [cedarCondition(node.test, use), cedarCode(node.yes, use), cedarCode(node.no, use)];
      return `(${bracketed(test)} ? ${branches.map(flat).join(" : ")})`;
    }
    case "set":
      return setCode(node.elements, use);
    case "record": {
      const fields = node.fields.map(([name, value]) => list([quote(name), cedarCode(value, use)]));
      return call("cedarRecord", [list(fields)], use);
    }
    case "call":
      return functionCode(node, use);
  }
}

function knownOf(node: CedarNode): Known {
  switch (node.kind) {
    case "boolean":
    case "not":
    case "isEmpty":
    case "logic":
    case "has":
    case "like":
    case "is":
      return "boolean";
    case "string":
      return "string";
    case "long":
    case "negate":
      return "long";
    case "binary":
      return operators[node.operator].gives;
    case "call":
      return functionGives(node.function);
    case "entity":
    case "variable":
    case "attribute":
    case "if":
    case "set":
    case "record":
      return "unknown";
  }
}

function functionGives(name: CedarFunction): Known {
  if (/^is[A-Z]|Than/.test(name)) return "boolean";
  return /^to[A-Z].*s$/.test(name) ? "long" : "unknown";
}

interface OperatorRow {
  readonly name: string;
  readonly gives: Known;
  /** Cedar has no `!=`, `>` and `>=` of its own: they are the negated others, with the same operands in the same order. */
  readonly isNegated?: true;
  readonly looksUp?: true;
}

const operators: Readonly<Record<CedarOperator, OperatorRow>> = {
  "==": { name: "cedarEqual", gives: "boolean" },
  "!=": { name: "cedarEqual", gives: "boolean", isNegated: true },
  "<": { name: "cedarLess", gives: "boolean" },
  "<=": { name: "cedarLessOrEqual", gives: "boolean" },
  ">": { name: "cedarLessOrEqual", gives: "boolean", isNegated: true },
  ">=": { name: "cedarLess", gives: "boolean", isNegated: true },
  "+": { name: "cedarAdd", gives: "long" },
  "-": { name: "cedarSubtract", gives: "long" },
  "*": { name: "cedarMultiply", gives: "long" },
  in: { name: "cedarIn", gives: "boolean", looksUp: true },
  contains: { name: "cedarContains", gives: "boolean" },
  containsAll: { name: "cedarContainsAll", gives: "boolean" },
  containsAny: { name: "cedarContainsAny", gives: "boolean" },
  hasTag: { name: "cedarHasTag", gives: "boolean", looksUp: true },
  getTag: { name: "cedarTag", gives: "unknown", looksUp: true },
};

const functions: Readonly<Record<CedarFunction, string>> = {
  ip: "cedarIp",
  isIpv4: "cedarIsIpv4",
  isIpv6: "cedarIsIpv6",
  isLoopback: "cedarIsLoopback",
  isMulticast: "cedarIsMulticast",
  isInRange: "cedarIsInRange",
  decimal: "cedarDecimal",
  lessThan: "cedarDecimalLess",
  lessThanOrEqual: "cedarDecimalLessOrEqual",
  greaterThan: "cedarDecimalGreater",
  greaterThanOrEqual: "cedarDecimalGreaterOrEqual",
  datetime: "cedarDatetime",
  duration: "cedarDuration",
  offset: "cedarOffset",
  durationSince: "cedarDurationSince",
  toDate: "cedarToDate",
  toTime: "cedarToTime",
  toMilliseconds: "cedarToMilliseconds",
  toSeconds: "cedarToSeconds",
  toMinutes: "cedarToMinutes",
  toHours: "cedarToHours",
  toDays: "cedarToDays",
};

function binaryCode({ operator, left, right }: Extract<CedarNode, { kind: "binary" }>, use: CedarUse): Code {
  const { name, isNegated, looksUp } = operators[operator];
  const operands = [cedarCode(left, use), cedarCode(right, use)];
  if (name === "cedarEqual" && isPlainComparison(left, right)) {
    return operands.map(bracketed).join(isNegated ? " !== " : " === ");
  }
  const code = looksUp ? withEntities(name, operands, use) : call(name, operands, use);
  return isNegated ? `!${code}` : code;
}

/** A literal text or number is equal to exactly what `===` says; only beside what may be one does TypeScript let it stand. */
function isPlainComparison(left: CedarNode, right: CedarNode): boolean {
  const isLiteral = ({ kind }: CedarNode): boolean => kind === "string" || kind === "long";
  const isOpen = ({ kind }: CedarNode): boolean => kind === "attribute";
  return (isLiteral(left) && isOpen(right)) || (isOpen(left) && isLiteral(right));
}

function hasCode(of: CedarNode, path: readonly string[], use: CedarUse): Code {
  const [only = "", ...others] = path;
  if (others.length === 0) return withEntities("cedarHas", [cedarCode(of, use), quote(only)], use);
  return withEntities("cedarHasPath", [cedarCode(of, use), list(path.map(quote))], use);
}

/** `of is type in above` is both; what is more than a name is written once, or it would double with each level of nesting. */
function isCode(node: Extract<CedarNode, { kind: "is" }>, use: CedarUse): Code {
  const of = cedarCode(node.of, use);
  if (node.in === undefined) return call("cedarIs", [of, quote(node.type)], use);
  const above = cedarCode(node.in, use);
  if (node.of.kind !== "variable")
    return withEntities("cedarIsIn", [of, quote(node.type), `() => ${bracketed(above)}`], use);
  return chain("&&", [call("cedarIs", [of, quote(node.type)], use), withEntities("cedarIn", [of, above], use)]);
}

/** Cedar looks at how many operands a function is given only when it is called. */
function functionCode({ function: name, operands }: Extract<CedarNode, { kind: "call" }>, use: CedarUse): string {
  const given = operands.map((each) => cedarCode(each, use));
  if (given.length === cedarFunctions[name]) return call(functions[name], given, use);
  return call("cedarMiscalled", [quote(name), String(cedarFunctions[name]), list(given)], use);
}

/** A set of literals is made once. */
function setCode(elements: readonly CedarNode[], use: CedarUse): string {
  const code = call("cedarSet", [list(elements.map((each) => cedarCode(each, use)))], use);
  const isSame = elements.every(({ kind }) => ["boolean", "string", "long", "entity"].includes(kind));
  if (!isSame) return code;
  const name = `${use.prefix}Set${use.sets.size}`;
  use.sets.set(name, code);
  return name;
}

function withEntities(name: string, operands: readonly Code[], use: CedarUse): string {
  return call(name, [...operands, field("entities", use)], use);
}

function call(name: string, operands: readonly Code[], use: CedarUse): string {
  use.functions.add(name);
  return `${name}(${operands.map(flat).join(", ")})`;
}

function field(name: string, use: CedarUse): string {
  use.fields.add(name);
  return name;
}

function list(items: readonly Code[]): string {
  return `[${items.map(flat).join(", ")}]`;
}

/** What stands beside an operator that binds less than a call. */
function bracketed(code: Code): string {
  return typeof code === "string" ? code : `(${flat(code)})`;
}
