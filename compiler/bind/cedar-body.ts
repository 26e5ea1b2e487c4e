/** Binds what a policy says: Cedar's JSON of it becomes the union that emission covers, or the policy is left to Cedar. */

import type { CedarFunction, CedarNode, CedarOperator, CedarVariable, PolicyBody } from "../ir/cedar.ts";
import { cedarFunctions } from "../ir/cedar.ts";
import type { ExactPolicy } from "../parse/cedar-numbers.ts";
import { elementsOf, LeftToCedar, member, operatorOf, textOf, uidOf } from "./cedar-json.ts";

/** What the slots of a template stand for in one link: `?principal`, `?resource`. */
export type SlotValues = ReadonlyMap<string, { readonly type: string; readonly id: string }>;

/** Larger policies are left to Cedar: what is emitted is to be read, and grows with them. In nodes of the expression. */
export const policyNodesMax = 1_000;

/** The body of a policy, or of a template with its slots filled. */
export function policyBody({ json, numbers }: ExactPolicy, slots: SlotValues = new Map()): PolicyBody {
  const reading: Reading = { numbers, slots, nodes: 0 };
  try {
    const principal = constraint("principal", json.principal, reading);
    const action = constraint("action", json.action, reading);
    const resource = constraint("resource", json.resource, reading);
    const conditions = json.conditions.map(({ kind, body }): CedarNode => {
      const node = nodeOf(body, reading);
      return kind === "when" ? node : { kind: "not", operand: node };
    });
    return {
      kind: "compiled",
      ...(principal && { principal }),
      ...(action && { action }),
      ...(resource && { resource }),
      conditions,
    };
  } catch (error) {
    if (error instanceof LeftToCedar) return { kind: "left-to-cedar", why: error.message };
    throw error;
  }
}

interface Reading {
  readonly numbers: ExactPolicy["numbers"];
  readonly slots: SlotValues;
  nodes: number;
}

function constraint(name: CedarVariable, json: unknown, reading: Reading): CedarNode | undefined {
  const variable: CedarNode = { kind: "variable", part: name };
  const op = textOf(member(json, "op"));
  switch (op) {
    case "All":
      return undefined;
    case "==":
      return { kind: "binary", operator: "==", left: variable, right: scopeEntity(json, reading) };
    case "in":
      return { kind: "binary", operator: "in", left: variable, right: scopeEntities(json, reading) };
    case "is": {
      const type = textOf(member(json, "entity_type"));
      const above = member(json, "in");
      if (above === undefined) return { kind: "is", of: variable, type };
      return { kind: "is", of: variable, type, in: scopeEntity(above, reading) };
    }
  }
  throw new LeftToCedar(`"${op}" in a head`);
}

function scopeEntities(json: unknown, reading: Reading): CedarNode {
  const entities = member(json, "entities");
  if (entities === undefined) return scopeEntity(json, reading);
  return { kind: "set", elements: elementsOf(entities).map((each): CedarNode => ({ kind: "entity", ...uidOf(each) })) };
}

function scopeEntity(json: unknown, { slots }: Reading): CedarNode {
  const slot = member(json, "slot");
  if (slot === undefined) return { kind: "entity", ...uidOf(member(json, "entity")) };
  const value = slots.get(textOf(slot));
  if (value === undefined) throw new LeftToCedar(`the slot ${textOf(slot)}, which nothing fills`);
  return { kind: "entity", type: value.type, id: value.id };
}

const binary: ReadonlySet<string> = new Set<CedarOperator>([
  ...(["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "in"] as const),
  ...(["contains", "containsAll", "containsAny", "hasTag", "getTag"] as const),
]);

function nodeOf(json: unknown, reading: Reading): CedarNode {
  reading.nodes += 1;
  if (reading.nodes > policyNodesMax) throw new LeftToCedar(`more than ${policyNodesMax} operators and values`);
  const [operator, operands] = operatorOf(json);
  const at = (name: string): CedarNode => nodeOf(member(operands, name), reading);
  if (isBinary(operator)) return { kind: "binary", operator, left: at("left"), right: at("right") };
  switch (operator) {
    case "Value":
      return literal(operands, reading);
    case "Var":
      return { kind: "variable", part: variableOf(operands) };
    case "!":
      return { kind: "not", operand: at("arg") };
    case "neg":
      return { kind: "negate", operand: at("arg") };
    case "isEmpty":
      return { kind: "isEmpty", operand: at("arg") };
    case "&&":
    case "||":
      return { kind: "logic", operator, left: at("left"), right: at("right") };
    case ".":
      return { kind: "attribute", of: at("left"), name: textOf(member(operands, "attr")) };
    case "has":
      return { kind: "has", of: at("left"), path: pathOf(member(operands, "attr")) };
    case "like":
      return { kind: "like", of: at("left"), pieces: piecesOf(member(operands, "pattern")) };
    case "is": {
      const type = textOf(member(operands, "entity_type"));
      const isOnly = member(operands, "in") === undefined;
      return { kind: "is", of: at("left"), type, ...(isOnly ? {} : { in: at("in") }) };
    }
    case "if-then-else":
      return { kind: "if", test: at("if"), yes: at("then"), no: at("else") };
    case "Set":
      return { kind: "set", elements: elementsOf(operands).map((each) => nodeOf(each, reading)) };
    case "Record":
      return { kind: "record", fields: fieldsOf(operands, reading) };
  }
  return callOf(operator, operands, reading);
}

function isBinary(operator: string): operator is CedarOperator {
  return binary.has(operator);
}

function literal(value: unknown, { numbers }: Reading): CedarNode {
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (typeof value === "string") return { kind: "string", value };
  if (typeof value !== "number") return { kind: "entity", ...uidOf(value) };
  const digits = numbers.get(Math.abs(value));
  return { kind: "long", digits: digits === undefined ? String(value) : `${value < 0 ? "-" : ""}${BigInt(digits)}` };
}

function variableOf(name: unknown): CedarVariable {
  switch (name) {
    case "principal":
    case "action":
    case "resource":
    case "context":
      return name;
  }
  throw new LeftToCedar("an unknown variable");
}

function pathOf(attribute: unknown): readonly string[] {
  return typeof attribute === "string" ? [attribute] : elementsOf(attribute).map(textOf);
}

function piecesOf(pattern: unknown): readonly string[] {
  const pieces = [""];
  for (const element of elementsOf(pattern)) {
    if (element === "Wildcard") pieces.push("");
    else pieces.push(`${pieces.pop() ?? ""}${textOf(member(element, "Literal"))}`);
  }
  return pieces;
}

function fieldsOf(record: unknown, reading: Reading): readonly (readonly [string, CedarNode])[] {
  if (typeof record !== "object" || record === null) throw new LeftToCedar("an unknown record");
  return Object.entries(record).map(([name, node]) => [name, nodeOf(node, reading)] as const);
}

function callOf(name: string, operands: unknown, reading: Reading): CedarNode {
  if (!isFunction(name)) throw new LeftToCedar(`the function ${name}`);
  return { kind: "call", function: name, operands: elementsOf(operands).map((each) => nodeOf(each, reading)) };
}

function isFunction(name: string): name is CedarFunction {
  return Object.hasOwn(cedarFunctions, name);
}
