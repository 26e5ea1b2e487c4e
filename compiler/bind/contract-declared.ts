/** Everything that the schemas of a folder declare, by qualified name, and what a name in them leads to. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { type CsdlElement, childrenOf, type Located } from "../parse/csdl.ts";
import type { CsdlKind } from "../parse/csdl-grammar.ts";
import { attribute, type ContractDocument, isForeign, qualify } from "./contract-document.ts";

/** A type, term, operation or container with the namespace that it is in. */
export interface Declaration {
  readonly kind: CsdlKind;
  readonly namespace: string;
  readonly name: string;
  readonly element: CsdlElement;
}

export interface Declarations {
  /** All of them in file order; operations of one name are overloads. */
  readonly all: readonly Declaration[];
  readonly byElement: ReadonlyMap<CsdlElement, Declaration>;
  /** By qualified name, operations left out. */
  readonly byName: ReadonlyMap<string, Declaration>;
  readonly operations: ReadonlyMap<string, readonly Declaration[]>;
  /** What stands directly in an element, by name; of two of one name the first. */
  readonly children: (element: CsdlElement) => ReadonlyMap<string, CsdlElement>;
}

const declaringKinds: ReadonlySet<string> = new Set([
  ...["EntityType", "ComplexType", "EnumType", "TypeDefinition", "Term", "EntityContainer", "Action", "Function"],
]);

/** Looks at every schema once. A name that is taken already is reported (`bind/csdl-duplicate-name`) and left out. */
export function declare(document: ContractDocument, report: Report): Declarations {
  const written = document.schemas.flatMap((schema) => {
    const namespace = attribute(schema, "Namespace").text;
    const children = schema.children.filter(({ kind }) => declaringKinds.has(kind));
    return children.map(
      (element): Declaration => ({ kind: element.kind, namespace, name: attribute(element, "Name").text, element }),
    );
  });
  const byName = new Map<string, Declaration>();
  for (const each of written.filter((declaration) => !isOperation(declaration))) {
    const first = byName.get(fullName(each));
    if (first === undefined) byName.set(fullName(each), each);
    else reportTwice(each, first, report);
  }
  const operations = new Map<string, Declaration[]>();
  for (const each of written.filter(isOperation)) {
    const namesake = byName.get(fullName(each));
    if (namesake !== undefined) reportNamesake(each, namesake, report);
    const overloads = operations.get(fullName(each));
    if (overloads === undefined) operations.set(fullName(each), [each]);
    else overloads.push(each);
  }
  const kept = new Set<Declaration>(byName.values());
  const all = written.filter((each) => isOperation(each) || kept.has(each));
  const byElement = new Map(all.map((each) => [each.element, each]));
  return { all, byElement, byName, operations, children: remembered(namedChildren) };
}

function namedChildren(element: CsdlElement): ReadonlyMap<string, CsdlElement> {
  const byName = new Map<string, CsdlElement>();
  for (const child of element.children) {
    const name = child.attributes.get("Name")?.text;
    if (name !== undefined && !byName.has(name)) byName.set(name, child);
  }
  return byName;
}

/** The same function, asked once for each element. */
export function remembered<T>(make: (element: CsdlElement) => T): (element: CsdlElement) => T {
  const made = new WeakMap<CsdlElement, { readonly value: T }>();
  return (element) => {
    const known = made.get(element) ?? { value: make(element) };
    made.set(element, known);
    return known.value;
  };
}

/** `Namespace.Name`. */
export function fullName({ namespace, name }: Pick<Declaration, "namespace" | "name">): string {
  return `${namespace}.${name}`;
}

export type Found =
  | { readonly kind: "declared"; readonly declaration: Declaration }
  /** In a document that this one refers to and that is not in the folder. */
  | { readonly kind: "foreign" }
  | { readonly kind: "unknown" };

/** What a qualified name leads to; operations are no answer. */
export function lookUp(name: Located, document: ContractDocument, declared: Declarations): Found {
  const qualified = qualify(name, document);
  if (qualified === undefined) return { kind: "unknown" };
  const declaration = declared.byName.get(fullName(qualified));
  if (declaration !== undefined) return { kind: "declared", declaration };
  return { kind: isForeign(qualified.namespace, document) ? "foreign" : "unknown" };
}

/** The type that a `BaseType` names, where that is of the same kind and declared here. */
export function baseOf(
  { kind, element }: Declaration,
  document: ContractDocument,
  declared: Declarations,
): Declaration | undefined {
  const written = element.attributes.get("BaseType");
  const found = written && lookUp(written, document, declared);
  return found?.kind === "declared" && found.declaration.kind === kind ? found.declaration : undefined;
}

/** How many types or terms may stand above one, one above the other; no more are looked at. */
export const basesMax = 64;

/** The type and those that it derives from, the type itself first; a cycle ends where it closes, and a long line at `basesMax`. */
export function lineage(
  declaration: Declaration,
  document: ContractDocument,
  declared: Declarations,
): readonly Declaration[] {
  const line = new Set<Declaration>();
  for (
    let each: Declaration | undefined = declaration;
    each !== undefined && !line.has(each) && line.size <= basesMax;
  ) {
    line.add(each);
    each = baseOf(each, document, declared);
  }
  return [...line];
}

/** The full names of what is declared of one kind, for hints: made one by one, as a hint looks at few. */
export function* namesOf({ all }: Declarations, kind: CsdlKind): Generator<string> {
  for (const each of all) if (each.kind === kind) yield fullName(each);
}

/** The children of one kind of a type, those that it inherits first. */
export function inheritedChildren(line: readonly Declaration[], kind: CsdlKind): readonly CsdlElement[] {
  return line.toReversed().flatMap(({ element }) => childrenOf(element, kind));
}

/** The property or navigation property of a type or one of its bases. */
export function memberNamed(
  line: readonly Declaration[],
  name: string,
  { children }: Declarations,
): CsdlElement | undefined {
  for (const { element } of line) {
    const member = children(element).get(name);
    if (member?.kind === "Property" || member?.kind === "NavigationProperty") return member;
  }
  return undefined;
}

/** The names of a type's members of one kind, for hints: made one by one, as a hint looks at few. */
export function* memberNames(line: readonly Declaration[], kind: CsdlKind): Generator<string> {
  for (const { element } of line)
    for (const child of element.children) if (child.kind === kind) yield child.attributes.get("Name")?.text ?? "";
}

function isOperation({ kind }: Declaration): boolean {
  return kind === "Action" || kind === "Function";
}

const typeKinds: ReadonlySet<string> = new Set(["EntityType", "ComplexType", "EnumType", "TypeDefinition"]);

function reportTwice(second: Declaration, first: Declaration, report: Report): void {
  const both = typeKinds.has(first.kind) && typeKinds.has(second.kind);
  const what = both ? "type" : "in the namespace, the name";
  const notes = [{ message: "the first one is here", span: attribute(first.element, "Name").span }];
  // A service has one container: a second one is told of where the container is bound.
  if (first.kind === "EntityContainer" && second.kind === "EntityContainer") return;
  report("bind/csdl-duplicate-name", attribute(second.element, "Name").span, { what, name: second.name }, { notes });
}

function reportNamesake(operation: Declaration, type: Declaration, report: Report): void {
  const span = attribute(operation.element, "Name").span;
  const notes = [{ message: "the type is declared here", span: attribute(type.element, "Name").span }];
  report("bind/csdl-duplicate-name", span, { what: "in the namespace, the name", name: operation.name }, { notes });
}
