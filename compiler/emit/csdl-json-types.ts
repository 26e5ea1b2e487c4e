/** Types, facets and default values in CSDL JSON, whose defaults are not those of CSDL XML (CSDL JSON 4.01, 7.2 and 7.3). */

import type { DocumentNames } from "../ir/csdl-names.ts";
import type { CsdlNode } from "../ir/csdl-node.ts";
import { type JsonMember, type JsonNode, jsonNumber } from "./json-print.ts";

/** The type and facets of a property, parameter, return type, term or type definition, whose type stands in that attribute. */
export function typeMembers(node: CsdlNode, names: DocumentNames, attribute = "Type"): readonly JsonMember[] {
  const written = node.attributes[attribute] ?? "";
  const { collection, single } = parts(written);
  return [
    ...(collection ? [["$Collection", true] as const] : []),
    ...(attribute === "UnderlyingType"
      ? [["$UnderlyingType", names.short(single)] as const]
      : namedType(single, names)),
    ...(isNullable(node, collection) ? [["$Nullable", true] as const] : []),
    ...lengthMembers(node),
    ...precisionMembers(node, single),
    ...scaleMembers(node, single),
    ...encodingMembers(node),
  ];
}

/** The type of a navigation property, which has no facets but that it may be null. */
export function navigationTypeMembers(node: CsdlNode, names: DocumentNames): readonly JsonMember[] {
  const { collection, single } = parts(node.attributes.Type ?? "");
  return [
    ...(collection ? [["$Collection", true] as const] : []),
    ["$Type", names.short(single)],
    ...(isNullable(node, collection) ? [["$Nullable", true] as const] : []),
  ];
}

/** The type and facets that a `Cast` or `IsOf` names; what it does not say it does not ask. */
export function castMembers(node: CsdlNode, names: DocumentNames): readonly JsonMember[] {
  const { collection, single } = parts(node.attributes.Type ?? "Edm.String");
  const { Precision: precision, Scale: scale } = node.attributes;
  return [
    ...(collection ? [["$Collection", true] as const] : []),
    ...namedType(single, names),
    ...lengthMembers(node),
    ...(precision === undefined ? [] : [["$Precision", jsonNumber(precision)] as const]),
    ...(scale === undefined ? [] : [["$Scale", jsonNumber(scale)] as const]),
    ...encodingMembers(node),
  ];
}

/** The default value of a property or term as a JSON value of its type; of a type from elsewhere its look decides. */
export function defaultMembers(node: CsdlNode, names: DocumentNames): readonly JsonMember[] {
  const { DefaultValue: text, Type: type = "" } = node.attributes;
  return text === undefined ? [] : [["$DefaultValue", typedValue(text, names.underlying(type))]];
}

const numberTypes: ReadonlySet<string> = new Set([
  ...["Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Decimal", "Edm.Double", "Edm.Single"],
]);

function typedValue(text: string, type: string): JsonNode {
  if (text === "null" && type !== "Edm.String") return null;
  const isForeign = !type.startsWith("Edm.");
  if ((type === "Edm.Boolean" || isForeign) && (text === "true" || text === "false")) return text === "true";
  return numberTypes.has(type) ? jsonNumber(text) : text;
}

function parts(type: string): { readonly collection: boolean; readonly single: string } {
  const inner = /^Collection\((.*)\)$/.exec(type)?.[1];
  return { collection: inner !== undefined, single: inner ?? type };
}

function namedType(single: string, names: DocumentNames): readonly JsonMember[] {
  return single === "Edm.String" ? [] : [["$Type", names.short(single)]];
}

/** In JSON, unlike XML, what is not said to be nullable is not. */
function isNullable({ kind, attributes: { Nullable: written } }: CsdlNode, collection: boolean): boolean {
  return kind !== "TypeDefinition" && (written === undefined ? !collection : written === "true");
}

function lengthMembers({ attributes: { MaxLength: length } }: CsdlNode): readonly JsonMember[] {
  return length === undefined || length === "max" ? [] : [["$MaxLength", jsonNumber(length)]];
}

const temporalTypes: ReadonlySet<string> = new Set(["Edm.DateTimeOffset", "Edm.Duration", "Edm.TimeOfDay"]);

/** A temporal type without a precision has whole seconds in XML, and any precision in JSON. */
function precisionMembers({ attributes: { Precision: written } }: CsdlNode, type: string): readonly JsonMember[] {
  const precision = written ?? (temporalTypes.has(type) ? "0" : undefined);
  return precision === undefined ? [] : [["$Precision", jsonNumber(precision)]];
}

/** A decimal without a scale is whole in XML, and has any scale in JSON. */
function scaleMembers({ attributes: { Scale: written } }: CsdlNode, type: string): readonly JsonMember[] {
  const scale = written ?? (type === "Edm.Decimal" ? "0" : undefined);
  return scale === undefined || scale === "variable" ? [] : [["$Scale", jsonNumber(scale)]];
}

function encodingMembers({ attributes: { Unicode: unicode, SRID: srid } }: CsdlNode): readonly JsonMember[] {
  return [
    ...(unicode === "false" ? [["$Unicode", false] as const] : []),
    ...(srid === undefined ? [] : [["$SRID", jsonNumber(srid)] as const]),
  ];
}
