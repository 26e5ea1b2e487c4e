/** The items of an OpenAPI document for a collection of entities, a single entity, and the references between entities. */

import type { Entity } from "../ir/schema.ts";
import { anyBytes, json, parameterRef, refused } from "./openapi-parts.ts";
import { type JsonObject, schemaRef } from "./openapi-schemas.ts";

/** How the operations of an item are called. */
export interface Naming {
  /** What their ids begin with. */
  readonly id: string;
  /** The set that they are listed under. */
  readonly tag: string;
}

const listOptions = ["filter", "search", "select", "expand", "compute", "apply", "orderby", "top", "skip", "count"];

/** A set, or what a navigation property leads to; of media entities it takes the media of new ones too. */
export function collectionItem({ id, tag }: Naming, entity: Entity): JsonObject {
  const medium = entity.properties.some(({ name }) => name === "$value") ? anyBytes : {};
  return {
    get: {
      operationId: `${id}.list`,
      tags: [tag],
      parameters: listOptions.map(parameterRef),
      responses: {
        "200": { description: "A page of the set.", content: json(schemaRef(`${entity.name}.page`)) },
        ...refused,
      },
    },
    post: {
      operationId: `${id}.create`,
      tags: [tag],
      parameters: [parameterRef("idempotency-key")],
      requestBody: { required: true, content: { ...json(schemaRef(`${entity.name}.create`)), ...medium } },
      responses: { "201": { description: "Created.", content: json(schemaRef(entity.name)) }, ...refused },
    },
  };
}

/** PATCH of a set: entities that are new, otherwise, or gone. */
export function deltaOperation({ id, tag }: Naming): JsonObject {
  const items = {
    type: "array",
    items: { type: "object" },
    description: "Each with its key, or with @id and @removed.",
  };
  const context = { type: "string", description: "Ends in #$delta." };
  const delta = { type: "object", properties: { "@context": context, value: items }, required: ["@context", "value"] };
  return {
    operationId: `${id}.change`,
    tags: [tag],
    parameters: [parameterRef("idempotency-key")],
    requestBody: { required: true, content: json(delta) },
    responses: { "204": { description: "All of it is done." }, ...refused },
  };
}

/** How an entity is addressed: by its key, or as a singleton, where PUT and PATCH may make it; `standing` is always there. */
type By = "key" | "name" | "standing" | "navigation";

/** An entity by its key, a singleton, or the one that a navigation property leads to. */
export function entityItem({ id, tag }: Naming, entity: Entity, by: By = "key"): JsonObject {
  const content = json(schemaRef(entity.name));
  const found = { description: "The entity.", content };
  const made = { description: `There was none${by === "key" ? " of this key" : ""}, so it was made.`, content };
  const none = { "204": { description: "There is none." } };
  const conditions = ["if-match", "if-none-match"];
  const written = [...conditions, "idempotency-key"].map(parameterRef);
  const requestBody = { required: true, content: json(schemaRef(`${entity.name}.update`)) };
  const deletion = {
    operationId: `${id}.delete`,
    tags: [tag],
    parameters: written,
    responses: { "204": { description: "Deleted." }, ...refused },
  };
  const responses = { "200": found, ...(by !== "navigation" && { "201": made }), ...refused };
  return {
    get: {
      operationId: `${id}.read`,
      tags: [tag],
      parameters: ["select", "expand", ...conditions].map(parameterRef),
      responses: {
        "200": found,
        ...(by === "name" && none),
        "304": { description: "The caller has it already." },
        ...refused,
      },
    },
    patch: { operationId: `${id}.update`, tags: [tag], parameters: written, requestBody, responses },
    put: { operationId: `${id}.replace`, tags: [tag], parameters: written, requestBody, responses },
    ...(by !== "standing" && { delete: deletion }),
  };
}

/** The bytes of a stream. Those of a media entity go with the entity, and only with it. */
export function mediaItem({ id, tag }: Naming, of: "entity" | "property"): JsonObject {
  const conditions = ["if-match", "if-none-match"].map(parameterRef);
  const done = { "204": { description: "Done." }, ...refused };
  return {
    get: {
      operationId: `${id}.read`,
      tags: [tag],
      parameters: conditions,
      responses: {
        "200": { description: "The bytes, of the type that they were sent as.", content: anyBytes },
        "204": { description: "Nothing stands there." },
        "304": { description: "The caller has it already." },
        ...refused,
      },
    },
    put: {
      operationId: `${id}.replace`,
      tags: [tag],
      parameters: [...conditions, parameterRef("idempotency-key")],
      requestBody: { required: true, content: anyBytes },
      responses: done,
    },
    delete: {
      operationId: `${id}.delete`,
      tags: [tag],
      description: of === "entity" ? "Deletes the entity with it." : "Leaves nothing there.",
      parameters: [...conditions, parameterRef("idempotency-key")],
      responses: done,
    },
  };
}

const reference = schemaRef("odata.reference");
const references = schemaRef("odata.references");

/** `…/$ref`: which entities a navigation property leads to. */
export function referenceItem({ id, tag }: Naming, collection: boolean): JsonObject {
  const changed = { "204": { description: "Done." }, ...refused };
  const parameters = [parameterRef("idempotency-key")];
  const set = {
    operationId: `${id}.${collection ? "add" : "set"}`,
    tags: [tag],
    parameters,
    requestBody: { required: true, content: json(reference) },
    responses: changed,
  };
  const meant = {
    name: "$id",
    in: "query",
    required: true,
    description: "The URL of the entity that shall not belong here.",
    schema: { type: "string" },
  };
  const none = collection ? {} : { "204": { description: "It leads nowhere." } };
  return {
    get: {
      operationId: `${id}.references`,
      tags: [tag],
      responses: {
        "200": { description: "The ids.", content: json(collection ? references : reference) },
        ...none,
        ...refused,
      },
    },
    [collection ? "post" : "put"]: set,
    delete: {
      operationId: `${id}.remove`,
      tags: [tag],
      parameters: collection ? [meant, ...parameters] : parameters,
      responses: changed,
    },
  };
}
