/** Prints an OpenAPI 3.1 document of the service: sets, keys, navigation, operations, and what the service has as a whole. */

import type { Program } from "../ir/program.ts";
import type { AlternateKey } from "../ir/reaction.ts";
import type { DataContract, Entity, EntitySet, Navigation, Operation } from "../ir/schema.ts";
import { collectionItem, entityItem, referenceItem } from "./openapi-entities.ts";
import { json, parameterRef, refused, sharedParameters, sharedResponses } from "./openapi-parts.ts";
import { type Json, type JsonObject, openApiSchemas, schemaRef, valueSchema } from "./openapi-schemas.ts";
import { servicePaths } from "./openapi-service.ts";

/** The document as JSON, indented by two spaces and ending in a newline; paths in the order of the contract. */
export function openApi(program: Program): string {
  const { contract } = program;
  const paths = [
    ...contract.entitySets.flatMap((set) => setPaths(set, program)),
    ...contract.imports.flatMap((each) => importPath(each, contract)),
    ...Object.entries(servicePaths),
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
      responses: sharedResponses,
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
  const naming = { id: set.name, tag: set.name };
  return [
    [`/${set.name}`, collectionItem(naming, entity)],
    [`/${set.name}(${key.text})`, { parameters: [key.parameter], ...entityItem(naming, entity) }],
    ...entity.navigations.flatMap((each) => navigationPaths(each, { set, entity, contract })),
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

interface Place {
  readonly set: EntitySet;
  readonly entity: Entity;
  readonly contract: DataContract;
}

/** What a navigation property leads to, and `$ref`; nothing where the contract does not say how the entities belong together. */
function navigationPaths(navigation: Navigation, { set, entity, contract }: Place): readonly Path[] {
  const { name, partner, constraints, collection } = navigation;
  const target = contract.entities.find((each) => each.name === navigation.target);
  const back = target?.navigations.find((each) => partner !== undefined && each.name === partner)?.constraints ?? [];
  const isInSet = contract.entitySets.some((each) => each.entity === target?.name);
  if (target === undefined || !isInSet || (constraints.length === 0 && back.length === 0)) return [];
  const key = keyOf(entity);
  const at = `/${set.name}(${key.text})/${name}`;
  const naming = { id: `${set.name}.to.${name}`, tag: set.name };
  const parameters = [key.parameter];
  const end = collection ? collectionItem(naming, target) : entityItem(naming, target, "navigation");
  return [
    [at, { parameters, ...end }],
    [`${at}/$ref`, { parameters, ...referenceItem(naming, collection) }],
  ];
}

/** The entity by an alternate key; what can be done with it by its key can be done by this one too. */
function alternateKeyPath({ name, properties }: AlternateKey, set: EntitySet, entity: Entity): Path {
  const parts = properties.map((property) => ({ property, ...keyOf(entity, property) }));
  const text = parts.map((part) => `${part.property}=${part.text}`).join(",");
  const { get } = entityItem({ id: set.name, tag: set.name }, entity);
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

function actionMember(set: EntitySet, action: Operation): JsonObject {
  const success = action.boundTo === undefined ? {} : { content: json(schemaRef(action.boundTo)) };
  return {
    operationId: `${set.name}.${action.name}`,
    tags: [set.name],
    parameters: ["if-match", "if-none-match", "idempotency-key"].map(parameterRef),
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
