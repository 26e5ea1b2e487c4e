/** The files of `temperc authorize` in Cedar's own formats: policies, schema, entities and a request. */
import { CedarFailure, type CedarRequest, type CedarUid } from "@temperc/runtime";
import { cedar } from "../../compiler/index.ts";
import { entitiesOf } from "./entities.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { type CedarSchemaTypes, schemaTypes } from "./schema.ts";
import { NoTerm, recordOf, uidOf } from "./terms.ts";

/** A schema, in Cedar's own syntax or as JSON, in Cedar's own syntax and read. */
export interface ReadSchema {
  readonly text: string;
  readonly types: CedarSchemaTypes;
}

/** What a file is not, with the place in it where that is known; a UTF-8 offset, as Cedar counts. */
export class Unreadable extends Error {
  readonly byteOffset: number | undefined;

  constructor(message: string, byteOffset?: number) {
    super(message);
    this.byteOffset = byteOffset;
  }
}

/** Reads a schema; one that begins with a brace is JSON. */
export function readSchema(text: string): ReadSchema {
  const written = text.trimStart().startsWith("{") ? schemaFromJson(text) : text;
  const answer = cedar().schemaToJsonWithResolvedTypes(written);
  if (answer.type === "failure") throw unreadable(answer.errors);
  return { text: written, types: schemaTypes(answer.json) };
}

function schemaFromJson(text: string): string {
  const answer = cedar().schemaToText(JSON.parse(text));
  if (answer.type === "failure") throw unreadable(answer.errors);
  return answer.text;
}

function unreadable(
  errors: readonly { readonly message: string; readonly sourceLocations?: readonly { readonly start: number }[] }[],
): Unreadable {
  return new Unreadable(errors.map(({ message }) => message).join("; "), errors[0]?.sourceLocations?.[0]?.start);
}

/** A request's parts before the schema says how its values are read. */
export interface RequestParts {
  readonly principal: CedarUid;
  readonly action: CedarUid;
  readonly resource: CedarUid;
  readonly context: JsonObject;
}

/** Reads `{ principal, action, resource, context }`; each of the three is `Type::"id"` or `{ type, id }`. */
export function requestParts(json: Json): RequestParts {
  if (!isObject(json)) throw new NoTerm("a request is an object with principal, action, resource and context");
  const unknown = [...json.keys()].find((name) => !["principal", "action", "resource", "context"].includes(name));
  if (unknown !== undefined) throw new NoTerm(`a request has no ${JSON.stringify(unknown)}`);
  const context = json.get("context") ?? new Map<string, Json>();
  if (!isObject(context)) throw new NoTerm("the context is an object");
  const part = (name: string): CedarUid => entityAt(name, json.get(name));
  return { principal: part("principal"), action: part("action"), resource: part("resource"), context };
}

function entityAt(name: string, json: Json | undefined): CedarUid {
  if (typeof json !== "string") return uidOf(json);
  const uid = uidFromText(json);
  if (uid === undefined) throw new NoTerm(`${name}: ${JSON.stringify(json)} is no entity, such as User::"alice"`);
  return uid;
}

/** Only what has the shape of one reference is handed to Cedar, which knows its own escapes. */
function uidFromText(text: string): CedarUid | undefined {
  if (!/^(?:[A-Za-z_]\w*::)+"(?:[^"\\]|\\.)*"$/s.test(text)) return undefined;
  const answer = cedar().policyToJson(`permit(principal == ${text}, action, resource);`);
  if (answer.type === "failure" || answer.json.principal.op !== "==" || !("entity" in answer.json.principal))
    return undefined;
  const { entity } = answer.json.principal;
  const { type, id } = "__entity" in entity ? entity.__entity : entity;
  return { kind: "entity", type, id };
}

/** The request over the entities of a file. Throws `NoTerm` for what is no value of Cedar. */
export function requestOver(parts: RequestParts, entities: Json, schema: ReadSchema | undefined): CedarRequest {
  const { principal, action, resource, context } = parts;
  const declared = schema?.types.actions.find(({ uid }) => uid.type === action.type && uid.id === action.id);
  return failuresAsNoTerm(() => ({
    principal,
    action,
    resource,
    context: recordOf(context, declared?.context),
    entities: entitiesOf(entities, schema?.types),
  }));
}

/** A value that an extension refuses, such as a malformed address, is no value. */
function failuresAsNoTerm<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof CedarFailure ? new NoTerm(error.message) : error;
  }
}
