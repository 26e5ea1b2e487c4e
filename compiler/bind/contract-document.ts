/** Puts the CSDL files of a folder together: their schemas, the namespaces and aliases by which names lead into them, and what is served. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { type CsdlElement, type CsdlSyntax, childrenOf, type Located } from "../parse/csdl.ts";
import type { CsdlKind } from "../parse/csdl-grammar.ts";
import { unicodeIdentifier } from "./contract-names.ts";

export interface ContractDocument {
  readonly syntaxes: readonly CsdlSyntax[];
  readonly schemas: readonly CsdlElement[];
  /** The namespace of the entity types that are served. */
  readonly namespace: Located;
  /** Namespaces by alias, for each file. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Namespaces that some schema of the folder declares. */
  readonly declared: ReadonlySet<string>;
  /** Names of what is left out; that has been reported once already. */
  readonly dropped: ReadonlySet<string>;
}

export interface QualifiedName {
  readonly namespace: string;
  readonly name: string;
}

const simpleNamespace = /^[A-Za-z_][A-Za-z0-9_]{0,127}(\.[A-Za-z_][A-Za-z0-9_]{0,127}){0,15}$/;

/** Names that CSDL keeps for itself (CSDL 4.01, 5.1). */
const reservedNamespaces: ReadonlySet<string> = new Set(["Edm", "odata", "System", "Transient"]);

/**
 * The document, or undefined when the files hold no schema. The namespace is that of the automata's entity types; where
 * they have none, that of the first entity type. Reports ill-formed namespaces and aliases of two meanings.
 */
export function mergeDocuments(
  syntaxes: readonly CsdlSyntax[],
  automata: readonly { readonly name: string }[],
  report: Report,
): ContractDocument | undefined {
  const schemas = syntaxes.flatMap((syntax) => syntax.schemas);
  const first = schemas[0];
  if (first === undefined) return undefined;
  const usable = schemas.filter((schema) => isNamespace(attribute(schema, "Namespace"), report));
  if (usable.length < schemas.length) return undefined;
  return {
    syntaxes,
    schemas,
    namespace: attribute(servedSchema(schemas, new Set(automata.map(({ name }) => name))) ?? first, "Namespace"),
    aliases: new Map(syntaxes.map((syntax) => [syntax.path, aliasesOf(syntax, report)])),
    declared: new Set(schemas.map((schema) => attribute(schema, "Namespace").text)),
    dropped: new Set(syntaxes.flatMap((syntax) => syntax.dropped)),
  };
}

/** An attribute that the grammar requires, so it is there. */
export function attribute(element: CsdlElement, name: string): Located {
  return element.attributes.get(name) ?? { text: "", span: element.span };
}

/** The children of one kind of all schemas, in file order. */
export function declarations(document: ContractDocument, kind: CsdlKind): readonly CsdlElement[] {
  return document.schemas.flatMap((schema) => childrenOf(schema, kind));
}

/** True for letters, digits, dots and underscores only, as everything that is emitted can carry. */
export function isSimpleNamespace(namespace: string): boolean {
  return simpleNamespace.test(namespace);
}

/** The parts of `Namespace.Name` or `Alias.Name`, the namespace in full; undefined for a name without a dot. */
export function qualify({ text, span }: Located, document: ContractDocument): QualifiedName | undefined {
  const dot = text.lastIndexOf(".");
  if (dot <= 0) return undefined;
  const prefix = text.slice(0, dot);
  return { namespace: namespaceOf(prefix, span.file, document), name: text.slice(dot + 1) };
}

/** True where no schema of the folder declares the namespace: what is in it cannot be looked up. */
export function isForeign(namespace: string, document: ContractDocument): boolean {
  return !document.declared.has(namespace) && isReferenced(namespace, document);
}

/** What to tell of a name whose namespace nothing here declares or refers to; undefined where that is not what is wrong. */
export function namespaceHint(name: Located, document: ContractDocument): string | undefined {
  const namespace = qualify(name, document)?.namespace;
  if (namespace === undefined || namespace === "Edm") return undefined;
  if (document.declared.has(namespace) || isReferenced(namespace, document)) return undefined;
  return `no schema and no reference has the namespace or alias "${namespace}"`;
}

function isReferenced(namespace: string, { aliases }: ContractDocument): boolean {
  return [...aliases.values()].some((byAlias) => [...byAlias.values()].includes(namespace));
}

/** An alias counts in its own file; where that has none of the name, the folder's one of the name is meant. */
function namespaceOf(prefix: string, file: string, { aliases, declared }: ContractDocument): string {
  const own = aliases.get(file)?.get(prefix);
  if (own !== undefined) return own;
  if (declared.has(prefix)) return prefix;
  const others = [...aliases.values()].flatMap((byAlias) => byAlias.get(prefix) ?? []);
  return others[0] ?? prefix;
}

function servedSchema(schemas: readonly CsdlElement[], automata: ReadonlySet<string>): CsdlElement | undefined {
  const types = (schema: CsdlElement) => childrenOf(schema, "EntityType");
  return (
    schemas.find((schema) => types(schema).some((type) => automata.has(attribute(type, "Name").text))) ??
    schemas.find((schema) => types(schema).length > 0) ??
    schemas.find((schema) => childrenOf(schema, "EntityContainer").length > 0)
  );
}

function isNamespace(namespace: Located, report: Report): boolean {
  const parts = namespace.text.split(".");
  if (reservedNamespaces.has(namespace.text)) {
    const why = "CSDL keeps this namespace for itself";
    report("bind/csdl-reserved-name", namespace.span, { name: namespace.text, why });
    return false;
  }
  if (parts.length <= 16 && parts.every((part) => unicodeIdentifier.test(part))) return true;
  report("bind/csdl-invalid-name", namespace.span, { name: namespace.text });
  return false;
}

/** The aliases of one file, and every namespace that it declares or includes by its own name. */
function aliasesOf({ schemas, references }: CsdlSyntax, report: Report): ReadonlyMap<string, string> {
  const includes = references.flatMap((reference) => childrenOf(reference, "Include"));
  const byAlias = new Map<string, string>();
  const places = new Map<string, Located>();
  for (const element of [...schemas, ...includes]) {
    const namespace = attribute(element, "Namespace").text;
    byAlias.set(namespace, namespace);
    const alias = element.attributes.get("Alias");
    if (alias === undefined) continue;
    const known = places.get(alias.text);
    if (known !== undefined && byAlias.get(alias.text) !== namespace) {
      const notes = [{ message: "it stands for another namespace here", span: known.span }];
      report("bind/csdl-alias", alias.span, { alias: alias.text, problem: "stands for two namespaces" }, { notes });
      continue;
    }
    if (reservedNamespaces.has(alias.text)) {
      report("bind/csdl-alias", alias.span, { alias: alias.text, problem: "is kept by CSDL for itself" });
      continue;
    }
    byAlias.set(alias.text, namespace);
    places.set(alias.text, alias);
  }
  return byAlias;
}
