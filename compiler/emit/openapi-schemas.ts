/** The JSON schemas of an OpenAPI document: what entities, their writable parts, enums and parameters look like. */

import type { Program } from "../ir/program.ts";
import type { Entity, EnumType, Facets, Property, TypeRef } from "../ir/schema.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** Reference to a schema of this document. Names with a dot are ours: no entity type or enum can have one. */
export function schemaRef(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** All schemas by name: every entity type as it is read, listed, created and changed, every enum, references, and the error. */
export function openApiSchemas({ contract, automata }: Pick<Program, "contract" | "automata">): JsonObject {
  const given = automata.filter(({ keys }) => keys.some(({ isEntityId }) => isEntityId)).map(({ name }) => name);
  const enums = contract.enums.map((each): [string, Json] => [each.name, enumSchema(each)]);
  const entities = contract.entities.flatMap((entity): [string, Json][] => [
    [entity.name, readSchema(entity)],
    [`${entity.name}.page`, pageOf(schemaRef(entity.name))],
    [`${entity.name}.create`, createSchema(entity, given.includes(entity.automaton ?? ""))],
    [`${entity.name}.update`, updateSchema(entity)],
  ]);
  const references = pageOf(schemaRef("odata.reference"));
  const shared = { "odata.reference": referenceSchema, "odata.references": references, "odata.error": errorSchema };
  return { ...Object.fromEntries([...enums, ...entities]), ...shared };
}

function enumSchema({ flags, members: all }: EnumType): JsonObject {
  const names = all.map(({ name }) => name);
  if (!flags) return { type: "string", enum: names };
  return { type: "string", description: `Any of these, with commas between them: ${names.join(", ")}.` };
}

interface Described extends Facets {
  readonly nullable: boolean;
}

/** The schema of a property, parameter or return value. */
export function valueSchema(type: TypeRef, described: Described): JsonObject {
  if (type.kind === "collection") return { type: "array", items: singleSchema(type.of, described) };
  const schema = singleSchema(type, described);
  if (!described.nullable) return schema;
  if (typeof schema.type === "string") return { ...schema, type: [schema.type, "null"] };
  return { anyOf: [schema, { type: "null" }] };
}

function singleSchema(type: Exclude<TypeRef, { kind: "collection" }>, facets: Facets): JsonObject {
  if (type.kind !== "primitive") return schemaRef(type.name);
  switch (type.name) {
    case "Edm.String":
      return facets.maxLength === undefined ? { type: "string" } : { type: "string", maxLength: facets.maxLength };
    case "Edm.Boolean":
      return { type: "boolean" };
    case "Edm.Byte":
      return { type: "integer", minimum: 0, maximum: 255 };
    case "Edm.SByte":
      return { type: "integer", minimum: -128, maximum: 127 };
    case "Edm.Int16":
      return { type: "integer", minimum: -32_768, maximum: 32_767 };
    case "Edm.Int32":
      return { type: "integer", format: "int32" };
    case "Edm.Int64":
      return { type: "integer", format: "int64" };
    case "Edm.Decimal":
      return { type: "number", format: "decimal" };
    case "Edm.Double":
      return { type: "number", format: "double" };
    case "Edm.Single":
      return { type: "number", format: "float" };
    case "Edm.Guid":
      return { type: "string", format: "uuid" };
    case "Edm.Date":
      return { type: "string", format: "date" };
    case "Edm.DateTimeOffset":
      return { type: "string", format: "date-time" };
    case "Edm.TimeOfDay":
      return { type: "string", format: "time" };
    case "Edm.Duration":
      return { type: "string", format: "duration" };
    case "Edm.Binary":
      return { type: "string", format: "base64url" };
  }
}

function propertySchema(property: Property): JsonObject {
  const schema = valueSchema(property.type, property);
  const owned = property.role === "status" || property.role === "variable";
  return {
    ...schema,
    ...(property.defaultValue === undefined ? {} : { default: property.defaultValue }),
    ...(owned ? { readOnly: true } : {}),
  };
}

/** Values of complex types are objects with the members that are called by paths below them. */
function members(properties: readonly Property[], path = ""): JsonObject {
  const own = properties.filter(({ name, isHidden }) => {
    return isHidden !== true && name.startsWith(path) && !name.slice(path.length).includes("/");
  });
  return Object.fromEntries(
    own.map((property) => {
      const name = property.name.slice(path.length);
      if (property.complexType === undefined) return [name, propertySchema(property)];
      const type = property.nullable && property.isNeeded === undefined ? ["object", "null"] : "object";
      const inside = members(properties, `${property.name}/`);
      return [name, { type, properties: inside, additionalProperties: false }];
    }),
  );
}

/** Nothing is required: `$select` may leave out any of it. */
function readSchema(entity: Entity): JsonObject {
  const etag = { type: "string", readOnly: true, description: "The entity tag, for If-Match." };
  return { type: "object", properties: { "@odata.etag": etag, ...members(entity.properties) } };
}

/** The key and the caller's own properties; what is neither nullable nor defaulted must be there. */
/** Where a property gives the entity its id, the id itself need not be given. */
function createSchema(entity: Entity, hasGivenId: boolean): JsonObject {
  const own = entity.properties.filter(({ role, isHidden }) => {
    return isHidden !== true && (role === "key" || role === "part" || role === "field");
  });
  const required = own
    .filter(
      (each) =>
        !(hasGivenId && each.role === "key") &&
        !each.nullable &&
        each.defaultValue === undefined &&
        each.type.kind !== "collection" &&
        !each.name.includes("/"),
    )
    .map((property) => property.name);
  return { type: "object", properties: members(own), required, additionalProperties: false };
}

function updateSchema(entity: Entity): JsonObject {
  const own = entity.properties.filter((property) => property.role === "field");
  return { type: "object", properties: members(own), additionalProperties: false };
}

function pageOf(item: JsonObject): JsonObject {
  return {
    type: "object",
    properties: {
      "@odata.context": { type: "string" },
      "@odata.count": { type: "integer" },
      "@odata.nextLink": { type: "string" },
      value: { type: "array", items: item },
    },
    required: ["value"],
  };
}

const referenceSchema: JsonObject = {
  type: "object",
  properties: { "@odata.id": { type: "string", description: "The URL of an entity, such as Orders('7')." } },
  required: ["@odata.id"],
};

/** The error body of OData JSON 4.01, section 21.1. */
const errorSchema: JsonObject = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: {
        code: { type: "string" },
        message: { type: "string" },
        target: { type: "string" },
        details: { type: "array", items: { type: "object" } },
      },
      required: ["code", "message"],
    },
  },
  required: ["error"],
};
