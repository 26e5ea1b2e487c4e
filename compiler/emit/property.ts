/** A property of an entity type in its three faces: TypeScript type, reader and descriptor. */

import { durationSeconds } from "../ir/duration.ts";
import type { Literal } from "../ir/expression.ts";
import type { EnumType, Property, TypeRef } from "../ir/schema.ts";
import { listField, lowerFirst, objectItem, propertyKey, quote } from "./text.ts";

/** What a property's code is made for. */
export interface PropertyContext {
  readonly enums: readonly EnumType[];
  /** The automaton of the entity type, which owns the status. */
  readonly automaton?: string;
  /** Kernel functions that the code comes to need. */
  readonly uses: Set<string>;
}

export interface PropertyView {
  readonly key: string;
  readonly type: string;
  readonly read: string;
}

export function propertyView(property: Property, context: PropertyContext): PropertyView {
  const type = valueType(property, context);
  return {
    key: propertyKey(property.name),
    type: property.nullable ? `${type} | null` : type,
    read: readerOf(property, context),
  };
}

/** The TypeScript type of a value that is there. */
export function valueType(property: Property, { enums, automaton }: PropertyContext): string {
  if (property.role === "status" && automaton !== undefined) return `${automaton}Status`;
  const { type } = property;
  if (type.kind === "collection") return "readonly string[]";
  const enumType = closedEnum(type, enums);
  return enumType === undefined ? primitiveType(type) : enumNames(enumType.name).type;
}

/** The TypeScript type of a single primitive value. */
export function primitiveType(type: TypeRef): "string" | "number" | "boolean" {
  if (type.kind !== "primitive") return "string";
  switch (type.name) {
    case "Edm.Boolean":
      return "boolean";
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
    case "Edm.Decimal":
    case "Edm.Double":
    case "Edm.Single":
    case "Edm.Duration":
      return "number";
    case "Edm.String":
    case "Edm.Guid":
    case "Edm.Date":
    case "Edm.DateTimeOffset":
    case "Edm.TimeOfDay":
    case "Edm.Binary":
      return "string";
  }
}

/** The enum whose values are exactly its members; values of flags are combinations of them. */
export function closedEnum(type: TypeRef, enums: readonly EnumType[]): EnumType | undefined {
  if (type.kind !== "enum") return undefined;
  return enums.find((each) => each.name === type.name && !each.flags);
}

/** How the emitted module calls an enum's members and the type of its values. */
export function enumNames(name: string): { readonly constant: string; readonly type: string } {
  return { constant: `${lowerFirst(name)}Members`, type: `${name}Member` };
}

function readerOf(property: Property, context: PropertyContext): string {
  const name = quote(property.name);
  const read = call(readerName(property, context), [name, ...membersOf(property, context)], context);
  return property.nullable ? `${call("isNull", [name], context)} ? null : ${read}` : read;
}

const readers = { string: "textIn", number: "numberIn", boolean: "booleanIn" } as const;

function readerName(property: Property, context: PropertyContext): string {
  if (property.type.kind === "collection") return "textsIn";
  return membersOf(property, context).length > 0 ? "memberIn" : readers[primitiveType(property.type)];
}

/** The list of what the value can be, where that is closed. */
function membersOf({ role, type }: Property, { enums, automaton }: PropertyContext): readonly string[] {
  if (role === "status" && automaton !== undefined) return [`${lowerFirst(automaton)}Statuses`];
  const enumType = closedEnum(type, enums);
  return enumType === undefined ? [] : [enumNames(enumType.name).constant];
}

function call(name: string, args: readonly string[], { uses }: PropertyContext): string {
  uses.add(name);
  return `${name}(${["values", ...args].join(", ")})`;
}

/** The descriptor that the OData handler works from. */
export function propertyDescriptor(property: Property, { enums }: PropertyContext): string {
  const { name, type, nullable, maxLength, precision, scale, defaultValue, role, isIndexed, complexType } = property;
  const single = type.kind === "collection" ? type.of : type;
  const enumType = enums.find((each) => single.kind === "enum" && each.name === single.name);
  const members = enumType?.members ?? [];
  const fields = [
    `name: ${quote(name)}`,
    `type: ${quote(single.kind === "primitive" ? single.name : "enum")}`,
    ...(single.kind === "enum" ? [`enumName: ${quote(single.name)}`] : []),
    ...(single.kind === "enum"
      ? [
          listField(
            "members",
            members.map((each) => quote(each.name)),
            "      ",
          ),
        ]
      : []),
    ...(enumType?.flags === true ? [`flags: [${enumType.members.map(({ value }) => value).join(", ")}]`] : []),
    `collection: ${type.kind === "collection"}`,
    `nullable: ${nullable}`,
    ...(maxLength === undefined ? [] : [`maxLength: ${maxLength}`]),
    ...(precision === undefined ? [] : [`precision: ${precision}`]),
    ...(scale === undefined ? [] : [`scale: ${scale}`]),
    ...(defaultValue === undefined ? [] : [`defaultValue: ${literal(runtimeValue(defaultValue, type))}`]),
    `role: ${quote(role)}`,
    ...(property.bytesMax === undefined ? [] : [`bytesMax: ${property.bytesMax}`]),
    ...(property.isLasting === undefined ? [] : ["isLasting: true"]),
    ...(property.isHidden === undefined ? [] : ["isHidden: true"]),
    ...(isIndexed === undefined ? [] : ["isIndexed: true"]),
    ...(complexType === undefined ? [] : [`complexType: ${quote(complexType)}`]),
    ...(property.isNeeded === undefined ? [] : ["isNeeded: true"]),
  ];
  return objectItem(fields, "    ");
}

/** A duration is a number of seconds at run time. */
function runtimeValue(value: Literal, type: TypeRef): Literal {
  const isDuration = type.kind === "primitive" && type.name === "Edm.Duration";
  return isDuration ? (durationSeconds(String(value)) ?? null) : value;
}

function literal(value: string | number | boolean | null): string {
  return typeof value === "string" ? quote(value) : String(value);
}
