/** Prints the data contract as an OData CSDL XML 4.01 document: what `$metadata` answers. */

import { typeText } from "../bind/contract-types.ts";
import type {
  Annotation,
  DataContract,
  Entity,
  EntitySet,
  EnumType,
  Facets,
  Navigation,
  Operation,
  OperationParameter,
  Property,
  TypeRef,
} from "../ir/schema.ts";
import { type AnnotationsOn, annotationsOf, operationTarget } from "./csdl-annotations.ts";
import { printXml, type XmlNode } from "./xml-print.ts";

interface Printing {
  readonly namespace: string;
  readonly on: AnnotationsOn;
}

/** The whole contract: declared and added properties, operations, container, annotations and their references. */
export function csdlXml(contract: DataContract): string {
  const { namespace } = contract;
  const printing = { namespace, on: annotationsOf(contract) };
  const schema: XmlNode = {
    name: "Schema",
    attributes: { xmlns: "http://docs.oasis-open.org/odata/ns/edm", Namespace: namespace },
    children: [
      ...annotationNodes(printing.on(namespace)),
      ...contract.enums.map((each) => enumNode(each, printing)),
      ...contract.entities.map((each) => entityNode(each, printing)),
      ...contract.operations.map((each) => operationNode(each, printing)),
      containerNode(contract, printing),
    ],
  };
  return printXml({
    name: "edmx:Edmx",
    attributes: { "xmlns:edmx": "http://docs.oasis-open.org/odata/ns/edmx", Version: "4.01" },
    children: [...referenceNodes(contract), { name: "edmx:DataServices", children: [schema] }],
  });
}

function referenceNodes(contract: DataContract): readonly XmlNode[] {
  return contract.references.map((reference) => ({
    name: "edmx:Reference",
    attributes: { Uri: reference.uri },
    children: reference.includes.map((include) => ({
      name: "edmx:Include",
      attributes: { Namespace: include.namespace, Alias: include.alias },
    })),
  }));
}

function enumNode(enumType: EnumType, { namespace, on }: Printing): XmlNode {
  const target = `${namespace}.${enumType.name}`;
  const members = enumType.members.map((member) => ({
    name: "Member",
    attributes: { Name: member.name, Value: String(member.value) },
    children: annotationNodes(on(`${target}/${member.name}`)),
  }));
  return {
    name: "EnumType",
    attributes: { Name: enumType.name, UnderlyingType: enumType.underlyingType },
    children: [...members, ...annotationNodes(on(target))],
  };
}

function entityNode(entity: Entity, printing: Printing): XmlNode {
  const target = `${printing.namespace}.${entity.name}`;
  return {
    name: "EntityType",
    attributes: { Name: entity.name },
    children: [
      { name: "Key", children: [{ name: "PropertyRef", attributes: { Name: entity.key } }] },
      ...entity.properties.map((property) => propertyNode(property, target, printing)),
      ...entity.navigations.map((navigation) => navigationNode(navigation, target, printing)),
      ...annotationNodes(printing.on(target)),
    ],
  };
}

function propertyNode(property: Property, owner: string, { namespace, on }: Printing): XmlNode {
  return {
    name: "Property",
    attributes: {
      Name: property.name,
      ...typeAttributes(property.type, property, namespace),
      DefaultValue: defaultText(property),
    },
    children: annotationNodes(on(`${owner}/${property.name}`)),
  };
}

/** Decimals are written without an exponent, which CSDL does not allow them. */
function defaultText({ defaultValue, type, scale }: Property): string | undefined {
  if (defaultValue === undefined || defaultValue === null) return undefined;
  const isDecimal = type.kind === "primitive" && type.name === "Edm.Decimal";
  return isDecimal && typeof defaultValue === "number" ? defaultValue.toFixed(scale ?? 0) : String(defaultValue);
}

type Described = Facets & { readonly nullable: boolean };

/** `Nullable` defaults to true, and a `Scale` that is absent is 0. */
function typeAttributes(type: TypeRef, described: Described, namespace: string): Record<string, string | undefined> {
  return {
    Type: typeText(type, namespace),
    Nullable: described.nullable ? undefined : "false",
    MaxLength: described.maxLength?.toString(),
    Precision: described.precision?.toString(),
    Scale: described.scale === 0 ? undefined : described.scale?.toString(),
  };
}

function navigationNode(navigation: Navigation, owner: string, { namespace, on }: Printing): XmlNode {
  const type = `${namespace}.${navigation.target}`;
  const constraints = navigation.constraints.map((constraint) => ({
    name: "ReferentialConstraint",
    attributes: { Property: constraint.property, ReferencedProperty: constraint.referencedProperty },
  }));
  const onDelete =
    navigation.onDelete === undefined ? [] : [{ name: "OnDelete", attributes: { Action: navigation.onDelete } }];
  return {
    name: "NavigationProperty",
    attributes: {
      Name: navigation.name,
      Type: navigation.collection ? `Collection(${type})` : type,
      Nullable: navigation.collection || navigation.nullable ? undefined : "false",
      Partner: navigation.partner,
      ContainsTarget: navigation.containsTarget ? "true" : undefined,
    },
    children: [...constraints, ...onDelete, ...annotationNodes(on(`${owner}/${navigation.name}`))],
  };
}

function operationNode(operation: Operation, printing: Printing): XmlNode {
  const { namespace, on } = printing;
  const target = operationTarget(operation, namespace);
  const parameter = (each: OperationParameter): XmlNode => ({
    name: "Parameter",
    attributes: { Name: each.name, ...typeAttributes(each.type, each, namespace) },
    children: annotationNodes(on(`${target}/${each.name}`)),
  });
  return {
    name: operation.kind === "action" ? "Action" : "Function",
    attributes: { Name: operation.name, IsBound: operation.boundTo === undefined ? undefined : "true" },
    children: [
      ...bindingNodes(operation, target, printing),
      ...operation.parameters.map(parameter),
      ...returnNodes(operation, namespace),
      ...annotationNodes(on(target)),
    ],
  };
}

function bindingNodes(operation: Operation, target: string, { namespace, on }: Printing): readonly XmlNode[] {
  if (operation.boundTo === undefined || operation.bindingParameter === undefined) return [];
  const name = operation.bindingParameter;
  const attributes = { Name: name, Type: `${namespace}.${operation.boundTo}`, Nullable: "false" };
  return [{ name: "Parameter", attributes, children: annotationNodes(on(`${target}/${name}`)) }];
}

function returnNodes(operation: Operation, namespace: string): readonly XmlNode[] {
  if (operation.returns === undefined) return [];
  const facets = operation.returnFacets ?? { nullable: true };
  return [{ name: "ReturnType", attributes: typeAttributes(operation.returns, facets, namespace) }];
}

function containerNode(contract: DataContract, { namespace, on }: Printing): XmlNode {
  const target = `${namespace}.${contract.container}`;
  const imports = contract.imports.map((each) => {
    const kind = each.kind === "action" ? "Action" : "Function";
    return {
      name: `${kind}Import`,
      attributes: { Name: each.name, [kind]: `${namespace}.${each.operation}`, EntitySet: each.entitySet },
      children: annotationNodes(on(`${target}/${each.name}`)),
    };
  });
  const set = (each: EntitySet): XmlNode => ({
    name: "EntitySet",
    attributes: { Name: each.name, EntityType: `${namespace}.${each.entity}` },
    children: [
      ...each.bindings.map(({ path, target: to }) => ({
        name: "NavigationPropertyBinding",
        attributes: { Path: path, Target: to },
      })),
      ...annotationNodes(on(`${target}/${each.name}`)),
    ],
  });
  return {
    name: "EntityContainer",
    attributes: { Name: contract.container },
    children: [...contract.entitySets.map(set), ...imports, ...annotationNodes(on(target))],
  };
}

function annotationNodes(annotations: readonly Annotation[]): readonly XmlNode[] {
  return annotations.map((annotation) => {
    const attributes = { Term: annotation.term, Qualifier: annotation.qualifier };
    const { expression, value } = annotation;
    if (typeof value !== "object" || value === null) {
      return { name: "Annotation", attributes: { ...attributes, [expression]: String(value) } };
    }
    const items = value.map((item) => ({ name: "String", text: item }));
    return { name: "Annotation", attributes, children: [{ name: "Collection", children: items }] };
  });
}
