/** Reads the bodies of create, PATCH and bound actions against the declared properties and parameters. */
import type { ActionDescriptor, PropertyDescriptor, Value, Values } from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { failed, invalid, isFailed } from "./failure.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { type JsonReading, parameterValue, propertyValue } from "./json-values.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import type { SetRoute } from "./routes.ts";

type Limits = Pick<ODataLimits, "keyLengthMax">;

export interface NewEntity {
  readonly id: string;
  readonly values: Values;
}

/** The body of a create. Defaults, and what is missing beside the key, are the service's to see. */
export function createBody(json: Json, set: SetRoute, reading: JsonReading, limits: Limits): NewEntity | Failed {
  const values = declaredValues(json, set, reading);
  if (isFailed(values)) return values;
  const { key } = set.type;
  const given = values[key] ?? values[set.idProperty?.name ?? key];
  if (given === undefined || given === null) return invalid(`the key ${key} is missing`, key);
  const id = String(given);
  const refused = idProblem(id, limits);
  return refused === undefined ? { id, values } : invalid(refused, key);
}

function idProblem(id: string, limits: Limits): string | undefined {
  if (id === "") return "the key must not be empty";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a key with control characters could not be addressed
  if (/[\u0000-\u001f\u007f]/.test(id)) return "the key must not have control characters";
  if (id.length <= limits.keyLengthMax) return undefined;
  return `the key is longer than ${limits.keyLengthMax} characters (keyLengthMax)`;
}

/** The body of a PATCH: what is there changes, the rest stays. A key in it must be the one in the URL. */
export function patchBody(json: Json, set: SetRoute, id: string, reading: JsonReading): Values | Failed {
  const given = declaredValues(json, set, reading);
  if (isFailed(given)) return given;
  const { key } = set.type;
  if (!Object.hasOwn(given, key)) return given;
  if (String(given[key]) !== id) return invalid(`${key} cannot change: the URL says ${shown(id)}`, key);
  const { [key]: _key, ...rest } = given;
  return rest;
}

function declaredValues(json: Json, set: SetRoute, reading: JsonReading): Values | Failed {
  if (!isJsonObject(json)) return failed("InvalidRequest", "the body is not a JSON object");
  const values: Record<string, Value> = {};
  for (const [name, member] of json) {
    if (isControlInformation(name)) continue;
    const property = set.properties.get(name);
    if (property === undefined) return unknownProperty(name, set);
    if (isRuntimeOwned(property)) return runtimeOwned(property, set);
    const value = propertyValue(member, property, reading);
    if (isFailed(value)) return value;
    values[name] = value;
  }
  return values;
}

/** Context, etag and type come back from clients that send what they read; `@odata.bind` is not among them. */
function isControlInformation(name: string): boolean {
  return (
    /^@(?:odata\.)?(?:context|etag|id|type|editLink|readLink|metadataEtag)$/.test(name) || name.startsWith("@Temper.")
  );
}

function unknownProperty(name: string, set: SetRoute): Failed {
  const [bare = ""] = name.split("@");
  if (set.navigations.has(bare)) {
    return failed("NotImplemented", `writing along the navigation property ${bare} is not implemented`, bare);
  }
  return invalid(`${set.type.name} has no property ${shown(name)}`, name.slice(0, 100));
}

function isRuntimeOwned(property: PropertyDescriptor): boolean {
  return property.role === "status" || property.role === "variable";
}

function runtimeOwned(property: PropertyDescriptor, set: SetRoute): Failed {
  const what = property.role === "status" ? "the status" : "a variable of the automaton";
  return invalid(`${property.name} is ${what}: only actions of ${set.type.name} change it`, property.name);
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
    return invalid(`${action.name} has no parameter ${shown(name)}`, name.slice(0, 100));
  }
  return undefined;
}
