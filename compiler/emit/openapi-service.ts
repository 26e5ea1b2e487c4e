/** The paths of an OpenAPI document that belong to no set: the service's own documents, batches, events, and answers that are fetched later. */

import { anyBytes, json, parameterRef, refused, text } from "./openapi-parts.ts";
import type { JsonObject } from "./openapi-schemas.ts";

const batchHeaders: JsonObject = { type: "object", additionalProperties: { type: "string" } };

/** By path, in the order in which they are published. */
export const servicePaths: Readonly<Record<string, JsonObject>> = {
  "/": {
    get: {
      operationId: "$service",
      responses: { "200": { description: "The sets of the service.", content: json({ type: "object" }) }, ...refused },
    },
  },
  "/$metadata": {
    get: {
      operationId: "$metadata",
      responses: { "200": { description: "The model.", content: metadataForms() }, ...refused },
    },
  },
  "/$batch": {
    post: {
      operationId: "$batch",
      parameters: [parameterRef("idempotency-key")],
      requestBody: { required: true, content: batchForms("requests", batchRequest()) },
      responses: {
        "200": { description: "An answer to each request.", content: batchForms("responses", batchResponse()) },
        ...refused,
      },
    },
  },
  "/$events": { get: eventStream() },
  "/$async/{id}": asyncMonitor(),
};

function metadataForms(): JsonObject {
  return { ...text("application/xml"), ...json({ type: "object" }) };
}

function batchForms(member: string, item: JsonObject): JsonObject {
  const properties = { [member]: { type: "array", items: item } };
  return { ...json({ type: "object", properties, required: [member] }), ...text("multipart/mixed") };
}

function batchRequest(): JsonObject {
  return {
    type: "object",
    properties: {
      id: { type: "string" },
      method: { type: "string" },
      url: { type: "string" },
      atomicityGroup: { type: "string", description: "Requests of one group are done all, or none." },
      dependsOn: { type: "array", items: { type: "string" } },
      headers: batchHeaders,
      body: {},
    },
    required: ["id", "method", "url"],
  };
}

function batchResponse(): JsonObject {
  return {
    type: "object",
    properties: {
      id: { type: "string" },
      status: { type: "integer" },
      atomicityGroup: { type: "string" },
      headers: batchHeaders,
      body: {},
    },
    required: ["id", "status"],
  };
}

/** What `Location` names where a request was not waited for. */
function asyncMonitor(): JsonObject {
  const result = {
    description: "The status of the answer, where this is it; absent where the answer is a message of its own.",
    schema: { type: "integer" },
  };
  return {
    parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
    get: {
      operationId: "$async.read",
      responses: {
        "200": { description: "The answer.", headers: { AsyncResult: result }, content: anyBytes },
        "202": { description: "The request is still worked on." },
        ...refused,
      },
    },
    delete: {
      operationId: "$async.cancel",
      responses: { "204": { description: "Nobody wants the answer any more." }, ...refused },
    },
  };
}

function eventStream(): JsonObject {
  const option = (name: string, description: string): JsonObject => {
    return { name, in: "query", description, schema: { type: "string" } };
  };
  return {
    operationId: "$events",
    parameters: [
      option("set", "Events of this set only."),
      option("entity", "Events of the entity with this key only; needs set."),
      option("action", "Events of these actions only, separated by commas."),
      option("after", "The position to go on after; start for all that there is."),
      {
        name: "Last-Event-ID",
        in: "header",
        description: "The position to go on after; it goes before the option.",
        schema: { type: "string" },
      },
    ],
    responses: {
      "200": { description: "Server-sent events of what the caller may read.", content: text("text/event-stream") },
      ...refused,
    },
  };
}
