/** Prints an OpenAPI 3.1 document of the service: sets, keys, singletons, navigation, operations, and what the service has as a whole. */

import type { Program } from "../ir/program.ts";
import type { AlternateKey } from "../ir/reaction.ts";
import type { DataContract, Entity, EntitySet, Navigation, Operation, Singleton } from "../ir/schema.ts";
import {
  collectionItem,
  deltaOperation,
  entityItem,
  mediaItem,
  type Naming,
  referenceItem,
} from "./openapi-entities.ts";
import { json, parameterRef, refused, sharedParameters, sharedResponses } from "./openapi-parts.ts";
import { type Json, type JsonObject, openApiSchemas, schemaRef, valueSchema } from "./openapi-schemas.ts";
import { servicePaths } from "./openapi-service.ts";

/** The document as JSON, indented by two spaces and ending in a newline; paths in the order of the contract. */
export function openApi(program: Program): string {
  const { contract } = program;
  const paths = [
    ...contract.entitySets.flatMap((set) => setPaths(set, program)),
    ...contract.singletons.flatMap((each) => singletonPaths(each, contract)),
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
  const naming = { id: set.name, tag: set.name };
  const one = { at: `/${set.name}(${key.text})`, naming, parameters: key.parameters };
  return [
    [`/${set.name}`, { ...collectionItem(naming, entity), patch: deltaOperation(naming) }],
    [one.at, { parameters: one.parameters, ...entityItem(naming, entity) }],
    ...streamPaths(one, entity),
    ...entity.navigations.flatMap((each) => navigationPaths(each, { one, contract })),
    ...alternateKeys.map((each) => alternateKeyPath(each, set, entity)),
    ...boundPaths({ ...one, at: `${one.at}/${contract.namespace}.` }, entity, contract),
  ];
}

/** The entity that a singleton is; one that is always there cannot be deleted. */
function singletonPaths({ name, entity: type, nullable }: Singleton, contract: DataContract): readonly Path[] {
  const entity = contract.entities.find((each) => each.name === type);
  if (entity === undefined) return [];
  const one = { at: `/${name}`, naming: { id: name, tag: name }, parameters: [] };
  return [
    [one.at, entityItem(one.naming, entity, nullable ? "name" : "standing")],
    ...streamPaths(one, entity),
    ...entity.navigations.flatMap((each) => navigationPaths(each, { one, contract })),
    ...boundPaths({ ...one, at: `${one.at}/${contract.namespace}.` }, entity, contract),
  ];
}

/** The streams of an entity. */
function streamPaths({ at, naming, parameters }: Within, { properties }: Entity): readonly Path[] {
  const streams = properties.filter(({ role }) => role === "stream");
  return streams.map(({ name }): Path => {
    const own = { ...naming, id: `${naming.id}.${name === "$value" ? "media" : name}` };
    return [`${at}/${name}`, { parameters, ...mediaItem(own, name === "$value" ? "entity" : "property") }];
  });
}

/** What can be asked of one entity, its actions before its functions. */
function boundPaths({ at, naming, parameters }: Within, entity: Entity, { operations }: DataContract): readonly Path[] {
  const bound = operations.filter((each) => each.boundTo === entity.name);
  const tags = [naming.tag];
  return [
    ...bound
      .filter(({ kind }) => kind === "action")
      .map((action): Path => [at + action.name, { parameters, post: actionMember(naming, action) }]),
    ...bound
      .filter(({ kind }) => kind === "function")
      .map((each): Path => {
        const { path, get } = functionItem(each, `${naming.id}.${each.name}`);
        return [at + path, { parameters, get: { ...get, tags } }];
      }),
  ];
}

interface Place {
  /** The entity that it leads away from. */
  readonly one: Within;
  readonly contract: DataContract;
}

/** What a navigation property leads to, and `$ref`; nothing where the contract does not say how the entities belong together. */
function navigationPaths(navigation: Navigation, { one, contract }: Place): readonly Path[] {
  const { name, partner, constraints, collection } = navigation;
  const target = contract.entities.find((each) => each.name === navigation.target);
  const back = target?.navigations.find((each) => partner !== undefined && each.name === partner)?.constraints ?? [];
  const isInSet = [...contract.entitySets, ...contract.singletons].some((each) => each.entity === target?.name);
  const at = `${one.at}/${name}`;
  const naming = { id: `${one.naming.id}.to.${name}`, tag: one.naming.tag };
  const { parameters } = one;
  if (target !== undefined && navigation.containsTarget)
    return containedPaths({ at, naming, parameters }, target, { collection, contract });
  if (target === undefined || !isInSet || (constraints.length === 0 && back.length === 0)) return [];
  const end = collection ? collectionItem(naming, target) : entityItem(naming, target, "navigation");
  return [
    [at, { parameters, ...end }],
    [`${at}/$ref`, { parameters, ...referenceItem(naming, collection) }],
  ];
}

interface Within {
  readonly at: string;
  readonly naming: Naming;
  readonly parameters: readonly JsonObject[];
}

/** What an entity contains, and one of it by its key there; names that both keys have stand for the outer one once more. */
function containedPaths(
  { at, naming, parameters }: Within,
  target: Entity,
  { collection, contract }: { readonly collection: boolean; readonly contract: DataContract },
): readonly Path[] {
  if (!collection) {
    const bound = boundPaths({ at: `${at}/`, naming, parameters }, target, contract);
    const streams = streamPaths({ at, naming, parameters }, target);
    return [[at, { parameters, ...entityItem(naming, target) }], ...streams, ...bound];
  }
  const taken = new Set(parameters.map(({ name }) => name));
  const key = keyOf(target, (name) => (taken.has(name) ? `${target.name}.${name}` : name));
  const one = { at: `${at}(${key.text})`, naming: { ...naming, id: `${naming.id}.one` } };
  const both = [...parameters, ...key.parameters];
  return [
    [at, { parameters, ...collectionItem(naming, target) }],
    [one.at, { parameters: both, ...entityItem(one.naming, target) }],
    ...streamPaths({ ...one, parameters: both }, target),
    ...boundPaths({ at: `${one.at}/`, naming: one.naming, parameters: both }, target, contract),
  ];
}

/** The entity by an alternate key; what can be done with it by its key can be done by this one too. */
function alternateKeyPath({ name, properties }: AlternateKey, set: EntitySet, entity: Entity): Path {
  const parts = properties.map((property) => ({ property, ...keyPart(entity, property) }));
  const text = parts.map((part) => `${part.property}=${part.text}`).join(",");
  const { get } = entityItem({ id: set.name, tag: set.name }, entity);
  const read = typeof get === "object" && get !== null ? { ...get, operationId: `${set.name}.read.${name}` } : {};
  return [`/${set.name}(${text})`, { parameters: parts.map(({ parameter }) => parameter), get: read }];
}

/** How a key stands in a path: one value by itself, several with their names. */
function keyOf(
  entity: Entity,
  called: (name: string) => string = (name) => name,
): { readonly text: string; readonly parameters: readonly JsonObject[] } {
  const names = entity.identity?.parts ?? [entity.key];
  const parts = names.map((name) => ({ name, ...keyPart(entity, name, called(name)) }));
  const [only, further] = parts;
  const text =
    only !== undefined && further === undefined
      ? only.text
      : parts.map((part) => `${part.name}=${part.text}`).join(",");
  return { text, parameters: parts.map(({ parameter }) => parameter) };
}

/** Text stands in quotes, numbers and GUIDs without. */
function keyPart(
  entity: Entity,
  name: string,
  called = name,
): { readonly text: string; readonly parameter: JsonObject } {
  const property = entity.properties.find((each) => each.name === name);
  const type = property?.type ?? { kind: "primitive", name: "Edm.String" };
  const quoted = type.kind === "enum" || (type.kind === "primitive" && type.name === "Edm.String");
  const schema = valueSchema(type, { ...property, nullable: false });
  return {
    text: quoted ? `'{${called}}'` : `{${called}}`,
    parameter: { name: called, in: "path", required: true, schema },
  };
}

function actionMember({ id, tag }: Naming, action: Operation): JsonObject {
  const success = action.boundTo === undefined ? {} : { content: json(schemaRef(action.boundTo)) };
  return {
    operationId: `${id}.${action.name}`,
    tags: [tag],
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
