/** Resolves the type names of CSDL and reads the facets beside them. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { EnumType, Facets, PrimitiveType, TypeRef } from "../ir/schema.ts";
import type { CsdlElement, Located } from "../parse/csdl.ts";
import { type ContractDocument, localName } from "./contract-document.ts";
import { readBoolean, readInteger } from "./contract-values.ts";

/** What types are resolved against. */
export interface ContractScope {
  readonly document: ContractDocument;
  readonly report: Report;
  readonly entityNames: ReadonlySet<string>;
  readonly enums: ReadonlyMap<string, EnumType>;
}

const primitiveTypes: readonly PrimitiveType[] = [
  ...(["Edm.String", "Edm.Boolean", "Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"] as const),
  ...(["Edm.Decimal", "Edm.Double", "Edm.Single", "Edm.Guid", "Edm.Date", "Edm.DateTimeOffset"] as const),
];

const laterPrimitives =
  /^Edm\.(Binary|Duration|Stream|TimeOfDay|Untyped|PrimitiveType|ComplexType|EntityType|(Geography|Geometry)(Point|LineString|Polygon|MultiPoint|MultiLineString|MultiPolygon|Collection)?|(Model|Any|Navigation)?(Property|Element)?Path|AnnotationPath)$/;

/** The type behind a name such as `Edm.String`, `Shop.Order` or `Collection(Shop.Order)`; undefined after reporting. */
export function resolveType(type: Located, scope: ContractScope): TypeRef | undefined {
  const inner = /^Collection\((.*)\)$/.exec(type.text)?.[1];
  const resolved = resolveSingle(inner ?? type.text, type, scope);
  if (inner === undefined || resolved === undefined) return resolved;
  return { kind: "collection", of: resolved };
}

type SingleType = Exclude<TypeRef, { kind: "collection" }>;

function resolveSingle(name: string, type: Located, scope: ContractScope): SingleType | undefined {
  const primitive = primitiveTypes.find((known) => known === name);
  if (primitive !== undefined) return { kind: "primitive", name: primitive };
  if (laterPrimitives.test(name)) {
    scope.report("bind/csdl-not-available-yet", type.span, { construct: `the type ${name}` });
    return undefined;
  }
  const local = localName(name, scope.document);
  if (local !== undefined && scope.enums.has(local)) return { kind: "enum", name: local };
  if (local !== undefined && scope.entityNames.has(local)) return { kind: "entity", name: local };
  if (local === undefined || !scope.document.unavailable.has(local)) reportUnknown(name, type, scope);
  return undefined;
}

function reportUnknown(name: string, type: Located, scope: ContractScope): void {
  scope.report("bind/csdl-unknown-type", type.span, { type: name }, { hint: didYouMean(name, typeNames(scope)) });
}

function* typeNames(scope: ContractScope): Generator<string> {
  yield* primitiveTypes;
  for (const name of scope.enums.keys()) yield `${scope.document.namespace.text}.${name}`;
  for (const name of scope.entityNames) yield `${scope.document.namespace.text}.${name}`;
}

/** A type as CSDL writes it. */
export function typeText(type: TypeRef, namespace: string): string {
  switch (type.kind) {
    case "primitive":
      return type.name;
    case "enum":
    case "entity":
      return `${namespace}.${type.name}`;
    case "collection":
      return `Collection(${typeText(type.of, namespace)})`;
  }
}

/** `Nullable` and the facets that narrow the type. One that does not apply to the type is reported. */
export function readFacets(element: CsdlElement, type: TypeRef, scope: ContractScope): Facets & { nullable: boolean } {
  const single = type.kind === "collection" ? type.of : type;
  const typeName = single.kind === "primitive" ? single.name : single.kind;
  const nullable = readBoolean(element.attributes.get("Nullable"), type.kind !== "collection", scope.report);
  const applies: Readonly<Record<string, readonly string[]>> = {
    MaxLength: ["Edm.String"],
    Precision: ["Edm.Decimal", "Edm.DateTimeOffset"],
    Scale: ["Edm.Decimal"],
  };
  for (const [facet, types] of Object.entries(applies)) {
    const value = element.attributes.get(facet);
    if (value === undefined || types.includes(typeName)) continue;
    scope.report("bind/csdl-facet", value.span, { facet, type: typeText(type, scope.document.namespace.text) });
  }
  return { nullable, ...(typeName === "Edm.Decimal" ? decimalFacets(element, scope) : plainFacets(element, scope)) };
}

function plainFacets(element: CsdlElement, scope: ContractScope): Facets {
  const length = element.attributes.get("MaxLength");
  const maxLength =
    length?.text === "max" ? undefined : readInteger(length, { min: 1, max: 2_147_483_647 }, scope.report);
  const precision = readInteger(element.attributes.get("Precision"), { min: 0, max: 12 }, scope.report);
  return { ...(maxLength === undefined ? {} : { maxLength }), ...(precision === undefined ? {} : { precision }) };
}

/** Digits that a JSON number carries exactly, and so the most that an `Edm.Decimal` may have. */
export const decimalPrecisionMax = 15;

function decimalFacets(element: CsdlElement, scope: ContractScope): Facets {
  const { report } = scope;
  const written = element.attributes.get("Precision");
  if (written !== undefined && /^[0-9]{1,9}$/.test(written.text) && Number(written.text) > decimalPrecisionMax) {
    const construct = `a Precision of ${written.text}, more than ${decimalPrecisionMax} digits,`;
    report("bind/csdl-not-available-yet", written.span, { construct });
    return { precision: decimalPrecisionMax, scale: 0 };
  }
  const precision = readInteger(written, { min: 1, max: decimalPrecisionMax }, report) ?? decimalPrecisionMax;
  const scale = element.attributes.get("Scale");
  if (scale?.text === "variable" || scale?.text === "floating") {
    report("bind/csdl-not-available-yet", scale.span, { construct: `the Scale "${scale.text}"` });
    return { precision, scale: 0 };
  }
  return { precision, scale: readInteger(scale, { min: 0, max: precision }, report) ?? 0 };
}
