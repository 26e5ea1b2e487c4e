/** Binds entity types and enums: names, properties and default values; navigation comes after, when all types are known. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { EnumType, Facets, NotServed, PrimitiveType, Property, TypeRef } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { bindMembers, outermost } from "./contract-complex.ts";
import { type Declaration, inheritedChildren, lineage, lookUp } from "./contract-declared.ts";
import { attribute } from "./contract-document.ts";
import { bindKey } from "./contract-keys.ts";
import { distinct, isUsableName, type Naming } from "./contract-names.ts";
import { type ContractScope, innerType, readFacets, resolveType, typeText } from "./contract-types.ts";
import { type DefaultSubject, integerRanges, readBoolean, readDefault, readInteger } from "./contract-values.ts";

/** An entity type before its navigation is bound and its automaton has had its say. */
export interface EntityDraft {
  readonly name: string;
  readonly element: CsdlElement;
  /** The type itself and those that it derives from. */
  readonly line: readonly Declaration[];
  readonly key: string;
  /** The key properties, where the id is made of them. */
  readonly parts?: readonly string[];
  readonly properties: readonly Property[];
  readonly span: Located["span"];
}

/** An enum type. Members without values count up from 0, as CSDL 4.01, 10.3 says. */
export function bindEnum(element: CsdlElement, naming: Naming): EnumType | undefined {
  const { report } = naming;
  const name = attribute(element, "Name");
  const usable = isUsableName(name, naming, element);
  const underlyingType = underlyingTypeOf(element, report);
  const flags = readBoolean(element.attributes.get("IsFlags"), false, report);
  const range = integerRanges.get(underlyingType ?? "Edm.Int32") ?? { min: 0, max: 0 };
  const elements = childrenOf(element, "Member");
  const problem = enumProblem(elements, flags);
  if (problem !== undefined) report("bind/csdl-enum", name.span, { enum: name.text, problem });
  const members = elements.flatMap((member, index) => {
    const own = attribute(member, "Name");
    const value = readInteger(member.attributes.get("Value"), flags ? { ...range, min: 0 } : range, report) ?? index;
    return isUsableName(own, naming, element) ? [{ name: own.text, value, span: own.span }] : [];
  });
  const kept = distinct("enum member", members, report).map((member) => ({ name: member.name, value: member.value }));
  if (!usable) return undefined;
  const enumType = { name: name.text, flags, members: kept, span: name.span };
  return underlyingType === undefined ? enumType : { ...enumType, underlyingType };
}

function enumProblem(members: readonly CsdlElement[], flags: boolean): string | undefined {
  if (members.length === 0) return "has no members";
  const numbered = members.filter((member) => member.attributes.has("Value")).length;
  if (flags && numbered < members.length) return "is of flags, so each of its members needs a value";
  if (numbered === 0 || numbered === members.length) return undefined;
  return "gives values to some of its members; either all have one or none";
}

function underlyingTypeOf(element: CsdlElement, report: Report): PrimitiveType | undefined {
  const written = element.attributes.get("UnderlyingType");
  if (written === undefined) return undefined;
  for (const type of ["Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"] as const) {
    if (type === written.text) return type;
  }
  const expected = `one of ${[...integerRanges.keys()].join(", ")}`;
  report("bind/csdl-value", written.span, { value: written.text, expected });
  return undefined;
}

/** A property of a structured type as it was bound, once, whichever types inherit it. */
export interface BoundProperty {
  /** Several for a value of a complex type; none where it was reported, or noted as not served. */
  readonly properties: readonly Property[];
  readonly notServed: readonly NotServed[];
}

export type BoundProperties = ReadonlyMap<CsdlElement, BoundProperty>;

/** The properties of all structured types by their elements. */
export function bindProperties(scope: ContractScope): BoundProperties {
  const structured = scope.declared.all.filter(({ kind }) => kind === "EntityType" || kind === "ComplexType");
  const elements = structured.flatMap(({ element }) => childrenOf(element, "Property"));
  return new Map(
    elements.map((element) => {
      const notServed: NotServed[] = [];
      const noting: ContractScope = {
        ...scope,
        later: (construct, span) => void notServed.push({ construct, span }),
      };
      return [element, { notServed, properties: bindMembers(element, outermost, noting, bindProperty) }];
    }),
  );
}

/** The entity type's properties and key, those that it inherits included; undefined when it cannot be addressed by a key. */
export function bindEntity(
  declaration: Declaration,
  known: BoundProperties,
  scope: ContractScope,
): EntityDraft | undefined {
  const { element, name } = declaration;
  const line = lineage(declaration, scope.document, scope.declared);
  noteTraits(line, scope);
  const elements = inheritedChildren(line, "Property").flatMap((each) => known.get(each) ?? []);
  for (const { construct, span } of elements.flatMap((each) => each.notServed)) scope.later(construct, span);
  const declared = elements.flatMap((each) => each.properties);
  const properties = distinct("property", [...declared, ...mediumOf(line, scope)], scope.report);
  const bound = bindKey(line, properties, scope);
  if (bound === undefined) return undefined;
  const { key, parts } = bound;
  const span = attribute(element, "Name").span;
  const named = properties.some((property) => property.name === key.name) ? properties : [key, ...properties];
  const roles = named.map((property): Property => {
    if (property.name === key.name) return { ...property, role: "key" };
    return parts?.includes(property.name) === true ? { ...property, role: "part" } : property;
  });
  return { name, element, line, key: key.name, ...(parts && { parts }), properties: roles, span };
}

/** The stream that a media entity is. */
function mediumOf(line: readonly Declaration[], scope: ContractScope): readonly Property[] {
  const written = line.flatMap(({ element }) => element.attributes.get("HasStream") ?? []);
  const own = written.find((each) => readBoolean(each, false, scope.report));
  return own === undefined ? [] : [streamProperty("$value", own.nameSpan)];
}

/** Its value, which is hidden, says what the bytes are; no query and no policy sees it. */
function streamProperty(name: string, span: Located["span"]): Property {
  const type = { kind: "primitive", name: "Edm.String" } as const;
  return { name, type, nullable: true, role: "stream", isHidden: true, span };
}

/** What an entity type or one of its bases says that asks more of a service than properties. */
function noteTraits(line: readonly Declaration[], scope: ContractScope): void {
  const [own] = line;
  for (const { element } of line) {
    const written = element.attributes.get("OpenType");
    if (readBoolean(written, false, scope.report))
      scope.later('OpenType="true" on EntityType', written?.nameSpan ?? element.span);
  }
  const abstract = own?.element.attributes.get("Abstract");
  if (abstract?.text === "true") scope.later('Abstract="true" on an EntityType with entities', abstract.nameSpan);
  const base = line.at(-1)?.element.attributes.get("BaseType");
  if (base !== undefined) scope.later(`BaseType="${base.text}", a type of another document,`, base.nameSpan);
}

/** The property, or undefined where it is reported or noted as not served. */
function bindProperty(element: CsdlElement, scope: ContractScope): Property | undefined {
  const name = attribute(element, "Name");
  const typeName = attribute(element, "Type");
  const usable = isUsableName(name, scope, element);
  const type = resolveType(typeName, scope);
  if (type === undefined || isEntityType(typeName, scope)) {
    if (type !== undefined) refuseEntity(typeName, scope);
    return undefined;
  }
  let isServed = true;
  const facets = readFacets(element, type, {
    ...scope,
    later: (construct, span) => {
      isServed = false;
      scope.later(construct, span, element);
    },
  });
  if (type.kind === "later" && type.name === "Edm.Stream" && innerType(typeName.text) === undefined && usable)
    return bindStream(element, scope);
  if (type.kind === "later") scope.later(`a property of ${type.text}`, typeName.span, element);
  if (type.kind === "later" || !isHeld(type, element, scope) || !usable) return undefined;
  const defaultValue =
    isServed && bindDefault(element, { property: name.text, type, facets, enums: scope.enums }, scope);
  const isFlags = hasFlags(type, scope);
  if (isFlags && element.attributes.has("DefaultValue")) scope.later("a DefaultValue of flags", name.span, element);
  const property: Property = {
    name: name.text,
    type,
    ...facets,
    role: "field",
    ...(isFlags && { isFlags }),
    span: name.span,
  };
  return defaultValue === undefined || !isServed ? property : { ...property, defaultValue };
}

/** What a stream property says of its bytes. */
function bindStream(element: CsdlElement, { report }: ContractScope): Property {
  const name = attribute(element, "Name");
  const length = element.attributes.get("MaxLength");
  const bytesMax = length?.text === "max" ? undefined : readInteger(length, { min: 1, max: 2_147_483_647 }, report);
  const isLasting = !readBoolean(element.attributes.get("Nullable"), true, report);
  return {
    ...streamProperty(name.text, name.span),
    ...(bytesMax !== undefined && { bytesMax }),
    ...(isLasting && { isLasting }),
  };
}

/** `null` is what a property that may be null starts as without a default. */
function bindDefault(element: CsdlElement, of: DefaultOf, scope: ContractScope): Property["defaultValue"] {
  const written = element.attributes.get("DefaultValue");
  const isText = of.type.kind === "primitive" && of.type.name === "Edm.String";
  if (written === undefined || (written.text === "null" && of.facets.nullable && !isText)) return undefined;
  if (
    /^(-?INF|NaN)$/.test(written.text) &&
    of.type.kind === "primitive" &&
    /^Edm\.(Double|Single)$/.test(of.type.name)
  ) {
    scope.later(`the default value ${written.text}`, written.span);
    return undefined;
  }
  return readDefault(written, of, scope.report);
}

type DefaultOf = Omit<DefaultSubject, "facets"> & { readonly facets: Facets & { readonly nullable: boolean } };

function isEntityType(written: Located, { document, declared }: ContractScope): boolean {
  const name = { text: innerType(written.text) ?? written.text, span: written.span };
  const found = lookUp(name, document, declared);
  return found.kind === "declared" && found.declaration.kind === "EntityType";
}

function refuseEntity(written: Located, scope: ContractScope): void {
  const expected = "use a NavigationProperty";
  scope.report("bind/csdl-wrong-type", written.span, { what: "a property", type: written.text, expected });
}

/** Collections hold texts so far. */
function isHeld(type: TypeRef, element: CsdlElement, scope: ContractScope): boolean {
  const isPlain = type.kind === "collection" && isTextual(type.of) && !hasFlags(type.of, scope);
  if (type.kind !== "collection" || isPlain) return true;
  const construct = `a property of a collection of the type ${typeText(type.of, scope.document.namespace.text)}`;
  scope.later(construct, attribute(element, "Type").span, element);
  return false;
}

function hasFlags(type: TypeRef, { enums }: ContractScope): boolean {
  return type.kind === "enum" && enums.get(type.name)?.flags === true;
}

function isTextual(type: TypeRef): boolean {
  const textual = ["Edm.String", "Edm.Guid", "Edm.Date", "Edm.DateTimeOffset"];
  return type.kind === "enum" || (type.kind === "primitive" && textual.includes(type.name));
}
