/** The operands of a `$filter` with their types: properties by name, literals by what stands opposite them. */
import type { PropertyDescriptor, Value } from "../../kernel/index.ts";
import type { FilterOperand } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { isFailed } from "./failure.ts";
import { filterFailure, filterGap, functionGap } from "./filter-failures.ts";
import type { FilterSyntax } from "./filter-syntax.ts";
import { readDate, readGuid, readInstant, readNumber, readUrlLiteral, shown } from "./literals.ts";
import type { SetRoute } from "./routes.ts";

export interface FilterScope {
  readonly set: SetRoute;
  readonly namespace: string;
  /** The texts of parameter aliases, by name with the `@`. */
  readonly aliases: ReadonlyMap<string, string>;
}

export type Operand =
  | { readonly kind: "property"; readonly property: PropertyDescriptor; readonly at: number }
  | {
      readonly kind: "literal";
      readonly family: Family;
      readonly value: Value;
      readonly enumName?: string;
      readonly at: number;
    };

/** Types that compare with each other. */
export type Family = "null" | "boolean" | "number" | "string" | "guid" | "date" | "instant" | "enum";

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

/** The operand that a leaf of the tree stands for; a condition or a call is none. */
export function operandOf(syntax: FilterSyntax, scope: FilterScope): Operand | Failed {
  switch (syntax.kind) {
    case "path":
      return propertyAt(syntax.text, syntax.at, scope);
    case "literal":
      return literalOperand(syntax, scope);
    case "alias":
      return aliasOperand(syntax.name, syntax.at, scope);
    case "lambda":
      return filterGap(syntax.at, `the lambda ${syntax.path}`);
    case "call":
      return functionGap(syntax.name, syntax.at);
    case "binary":
      return filterGap(syntax.at, `an operand made with ${syntax.operator}`);
    case "in":
      return filterGap(syntax.at, "an operand made with in");
    case "not":
      return filterGap(syntax.at, "an operand made with not (which binds tightest: not (…) may be meant)");
  }
}

export function propertyAt(path: string, at: number, scope: FilterScope): Operand | Failed {
  const property = scope.set.properties.get(path);
  if (property?.collection) return filterGap(at, `the collection ${path}`);
  if (property !== undefined) return { kind: "property", property, at };
  const [first = ""] = path.split("/");
  if (scope.set.navigations.has(first)) return filterGap(at, `the navigation property ${first}`);
  if (path !== first && scope.set.properties.has(first)) return filterFailure(at, `${first} has nothing below it`);
  return filterFailure(at, `${scope.set.type.name} has no property ${shown(first)}`);
}

function literalOperand(syntax: FilterSyntax & { kind: "literal" }, scope: FilterScope): Operand | Failed {
  const { text, at } = syntax;
  switch (syntax.type) {
    case "null":
      return { kind: "literal", family: "null", value: null, at };
    case "boolean":
      return { kind: "literal", family: "boolean", value: text.toLowerCase() === "true", at };
    case "string":
      return read(readUrlLiteral(text, "Edm.String"), "string", at);
    case "number":
      return read(readNumber(text, "Edm.Double"), "number", at);
    case "guid":
      return read(readGuid(text), "guid", at);
    case "date":
      return read(readDate(text), "date", at);
    case "instant":
      // A plus in a query that was not escaped has become a space.
      return read(readInstant(text.replace(" ", "+")), "instant", at);
    case "enum":
      return enumLiteral(text, at, scope);
    case "duration":
      return filterGap(at, "a duration literal");
  }
}

function read(result: ReturnType<typeof readNumber>, family: Family, at: number): Operand | Failed {
  return "problem" in result ? filterFailure(at, result.problem) : { kind: "literal", family, value: result.value, at };
}

function enumLiteral(text: string, at: number, scope: FilterScope): Operand | Failed {
  const quote = text.indexOf("'");
  const name = text.slice(0, quote);
  const enumName = name.startsWith(`${scope.namespace}.`) ? name.slice(scope.namespace.length + 1) : undefined;
  if (enumName === undefined) return filterFailure(at, `there is no type ${shown(name)}`);
  return { kind: "literal", family: "enum", value: text.slice(quote + 1, -1), enumName, at };
}

function aliasOperand(name: string, at: number, scope: FilterScope): Operand | Failed {
  const text = scope.aliases.get(name);
  if (text === undefined) return { kind: "literal", family: "null", value: null, at };
  return literalText(text.trim(), at, scope) ?? filterGap(at, `the alias ${name} with a value that is no literal`);
}

function literalText(text: string, at: number, scope: FilterScope): Operand | Failed | undefined {
  if (text === "null") return { kind: "literal", family: "null", value: null, at };
  if (text === "true" || text === "false") return { kind: "literal", family: "boolean", value: text === "true", at };
  if (/^[\w.]+'.*'$/s.test(text)) return enumLiteral(text, at, scope);
  const families = [
    ["string", readUrlLiteral(text, "Edm.String")],
    ["number", readNumber(text, "Edm.Double")],
    ["guid", readGuid(text)],
    ["date", readDate(text)],
    ["instant", readInstant(text)],
  ] as const;
  for (const [family, result] of families)
    if ("value" in result) return { kind: "literal", family, value: result.value, at };
  return undefined;
}

/** The literal as a value of that property's type, or why the two do not compare. */
export function literalFor(property: PropertyDescriptor, literal: Operand & { kind: "literal" }): Value | Failed {
  if (literal.family === "null") return null;
  const family = familyOf(property);
  if (family === "enum") return memberFor(property, literal);
  if (family !== literal.family) {
    const article = `a ${literal.family === "instant" ? "date and time" : literal.family}`;
    return filterFailure(literal.at, `${article} does not compare with ${property.name}, which is ${property.type}`);
  }
  return literal.value;
}

function memberFor(property: PropertyDescriptor, literal: Operand & { kind: "literal" }): Value | Failed {
  const right = literal.family === "string" || (literal.family === "enum" && literal.enumName === property.enumName);
  const name = property.enumName ?? property.name;
  if (!right) return filterFailure(literal.at, `${property.name} compares with members of ${name}`);
  const isMember = typeof literal.value === "string" && (property.members ?? []).includes(literal.value);
  return isMember ? literal.value : filterFailure(literal.at, `${name} has no member ${shown(String(literal.value))}`);
}

export function asFilterOperand(operand: Operand): FilterOperand {
  return operand.kind === "property"
    ? { kind: "property", property: operand.property.name }
    : { kind: "literal", value: operand.value };
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
  if (left.kind === "property" && right.kind === "property") return agreedProperties(left, right);
  return filterFailure(left.at, "two literals are compared");
}

function agreedProperties(
  left: Operand & { kind: "property" },
  right: Operand & { kind: "property" },
): readonly [FilterOperand, FilterOperand] | Failed {
  const sameEnum = left.property.enumName === right.property.enumName;
  if (familyOf(left.property) === familyOf(right.property) && sameEnum) {
    return [asFilterOperand(left), asFilterOperand(right)];
  }
  return filterFailure(right.at, `${left.property.name} and ${right.property.name} have different types`);
}
