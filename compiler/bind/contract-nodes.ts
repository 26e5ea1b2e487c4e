/** CSDL elements for what the automata say: the properties, actions and annotations that no document of the author has. */

import type { Span } from "../diagnostics/span.ts";
import type { CsdlNode } from "../ir/csdl-node.ts";
import type { AlternateKey } from "../ir/reaction.ts";
import type { Entity, EntitySet, EnumType, Facets, Operation, Property, TypeRef } from "../ir/schema.ts";
import { typeText } from "./contract-types.ts";

type Attributes = Readonly<Record<string, string | undefined>>;

interface Contents {
  readonly attributes?: Attributes;
  readonly children?: readonly CsdlNode[];
  readonly text?: string;
  readonly span: Span;
}

/** An element; attributes without a value are left out. */
export function csdlNode(kind: string, { attributes = {}, children = [], text = "", span }: Contents): CsdlNode {
  const given = Object.entries(attributes).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return { kind, attributes: Object.fromEntries(given), children, text, span };
}

/** The term that publishes an action's `hint`. */
export const hintTerm = "Temper.Vocab.Agent.Hint";

/** The hint of an action. */
export function hintNode(hint: string, span: Span): CsdlNode {
  return csdlNode("Annotation", { attributes: { Term: hintTerm, String: hint }, span });
}

/** The alternate keys of an entity type, as `Core.AlternateKeys` has them. */
export function alternateKeysNode(keys: readonly AlternateKey[], span: Span): CsdlNode {
  const core = (name: string) => `Org.OData.Core.V1.${name}`;
  const value = (property: string, of: { readonly attributes?: Attributes; readonly children?: readonly CsdlNode[] }) =>
    csdlNode("PropertyValue", { ...of, attributes: { Property: property, ...of.attributes }, span });
  const collection = (children: readonly CsdlNode[]) => csdlNode("Collection", { children, span });
  const records = keys.map(({ properties }) => {
    const refs = properties.map((name) => {
      const children = [
        value("Name", { attributes: { PropertyPath: name } }),
        value("Alias", { attributes: { String: name } }),
      ];
      return csdlNode("Record", { attributes: { Type: core("PropertyRef") }, children, span });
    });
    const children = [value("Key", { children: [collection(refs)] })];
    return csdlNode("Record", { attributes: { Type: core("AlternateKey") }, children, span });
  });
  return csdlNode("Annotation", { attributes: { Term: core("AlternateKeys") }, children: [collection(records)], span });
}

/** A property that the automaton adds. */
export function propertyNode(property: Property, namespace: string): CsdlNode {
  const { name, span } = property;
  return csdlNode("Property", {
    attributes: { Name: name, ...typeAttributes(property.type, property, namespace) },
    span,
  });
}

/** An entity type with its key and properties. */
export function entityNode({ name, key, properties, span }: Entity, namespace: string): CsdlNode {
  const ref = csdlNode("PropertyRef", { attributes: { Name: key }, span });
  const children = [
    csdlNode("Key", { children: [ref], span }),
    ...properties.map((property) => propertyNode(property, namespace)),
  ];
  return csdlNode("EntityType", { attributes: { Name: name }, children, span });
}

/** An enum type with the values of its members. */
export function enumNode({ name, members, span }: EnumType): CsdlNode {
  const children = members.map((member) =>
    csdlNode("Member", { attributes: { Name: member.name, Value: String(member.value) }, span }),
  );
  return csdlNode("EnumType", { attributes: { Name: name }, children, span });
}

/** An action with its parameters and what it returns. */
export function actionNode(operation: Operation, namespace: string): CsdlNode {
  const { name, boundTo, bindingParameter, parameters, returns, returnFacets = { nullable: true }, span } = operation;
  const binding = { Name: bindingParameter, Type: `${namespace}.${boundTo}`, Nullable: "false" };
  const children = [
    ...(boundTo === undefined ? [] : [csdlNode("Parameter", { attributes: binding, span })]),
    ...parameters.map((each) => {
      const attributes = { Name: each.name, ...typeAttributes(each.type, each, namespace) };
      return csdlNode("Parameter", { attributes, span: each.span });
    }),
    ...(returns === undefined
      ? []
      : [csdlNode("ReturnType", { attributes: typeAttributes(returns, returnFacets, namespace), span })]),
  ];
  const attributes = { Name: name, IsBound: boundTo === undefined ? undefined : "true" };
  return csdlNode("Action", { attributes, children, span });
}

/** A container of those sets. */
export function containerNode(
  { container, entitySets }: { readonly container: string; readonly entitySets: readonly EntitySet[] },
  namespace: string,
  span: Span,
): CsdlNode {
  const children = entitySets.map(({ name, entity, span: at }) =>
    csdlNode("EntitySet", { attributes: { Name: name, EntityType: `${namespace}.${entity}` }, span: at }),
  );
  return csdlNode("EntityContainer", { attributes: { Name: container }, children, span });
}

/** `Nullable` defaults to true, and a `Scale` that is absent is 0. */
function typeAttributes(type: TypeRef, facets: Facets & { readonly nullable: boolean }, namespace: string): Attributes {
  return {
    Type: typeText(type, namespace),
    Nullable: facets.nullable ? undefined : "false",
    MaxLength: facets.maxLength?.toString(),
    Precision: facets.precision?.toString(),
    Scale: facets.scale === 0 ? undefined : facets.scale?.toString(),
  };
}
