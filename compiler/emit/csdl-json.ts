/** Prints a CSDL document as OData CSDL JSON 4.01, all of it: references, schemas, and what stands in them. */

import { type DocumentNames, documentNames, schemasOf } from "../ir/csdl-names.ts";
import type { CsdlNode } from "../ir/csdl-node.ts";
import { containerMember, memberOf, operationMember } from "./csdl-json-elements.ts";
import { annotationMembers } from "./csdl-json-values.ts";
import { type JsonMember, type JsonNode, jsonList, jsonObject, printJson } from "./json-print.ts";

/** The document of that `Edmx` element: indented by two spaces and ending in a newline. */
export function csdlJson(edmx: CsdlNode): string {
  const names = documentNames(edmx);
  const schemas = schemasOf(edmx);
  const document = jsonObject([
    ["$Version", edmx.attributes.Version ?? "4.01"],
    ...containerName(schemas),
    ...referenceMembers(edmx, names),
    ...schemas.map((schema): JsonMember => [schema.attributes.Namespace ?? "", schemaMember(schema, names)]),
  ]);
  return printJson(document);
}

function containerName(schemas: readonly CsdlNode[]): readonly JsonMember[] {
  const found = schemas.flatMap(({ attributes: { Namespace: namespace = "" }, children }) =>
    children
      .filter(({ kind }) => kind === "EntityContainer")
      .map(({ attributes: { Name: name = "" } }) => `${namespace}.${name}`),
  );
  return found.slice(0, 1).map((name) => ["$EntityContainer", name]);
}

function referenceMembers(edmx: CsdlNode, names: DocumentNames): readonly JsonMember[] {
  const references = edmx.children.filter(({ kind }) => kind === "Reference");
  const byUri = grouped(references, ({ attributes }) => attributes.Uri ?? "");
  if (byUri.size === 0) return [];
  const members = [...byUri].map(([uri, same]): JsonMember => [uri, referenceMember(same, names)]);
  return [["$Reference", jsonObject(members)]];
}

function referenceMember(references: readonly CsdlNode[], names: DocumentNames): JsonNode {
  const children = references.flatMap((reference) => reference.children);
  const listed = (kind: string, attributes: readonly string[]): readonly JsonMember[] => {
    const found = children.filter((child) => child.kind === kind);
    const items = found.map((child) => jsonObject([...written(child, attributes), ...annotationMembers(child, names)]));
    return items.length === 0 ? [] : [[`$${kind}`, jsonList(items)]];
  };
  return jsonObject([
    ...listed("Include", ["Namespace", "Alias"]),
    ...listed("IncludeAnnotations", ["TargetNamespace", "TermNamespace", "Qualifier"]),
    ...references.flatMap((reference) => annotationMembers(reference, names)),
  ]);
}

/** Those attributes that are there, each under its name with a `$`. */
function written(node: CsdlNode, attributes: readonly string[]): readonly JsonMember[] {
  return attributes.flatMap((name) => {
    const value = node.attributes[name];
    return value === undefined ? [] : [[`$${name}`, value] as const];
  });
}

function schemaMember(schema: CsdlNode, names: DocumentNames): JsonNode {
  const overloads = grouped(schema.children.filter(isOperation), ({ attributes }) => attributes.Name ?? "");
  return jsonObject([
    ...written(schema, ["Alias"]),
    ...annotationMembers(schema, names),
    ...targetMembers(schema, names),
    ...schema.children.flatMap((child) => {
      const name = child.attributes.Name ?? "";
      if (isOperation(child)) return overloadMember(child, overloads.get(name) ?? [], names);
      const isContainer = child.kind === "EntityContainer";
      const member = isContainer ? containerMember(child, schema, names) : memberOf(child, names);
      return member === undefined ? [] : [[name, member] as const];
    }),
  ]);
}

/** Annotations of one target in several blocks stand in one object here. */
function targetMembers(schema: CsdlNode, names: DocumentNames): readonly JsonMember[] {
  const blocks = schema.children.filter(({ kind }) => kind === "Annotations");
  const byTarget = grouped(blocks, ({ attributes }) => names.short(attributes.Target ?? ""));
  if (byTarget.size === 0) return [];
  const members = [...byTarget].map(([target, same]): JsonMember => {
    return [target, jsonObject(same.flatMap((block) => annotationMembers(block, names)))];
  });
  return [["$Annotations", jsonObject(members)]];
}

/** Operations of one name are overloads and stand in one array, where the first of them is declared. */
function overloadMember(child: CsdlNode, overloads: readonly CsdlNode[], names: DocumentNames): readonly JsonMember[] {
  if (overloads[0] !== child) return [];
  return [[child.attributes.Name ?? "", jsonList(overloads.map((each) => operationMember(each, names)))]];
}

function isOperation({ kind }: CsdlNode): boolean {
  return kind === "Action" || kind === "Function";
}

function grouped(
  nodes: readonly CsdlNode[],
  keyOf: (node: CsdlNode) => string,
): ReadonlyMap<string, readonly CsdlNode[]> {
  const groups = new Map<string, CsdlNode[]>();
  for (const node of nodes) {
    const group = groups.get(keyOf(node));
    if (group === undefined) groups.set(keyOf(node), [node]);
    else group.push(node);
  }
  return groups;
}
