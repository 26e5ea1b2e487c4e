/** The files of `temperc authorize` in Cedar's own formats: policies, schema, entities and a request. */
import { CedarFailure, type CedarRequest, type CedarUid } from "@temperc/runtime";
import { cedar, utf16Offset } from "../../compiler/index.ts";
import { entitiesOf } from "./entities.ts";
import { isObject, type Json, type JsonObject, plainJson, readJson } from "./json.ts";
import { type CedarSchemaTypes, schemaTypes } from "./schema.ts";
import { NoTerm, recordOf, uidOf } from "./terms.ts";

/** A schema, in Cedar's own syntax or as JSON, in Cedar's own syntax and read. */
export interface ReadSchema {
  readonly text: string;
  readonly types: CedarSchemaTypes;
}

/** What a file is not, with the UTF-16 offset in it where that is known. */
export class Unreadable extends Error {
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

/** Reads a schema; one that begins with a brace is JSON. */
export function readSchema(text: string): ReadSchema {
  const written = text.trimStart().startsWith("{") ? schemaFromJson(text) : text;
  const answer = cedar().schemaToJsonWithResolvedTypes(written);
  if (answer.type === "failure") {
    const start = answer.errors[0]?.sourceLocations?.[0]?.start;
    throw new Unreadable(messagesOf(answer.errors), start === undefined ? undefined : utf16Offset(written, start));
  }
  return { text: written, types: schemaTypes(answer.json) };
}

function schemaFromJson(text: string): string {
  const reading = readJson(text);
  if (reading.kind === "malformed") throw new Unreadable(reading.problem, reading.offset);
  // What is no schema is what Cedar answers with a failure for.
  const answer = cedar().schemaToText(
    plainJson(reading.json) as Parameters<ReturnType<typeof cedar>["schemaToText"]>[0],
  );
  if (answer.type === "failure") throw new Unreadable(messagesOf(answer.errors));
  return answer.text;
}

function messagesOf(errors: readonly { readonly message: string }[]): string {
  return errors.map(({ message }) => message).join("; ");
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

/** The entity that a text or an object refers to; `name` says in a refusal what it is for. */
export function entityAt(name: string, json: Json | undefined): CedarUid {
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
