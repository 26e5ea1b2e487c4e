/** The types of operands: which compare with each other, and what a literal is beside a property. */
import { flagsNumber, flagsText, type PropertyDescriptor, type Value } from "../../kernel/index.ts";
import type { FilterOperand } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { isFailed } from "./failure.ts";
import { filterFailure } from "./filter-failures.ts";
import { readBinary, readDuration, shown } from "./literals.ts";

/** `at` is the offset of the first character in the option's text. */
export type Operand =
  | {
      readonly kind: "property";
      readonly property: PropertyDescriptor;
      readonly operand: FilterOperand;
      readonly at: number;
    }
  | {
      readonly kind: "computed";
      readonly family: Family;
      readonly operand: FilterOperand;
      readonly isInteger: boolean;
      readonly at: number;
    }
  | {
      readonly kind: "literal";
      readonly family: Family;
      readonly value: Value;
      readonly enumName?: string;
      readonly isInteger?: boolean;
      readonly at: number;
    };

/** Types that compare with each other. */
export type Family =
  | "null"
  | "boolean"
  | "number"
  | "string"
  | "guid"
  | "date"
  | "time"
  | "instant"
  | "duration"
  | "binary"
  | "enum";

export function familyOf(property: PropertyDescriptor): Family {
  switch (property.type) {
    case "enum":
      return "enum";
    case "Edm.String":
      return "string";
    case "Edm.Boolean":
      return "boolean";
    case "Edm.Guid":
      return "guid";
    case "Edm.Date":
      return "date";
    case "Edm.DateTimeOffset":
      return "instant";
    case "Edm.TimeOfDay":
      return "time";
    case "Edm.Duration":
      return "duration";
    case "Edm.Binary":
      return "binary";
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
    case "Edm.Decimal":
    case "Edm.Double":
    case "Edm.Single":
      return "number";
  }
}

const broken = new Set(["Edm.Decimal", "Edm.Double", "Edm.Single"]);

export function isInteger(operand: Operand): boolean {
  if (operand.kind === "property") return familyOf(operand.property) === "number" && !broken.has(operand.property.type);
  return operand.isInteger === true;
}

export function operandFamily(operand: Operand): Family {
  return operand.kind === "property" ? familyOf(operand.property) : operand.family;
}

/** The type of what is computed, as an answer shows it. */
export function resultType(operand: Operand): PropertyDescriptor["type"] {
  if (operand.kind === "property") return operand.property.type;
  switch (operand.family) {
    case "number":
      return isInteger(operand) ? "Edm.Int64" : "Edm.Double";
    case "boolean":
      return "Edm.Boolean";
    case "guid":
      return "Edm.Guid";
    case "date":
      return "Edm.Date";
    case "instant":
      return "Edm.DateTimeOffset";
    case "time":
      return "Edm.TimeOfDay";
    case "duration":
      return "Edm.Duration";
    case "binary":
      return "Edm.Binary";
    case "null":
    case "string":
    case "enum":
      return "Edm.String";
  }
}

export function asFilterOperand(operand: Operand): FilterOperand {
  return operand.kind === "literal" ? typedLiteral(operand.value, operand.family) : operand.operand;
}

/** A literal that stands beside no property. */
export function typedLiteral(value: Value, family: Family): FilterOperand {
  switch (family) {
    case "instant":
      return { kind: "literal", value, type: "Edm.DateTimeOffset" };
    case "time":
      return { kind: "literal", value, type: "Edm.TimeOfDay" };
    default:
      return { kind: "literal", value };
  }
}

/** The literal as a value of that property's type, or why the two do not compare. */
export function literalFor(property: PropertyDescriptor, literal: Operand & { kind: "literal" }): Value | Failed {
  if (literal.family === "null") return null;
  const family = familyOf(property);
  if (family === "enum") return memberFor(property, literal);
  if (literal.family === "string" && (family === "duration" || family === "binary")) {
    return textAs(family, literal);
  }
  if (family !== literal.family) {
    const article = `a ${literal.family === "instant" ? "date and time" : literal.family}`;
    return filterFailure(literal.at, `${article} does not compare with ${property.name}, which is ${property.type}`);
  }
  return literal.value;
}

/** 4.01 lets the prefixes of durations and octets go. */
function textAs(family: "duration" | "binary", { value, at }: Operand & { kind: "literal" }): Value | Failed {
  const read = family === "duration" ? readDuration(String(value)) : readBinary(String(value));
  return "problem" in read ? filterFailure(at, read.problem) : read.value;
}

function memberFor(property: PropertyDescriptor, literal: Operand & { kind: "literal" }): Value | Failed {
  const right = literal.family === "string" || (literal.family === "enum" && literal.enumName === property.enumName);
  const name = property.enumName ?? property.name;
  if (!right) return filterFailure(literal.at, `${property.name} compares with members of ${name}`);
  if (property.flags !== undefined) {
    const number = flagsNumber(property, String(literal.value));
    const text = number === undefined ? undefined : flagsText(property, number);
    return text ?? filterFailure(literal.at, `${shown(String(literal.value))} is not made of members of ${name}`);
  }
  const isMember = typeof literal.value === "string" && (property.members ?? []).includes(literal.value);
  return isMember ? literal.value : filterFailure(literal.at, `${name} has no member ${shown(String(literal.value))}`);
}

/** Both sides have one type; a literal is taken as the type of the property opposite. */
export function agreed(left: Operand, right: Operand): readonly [FilterOperand, FilterOperand] | Failed {
  if (left.kind === "property" && right.kind === "literal") {
    const value = literalFor(left.property, right);
    return isFailed(value) ? value : [asFilterOperand(left), { kind: "literal", value }];
  }
  if (left.kind === "literal" && right.kind === "property") {
    const value = literalFor(right.property, left);
    return isFailed(value) ? value : [{ kind: "literal", value }, asFilterOperand(right)];
  }
  if (left.kind === "computed" && right.kind === "literal") return computedBeside(left, right);
  if (left.kind === "literal" && right.kind === "computed") {
    const sides = computedBeside(right, left);
    return isFailed(sides) ? sides : [sides[1], sides[0]];
  }
  return sameType(left, right);
}

/** A text beside a duration or octets that are computed is one too. */
function computedBeside(
  computed: Operand & { kind: "computed" },
  literal: Operand & { kind: "literal" },
): readonly [FilterOperand, FilterOperand] | Failed {
  if (literal.family !== "string" || (computed.family !== "duration" && computed.family !== "binary")) {
    return sameType(computed, literal);
  }
  const value = textAs(computed.family, literal);
  return isFailed(value) ? value : [asFilterOperand(computed), typedLiteral(value, computed.family)];
}

function sameType(left: Operand, right: Operand): readonly [FilterOperand, FilterOperand] | Failed {
  const families = [operandFamily(left), operandFamily(right)];
  const isSame = families[0] === families[1] && enumOf(left) === enumOf(right);
  if (isSame || families.includes("null")) return [asFilterOperand(left), asFilterOperand(right)];
  return filterFailure(right.at, `${named(left)} and ${named(right)} have different types`);
}

function enumOf(operand: Operand): string | undefined {
  return operand.kind === "property" ? operand.property.enumName : undefined;
}

function named(operand: Operand): string {
  if (operand.kind === "property") return operand.property.name;
  return operand.kind === "literal" ? shown(String(operand.value)) : `what is computed (a ${operand.family})`;
}
