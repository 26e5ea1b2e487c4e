/** Reads the bodies of writes and bound actions against the declared properties and parameters. */
import {
  type ActionDescriptor,
  absentValue,
  entityIdOf,
  named,
  type PropertyDescriptor,
  type Value,
  type Values,
} from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { failed, invalid, isFailed, notImplemented } from "./failure.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { type JsonReading, parameterValue, propertyValue } from "./json-values.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import type { NavigationRoute, SetRoute } from "./routes.ts";

type Limits = Pick<ODataLimits, "keyLengthMax">;

/** What a body says of an entity: its values, and what it belongs together with. */
export interface EntityBody {
  /** The key, where the body has it. */
  readonly id?: string;
  readonly values: Values;
  readonly links: readonly Link[];
}

/** Of a navigation property: entities that are bound by their ids; entities and references within the body; or that it leads nowhere. */
export type Link = { readonly navigation: NavigationRoute } & (
  | { readonly kind: "bind"; readonly ids: readonly string[] }
  | NestedEntities
  | { readonly kind: "none" }
);

/** All that are to be there in the end; where they are a delta, what is to be otherwise. */
export interface NestedEntities {
  readonly kind: "nested";
  readonly entities: readonly Json[];
  readonly isDelta: boolean;
}

/** The body of a create. Defaults, and what is missing, are the service's to see. */
export function createBody(json: Json, set: SetRoute, reading: JsonReading, limits: Limits): EntityBody | Failed {
  const body = entityBody(json, set, reading, "never");
  if (isFailed(body)) return body;
  const { key } = set.type;
  for (const { name } of set.keyParts) {
    const refused = idProblem(String(body.values[name] ?? "-"), limits);
    if (refused !== undefined) return invalid(refused, name);
  }
  const given = entityIdOf(set.type, body.values) ?? body.values[set.idProperty?.name ?? key];
  if (given === undefined || given === null) return body;
  const id = String(given);
  const refused = set.type.identity === undefined ? idProblem(id, limits) : undefined;
  return refused === undefined ? { ...body, id } : invalid(refused, key);
}

function idProblem(id: string, limits: Limits): string | undefined {
  if (id === "") return "the key must not be empty";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a key with control characters could not be addressed
  if (/[\u0000-\u001f\u007f]/.test(id)) return "the key must not have control characters";
  if (id.length <= limits.keyLengthMax) return undefined;
  return `the key is longer than ${limits.keyLengthMax} characters (keyLengthMax)`;
}

/** The body of a PATCH: what is there changes, the rest stays. A key in it must be the one in the URL. */
export function patchBody(json: Json, set: SetRoute, id: string, reading: JsonReading): EntityBody | Failed {
  return ofEntity(entityBody(json, set, reading, "never"), set, id);
}

/** The body of a PUT: the entity as a whole. What only actions change may be in it, as it was read. */
export function putBody(json: Json, set: SetRoute, id: string, reading: JsonReading): EntityBody | Failed {
  return ofEntity(entityBody(json, set, reading, "unchanged"), set, id);
}

function ofEntity(body: EntityBody | Failed, set: SetRoute, id: string): EntityBody | Failed {
  if (isFailed(body)) return body;
  const { key } = set.type;
  const { [key]: given, ...values } = body.values;
  if (given === undefined) return body;
  if (String(given) !== id) return invalid(`${key} cannot change: the URL says ${shown(id)}`, key);
  return { ...body, values };
}

function entityBody(
  json: Json,
  set: SetRoute,
  reading: JsonReading,
  owned: "never" | "unchanged",
): EntityBody | Failed {
  if (!isJsonObject(json)) return failed("InvalidRequest", "the body is not a JSON object");
  const values = named<Value>();
  const links: Link[] = [];
  for (const [name, member] of json) {
    if (isControlInformation(name)) continue;
    const property = name.includes("/") ? undefined : set.properties.get(name);
    if (property === undefined) {
      const link = linkOf(name, member, set);
      if (isFailed(link)) return link;
      links.push(link);
      continue;
    }
    if (owned === "never" && isRuntimeOwned(property)) return runtimeOwned(property, set);
    const read = valuesOf(member, property, set, reading);
    if (isFailed(read)) return read;
    Object.assign(values, read);
  }
  return { values, links };
}

/** The value of a property; where it is of a complex type, of its members too, each by its path. */
function valuesOf(json: Json, property: PropertyDescriptor, set: SetRoute, reading: JsonReading): Values | Failed {
  const { name, complexType } = property;
  if (complexType === undefined) {
    const value = propertyValue(json, property, reading);
    return isFailed(value) ? value : { [name]: value };
  }
  if (json === null) return property.nullable ? absent(name, set) : invalid(`${name} must not be null`, name);
  if (!isJsonObject(json)) return invalid(`${name} is of the complex type ${complexType}: an object or null`, name);
  const values: Record<string, Value> = { [name]: true };
  for (const [member, inner] of json) {
    if (isControlInformation(member)) continue;
    const inside = member.includes("/") ? undefined : set.properties.get(`${name}/${member}`);
    if (inside === undefined) return undeclaredName(`${complexType} has no property ${shown(member)}`, name);
    const read = valuesOf(inner, inside, set, reading);
    if (isFailed(read)) return read;
    Object.assign(values, read);
  }
  return values;
}

/** What the property and all members below it are where there is no value. */
export function absent(name: string, { type }: SetRoute): Values {
  const gone = type.properties.filter((each) => each.name === name || each.name.startsWith(`${name}/`));
  return Object.fromEntries(gone.map((each) => [each.name, absentValue(each)]));
}

/** Context, etag and type come back from clients that send what they read. */
function isControlInformation(name: string): boolean {
  return (
    /^@(?:odata\.)?(?:context|etag|id|type|editLink|readLink|metadataEtag|media\w+)$/.test(name) ||
    /^[^@]+@(?:odata\.)?(?:type|context|count|nextLink|navigationLink|associationLink|media\w+)$/.test(name) ||
    name.startsWith("@Temper.")
  );
}

/** `Owner@odata.bind`, `Items@delta`, or the navigation property itself with references or whole entities in it. */
function linkOf(name: string, member: Json, set: SetRoute): Link | Failed {
  const [bare = "", annotation] = name.replace("@odata.", "@").split("@");
  const navigation = set.navigations.get(bare);
  const isDelta = annotation === "delta";
  if (navigation === undefined || (annotation !== undefined && annotation !== "bind" && !isDelta)) {
    return undeclaredName(`${set.type.name} has no property ${shown(name)}`, name);
  }
  if (navigation.target() === undefined || navigation.pairs.length === 0) {
    return notImplemented(`writing along ${bare}, for which the contract has no referential constraint,`, bare);
  }
  if (member === null) {
    return navigation.collection ? invalid(`${bare} is a collection, not null`, bare) : { kind: "none", navigation };
  }
  if (isDelta && !navigation.collection) return invalid(`${bare} is no collection, and has no delta`, name);
  if (navigation.collection !== Array.isArray(member)) {
    return invalid(`${bare} is ${navigation.collection ? "a collection" : "one entity"}`, bare);
  }
  const items: readonly Json[] = Array.isArray(member) ? member : [member];
  if (annotation !== "bind") return { kind: "nested", navigation, entities: items, isDelta };
  const ids = items.filter((item) => typeof item === "string");
  return ids.length === items.length
    ? { kind: "bind", navigation, ids }
    : invalid(`${name} has what is no id of an entity`, name);
}

/** The id of `{"@id": "Orders('7')"}`; undefined for what says more than which entity is meant. */
export function idAlone(json: Json): string | undefined {
  if (!isJsonObject(json)) return undefined;
  const names = [...json.keys()].filter((name) => !/^@(?:odata\.)?(?:context|type)$/.test(name));
  return names.length === 1 ? referenceId(json) : undefined;
}

/** The body of `$ref`: the id of the entity that is meant. */
export function referenceBody(json: Json): string | Failed {
  const id = isJsonObject(json) ? referenceId(json) : undefined;
  return id ?? failed("InvalidRequest", 'the body names no entity: {"@odata.id": "Orders(\'7\')"}');
}

/** The body of `$ref` to a collection as a whole: the ids of all that belong there. */
export function referencesBody(json: Json): readonly string[] | Failed {
  const value = isJsonObject(json) ? json.get("value") : undefined;
  const ids = Array.isArray(value)
    ? value.map((each) => (isJsonObject(each) ? referenceId(each) : undefined))
    : [undefined];
  const given = ids.filter((id) => id !== undefined);
  if (given.length === ids.length) return given;
  return failed("InvalidRequest", 'the body is no list of entities: {"value": [{"@odata.id": "Orders(\'7\')"}]}');
}

function referenceId(json: JsonObject): string | undefined {
  const id = json.get("@odata.id") ?? json.get("@id");
  return typeof id === "string" ? id : undefined;
}

/** The body of a write on one property: `{"value": …}`, or a value of a complex type itself, whole or in part. */
export function propertyBodyValues(
  json: Json,
  property: PropertyDescriptor,
  set: SetRoute,
  { isWhole, ...reading }: JsonReading & { readonly isWhole: boolean },
): Values | Failed {
  if (property.complexType !== undefined) {
    const read = valuesOf(json, property, set, reading);
    return isFailed(read) || !isWhole ? read : { ...absent(property.name, set), ...read };
  }
  const member = isJsonObject(json) ? json.get("value") : undefined;
  if (member === undefined) return failed("InvalidRequest", 'the body is not an object such as {"value": 7}');
  return valuesOf(member, property, set, reading);
}

function isRuntimeOwned(property: PropertyDescriptor): boolean {
  return property.role === "status" || property.role === "variable";
}

function runtimeOwned(property: PropertyDescriptor, set: SetRoute): Failed {
  const what = property.role === "status" ? "the status" : "a variable of the automaton";
  return reach(`${property.name} is ${what}: only actions of ${set.type.name} change it`, property.name);
}

/** Whatever somebody hopes to reach by it: no type declares it. */
function undeclaredName(message: string, name: string): Failed {
  return reach(message, name.slice(0, 100));
}

function reach(message: string, target: string): Failed {
  return { ...invalid(message, target), isReach: true };
}

/** The parameters of a bound action: no body at all is no parameters. What is missing is the service's to see. */
export function actionBody(json: Json | undefined, action: ActionDescriptor, set: SetRoute): Values | Failed {
  const given = json === undefined ? emptyObject : json;
  if (!isJsonObject(given)) return failed("InvalidRequest", "the body is not a JSON object of parameters");
  const params: Record<string, Value> = {};
  for (const param of action.params) {
    const member = given.get(param.name);
    if (member === undefined) continue;
    const value = parameterValue(member, param);
    if (isFailed(value)) return value;
    params[param.name] = value;
  }
  return undeclaredParams(given, action, set, params);
}

/** Parameters that are not declared are refused, unless the spec is of an older form that takes them for fields. */
function undeclaredParams(
  given: JsonObject,
  action: ActionDescriptor,
  { type }: SetRoute,
  params: Record<string, Value>,
): Values | Failed {
  if (type.automaton?.takesUndeclaredParams !== true) return undeclared(given, action) ?? params;
  for (const [name, member] of given) {
    const field = type.properties.find((property) => property.name === name && property.role === "field");
    if (field === undefined || Object.hasOwn(params, name)) continue;
    const value = propertyValue(member, field, { ieee754Compatible: false });
    if (isFailed(value)) return value;
    params[name] = value;
  }
  return params;
}

const emptyObject: JsonObject = new Map();

function undeclared(given: JsonObject, action: ActionDescriptor): Failed | undefined {
  for (const name of given.keys()) {
    if (isControlInformation(name) || action.params.some((param) => param.name === name)) continue;
    return undeclaredName(`${action.name} has no parameter ${shown(name)}`, name);
  }
  return undefined;
}
