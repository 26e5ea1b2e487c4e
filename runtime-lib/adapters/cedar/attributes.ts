/** What a resource's attribute is in the table: a column with its Cedar type, or a value that is the same for all. */
import { canonicalValue, type EntityTypeDescriptor, type PropertyDescriptor, type Value } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand, Principal } from "../../ports/index.ts";
import { constant, not } from "./condition.ts";

/** The Cedar types of single values; a collection is none that a query compares. */
export type CedarKind = "text" | "long" | "bool" | "decimal";

export type Attribute =
  | {
      readonly kind: "column";
      readonly property: PropertyDescriptor;
      readonly operand: FilterOperand;
      readonly cedarKind: CedarKind;
      /** Where the attribute is there; absent where it always is. */
      readonly present: FilterNode | undefined;
    }
  | { readonly kind: "fixed"; readonly value: string }
  /** There is no such attribute: using it is an error, asking for it answers no. */
  | { readonly kind: "missing" }
  | { readonly kind: "collection"; readonly present: FilterNode };

/** Cedar's decimals have four digits after the point; a column with more is no attribute. */
const cedarScaleMax = 4;

/** The attribute of a resource of this type, as the emitted bindings and the authorizer's own attributes have it. */
export function attributeOf(type: EntityTypeDescriptor, principal: Principal, name: string): Attribute {
  if (name === "tenant") return { kind: "fixed", value: principal.tenant };
  const published = name === "id" ? type.key : name === "status" ? (type.statusProperty ?? name) : name;
  const property = type.properties.find((candidate) => candidate.name === published);
  if (property === undefined) return type.name === principal.type ? callerAttribute(type, name) : { kind: "missing" };
  const operand = { kind: "property", property: property.name } as const;
  const present = property.nullable ? isPresent(operand) : undefined;
  if (property.collection) return { kind: "collection", present: present ?? constant(true) };
  const cedarKind = name === "id" ? "text" : cedarKindOf(property);
  return cedarKind === undefined ? { kind: "missing" } : { kind: "column", property, operand, cedarKind, present };
}

/** Entities of the type that callers have carry a caller's attributes too; the roles of others are not known. */
function callerAttribute(type: EntityTypeDescriptor, name: string): Attribute {
  if (name === "kind") return { kind: "fixed", value: type.name.toLowerCase() };
  return name === "roles" ? { kind: "collection", present: constant(true) } : { kind: "missing" };
}

function isPresent(operand: FilterOperand): FilterNode {
  return not({ kind: "compare", operator: "eq", left: operand, right: { kind: "literal", value: null } });
}

function cedarKindOf(property: PropertyDescriptor): CedarKind | undefined {
  if (property.flags !== undefined) return undefined;
  switch (property.type) {
    case "Edm.String":
    case "Edm.Guid":
    case "Edm.Date":
    case "Edm.DateTimeOffset":
    case "Edm.TimeOfDay":
    case "Edm.Binary":
    case "enum":
      return "text";
    case "Edm.Boolean":
      return "bool";
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
      return "long";
    case "Edm.Decimal":
      return (property.scale ?? 0) <= cedarScaleMax ? "decimal" : undefined;
    case "Edm.Double":
    case "Edm.Single":
    case "Edm.Duration":
      return undefined;
  }
}

/** True where the column can hold exactly this text: policies compare spellings, queries compare what is spelt. */
export function canHold(property: PropertyDescriptor, value: Value): boolean {
  return canonicalValue(property, value) === value;
}
