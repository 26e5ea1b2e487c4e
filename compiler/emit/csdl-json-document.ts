/** Prints a CSDL document as OData CSDL JSON 4.01, all of it: references, schemas, and what stands in them. */

import type { CsdlNode } from "../ir/csdl-node.ts";
import { containerMember, memberOf, operationMember } from "./csdl-json-elements.ts";
import { type JsonNames, jsonNames, schemasOf } from "./csdl-json-names.ts";
import { annotationMembers } from "./csdl-json-values.ts";
import { type JsonMember, type JsonNode, jsonList, jsonObject, printJson } from "./json-print.ts";

/** The document of that `Edmx` element: indented by two spaces and ending in a newline. */
export function csdlJsonDocument(edmx: CsdlNode): string {
  const names = jsonNames(edmx);
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

function referenceMembers(edmx: CsdlNode, names: JsonNames): readonly JsonMember[] {
  const references = edmx.children.filter(({ kind }) => kind === "Reference");
  const uris = [...new Set(references.map(({ attributes }) => attributes.Uri ?? ""))];
  if (uris.length === 0) return [];
  const byUri = uris.map((uri): JsonMember => {
    const same = references.filter(({ attributes }) => attributes.Uri === uri);
    return [uri, referenceMember(same, names)];
  });
  return [["$Reference", jsonObject(byUri)]];
}

function referenceMember(references: readonly CsdlNode[], names: JsonNames): JsonNode {
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

function schemaMember(schema: CsdlNode, names: JsonNames): JsonNode {
  const container = (node: CsdlNode) => containerMember(node, schema, names);
  return jsonObject([
    ...written(schema, ["Alias"]),
    ...annotationMembers(schema, names),
    ...targetMembers(schema, names),
    ...operationMembers(schema, names),
    ...schema.children.flatMap((child) => {
      const member = child.kind === "EntityContainer" ? container(child) : memberOf(child, names);
      return member === undefined ? [] : [[child.attributes.Name ?? "", member] as const];
    }),
  ]);
}

/** Annotations of one target in several blocks stand in one object here. */
function targetMembers(schema: CsdlNode, names: JsonNames): readonly JsonMember[] {
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

/** Operations of one name are overloads and stand in one array. */
function operationMembers(schema: CsdlNode, names: JsonNames): readonly JsonMember[] {
  const operations = schema.children.filter(({ kind }) => kind === "Action" || kind === "Function");
  const operationNames = [...new Set(operations.map(({ attributes }) => attributes.Name ?? ""))];
  return operationNames.map((name) => {
    const overloads = operations.filter(({ attributes }) => attributes.Name === name);
    return [name, jsonList(overloads.map((each) => operationMember(each, names)))];
  });
}
