/** What the paths of an OpenAPI document are made of: contents, parameters and what is said of refusals. */

import { type JsonObject, schemaRef } from "./openapi-schemas.ts";

/** A body of JSON. */
export function json(schema: JsonObject): JsonObject {
  return { "application/json": { schema } };
}

/** A body of text that JSON Schema does not describe. */
export function text(...types: readonly string[]): JsonObject {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: "string" } }]));
}

/** A body of any other type, which JSON Schema says nothing of. */
export const anyBytes: JsonObject = { "*/*": {} };

/** A parameter of `sharedParameters`. */
export function parameterRef(name: string): JsonObject {
  return { $ref: `#/components/parameters/${name}` };
}

/** The responses of every operation besides its own. */
export const refused: JsonObject = { default: { $ref: "#/components/responses/Error" } };

export const sharedResponses: JsonObject = {
  Error: { description: "The request was refused.", content: json(schemaRef("odata.error")) },
};

function queryOption(name: string, description: string, schema: JsonObject): JsonObject {
  return { name: `$${name}`, in: "query", description, schema };
}

function header(name: string, description: string): JsonObject {
  return { name, in: "header", description, schema: { type: "string" } };
}

export const sharedParameters: JsonObject = {
  filter: queryOption("filter", "A condition, such as Status eq 'Paid'.", { type: "string" }),
  search: queryOption("search", "Words that the texts of the entities have.", { type: "string" }),
  select: queryOption("select", "The properties to return, separated by commas.", { type: "string" }),
  expand: queryOption("expand", "The navigation properties whose entities come along.", { type: "string" }),
  compute: queryOption("compute", "Properties to compute, such as Price mul Count as Total.", { type: "string" }),
  apply: queryOption("apply", "Transformations, such as groupby((Status),aggregate($count as Many)).", {
    type: "string",
  }),
  orderby: queryOption("orderby", "Properties, each with asc or desc.", { type: "string" }),
  top: queryOption("top", "At most so many entities.", { type: "integer", minimum: 0 }),
  skip: queryOption("skip", "So many entities are passed over.", { type: "integer", minimum: 0 }),
  count: queryOption("count", "Whether to count all that match.", { type: "boolean" }),
  "if-match": header("If-Match", "The entity tag that the caller has seen, several of them, or *."),
  "if-none-match": header(
    "If-None-Match",
    "Entity tags that the entity must not have; * where there must be none yet.",
  ),
  "idempotency-key": header("Idempotency-Key", "The same key with the same request is carried out once."),
};
