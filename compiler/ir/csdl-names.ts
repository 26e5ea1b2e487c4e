/** Qualified names as a document with aliases has them: with the alias wherever there is one (OData CSDL 4.01, 4.1 and 5.1). */

import type { CsdlNode } from "./csdl-node.ts";

/** What is to be known of a whole document to write a name in it. */
export interface DocumentNames {
  /** A qualified name, or a path with such names in it, with aliases in place of namespaces. */
  readonly short: (path: string) => string;
  /** The document that the reference of a type's namespace leads to; empty for a namespace of this document. */
  readonly uriOf: (qualified: string) => string;
  /** How many namespaces have an alias. */
  readonly aliases: number;
  /** The type below a type definition of this document; other names as they are. */
  readonly underlying: (qualified: string) => string;
}

/** The names of a document, by its `Edmx` element. */
export function documentNames(edmx: CsdlNode): DocumentNames {
  const schemas = schemasOf(edmx);
  const references = edmx.children.filter(({ kind }) => kind === "Reference");
  const includes = references.flatMap(({ attributes, children }) =>
    children.filter(({ kind }) => kind === "Include").map((include) => ({ include, uri: attributes.Uri ?? "" })),
  );
  const aliases = new Map<string, string>();
  for (const node of [...schemas, ...includes.map(({ include }) => include)]) {
    const { Namespace: namespace, Alias: alias } = node.attributes;
    if (namespace !== undefined && alias !== undefined) aliases.set(namespace, alias);
  }
  const uris = new Map(
    includes.flatMap(({ include, uri }) => {
      const { Namespace: namespace = "", Alias: alias = namespace } = include.attributes;
      return [namespace, alias].map((name): [string, string] => [name, uri]);
    }),
  );
  const short = (path: string) => shorten(path, aliases);
  const definitions = typeDefinitions(schemas, short);
  return {
    short,
    aliases: aliases.size,
    uriOf: (qualified) => uris.get(qualified.slice(0, Math.max(qualified.lastIndexOf("."), 0))) ?? "",
    underlying: (qualified) => definitions.get(short(qualified)) ?? qualified,
  };
}

/** The schemas of a document. */
export function schemasOf(edmx: CsdlNode): readonly CsdlNode[] {
  const services = edmx.children.filter(({ kind }) => kind === "DataServices");
  return services.flatMap(({ children }) => children.filter(({ kind }) => kind === "Schema"));
}

function typeDefinitions(schemas: readonly CsdlNode[], short: (name: string) => string): ReadonlyMap<string, string> {
  return new Map(
    schemas.flatMap(({ attributes: { Namespace: namespace = "" }, children }) =>
      children.flatMap(({ kind, attributes: { Name: name = "", UnderlyingType: type } }): [string, string][] =>
        kind === "TypeDefinition" && type !== undefined ? [[short(`${namespace}.${name}`), type]] : [],
      ),
    ),
  );
}

function shorten(path: string, aliases: ReadonlyMap<string, string>): string {
  return inPath(path, (name) => {
    const dot = name.lastIndexOf(".");
    const alias = dot < 0 ? undefined : aliases.get(name.slice(0, dot));
    return alias === undefined ? name : alias + name.slice(dot);
  });
}

/** Each qualified name of a path in place; a string in a key, as in `Things('a.b')`, is a value and no name. */
function inPath(path: string, rename: (name: string) => string): string {
  if (!path.includes(".")) return path;
  return path.replace(/'[^']*'|[\p{L}\p{Nl}_][^'\s/(),@#$=;]*/gu, (name) =>
    name.startsWith("'") ? name : rename(name),
  );
}

/** Attributes that hold names of the model, or paths of them. */
const nameAttributes: ReadonlySet<string> = new Set([
  ...[
    "Type",
    "BaseType",
    "UnderlyingType",
    "EntityType",
    "Term",
    "BaseTerm",
    "Action",
    "Function",
    "Extends",
    "Target",
  ],
  ...["Path", "EntitySet", "EntitySetPath", "AnnotationPath", "ModelElementPath", "NavigationPropertyPath"],
  ...["PropertyPath", "EnumMember"],
]);

/** Elements whose character data is such a name or path. */
const nameElements: ReadonlySet<string> = new Set([
  ...["Path", "AnnotationPath", "ModelElementPath", "NavigationPropertyPath", "PropertyPath", "EnumMember"],
  "LabeledElementReference",
]);

/** The element and all that is in it with every qualified name changed; what has none stays the same object. */
export function mapNames(node: CsdlNode, rename: (name: string) => string): CsdlNode {
  const attributes = renamed(node.attributes, rename);
  const text = nameElements.has(node.kind) ? inPath(node.text, rename) : node.text;
  const children = node.children.map((child) => mapNames(child, rename));
  const isSame = children.every((child, index) => child === node.children[index]);
  if (attributes === node.attributes && text === node.text && isSame) return node;
  return { ...node, attributes, text, children };
}

function renamed(attributes: CsdlNode["attributes"], rename: (name: string) => string): CsdlNode["attributes"] {
  let changed = attributes;
  for (const [name, value] of Object.entries(attributes)) {
    const after = nameAttributes.has(name) ? inPath(value, rename) : value;
    if (after !== value) changed = { ...changed, [name]: after };
  }
  return changed;
}
