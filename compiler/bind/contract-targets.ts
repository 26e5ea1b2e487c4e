/** What the target of `<Annotations>` names: a declaration, or a path from one (CSDL 4.01, 14.2.2). */

import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import { type Declaration, fullName, lineage, lookUp, memberNamed } from "./contract-declared.ts";
import { attribute, isForeign, qualify } from "./contract-document.ts";
import { canonicalType } from "./contract-overloads.ts";
import { type ContractScope, innerType } from "./contract-types.ts";

/** The target with namespaces in place of aliases; undefined where the folder has nothing of the name. */
export function canonicalTarget(written: Located, scope: ContractScope): string | undefined {
  const [, qualified = "", overload, rest = ""] =
    /^([^()/]+)(\([^()]*(?:\([^()]*\)[^()]*)*\))?((?:\/.*)?)$/s.exec(written.text) ?? [];
  const name = qualify({ text: qualified, span: written.span }, scope.document);
  if (name === undefined) return undefined;
  if (isForeign(name.namespace, scope.document)) return `${fullName(name)}${overload ?? ""}${rest}`;
  const path = rest.split("/").slice(1);
  const declaration = scope.declared.byName.get(fullName(name));
  if (declaration !== undefined) {
    return overload === undefined && isMember(path, declaration, scope) ? fullName(name) + rest : undefined;
  }
  const wanted = overload && canonicalOverload({ text: overload, span: written.span }, scope);
  const overloads = (scope.declared.operations.get(fullName(name)) ?? []).filter(
    ({ element }) => wanted === undefined || scope.overload(element) === wanted,
  );
  const [first, second] = overloads;
  if (first === undefined || !overloads.some(({ element }) => isParameter(path, element))) return undefined;
  return fullName(name) + (second === undefined ? scope.overload(first.element) : "") + rest;
}

function canonicalOverload({ text, span }: Located, scope: ContractScope): string {
  const types = text.slice(1, -1);
  if (types === "") return "()";
  return `(${types
    .split(",")
    .map((type) => canonicalType({ text: type, span }, scope.document))
    .join(",")})`;
}

function isParameter([name, ...more]: readonly string[], operation: CsdlElement): boolean {
  if (name === undefined) return true;
  if (more.length > 0) return false;
  if (name === "$ReturnType") return childrenOf(operation, "ReturnType").length > 0;
  return childrenOf(operation, "Parameter").some((each) => attribute(each, "Name").text === name);
}

/** True where the path leads on from the declaration, as far as types of the folder tell. */
function isMember(path: readonly string[], declaration: Declaration, scope: ContractScope): boolean {
  const [first, ...rest] = path;
  if (first === undefined || first.startsWith("@")) return true;
  switch (declaration.kind) {
    case "EntityType":
    case "ComplexType":
      return isOnType(path, declaration, scope);
    case "EnumType":
      return rest.length === 0 && scope.declared.children(declaration.element).has(first);
    case "EntityContainer":
      return isInContainer(path, declaration, scope);
  }
  return false;
}

function isOnType(path: readonly string[], type: Declaration, scope: ContractScope): boolean {
  const [first, ...rest] = path;
  if (first === undefined || first.startsWith("@")) return true;
  const span = type.element.span;
  if (first.includes(".")) return leadsOn({ text: first, span }, rest, scope);
  const member = memberNamed(lineage(type, scope.document, scope.declared), first, scope.declared);
  if (member === undefined) return hasForeignBase(type, scope);
  return rest.length === 0 || leadsOn(attribute(member, "Type"), rest, scope);
}

function isInContainer(path: readonly string[], container: Declaration, scope: ContractScope): boolean {
  const [first, ...rest] = path;
  const child = scope.declared.children(container.element).get(first ?? "");
  if (child === undefined) return container.element.attributes.has("Extends");
  if (child.kind !== "EntitySet" && child.kind !== "Singleton") return rest.length === 0;
  return leadsOn(attribute(child, child.kind === "EntitySet" ? "EntityType" : "Type"), rest, scope);
}

function leadsOn(type: Located, path: readonly string[], scope: ContractScope): boolean {
  const name = { text: innerType(type.text) ?? type.text, span: type.span };
  const found = lookUp(name, scope.document, scope.declared);
  if (found.kind === "declared") return isMember(path, found.declaration, scope);
  return found.kind === "foreign" || path.length === 0;
}

function hasForeignBase(type: Declaration, { document, declared }: ContractScope): boolean {
  return lineage(type, document, declared).some(({ element }) => {
    const base = element.attributes.get("BaseType");
    return base !== undefined && lookUp(base, document, declared).kind === "foreign";
  });
}
