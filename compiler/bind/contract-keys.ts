/** Keys of entity types: what CSDL demands of them, and which one property entities are addressed by. */

import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Property } from "../ir/schema.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { type Declaration, inheritedChildren, lineage, lookUp, memberNamed, memberNames } from "./contract-declared.ts";
import { attribute } from "./contract-document.ts";
import { type ContractScope, resolveType } from "./contract-types.ts";
import { integerRanges, readBoolean } from "./contract-values.ts";

/** Checks the key that the entity type declares itself, if it does (CSDL 4.01, 6.5). Reports `bind/csdl-key`. */
export function checkKey(declaration: Declaration, scope: ContractScope): void {
  const { element } = declaration;
  const [key, another] = childrenOf(element, "Key");
  if (key === undefined) return;
  const line = lineage(declaration, scope.document, scope.declared);
  const keyed = line.slice(1).find((base) => childrenOf(base.element, "Key").length > 0);
  if (another !== undefined) refuse("is declared twice", another.span);
  if (keyed !== undefined) refuse(`is that of its base type "${keyed.name}", which has one already`, key.span);
  const refs = childrenOf(key, "PropertyRef");
  if (refs.length === 0) refuse("names no property", key.span);
  for (const ref of refs) checkRef(ref);

  function checkRef(ref: CsdlElement): void {
    const name = attribute(ref, "Name");
    const property = propertyAt(name, line, scope);
    if (property === undefined) return;
    const [problem, hint] = refProblem(ref, property, scope) ?? [];
    if (problem !== undefined) refuse(problem, name.span, hint);
  }

  function refuse(problem: string, span: Located["span"], hint?: string): void {
    scope.report("bind/csdl-key", span, { entity: declaration.name, problem }, { hint });
  }
}

/** What keeps a property from being part of a key, and what to do about it. */
function refProblem(ref: CsdlElement, property: CsdlElement, scope: ContractScope): readonly string[] | undefined {
  const name = attribute(ref, "Name").text;
  if (!canBeKey(attribute(property, "Type"), scope))
    return ["must be of a type whose values can be told apart and written in a URL"];
  if (readBoolean(property.attributes.get("Nullable"), true, scope.report))
    return ["must not be null", `add Nullable="false" to "${name}"`];
  if (property.attributes.has("DefaultValue")) return ["cannot have a default"];
  if (name.includes("/") && !ref.attributes.has("Alias"))
    return ["needs an Alias, as it lies in a complex type", 'add Alias="…"'];
  return undefined;
}

/** The property that has the id, and the key properties where the id is made of them. */
export interface BoundKey {
  readonly key: Property;
  /** Present where the id is made of them, and the key is hidden. */
  readonly parts?: readonly string[];
}

/** What entities are addressed by. Undefined after reporting that there is no key. */
export function bindKey(
  line: readonly Declaration[],
  properties: readonly Property[],
  scope: ContractScope,
): BoundKey | undefined {
  const refs = inheritedChildren(line, "Key").flatMap((key) => childrenOf(key, "PropertyRef"));
  const [ref, second] = refs;
  const [entity] = line;
  if (entity === undefined) return undefined;
  const contained = scope.contained.get(entity.element);
  if (ref === undefined) {
    const { span } = attribute(entity.element, "Name");
    if (contained === "one") return { key: hiddenKey(span), parts: [] };
    if (scope.lone.has(entity.element)) return { key: hiddenKey(span) };
    reportMissing(entity, scope);
    return undefined;
  }
  const parts = refs.map((each) => bindRef(each, properties, scope));
  const [only] = parts;
  if (only === undefined) return undefined;
  if (second === undefined && contained === undefined) return { key: only };
  return { key: hiddenKey(only.span), parts: parts.flatMap((part) => (part === undefined ? [] : [part.name])) };
}

/** What callers cannot write, they cannot mistake for a property of the type's own. */
function hiddenKey(span: Located["span"]): Property {
  const type = { kind: "primitive", name: "Edm.String" } as const;
  return { name: "$id", type, nullable: false, role: "key", isHidden: true, span };
}

/** The property that a reference names; what cannot be a key yet is noted. */
function bindRef(ref: CsdlElement, properties: readonly Property[], scope: ContractScope): Property | undefined {
  const name = attribute(ref, "Name");
  const alias = ref.attributes.get("Alias");
  if (name.text.includes("/")) {
    scope.later(`the key "${name.text}", which lies in a complex type,`, name.span);
    const type = { kind: "primitive", name: "Edm.String" } as const;
    return { name: alias?.text ?? "Id", type, nullable: false, role: "key", span: name.span };
  }
  if (alias !== undefined) scope.later(`the Alias "${alias.text}" of a key`, alias.nameSpan);
  const property = properties.find((each) => each.name === name.text);
  if (property !== undefined && !isServed(property)) scope.later("a key of this type", name.span);
  return property;
}

function reportMissing({ name, element }: Declaration, { document, report }: ContractScope): void {
  if (document.dropped.has(name)) return;
  const hint = 'add <Key><PropertyRef Name="Id"/></Key>';
  report("bind/csdl-key", attribute(element, "Name").span, { entity: name, problem: "is missing" }, { hint });
}

/** The property that a path of single-valued properties leads to; undefined after reporting, or where it cannot be followed. */
function propertyAt(path: Located, line: readonly Declaration[], scope: ContractScope): CsdlElement | undefined {
  const [first = "", ...rest] = path.text.split("/");
  const property = memberNamed(line, first, scope.declared);
  if (property?.kind !== "Property") {
    const facts = { entity: line[0]?.name ?? "", property: first };
    const hint = didYouMean(first, memberNames(line, "Property"));
    if (!scope.document.dropped.has(first)) scope.report("bind/csdl-unknown-property", path.span, facts, { hint });
    return undefined;
  }
  if (rest.length === 0) return property;
  const found = lookUp(attribute(property, "Type"), scope.document, scope.declared);
  if (found.kind !== "declared") return undefined;
  const inner = lineage(found.declaration, scope.document, scope.declared);
  return propertyAt({ text: rest.join("/"), span: path.span }, inner, scope);
}

const keyTypes: ReadonlySet<string> = new Set([
  ...["Edm.String", "Edm.Guid", "Edm.Boolean", "Edm.Date", "Edm.DateTimeOffset", "Edm.Decimal"],
  ...["Edm.Duration", "Edm.TimeOfDay"],
  ...integerRanges.keys(),
]);

/** Whether CSDL lets a key have the type; a type that does not resolve has been reported where it stands. */
function canBeKey(type: Located, scope: ContractScope): boolean {
  const unreported = { ...scope, report: () => undefined };
  const resolved = resolveType(type, unreported);
  if (resolved === undefined || resolved.kind === "enum") return true;
  if (resolved.kind === "primitive") return keyTypes.has(resolved.name);
  if (resolved.kind !== "later") return false;
  const found = lookUp(type, scope.document, scope.declared);
  if (found.kind === "declared") return found.declaration.kind !== "ComplexType";
  return found.kind === "foreign";
}

/** Flags have several texts for a value, and a duration is a number of seconds at run time: neither is the text that an id is. */
function isServed({ type, isFlags }: Property): boolean {
  if (type.kind === "enum") return isFlags !== true;
  return type.kind === "primitive" && type.name !== "Edm.Duration" && keyTypes.has(type.name);
}
