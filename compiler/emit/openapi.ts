/** Prints an OpenAPI 3.1 document of the service: sets, keys, bound actions and unbound operations. */

import type { Program } from "../ir/program.ts";
import type { AlternateKey } from "../ir/reaction.ts";
import type { DataContract, Entity, EntitySet, Operation } from "../ir/schema.ts";
import { type Json, type JsonObject, openApiSchemas, schemaRef, valueSchema } from "./openapi-schemas.ts";

/** The document as JSON, indented by two spaces and ending in a newline; paths in the order of the contract. */
export function openApi(program: Program): string {
  const { contract } = program;
  const paths = [
    ...contract.entitySets.flatMap((set) => setPaths(set, program)),
    ...contract.imports.flatMap((each) => importPath(each, contract)),
  ];
  const document = {
    openapi: "3.1.0",
    info: { title: program.name, version: "1", ...program.about },
    servers: [{ url: "/tdata" }],
    security: [{ bearer: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: "An API key of the service." } },
      parameters: sharedParameters,
      responses: { Error: { description: "The request was refused.", content: json(schemaRef("odata.error")) } },
      schemas: openApiSchemas(program),
    },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

type Path = [string, JsonObject];

function setPaths(set: EntitySet, { contract, automata }: Program): readonly Path[] {
  const entity = contract.entities.find((each) => each.name === set.entity);
  if (entity === undefined) return [];
  const key = keyOf(entity);
  const alternateKeys = automata.find(({ name }) => name === entity.automaton)?.keys ?? [];
  const bound = contract.operations.filter((each) => each.boundTo === entity.name);
  const actions = bound.filter(({ kind }) => kind === "action");
  const at = `/${set.name}(${key.text})/${contract.namespace}.`;
  return [
    [`/${set.name}`, collectionItem(set, entity)],
    [`/${set.name}(${key.text})`, { parameters: [key.parameter], ...entityItem(set, entity) }],
    ...alternateKeys.map((each) => alternateKeyPath(each, set, entity)),
    ...actions.map(
      (action): Path => [at + action.name, { parameters: [key.parameter], post: actionMember(set, action) }],
    ),
    ...bound
      .filter(({ kind }) => kind === "function")
      .map((each): Path => {
        const { path, get } = functionItem(each, `${set.name}.${each.name}`);
        return [at + path, { parameters: [key.parameter], get: { ...get, tags: [set.name] } }];
      }),
  ];
}

/** The entity by an alternate key; what can be done with it by its key can be done by this one too. */
function alternateKeyPath({ name, properties }: AlternateKey, set: EntitySet, entity: Entity): Path {
  const parts = properties.map((property) => ({ property, ...keyOf(entity, property) }));
  const text = parts.map((part) => `${part.property}=${part.text}`).join(",");
  const { get } = entityItem(set, entity);
  const read = typeof get === "object" && get !== null ? { ...get, operationId: `${set.name}.read.${name}` } : {};
  return [`/${set.name}(${text})`, { parameters: parts.map(({ parameter }) => parameter), get: read }];
}

/** How a value of a key stands in a path: text in quotes, numbers and GUIDs without. */
function keyOf(entity: Entity, name = entity.key): { readonly text: string; readonly parameter: JsonObject } {
  const property = entity.properties.find((each) => each.name === name);
  const type = property?.type ?? { kind: "primitive", name: "Edm.String" };
  const quoted = type.kind === "enum" || (type.kind === "primitive" && type.name === "Edm.String");
  const schema = valueSchema(type, { ...property, nullable: false });
  return {
    text: quoted ? `'{${name}}'` : `{${name}}`,
    parameter: { name, in: "path", required: true, schema },
  };
}

function collectionItem(set: EntitySet, entity: Entity): JsonObject {
  const page = {
    type: "object",
    properties: {
      "@odata.context": { type: "string" },
      "@odata.count": { type: "integer" },
      "@odata.nextLink": { type: "string" },
      value: { type: "array", items: schemaRef(entity.name) },
    },
    required: ["value"],
  };
  return {
    get: {
      operationId: `${set.name}.list`,
      tags: [set.name],
      parameters: ["filter", "select", "orderby", "top", "skip", "count"].map(parameterRef),
      responses: { "200": { description: "A page of the set.", content: json(page) }, ...refused },
    },
    post: {
      operationId: `${set.name}.create`,
      tags: [set.name],
      parameters: [parameterRef("idempotency-key")],
      requestBody: { required: true, content: json(schemaRef(`${entity.name}.create`)) },
      responses: { "201": { description: "Created.", content: json(schemaRef(entity.name)) }, ...refused },
    },
  };
}

function entityItem(set: EntitySet, entity: Entity): JsonObject {
  const found = { description: "The entity.", content: json(schemaRef(entity.name)) };
  return {
    get: {
      operationId: `${set.name}.read`,
      tags: [set.name],
      parameters: [parameterRef("select")],
      responses: { "200": found, ...refused },
    },
    patch: {
      operationId: `${set.name}.update`,
      tags: [set.name],
      parameters: [parameterRef("if-match"), parameterRef("idempotency-key")],
      requestBody: { required: true, content: json(schemaRef(`${entity.name}.update`)) },
      responses: { "200": found, ...refused },
    },
    delete: {
      operationId: `${set.name}.delete`,
      tags: [set.name],
      parameters: [parameterRef("if-match"), parameterRef("idempotency-key")],
      responses: { "204": { description: "Deleted." }, ...refused },
    },
  };
}

function actionMember(set: EntitySet, action: Operation): JsonObject {
  const success = action.boundTo === undefined ? {} : { content: json(schemaRef(action.boundTo)) };
  return {
    operationId: `${set.name}.${action.name}`,
    tags: [set.name],
    parameters: [parameterRef("if-match"), parameterRef("idempotency-key")],
    ...bodyOf(action),
    responses: { "200": { description: "The entity after the action.", ...success }, ...refused },
  };
}

function bodyOf(operation: Operation): JsonObject {
  if (operation.parameters.length === 0) return {};
  const properties = operation.parameters.map((each): [string, Json] => [each.name, valueSchema(each.type, each)]);
  const required = operation.parameters.filter((each) => !each.nullable).map((each) => each.name);
  const schema = { type: "object", properties: Object.fromEntries(properties), required, additionalProperties: false };
  return { requestBody: { required: required.length > 0, content: json(schema) } };
}

function importPath(imported: DataContract["imports"][number], contract: DataContract): readonly Path[] {
  const operation = contract.operations.find(
    (each) => each.boundTo === undefined && each.kind === imported.kind && each.name === imported.operation,
  );
  if (operation === undefined) return [];
  if (operation.kind === "action") {
    const responses = { ...resultOf(operation), ...refused };
    return [[`/${imported.name}`, { post: { operationId: imported.name, responses, ...bodyOf(operation) } }]];
  }
  const { path, get } = functionItem({ ...operation, name: imported.name }, imported.name);
  return [[`/${path}`, { get }]];
}

/** A function's segment with its parameters, and how it is called there. */
function functionItem(operation: Operation, operationId: string): { readonly path: string; readonly get: JsonObject } {
  const parameters = operation.parameters.map((each) => ({
    name: each.name,
    in: "path",
    required: true,
    description: "As an OData literal: text stands in single quotes.",
    schema: valueSchema(each.type, { ...each, nullable: false }),
  }));
  const written = operation.parameters.map((each) => `${each.name}={${each.name}}`).join(",");
  const responses = { ...resultOf(operation), ...refused };
  return { path: `${operation.name}(${written})`, get: { operationId, responses, parameters } };
}

function resultOf(operation: Operation): JsonObject {
  if (operation.returns === undefined) return { "204": { description: "Done." } };
  const facets = operation.returnFacets ?? { nullable: true };
  const value = valueSchema(operation.returns, facets);
  const isEntity = operation.returns.kind === "entity";
  const body = isEntity ? value : { type: "object", properties: { value }, required: ["value"] };
  return { "200": { description: "The result.", content: json(body) } };
}

function json(schema: JsonObject): JsonObject {
  return { "application/json": { schema } };
}

function parameterRef(name: string): JsonObject {
  return { $ref: `#/components/parameters/${name}` };
}

const refused: JsonObject = { default: { $ref: "#/components/responses/Error" } };

function queryOption(name: string, description: string, schema: JsonObject): JsonObject {
  return { name: `$${name}`, in: "query", description, schema };
}

const sharedParameters: JsonObject = {
  filter: queryOption("filter", "A condition, such as Status eq 'Paid'.", { type: "string" }),
  select: queryOption("select", "The properties to return, separated by commas.", { type: "string" }),
  orderby: queryOption("orderby", "Properties, each with asc or desc.", { type: "string" }),
  top: queryOption("top", "At most so many entities.", { type: "integer", minimum: 0 }),
  skip: queryOption("skip", "So many entities are passed over.", { type: "integer", minimum: 0 }),
  count: queryOption("count", "Whether to count all that match.", { type: "boolean" }),
  "if-match": {
    name: "If-Match",
    in: "header",
    description: "The entity tag that the caller has seen.",
    schema: { type: "string" },
  },
  "idempotency-key": {
    name: "Idempotency-Key",
    in: "header",
    description: "The same key with the same request is carried out once.",
    schema: { type: "string" },
  },
};
