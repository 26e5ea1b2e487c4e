/** A residual of Cedar's partial evaluation as a condition on columns; what a query cannot say is `Inexpressible`. */
import type { EntityTypeDescriptor, Value } from "../../kernel/index.ts";
import type { FilterNode, Principal } from "../../ports/index.ts";
import { type Attribute, attributeOf, canHold } from "./attributes.ts";
import {
  always,
  both,
  type Condition,
  choice,
  either,
  failing,
  given,
  negated,
  never,
  sizeOf,
  total,
} from "./condition.ts";
import { elements, entityOf, type Json, member, operatorOf, text } from "./expression.ts";
import { likeFilter } from "./like.ts";

/** The residual says something that has no form in a query. */
export class Inexpressible extends Error {}

/** What a residual is read against. */
export interface Subject {
  readonly type: EntityTypeDescriptor;
  readonly principal: Principal;
}

/** Nodes of one condition: a pair of filters can double at each step, and a query has its own bounds. */
const nodesMax = 1_000;

/** The condition under which the residual policy (Cedar's JSON format) is satisfied. Throws `Inexpressible`. */
export function conditionOf(subject: Subject, residual: Json): Condition {
  const scopes = ["principal", "action", "resource"].map((part) => member(member(residual, part), "op"));
  const clauses = elements(member(residual, "conditions"));
  if (clauses.length === 0 || scopes.some((scope) => scope !== "All")) throw new Inexpressible("a scope left open");
  return clauses.reduce<Condition>((sofar, clause) => {
    const body = translate(subject, member(clause, "body"));
    return both(sofar, member(clause, "kind") === "unless" ? negated(body) : body);
  }, always);
}

function translate(subject: Subject, node: Json): Condition {
  const condition = unbounded(subject, node);
  if (sizeOf(condition.isTrue) + sizeOf(condition.isFalse) > nodesMax) throw new Inexpressible("too long");
  return condition;
}

function unbounded(subject: Subject, node: Json): Condition {
  const { operator, operands } = operatorOf(node) ?? { operator: "", operands: undefined };
  const left = member(operands, "left");
  const right = member(operands, "right");
  const translated = (operand: Json): Condition => translate(subject, operand);
  switch (operator) {
    case "Value":
      if (typeof operands !== "boolean") throw new Inexpressible("a value that is no truth");
      return operands ? always : never;
    case "!":
      return negated(translated(member(operands, "arg")));
    case "&&":
      return both(translated(left), translated(right));
    case "||":
      return either(translated(left), translated(right));
    case "if-then-else":
      return choice(
        translated(member(operands, "if")),
        translated(member(operands, "then")),
        translated(member(operands, "else")),
      );
    default:
      return atom(subject, { operator, operands });
  }
}

function atom(subject: Subject, node: { readonly operator: string; readonly operands: Json }): Condition {
  const { operator, operands } = node;
  const left = member(operands, "left");
  const right = member(operands, "right");
  switch (operator) {
    case ".":
      return truthOf(operandOf(subject, { [operator]: operands }));
    case "has":
      return presence(subject, operands);
    case "is":
      return typeTest(subject, operands);
    case "in":
    case "==":
      return equality(subject, left, right);
    case "!=":
      return negated(equality(subject, left, right));
    case "contains":
      return membership(subject, left, right);
    case "like":
      return likeness(subject, operands);
    default:
      return ordering(subject, operator, operands);
  }
}

type Operand = Attribute | { readonly kind: "literal"; readonly value: Literal } | { readonly kind: "resource" };
type Literal =
  | { readonly cedarKind: "text"; readonly value: string }
  | { readonly cedarKind: "long" | "decimal"; readonly value: number }
  | { readonly cedarKind: "bool"; readonly value: boolean }
  | { readonly cedarKind: "entity"; readonly type: string; readonly id: string };

function operandOf(subject: Subject, node: Json): Operand {
  const { operator, operands } = operatorOf(node) ?? { operator: "", operands: undefined };
  if (operator === "unknown") return { kind: "resource" };
  if (operator === "." && isResource(member(operands, "left"))) {
    return attributeOf(subject.type, subject.principal, text(member(operands, "attr")));
  }
  const value = operator === "Value" ? literal(operands) : undefined;
  const known = value ?? (operator === "decimal" ? decimal(member(elements(operands)[0], "Value")) : undefined);
  if (known === undefined) throw new Inexpressible(`an operand with ${operator}`);
  return { kind: "literal", value: known };
}

function isResource(node: Json): boolean {
  return operatorOf(node)?.operator === "unknown";
}

function literal(value: Json): Literal | undefined {
  if (typeof value === "string") return { cedarKind: "text", value };
  if (typeof value === "boolean") return { cedarKind: "bool", value };
  if (typeof value === "number") return Number.isSafeInteger(value) ? { cedarKind: "long", value } : undefined;
  const extension = member(value, "__extn");
  if (extension !== undefined)
    return text(member(extension, "fn")) === "decimal" ? decimal(member(extension, "arg")) : undefined;
  const entity = entityOf(value);
  return entity === undefined ? undefined : { cedarKind: "entity", ...entity };
}

/** More than fifteen digits would not survive as a number. */
function decimal(digits: Json): Literal | undefined {
  if (typeof digits !== "string" || digits.replace(/[-.]/g, "").length > 15) return undefined;
  return { cedarKind: "decimal", value: Number(digits) };
}

function truthOf(operand: Operand): Condition {
  if (operand.kind === "missing") return failing;
  if (operand.kind !== "column" || operand.cedarKind !== "bool")
    throw new Inexpressible("an attribute that is no truth");
  return given(operand.present, comparison("eq", operand, true));
}

type Column = Extract<Attribute, { kind: "column" }>;
type Comparator = Extract<FilterNode, { kind: "compare" }>["operator"];

function comparison(operator: Comparator, column: Column, value: Value): FilterNode {
  return { kind: "compare", operator, left: column.operand, right: { kind: "literal", value } };
}

function presence(subject: Subject, operands: Json): Condition {
  const attr = member(operands, "attr");
  if (!isResource(member(operands, "left")) || (Array.isArray(attr) && attr.length > 1)) throw new Inexpressible("has");
  const attribute = attributeOf(subject.type, subject.principal, text(Array.isArray(attr) ? attr[0] : attr));
  if (attribute.kind === "missing") return never;
  if (attribute.kind === "fixed" || attribute.present === undefined) return always;
  return total(attribute.present);
}

function typeTest(subject: Subject, operands: Json): Condition {
  if (!isResource(member(operands, "left")) || member(operands, "in") !== undefined) throw new Inexpressible("is … in");
  return member(operands, "entity_type") === subject.type.name ? always : never;
}

/** `==`, and `in`, which is the same for entities without parents. Values of different types are unequal, not an error. */
function equality(subject: Subject, left: Json, right: Json): Condition {
  const [one, other] = [operandOf(subject, left), operandOf(subject, right)];
  if (one.kind === "missing" || other.kind === "missing") return failing;
  if (one.kind === "column" && other.kind === "column") return sameColumns(one, other);
  if (one.kind === "literal") return equals(subject, other, one.value);
  if (other.kind === "literal") return equals(subject, one, other.value);
  if (one.kind === "column" && other.kind === "fixed")
    return columnEquals(one, { cedarKind: "text", value: other.value });
  if (one.kind === "fixed" && other.kind === "column")
    return columnEquals(other, { cedarKind: "text", value: one.value });
  throw new Inexpressible("a comparison of what is no column");
}

function equals(subject: Subject, operand: Operand, value: Literal): Condition {
  if (operand.kind === "column") return columnEquals(operand, value);
  if (operand.kind === "resource") return isEntity(subject, value);
  if (operand.kind === "fixed") return value.cedarKind === "text" && operand.value === value.value ? always : never;
  if (operand.kind === "literal") return JSON.stringify(operand.value) === JSON.stringify(value) ? always : never;
  throw new Inexpressible("a comparison of a collection");
}

function columnEquals(column: Column, value: Literal): Condition {
  if (value.cedarKind !== column.cedarKind) return given(column.present, { kind: "constant", value: false });
  if (column.property.type !== "Edm.String" && column.cedarKind === "text" && !isTextual(column)) {
    throw new Inexpressible("a key that is no text");
  }
  const equal = canHold(column.property, value.value)
    ? comparison("eq", column, value.value)
    : ({ kind: "constant", value: false } as const);
  return given(column.present, equal);
}

/** False for the `id` of an entity whose key is a number or a truth: policies see its text, the column does not hold it. */
function isTextual(column: Column): boolean {
  return ["Edm.String", "Edm.Guid", "Edm.Date", "Edm.DateTimeOffset", "Edm.TimeOfDay", "Edm.Binary", "enum"].includes(
    column.property.type,
  );
}

function sameColumns(one: Column, other: Column): Condition {
  if (one.property.type !== other.property.type) throw new Inexpressible("a comparison of columns of two types");
  const equal = { kind: "compare", operator: "eq", left: one.operand, right: other.operand } as const;
  return both(given(one.present, { kind: "constant", value: true }), given(other.present, equal));
}

function isEntity(subject: Subject, value: Literal): Condition {
  if (value.cedarKind !== "entity" || value.type !== subject.type.name) return never;
  const id = attributeOf(subject.type, subject.principal, "id");
  if (id.kind !== "column") throw new Inexpressible("a type without a key");
  return columnEquals(id, { cedarKind: "text", value: value.id });
}

/** `[literals].contains(resource.attribute)`. */
function membership(subject: Subject, left: Json, right: Json): Condition {
  const { operator, operands } = operatorOf(left) ?? { operator: "", operands: undefined };
  const members =
    operator === "Set" ? elements(operands).map((node) => operandOf(subject, node)) : setLiterals(operator, operands);
  const sought = operandOf(subject, right);
  if (sought.kind === "missing") return failing;
  return members
    .map((element) => {
      if (element.kind !== "literal") throw new Inexpressible("a set of what is no literal");
      return equals(subject, sought, element.value);
    })
    .reduce(either, sought.kind === "column" ? given(sought.present, { kind: "constant", value: false }) : never);
}

function setLiterals(operator: string, operands: Json): readonly Operand[] {
  if (operator !== "Value" || !Array.isArray(operands))
    throw new Inexpressible("contains on what is no set of literals");
  return operands.map((value) => {
    const known = literal(value);
    if (known === undefined) throw new Inexpressible("a set of what is no literal");
    return { kind: "literal", value: known };
  });
}

function likeness(subject: Subject, operands: Json): Condition {
  const operand = operandOf(subject, member(operands, "left"));
  if (operand.kind === "missing") return failing;
  if (operand.kind !== "column" || operand.property.type !== "Edm.String") throw new Inexpressible("like");
  const filter = likeFilter(operand.operand, elements(member(operands, "pattern")));
  if (filter === undefined) throw new Inexpressible("a pattern with several wildcards");
  return given(operand.present, filter);
}

const comparators: ReadonlyMap<string, Comparator> = new Map([
  ["<", "lt"],
  ["<=", "le"],
  [">", "gt"],
  [">=", "ge"],
  ["lessThan", "lt"],
  ["lessThanOrEqual", "le"],
  ["greaterThan", "gt"],
  ["greaterThanOrEqual", "ge"],
]);

const mirrored = { lt: "gt", le: "ge", gt: "lt", ge: "le", eq: "eq", ne: "ne" } as const;

/** `<` and its like on integers, and the methods of decimals. Another type is an error of Cedar's. */
function ordering(subject: Subject, operator: string, operands: Json): Condition {
  const comparator = comparators.get(operator);
  if (comparator === undefined) throw new Inexpressible(operator);
  const [left, right] = Array.isArray(operands) ? operands : [member(operands, "left"), member(operands, "right")];
  const one = operandOf(subject, left);
  const other = operandOf(subject, right);
  if (one.kind === "missing" || other.kind === "missing") return failing;
  if (one.kind === "column" && other.kind === "literal") return ordered(comparator, one, other.value, operator);
  if (one.kind === "literal" && other.kind === "column")
    return ordered(mirrored[comparator], other, one.value, operator);
  throw new Inexpressible("an order of what is no column");
}

function ordered(comparator: Comparator, column: Column, value: Literal, operator: string): Condition {
  const wanted = /^[<>]/.test(operator) ? "long" : "decimal";
  if (column.cedarKind !== wanted || value.cedarKind !== wanted) return failing;
  return given(column.present, comparison(comparator, column, value.value));
}
