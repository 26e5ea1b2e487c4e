/** The elements of a schema in CSDL JSON 4.01: types, operations, terms and the container. */

import type { DocumentNames } from "../ir/csdl-names.ts";
import type { CsdlNode } from "../ir/csdl-node.ts";
import { defaultMembers, navigationTypeMembers, typeMembers } from "./csdl-json-types.ts";
import { annotationMembers } from "./csdl-json-values.ts";
import { type JsonMember, type JsonNode, jsonList, jsonNumber, jsonObject } from "./json-print.ts";

/** A type or a term of a schema, or a property of a type; undefined for elements of other kinds. */
export function memberOf(node: CsdlNode, names: DocumentNames): JsonNode | undefined {
  switch (node.kind) {
    case "EntityType":
    case "ComplexType":
      return structuredMember(node, names);
    case "EnumType":
      return enumMember(node, names);
    case "TypeDefinition":
      return jsonObject([
        ...kindOf(node),
        ...typeMembers(node, names, "UnderlyingType"),
        ...annotationMembers(node, names),
      ]);
    case "Term":
      return termMember(node, names);
    case "Property":
      return jsonObject([
        ...typeMembers(node, names),
        ...defaultMembers(node, names),
        ...annotationMembers(node, names),
      ]);
    case "NavigationProperty":
      return navigationMember(node, names);
  }
  return undefined;
}

/** One overload of an action or function. */
export function operationMember(node: CsdlNode, names: DocumentNames): JsonNode {
  const parameters = childrenOf(node, "Parameter").map((each) =>
    jsonObject([["$Name", each.attributes.Name ?? ""], ...typeMembers(each, names), ...annotationMembers(each, names)]),
  );
  const returns = childrenOf(node, "ReturnType").map((each): JsonMember => {
    return ["$ReturnType", jsonObject([...typeMembers(each, names), ...annotationMembers(each, names)])];
  });
  return jsonObject([
    ...kindOf(node),
    ...flags(node, ["IsBound", "IsComposable"]),
    ...texts(node, ["EntitySetPath"], names),
    ...(parameters.length === 0 ? [] : [["$Parameter", jsonList(parameters)] as const]),
    ...returns,
    ...annotationMembers(node, names),
  ]);
}

/** The container of a schema. Paths into the container itself do without its name. */
export function containerMember(container: CsdlNode, schema: CsdlNode, names: DocumentNames): JsonNode {
  const { Namespace: namespace = "" } = schema.attributes;
  const own = names.short(`${namespace}.${container.attributes.Name ?? ""}`);
  const target = (path: string) => {
    const short = names.short(path);
    return short.startsWith(`${own}/`) ? short.slice(own.length + 1) : short;
  };
  const children = container.children.flatMap((child): readonly JsonMember[] => {
    if (child.kind === "Annotation") return [];
    const parts = [...childMembers(child, { names, target }), ...annotationMembers(child, names)];
    return [[child.attributes.Name ?? "", jsonObject(parts)]];
  });
  return jsonObject([
    ...kindOf(container),
    ...texts(container, ["Extends"], names),
    ...children,
    ...annotationMembers(container, names),
  ]);
}

interface Container {
  readonly names: DocumentNames;
  /** The path to a set or singleton. */
  readonly target: (path: string) => string;
}

function childMembers(child: CsdlNode, { names, target }: Container): readonly JsonMember[] {
  const { EntityType: entityType = "", EntitySet: set, IncludeInServiceDocument: included } = child.attributes;
  const inSet = set === undefined ? [] : [["$EntitySet", target(set)] as const];
  const bindings = childrenOf(child, "NavigationPropertyBinding").map(
    ({ attributes: { Path: path = "", Target: to = "" } }): JsonMember => [names.short(path), target(to)],
  );
  const bound = bindings.length === 0 ? [] : [["$NavigationPropertyBinding", jsonObject(bindings)] as const];
  switch (child.kind) {
    case "EntitySet":
      return [
        ["$Collection", true],
        ["$Type", names.short(entityType)],
        ...(included === "false" ? [["$IncludeInServiceDocument", false] as const] : []),
        ...bound,
      ];
    case "Singleton":
      return [...texts(child, ["Type"], names), ...flags(child, ["Nullable"]), ...bound];
    case "ActionImport":
      return [...texts(child, ["Action"], names), ...inSet];
  }
  return [...texts(child, ["Function"], names), ...inSet, ...flags(child, ["IncludeInServiceDocument"])];
}

function structuredMember(node: CsdlNode, names: DocumentNames): JsonNode {
  const properties = node.children.flatMap((child): readonly JsonMember[] => {
    const member = memberOf(child, names);
    return member === undefined ? [] : [[child.attributes.Name ?? "", member]];
  });
  return jsonObject([
    ...kindOf(node),
    ...texts(node, ["BaseType"], names),
    ...flags(node, ["Abstract", "OpenType", "HasStream"]),
    ...keyMembers(node),
    ...properties,
    ...annotationMembers(node, names),
  ]);
}

function keyMembers(node: CsdlNode): readonly JsonMember[] {
  return childrenOf(node, "Key").map((key) => {
    const refs = childrenOf(key, "PropertyRef").map(({ attributes: { Name: name = "", Alias: alias } }) =>
      alias === undefined ? name : jsonObject([[alias, name]]),
    );
    return ["$Key", jsonList(refs)];
  });
}

function navigationMember(node: CsdlNode, names: DocumentNames): JsonNode {
  const constraints = childrenOf(node, "ReferentialConstraint").flatMap((each): readonly JsonMember[] => {
    const { Property: property = "", ReferencedProperty: referenced = "" } = each.attributes;
    return [[property, referenced], ...annotationMembers(each, names, property)];
  });
  const onDelete = childrenOf(node, "OnDelete").flatMap((each): readonly JsonMember[] => [
    ["$OnDelete", each.attributes.Action ?? ""],
    ...annotationMembers(each, names, "$OnDelete"),
  ]);
  return jsonObject([
    ...kindOf(node),
    ...navigationTypeMembers(node, names),
    ...texts(node, ["Partner"], names),
    ...flags(node, ["ContainsTarget"]),
    ...(constraints.length === 0 ? [] : [["$ReferentialConstraint", jsonObject(constraints)] as const]),
    ...onDelete,
    ...annotationMembers(node, names),
  ]);
}

/** Members without values count up from 0 (CSDL 4.01, 10.3). */
function enumMember(node: CsdlNode, names: DocumentNames): JsonNode {
  const listed = childrenOf(node, "Member").flatMap((each, index): readonly JsonMember[] => {
    const { Name: name = "", Value: value = String(index) } = each.attributes;
    return [[name, jsonNumber(value)], ...annotationMembers(each, names, name)];
  });
  return jsonObject([
    ...kindOf(node),
    ...texts(node, ["UnderlyingType"], names),
    ...flags(node, ["IsFlags"]),
    ...listed,
    ...annotationMembers(node, names),
  ]);
}

function termMember(node: CsdlNode, names: DocumentNames): JsonNode {
  const appliesTo = (node.attributes.AppliesTo ?? "").split(/\s+/).filter((word) => word !== "");
  return jsonObject([
    ...kindOf(node),
    ...typeMembers(node, names),
    ...texts(node, ["BaseTerm"], names),
    ...defaultMembers(node, names),
    ...(appliesTo.length === 0 ? [] : [["$AppliesTo", jsonList(appliesTo)] as const]),
    ...annotationMembers(node, names),
  ]);
}

function kindOf({ kind }: CsdlNode): readonly JsonMember[] {
  return [["$Kind", kind]];
}

function childrenOf(node: CsdlNode, kind: string): readonly CsdlNode[] {
  return node.children.filter((child) => child.kind === kind);
}

/** Attributes that are names or paths, each under its name with a `$`. */
function texts(node: CsdlNode, attributes: readonly string[], names: DocumentNames): readonly JsonMember[] {
  return attributes.flatMap((name) => {
    const value = node.attributes[name];
    return value === undefined ? [] : [[`$${name}`, names.short(value)] as const];
  });
}

/** Attributes that say `true`; in JSON every such member is false where it is absent. */
function flags(node: CsdlNode, attributes: readonly string[]): readonly JsonMember[] {
  return attributes.flatMap((name) => (node.attributes[name] === "true" ? [[`$${name}`, true] as const] : []));
}
