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
  const uris = [...new Set(references.map(({ attributes }) => attributes.Uri ?? ""))];
  if (uris.length === 0) return [];
  const byUri = uris.map((uri): JsonMember => {
    const same = references.filter(({ attributes }) => attributes.Uri === uri);
    return [uri, referenceMember(same, names)];
  });
  return [["$Reference", jsonObject(byUri)]];
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
  return jsonObject([
    ...written(schema, ["Alias"]),
    ...annotationMembers(schema, names),
    ...targetMembers(schema, names),
    ...schema.children.flatMap((child) => declarationMember(child, schema, names)),
  ]);
}

/** Annotations of one target in several blocks stand in one object here. */
function targetMembers(schema: CsdlNode, names: DocumentNames): readonly JsonMember[] {
  const blocks = schema.children.filter(({ kind }) => kind === "Annotations");
  const targetOf = ({ attributes }: CsdlNode) => names.short(attributes.Target ?? "");
  const targets = [...new Set(blocks.map(targetOf))];
  if (targets.length === 0) return [];
  const byTarget = targets.map((target): JsonMember => {
    const same = blocks.filter((block) => targetOf(block) === target);
    return [target, jsonObject(same.flatMap((block) => annotationMembers(block, names)))];
  });
  return [["$Annotations", jsonObject(byTarget)]];
}

/** Operations of one name are overloads and stand in one array, where the first of them is declared. */
function declarationMember(child: CsdlNode, schema: CsdlNode, names: DocumentNames): readonly JsonMember[] {
  const name = child.attributes.Name ?? "";
  if (child.kind === "EntityContainer") return [[name, containerMember(child, schema, names)]];
  if (!isOperation(child)) {
    const member = memberOf(child, names);
    return member === undefined ? [] : [[name, member]];
  }
  const overloads = schema.children.filter((each) => isOperation(each) && each.attributes.Name === name);
  return overloads[0] === child ? [[name, jsonList(overloads.map((each) => operationMember(each, names)))]] : [];
}

function isOperation({ kind }: CsdlNode): boolean {
  return kind === "Action" || kind === "Function";
}
