/** Puts the schemas of all CSDL files together: one namespace, its aliases, and the elements in file order. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { VocabularyReference } from "../ir/schema.ts";
import { type CsdlElement, type CsdlSyntax, childrenOf, type Located } from "../parse/csdl.ts";
import type { CsdlKind } from "../parse/csdl-grammar.ts";
import { unicodeIdentifier } from "./contract-names.ts";

export interface ContractDocument {
  readonly namespace: Located;
  /** The namespace and its aliases, each of which may stand before a name. */
  readonly prefixes: readonly string[];
  readonly references: readonly VocabularyReference[];
  readonly schemas: readonly CsdlElement[];
  /** Names of what is left out or not available yet; that has been reported once already. */
  readonly unavailable: ReadonlySet<string>;
}

/** The document, or undefined when the files hold no schema. What is not available yet and second namespaces are reported. */
export function mergeDocuments(syntaxes: readonly CsdlSyntax[], report: Report): ContractDocument | undefined {
  const unavailable = syntaxes.flatMap((syntax) => syntax.unavailable);
  for (const construct of unavailable) {
    report("bind/csdl-not-available-yet", construct.span, { construct: construct.text });
  }
  const schemas = syntaxes.flatMap((syntax) => syntax.schemas);
  const first = schemas[0];
  if (first === undefined) return undefined;
  const namespace = attribute(first, "Namespace");
  if (!isNamespace(namespace, report)) return undefined;
  const kept = schemas.filter((schema) => isOfNamespace(schema, namespace, report));
  return {
    namespace,
    prefixes: [namespace.text, ...kept.flatMap((schema) => schema.attributes.get("Alias")?.text ?? [])],
    references: bindReferences(syntaxes),
    schemas: kept,
    unavailable: new Set([
      ...syntaxes.flatMap((syntax) => syntax.dropped),
      ...unavailable.flatMap((each) => each.name ?? []),
    ]),
  };
}

/** An attribute that the grammar requires, so it is there. */
export function attribute(element: CsdlElement, name: string): Located {
  return element.attributes.get(name) ?? { text: "", span: element.span };
}

/** The schemas' children of one kind, in file order. */
export function declarations(document: ContractDocument, kind: CsdlKind): readonly CsdlElement[] {
  return document.schemas.flatMap((schema) => childrenOf(schema, kind));
}

/** The simple name behind `Namespace.Name` or `Alias.Name`; undefined for another namespace. */
export function localName(qualified: string, document: ContractDocument): string | undefined {
  const dot = qualified.lastIndexOf(".");
  return document.prefixes.includes(qualified.slice(0, Math.max(dot, 0))) ? qualified.slice(dot + 1) : undefined;
}

function isNamespace(namespace: Located, report: Report): boolean {
  const simple = /^[A-Za-z_][A-Za-z0-9_]{0,127}(\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$/;
  if (simple.test(namespace.text)) return true;
  const parts = namespace.text.split(".");
  if (parts.length <= 16 && parts.every((part) => unicodeIdentifier.test(part))) {
    const construct = `the namespace "${namespace.text}" with letters beyond A to Z`;
    report("bind/csdl-not-available-yet", namespace.span, { construct });
    return false;
  }
  report("bind/csdl-invalid-name", namespace.span, { name: namespace.text });
  return false;
}

function isOfNamespace(schema: CsdlElement, namespace: Located, report: Report): boolean {
  const own = attribute(schema, "Namespace");
  if (own.text === namespace.text) return true;
  const notes = [{ message: "the first namespace is here", span: namespace.span }];
  report("bind/csdl-namespaces", own.span, { first: namespace.text, second: own.text }, { notes });
  return false;
}

/** Files may reference the same document; the first reference to it counts. */
function bindReferences(syntaxes: readonly CsdlSyntax[]): readonly VocabularyReference[] {
  const references = syntaxes.flatMap((syntax) => syntax.references.map(bindReference));
  const uris = references.map((reference) => reference.uri);
  return references.filter((reference, index) => uris.indexOf(reference.uri) === index);
}

function bindReference(reference: CsdlElement): VocabularyReference {
  const includes = childrenOf(reference, "Include").map((include) => {
    const namespace = attribute(include, "Namespace").text;
    const alias = include.attributes.get("Alias")?.text;
    return alias === undefined ? { namespace } : { namespace, alias };
  });
  return { uri: attribute(reference, "Uri").text, includes };
}
