/** Resolves the type names of CSDL and reads the facets beside them. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { ifNear } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import type { EnumType, Facets, PrimitiveType, TypeRef } from "../ir/schema.ts";
import type { CsdlElement, Located } from "../parse/csdl.ts";
import { type Declaration, type Declarations, fullName, lookUp } from "./contract-declared.ts";
import { attribute, type ContractDocument, namespaceHint } from "./contract-document.ts";
import { readBoolean, readInteger } from "./contract-values.ts";

/** What types are resolved against. */
export interface ContractScope {
  readonly document: ContractDocument;
  readonly declared: Declarations;
  readonly report: Report;
  /** The entity types that are served, by the element that declares them. */
  readonly served: ReadonlyMap<CsdlElement, string>;
  readonly enums: ReadonlyMap<string, EnumType>;
  /** Types of entities that are contained and in no set: whether each place has one of them, or some place many. */
  readonly contained: ReadonlyMap<CsdlElement, "one" | "many">;
  /** Types of singletons that are in no set and contained nowhere: they need no key. */
  readonly lone: ReadonlySet<CsdlElement>;
  /** What tells an overload from the others of its name. */
  readonly overload: (operation: CsdlElement) => string;
  /** Notes what no service acts on yet, and the element that is left out for it. */
  readonly later: (construct: string, span: Span, element?: CsdlElement) => void;
}

/** A type: one that values of a service have, or one that is known but has no values there yet. */
export type Resolved = TypeRef | { readonly kind: "later"; readonly text: string; readonly name: string };

const primitiveTypes: readonly PrimitiveType[] = [
  ...(["Edm.String", "Edm.Boolean", "Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"] as const),
  ...(["Edm.Decimal", "Edm.Double", "Edm.Single", "Edm.Guid", "Edm.Date", "Edm.DateTimeOffset"] as const),
  ...(["Edm.TimeOfDay", "Edm.Duration", "Edm.Binary"] as const),
];

/** Those that properties have and nothing else yet: no parameter, no result. */
export const propertyTypes: ReadonlySet<PrimitiveType> = new Set(["Edm.TimeOfDay", "Edm.Duration", "Edm.Binary"]);

const laterPrimitives =
  /^Edm\.(Stream|Untyped|PrimitiveType|ComplexType|EntityType|(Geography|Geometry)(Point|LineString|Polygon|MultiPoint|MultiLineString|MultiPolygon|Collection)?|(Model|Any|Navigation)?(Property|Element)?Path|AnnotationPath)$/;

/** The type behind a name such as `Edm.String`, `Shop.Order` or `Collection(Shop.Order)`; undefined after reporting. */
export function resolveType(type: Located, scope: ContractScope): Resolved | undefined {
  const inner = innerType(type.text);
  const resolved = resolveSingle({ text: inner ?? type.text, span: type.span }, scope);
  if (inner === undefined || resolved === undefined) return resolved;
  if (resolved.kind !== "later") return { kind: "collection", of: resolved };
  return { ...resolved, text: `a collection of ${resolved.text}` };
}

/** The type in `Collection(…)`. */
export function innerType(text: string): string | undefined {
  return /^Collection\((.*)\)$/.exec(text)?.[1];
}

type SingleType = Exclude<TypeRef, { kind: "collection" }> | Extract<Resolved, { kind: "later" }>;

function resolveSingle(type: Located, scope: ContractScope): SingleType | undefined {
  const name = type.text;
  const primitive = primitiveTypes.find((known) => known === name);
  if (primitive !== undefined) return { kind: "primitive", name: primitive };
  if (laterPrimitives.test(name)) return { kind: "later", text: `the type ${name}`, name };
  const found = lookUp(type, scope.document, scope.declared);
  if (found.kind === "foreign") return { kind: "later", text: `the type ${name} of another document`, name };
  const resolved = found.kind === "declared" ? declaredType(found.declaration, name, scope) : undefined;
  if (resolved !== undefined) return resolved;
  const local = name.slice(name.lastIndexOf(".") + 1);
  if (!scope.document.dropped.has(local)) reportUnknown(type, scope);
  return undefined;
}

function declaredType(found: Declaration, name: string, scope: ContractScope): SingleType | undefined {
  const served = scope.served.get(found.element);
  if (served !== undefined) return { kind: "entity", name: served };
  const isHome = found.namespace === scope.document.namespace.text;
  switch (found.kind) {
    case "EnumType": {
      const own = isHome ? scope.enums.get(found.name) : undefined;
      if (own !== undefined) return { kind: "enum", name: own.name };
      return { kind: "later", text: `the enum ${fullName(found)}`, name };
    }
    case "TypeDefinition":
      return definedType(found, name);
    case "ComplexType":
      return { kind: "later", text: `the complex type ${fullName(found)}`, name };
    case "EntityType":
      return { kind: "later", text: `the entity type ${fullName(found)}, which has no entities of its own`, name };
  }
  return undefined;
}

/** A type definition is its underlying type, which is a primitive one (CSDL 4.01, 11). */
function definedType({ element }: Declaration, name: string): SingleType | undefined {
  const { text } = attribute(element, "UnderlyingType");
  const primitive = primitiveTypes.find((known) => known === text);
  return primitive === undefined
    ? { kind: "later", text: `the type ${text}`, name }
    : { kind: "primitive", name: primitive };
}

function reportUnknown(type: Located, scope: ContractScope): void {
  const hint = namespaceHint(type, scope.document) ?? ifNear(type.text, typeNames(scope));
  scope.report("bind/csdl-unknown-type", type.span, { type: type.text }, { hint });
}

const typeKinds: ReadonlySet<string> = new Set(["EntityType", "ComplexType", "EnumType", "TypeDefinition"]);

function* typeNames(scope: ContractScope): Generator<string> {
  yield* primitiveTypes;
  for (const each of scope.declared.all) if (typeKinds.has(each.kind)) yield fullName(each);
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

const facetTypes: Readonly<Record<string, readonly string[]>> = {
  MaxLength: ["Edm.String", "Edm.Binary", "Edm.Stream"],
  Precision: ["Edm.Decimal", "Edm.DateTimeOffset", "Edm.Duration", "Edm.TimeOfDay"],
  Scale: ["Edm.Decimal"],
  Unicode: ["Edm.String"],
};

/** `Nullable` and the facets that narrow the type. One that does not apply to the type is reported. */
export function readFacets(element: CsdlElement, type: Resolved, scope: ContractScope): Facets & { nullable: boolean } {
  const isCollection = type.kind === "collection" || innerType(attribute(element, "Type").text) !== undefined;
  const nullable = readBoolean(element.attributes.get("Nullable"), !isCollection, scope.report);
  const name = facetType(type);
  for (const [facet, types] of Object.entries(facetTypes)) {
    const value = element.attributes.get(facet);
    if (value === undefined || name === undefined || types.includes(name)) continue;
    scope.report("bind/csdl-facet", value.span, { facet, type: attribute(element, "Type").text });
  }
  if (type.kind === "later") return { nullable };
  const facets = withDefinition(element, scope);
  const unicode = facets("Unicode");
  if (!readBoolean(unicode, true, scope.report)) scope.later('Unicode="false"', unicode?.span ?? element.span);
  return { nullable, ...(name === "Edm.Decimal" ? decimalFacets(facets, scope) : plainFacets(facets, scope)) };
}

/** The primitive type whose facets count; of a type from elsewhere nothing is known. */
function facetType(type: Resolved): string | undefined {
  const single = type.kind === "collection" ? type.of : type;
  if (single.kind === "primitive") return single.name;
  if (single.kind === "later")
    return single.name.startsWith("Edm.Geo") || !single.name.startsWith("Edm.") ? undefined : single.name;
  return single.kind;
}

type FacetReader = (facet: string) => Located | undefined;

/** The facets of the element, and those of the type definition that it names, which narrow it already. */
function withDefinition(element: CsdlElement, { document, declared }: ContractScope): FacetReader {
  const type = attribute(element, "Type");
  const found = lookUp({ text: innerType(type.text) ?? type.text, span: type.span }, document, declared);
  const definition = found.kind === "declared" ? found.declaration.element : undefined;
  return (facet) => element.attributes.get(facet) ?? definition?.attributes.get(facet);
}

function plainFacets(facets: FacetReader, { report }: ContractScope): Facets {
  const length = facets("MaxLength");
  const maxLength = length?.text === "max" ? undefined : readInteger(length, { min: 1, max: 2_147_483_647 }, report);
  const precision = readInteger(facets("Precision"), { min: 0, max: 12 }, report);
  return { ...(maxLength === undefined ? {} : { maxLength }), ...(precision === undefined ? {} : { precision }) };
}

/** Digits that a JSON number carries exactly, and so the most that an `Edm.Decimal` may have. */
export const decimalPrecisionMax = 15;

function decimalFacets(facets: FacetReader, { report, later }: ContractScope): Facets {
  const written = facets("Precision");
  if (written !== undefined && /^[0-9]{1,9}$/.test(written.text) && Number(written.text) > decimalPrecisionMax) {
    later(`a Precision of ${written.text}, more than ${decimalPrecisionMax} digits,`, written.span);
    return { precision: decimalPrecisionMax, scale: 0 };
  }
  const precision = readInteger(written, { min: 1, max: decimalPrecisionMax }, report) ?? decimalPrecisionMax;
  const scale = facets("Scale");
  if (scale?.text === "variable" || scale?.text === "floating") {
    later(`the Scale "${scale.text}"`, scale.span);
    return { precision, scale: 0 };
  }
  return { precision, scale: readInteger(scale, { min: 0, max: precision }, report) ?? 0 };
}
