/** Prints the data contract as an OData CSDL JSON 4.01 document. */

import type {
  Annotation,
  DataContract,
  Entity,
  EnumType,
  Facets,
  Navigation,
  Operation,
  Property,
  TypeRef,
} from "../ir/schema.ts";
import { type AnnotationsOn, annotationsOf, operationTarget } from "./csdl-annotations.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

interface Printing {
  readonly namespace: string;
  readonly on: AnnotationsOn;
}

/** The same document as `csdlXml` prints, in JSON: indented by two spaces and ending in a newline. */
export function csdlJson(contract: DataContract): string {
  const { namespace } = contract;
  const printing = { namespace, on: annotationsOf(contract) };
  const schema = {
    ...annotationMembers(printing.on(namespace)),
    ...Object.fromEntries(contract.enums.map((each) => [each.name, enumMember(each, printing)])),
    ...Object.fromEntries(contract.entities.map((each) => [each.name, entityMember(each, printing)])),
    ...operationMembers(contract.operations, printing),
    [contract.container]: containerMember(contract, printing),
  };
  const document = {
    $Version: "4.01",
    $EntityContainer: `${namespace}.${contract.container}`,
    ...referenceMembers(contract),
    [namespace]: schema,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function referenceMembers(contract: DataContract): JsonObject {
  if (contract.references.length === 0) return {};
  const references = contract.references.map(({ uri, includes }): [string, JsonObject] => {
    const $Include = includes.map(({ namespace, alias }) => ({
      $Namespace: namespace,
      ...(alias === undefined ? {} : { $Alias: alias }),
    }));
    return [uri, includes.length === 0 ? {} : { $Include }];
  });
  return { $Reference: Object.fromEntries(references) };
}

function enumMember(enumType: EnumType, { namespace, on }: Printing): JsonObject {
  const target = `${namespace}.${enumType.name}`;
  const members = enumType.members.map((member) => ({
    [member.name]: member.value,
    ...annotationMembers(on(`${target}/${member.name}`), member.name),
  }));
  const underlying = enumType.underlyingType === undefined ? {} : { $UnderlyingType: enumType.underlyingType };
  return Object.assign({ $Kind: "EnumType", ...underlying }, ...members, annotationMembers(on(target)));
}

function entityMember(entity: Entity, printing: Printing): JsonObject {
  const target = `${printing.namespace}.${entity.name}`;
  return {
    $Kind: "EntityType",
    $Key: [entity.key],
    ...Object.fromEntries(entity.properties.map((each) => [each.name, propertyMember(each, target, printing)])),
    ...Object.fromEntries(entity.navigations.map((each) => [each.name, navigationMember(each, target, printing)])),
    ...annotationMembers(printing.on(target)),
  };
}

function propertyMember(property: Property, owner: string, { namespace, on }: Printing): JsonObject {
  const value = property.defaultValue;
  return {
    ...typeMembers(property.type, property, namespace),
    ...(value === undefined ? {} : { $DefaultValue: value }),
    ...annotationMembers(on(`${owner}/${property.name}`)),
  };
}

type Described = Facets & { readonly nullable: boolean };

/** In JSON, unlike XML, the default type is `Edm.String` and what is not said to be nullable is not. */
function typeMembers(type: TypeRef, described: Described, namespace: string): JsonObject {
  const single = type.kind === "collection" ? type.of : type;
  const name = single.kind === "primitive" ? single.name : `${namespace}.${single.name}`;
  return {
    ...(type.kind === "collection" ? { $Collection: true } : {}),
    ...(name === "Edm.String" ? {} : { $Type: name }),
    ...(described.nullable ? { $Nullable: true } : {}),
    ...(described.maxLength === undefined ? {} : { $MaxLength: described.maxLength }),
    ...(described.precision === undefined ? {} : { $Precision: described.precision }),
    ...(described.scale === undefined || described.scale === 0 ? {} : { $Scale: described.scale }),
  };
}

function navigationMember(navigation: Navigation, owner: string, { namespace, on }: Printing): JsonObject {
  const constraints = navigation.constraints.map(({ property, referencedProperty }) => [property, referencedProperty]);
  return {
    $Kind: "NavigationProperty",
    ...(navigation.collection ? { $Collection: true } : {}),
    $Type: `${namespace}.${navigation.target}`,
    ...(navigation.nullable && !navigation.collection ? { $Nullable: true } : {}),
    ...(navigation.partner === undefined ? {} : { $Partner: navigation.partner }),
    ...(navigation.containsTarget ? { $ContainsTarget: true } : {}),
    ...(constraints.length === 0 ? {} : { $ReferentialConstraint: Object.fromEntries(constraints) }),
    ...(navigation.onDelete === undefined ? {} : { $OnDelete: navigation.onDelete }),
    ...annotationMembers(on(`${owner}/${navigation.name}`)),
  };
}

/** Operations of one name are overloads and stand in one array. */
function operationMembers(operations: readonly Operation[], printing: Printing): JsonObject {
  const names = [...new Set(operations.map((operation) => operation.name))];
  const overloads = (name: string): Json =>
    operations.filter((operation) => operation.name === name).map((each) => operationMember(each, printing));
  return Object.fromEntries(names.map((name) => [name, overloads(name)]));
}

function operationMember(operation: Operation, { namespace, on }: Printing): JsonObject {
  const target = operationTarget(operation, namespace);
  const binding =
    operation.boundTo === undefined || operation.bindingParameter === undefined
      ? []
      : [{ $Name: operation.bindingParameter, $Type: `${namespace}.${operation.boundTo}` }];
  const others = operation.parameters.map((each) => ({
    $Name: each.name,
    ...typeMembers(each.type, each, namespace),
  }));
  const parameters = [...binding, ...others].map((each) => ({
    ...each,
    ...annotationMembers(on(`${target}/${each.$Name}`)),
  }));
  const returns = operation.returns;
  const facets = operation.returnFacets ?? { nullable: true };
  return {
    $Kind: operation.kind === "action" ? "Action" : "Function",
    ...(operation.boundTo === undefined ? {} : { $IsBound: true }),
    ...(parameters.length === 0 ? {} : { $Parameter: parameters }),
    ...(returns === undefined ? {} : { $ReturnType: typeMembers(returns, facets, namespace) }),
    ...annotationMembers(on(target)),
  };
}

function containerMember(contract: DataContract, { namespace, on }: Printing): JsonObject {
  const target = `${namespace}.${contract.container}`;
  const sets = contract.entitySets.map(({ name, entity, bindings }): [string, JsonObject] => [
    name,
    {
      $Collection: true,
      $Type: `${namespace}.${entity}`,
      ...(bindings.length === 0
        ? {}
        : { $NavigationPropertyBinding: Object.fromEntries(bindings.map((each) => [each.path, each.target])) }),
      ...annotationMembers(on(`${target}/${name}`)),
    },
  ]);
  const imports = contract.imports.map(({ name, kind, operation, entitySet }): [string, JsonObject] => [
    name,
    {
      [kind === "action" ? "$Action" : "$Function"]: `${namespace}.${operation}`,
      ...(entitySet === undefined ? {} : { $EntitySet: entitySet }),
      ...annotationMembers(on(`${target}/${name}`)),
    },
  ]);
  return { $Kind: "EntityContainer", ...Object.fromEntries([...sets, ...imports]), ...annotationMembers(on(target)) };
}

/** `@Term#Qualifier` members; those of an enum member carry its name in front, as it is no object itself. */
function annotationMembers(annotations: readonly Annotation[], owner = ""): JsonObject {
  return Object.fromEntries(
    annotations.map((annotation) => {
      const qualifier = annotation.qualifier === undefined ? "" : `#${annotation.qualifier}`;
      return [`${owner}@${annotation.term}${qualifier}`, annotationValue(annotation)];
    }),
  );
}

/** `Shop.Pattern/Red Shop.Pattern/Striped` is `Red,Striped` here (CSDL JSON 4.01, 14.3.6). */
function annotationValue({ expression, value }: Annotation): Json {
  if (expression !== "EnumMember" || typeof value !== "string") return value;
  const members = value.split(/\s+/).map((member) => member.slice(member.lastIndexOf("/") + 1));
  return members.join(",");
}
