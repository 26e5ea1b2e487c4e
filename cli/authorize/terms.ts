/** Cedar's JSON values as the values that compiled policies see. */
import {
  type CedarTerm,
  type CedarUid,
  cedarDatetime,
  cedarDecimal,
  cedarDuration,
  cedarEntity,
  cedarIp,
  cedarOffset,
  cedarRecord,
  cedarSet,
  isLong,
} from "@temperc/runtime";
import { isArray, isObject, type Json, type JsonObject } from "./json.ts";
import type { SchemaType } from "./schema.ts";

/** What is no value of Cedar, in words that follow "…: ", and the list or object that it is in, where that is known. */
export class NoTerm extends Error {
  readonly json: Json | undefined;

  constructor(message: string, json?: Json) {
    super(message);
    this.json = json;
  }
}

/** The value; a type of a schema lets entities and extension values be written without `__entity` and `__extn`. */
export function termOf(json: Json, type?: SchemaType): CedarTerm {
  if (typeof json === "boolean") return json;
  if (typeof json === "string") return type?.kind === "extension" ? constructed(type.name, json) : json;
  if (typeof json === "bigint") {
    if (isLong(json)) return json;
    throw new NoTerm(`${json} does not fit into 64 bits`);
  }
  if (isArray(json)) return cedarSet(json.map((each) => termOf(each, type?.kind === "set" ? type.element : undefined)));
  if (isObject(json)) return objectTerm(json, type);
  throw new NoTerm(`${json} is no value of Cedar`);
}

function objectTerm(json: JsonObject, type: SchemaType | undefined): CedarTerm {
  const entity = json.get("__entity");
  if (json.size === 1 && entity !== undefined) return uidOf(entity);
  const extension = json.get("__extn");
  if (json.size === 1 && isObject(extension)) return called(extension);
  if (type?.kind === "entity") return uidOf(json);
  if (type?.kind === "extension") return called(json);
  return recordOf(json, type);
}

/** A record, such as the context or all attributes of an entity. */
export function recordOf(json: JsonObject, type?: SchemaType): Extract<CedarTerm, { kind: "record" }> {
  const fields = type?.kind === "record" ? type.fields : undefined;
  return cedarRecord([...json].map(([name, value]) => [name, termOf(value, fields?.get(name))] as const));
}

/** `{ type, id }`, with or without `__entity` around it. */
export function uidOf(json: Json | undefined): CedarUid {
  const uid = isObject(json) ? (json.get("__entity") ?? json) : undefined;
  const [type, id] = isObject(uid) ? [uid.get("type"), uid.get("id")] : [];
  if (typeof type === "string" && typeof id === "string") return cedarEntity(type, id);
  throw new NoTerm('an entity was expected: { "type": …, "id": … }');
}

const functions: ReadonlyMap<string, (operands: readonly CedarTerm[]) => CedarTerm> = new Map<
  string,
  (operands: readonly CedarTerm[]) => CedarTerm
>([
  ["ip", ([text = ""]) => cedarIp(text)],
  ["decimal", ([text = ""]) => cedarDecimal(text)],
  ["datetime", ([text = ""]) => cedarDatetime(text)],
  ["duration", ([text = ""]) => cedarDuration(text)],
  ["offset", ([at = "", by = ""]) => cedarOffset(at, by)],
]);

/** An extension value as a call: `{ fn, arg }`, or `{ fn, args }`. */
function called(json: JsonObject): CedarTerm {
  const [name, arg, args] = [json.get("fn"), json.get("arg"), json.get("args")];
  const make = typeof name === "string" ? functions.get(name) : undefined;
  const operands = isArray(args) ? args : arg === undefined ? [] : [arg];
  if (make === undefined || operands.length === 0) throw new NoTerm(`${String(name)} makes no value of an extension`);
  return make(operands.map((each) => termOf(each)));
}

function constructed(type: string, text: string): CedarTerm {
  const make = functions.get(type === "ipaddr" ? "ip" : type);
  if (make === undefined) throw new NoTerm(`${type} is no extension type`);
  return make([text]);
}
