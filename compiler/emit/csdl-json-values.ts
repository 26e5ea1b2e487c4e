/** Annotations and their expressions in CSDL JSON 4.01 (14.2 to 14.4). */

import type { DocumentNames } from "../ir/csdl-names.ts";
import type { CsdlNode } from "../ir/csdl-node.ts";
import { castMembers } from "./csdl-json-types.ts";
import { type JsonMember, type JsonNode, jsonList, jsonNumber, jsonObject } from "./json-print.ts";

/** `@Term#Qualifier` for each annotation directly in the element; those of what is no object carry its name in front. */
export function annotationMembers(owner: CsdlNode, names: DocumentNames, prefix = ""): readonly JsonMember[] {
  const qualifier = owner.kind === "Annotations" ? owner.attributes.Qualifier : undefined;
  return owner.children.flatMap((child) =>
    child.kind === "Annotation" ? annotationMember(child, names, { prefix, qualifier }) : [],
  );
}

interface Outer {
  readonly prefix: string;
  readonly qualifier: string | undefined;
}

/** The annotation, with those that stand on it. */
function annotationMember(annotation: CsdlNode, names: DocumentNames, outer: Outer): readonly JsonMember[] {
  const { Term: term = "", Qualifier: qualifier = outer.qualifier } = annotation.attributes;
  const suffix = qualifier === undefined ? "" : `#${qualifier}`;
  const name = `${outer.prefix}@${names.short(term)}${suffix}`;
  return [...annotationMembers(annotation, names, name), [name, heldValue(annotation, names)]];
}

/** The one value that an element holds, in an attribute or as a child; where it holds none, that is its way to say true. */
function heldValue(holder: CsdlNode, names: DocumentNames): JsonNode {
  const [child] = operandsOf(holder);
  if (child !== undefined) return expression(child, names);
  const kind = Object.keys(holder.attributes).find((each) => valueKinds.has(each));
  return kind === undefined ? true : constant(kind, holder.attributes[kind] ?? "", names);
}

function operandsOf(node: CsdlNode): readonly CsdlNode[] {
  return node.children.filter(({ kind }) => kind !== "Annotation");
}

const valueKinds: ReadonlySet<string> = new Set([
  ...["Binary", "Bool", "Date", "DateTimeOffset", "Decimal", "Duration", "EnumMember", "Float", "Guid", "Int"],
  ...["String", "TimeOfDay", "AnnotationPath", "ModelElementPath", "NavigationPropertyPath", "Path", "PropertyPath"],
  "UrlRef",
]);

function constant(kind: string, raw: string, names: DocumentNames): JsonNode {
  if (kind === "String") return raw;
  const text = raw.trim();
  switch (kind) {
    case "Bool":
      return text === "true" || text === "false" ? text === "true" : text;
    case "Int":
    case "Decimal":
    case "Float":
      return jsonNumber(text);
    case "EnumMember":
      return membersOf(text).join(",");
    case "Path":
      return jsonObject([["$Path", names.short(text)]]);
    case "UrlRef":
      return jsonObject([["$UrlRef", text]]);
    case "AnnotationPath":
    case "ModelElementPath":
    case "NavigationPropertyPath":
    case "PropertyPath":
      return names.short(text);
  }
  return text;
}

/** The members of `Shop.Pattern/Red Shop.Pattern/Striped`. */
function membersOf(text: string): readonly string[] {
  return text.split(/\s+/).map((member) => member.slice(member.lastIndexOf("/") + 1));
}

const comparisons: ReadonlySet<string> = new Set(["Eq", "Ne", "Ge", "Gt", "Le", "Lt", "Has", "In"]);
const unary: ReadonlySet<string> = new Set(["Not", "Neg"]);

function expression(node: CsdlNode, names: DocumentNames): JsonNode {
  const annotations = annotationMembers(node, names);
  const inner = (each: CsdlNode) => expression(each, names);
  const operands = operandsOf(node);
  switch (node.kind) {
    case "Collection":
      return jsonList(operands.map(inner));
    case "Record":
      return record(node, names);
    case "Null":
      return annotations.length === 0 ? null : jsonObject([...annotations, ["$Null", null]]);
    case "LabeledElementReference":
      return jsonObject([["$LabeledElementReference", names.short(node.text.trim())]]);
    case "UrlRef":
      return operands.length === 0
        ? constant("UrlRef", node.text, names)
        : jsonObject([...annotations, ["$UrlRef", heldValue(node, names)]]);
    case "LabeledElement":
      return jsonObject([
        ...annotations,
        ["$LabeledElement", heldValue(node, names)],
        ["$Name", node.attributes.Name ?? ""],
      ]);
    case "Apply":
      return jsonObject([
        ["$Function", names.short(node.attributes.Function ?? "")],
        ...annotations,
        ["$Apply", jsonList(operands.map(inner))],
      ]);
    case "Cast":
    case "IsOf":
      return jsonObject([...castMembers(node, names), ...annotations, [`$${node.kind}`, heldValue(node, names)]]);
  }
  if (valueKinds.has(node.kind)) return constant(node.kind, node.text, names);
  const values = operands.map((each) => (comparisons.has(node.kind) ? comparand(each, names) : inner(each)));
  const [only = null] = values;
  return jsonObject([...annotations, [`$${node.kind}`, unary.has(node.kind) ? only : jsonList(values)]]);
}

/** An enum member beside a path: there its text alone would not tell its type. */
function comparand(node: CsdlNode, names: DocumentNames): JsonNode {
  if (node.kind !== "EnumMember") return expression(node, names);
  const text = node.text.trim();
  const type = text.slice(0, Math.max(text.indexOf("/"), 0));
  return jsonObject([
    ["$Cast", membersOf(text).join(",")],
    ["$Type", names.short(type)],
  ]);
}

function record(node: CsdlNode, names: DocumentNames): JsonNode {
  const type = node.attributes.Type;
  const values = node.children.flatMap((child): readonly JsonMember[] => {
    if (child.kind !== "PropertyValue") return [];
    const name = child.attributes.Property ?? "";
    return [...annotationMembers(child, names, name), [name, heldValue(child, names)]];
  });
  return jsonObject([
    ...(type === undefined ? [] : [["@type", `${names.uriOf(type)}#${names.short(type)}`] as const]),
    ...annotationMembers(node, names),
    ...values,
  ]);
}
