/** Binds entity types and enums: names, properties, keys and default values; navigation comes after, when all types are known. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { EnumType, PrimitiveType, Property, TypeRef } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { attribute, type ContractDocument, declarations } from "./contract-document.ts";
import { distinct, isUsableName } from "./contract-names.ts";
import { type ContractScope, readFacets, resolveType, typeText } from "./contract-types.ts";
import { integerRanges, readDefault, readInteger } from "./contract-values.ts";

/** An entity type before its navigation is bound and its automaton has had its say. */
export interface EntityDraft {
  readonly name: string;
  readonly element: CsdlElement;
  readonly key: string;
  readonly properties: readonly Property[];
  readonly span: Located["span"];
}

/** The enums by name. Members without values count up from 0, as CSDL 4.01, 10.2 says. */
export function bindEnums(document: ContractDocument, report: Report): readonly EnumType[] {
  return declarations(document, "EnumType").flatMap((element) => {
    const name = attribute(element, "Name");
    return isUsableName(name, report) ? [bindEnum(element, name, report)] : [];
  });
}

function bindEnum(element: CsdlElement, name: Located, report: Report): EnumType {
  const underlyingType = underlyingTypeOf(element, report);
  const range = integerRanges.get(underlyingType ?? "Edm.Int32") ?? { min: 0, max: 0 };
  const elements = childrenOf(element, "Member");
  const numbered = elements.filter((member) => member.attributes.has("Value")).length;
  if (numbered > 0 && numbered < elements.length) {
    const problem = "gives values to some of its members; either all have one or none";
    report("bind/csdl-enum", name.span, { enum: name.text, problem });
  }
  if (elements.length === 0) report("bind/csdl-enum", name.span, { enum: name.text, problem: "has no members" });
  const members = elements.flatMap((member, index) => {
    const own = attribute(member, "Name");
    const value = readInteger(member.attributes.get("Value"), range, report) ?? index;
    return isUsableName(own, report) ? [{ name: own.text, value, span: own.span }] : [];
  });
  const kept = distinct("enum member", members, report).map((member) => ({ name: member.name, value: member.value }));
  const enumType = { name: name.text, flags: false, members: kept, span: name.span };
  return underlyingType === undefined ? enumType : { ...enumType, underlyingType };
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

/** The entity type's properties and key, or undefined when it cannot be addressed by a key. */
export function bindEntity(element: CsdlElement, scope: ContractScope): EntityDraft | undefined {
  const name = attribute(element, "Name");
  const elements = childrenOf(element, "Property");
  const bound = elements.flatMap((property) => bindProperty(property, scope) ?? []);
  const properties = distinct("property", bound, scope.report);
  const key = bindKey(element, properties, scope);
  if (key === undefined) return undefined;
  const roles = properties.map(
    (property): Property => (property.name === key ? { ...property, role: "key" } : property),
  );
  return { name: name.text, element, key, properties: roles, span: name.span };
}

function bindProperty(element: CsdlElement, scope: ContractScope): Property | undefined {
  const name = attribute(element, "Name");
  const typeName = attribute(element, "Type");
  const type = isUsableName(name, scope.report) ? resolveType(typeName, scope) : undefined;
  if (type === undefined || !isPropertyType(type, typeName, scope)) return undefined;
  const facets = readFacets(element, type, scope);
  const subject = { property: name.text, type, facets, enums: scope.enums };
  const defaultValue = readDefault(element.attributes.get("DefaultValue"), subject, scope.report);
  const property: Property = { name: name.text, type, ...facets, role: "field", span: name.span };
  return defaultValue === undefined ? property : { ...property, defaultValue };
}

function isPropertyType(type: TypeRef, written: Located, scope: ContractScope): boolean {
  const single = type.kind === "collection" ? type.of : type;
  if (single.kind === "entity") {
    const expected = "use a NavigationProperty";
    scope.report("bind/csdl-wrong-type", written.span, { what: "a property", type: written.text, expected });
    return false;
  }
  if (type.kind !== "collection" || isTextual(single)) return true;
  const construct = `a property of type ${typeText(type, scope.document.namespace.text)}`;
  const hint = "collections hold strings, GUIDs, dates, instants or enum members so far";
  scope.report("bind/csdl-not-available-yet", written.span, { construct }, { hint });
  return false;
}

function isTextual(type: TypeRef): boolean {
  const textual = ["Edm.String", "Edm.Guid", "Edm.Date", "Edm.DateTimeOffset"];
  return type.kind === "enum" || (type.kind === "primitive" && textual.includes(type.name));
}

function bindKey(element: CsdlElement, properties: readonly Property[], scope: ContractScope): string | undefined {
  const entity = attribute(element, "Name");
  const [key, another] = childrenOf(element, "Key");
  if (another !== undefined) return refuse("is declared twice", { text: "", span: another.span });
  const refs = key === undefined ? [] : childrenOf(key, "PropertyRef");
  const ref = refs[0];
  if (ref === undefined && scope.document.unavailable.has(entity.text)) return undefined;
  if (ref === undefined) return refuse("is missing", entity, 'add <Key><PropertyRef Name="Id"/></Key>');
  const [, second] = refs;
  if (second !== undefined) {
    const construct = `a key of ${refs.length} properties`;
    scope.report("bind/csdl-not-available-yet", attribute(second, "Name").span, { construct });
    return undefined;
  }
  const name = attribute(ref, "Name");
  const property = properties.find((each) => each.name === name.text);
  if (property === undefined) return unknownKey(element, name, scope);
  if (!isKeyType(property.type)) return refuse("must be of type Edm.String, Edm.Guid or a whole number", name);
  if (property.nullable) return refuse("must not be null", name, `add Nullable="false" to "${name.text}"`);
  if (property.defaultValue !== undefined) return refuse("cannot have a default", name);
  return property.name;

  function refuse(problem: string, at: Located, hint?: string): undefined {
    scope.report("bind/csdl-key", at.span, { entity: entity.text, problem }, { hint });
  }
}

/** A key that names a property that was itself refused is not reported a second time. */
function unknownKey(element: CsdlElement, name: Located, scope: ContractScope): undefined {
  const declared = childrenOf(element, "Property").map((property) => attribute(property, "Name").text);
  if (declared.includes(name.text)) return;
  const facts = { entity: attribute(element, "Name").text, property: name.text };
  scope.report("bind/csdl-unknown-property", name.span, facts, { hint: didYouMean(name.text, declared) });
}

function isKeyType(type: TypeRef): boolean {
  if (type.kind !== "primitive") return false;
  return type.name === "Edm.String" || type.name === "Edm.Guid" || integerRanges.has(type.name);
}
