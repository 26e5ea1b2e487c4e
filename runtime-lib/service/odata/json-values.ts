/** Reads JSON into the declared type of a property or parameter; nothing is rounded, cut or converted in silence. */
import {
  flagsNumber,
  flagsText,
  type ParamDescriptor,
  type PropertyDescriptor,
  type Value,
  type VariableType,
} from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { invalid, notImplemented } from "./failure.ts";
import { isJsonObject, type Json } from "./json.ts";
import {
  type Read,
  readBinary,
  readDate,
  readDuration,
  readGuid,
  readInstant,
  readNumber,
  readTimeOfDay,
  shown,
} from "./literals.ts";

export interface JsonReading {
  /** `IEEE754Compatible=true`: Int64 and Decimal come as strings (OData JSON format 4.01, section 3.2). */
  readonly ieee754Compatible: boolean;
}

/** The value of a property, or why it cannot be one. */
export function propertyValue(json: Json, property: PropertyDescriptor, reading: JsonReading): Value | Failed {
  const { name } = property;
  if (property.collection) return collectionValue(json, property);
  if (json === null) return property.nullable ? null : invalid(`${name} must not be null`, name);
  const read = scalar(json, property, reading);
  return "problem" in read ? invalid(`${name}: ${read.problem}`, name) : read.value;
}

/** What collections hold: what is kept as text. */
const textual: ReadonlySet<PropertyDescriptor["type"]> = new Set([
  ...(["Edm.String", "Edm.Guid", "Edm.Date", "Edm.DateTimeOffset", "enum"] as const),
]);

function collectionValue(json: Json, property: PropertyDescriptor): Value | Failed {
  const { name } = property;
  if (!textual.has(property.type)) {
    return notImplemented(`writing ${name}, a collection of ${property.type}`, name);
  }
  if (!Array.isArray(json)) return invalid(`${name} is ${described(json)}, not an array`, name);
  const items: string[] = [];
  for (const item of json) {
    const read = scalar(item, property, { ieee754Compatible: false });
    if ("problem" in read) return invalid(`${name}[${items.length}]: ${read.problem}`, name);
    if (typeof read.value === "string") items.push(read.value);
  }
  return items;
}

function scalar(json: Json, property: PropertyDescriptor, reading: JsonReading): Read {
  switch (property.type) {
    case "Edm.String":
      return text(json, property.maxLength);
    case "enum":
      return member(json, property);
    case "Edm.Boolean":
      return typeof json === "boolean" ? { value: json } : { problem: `${described(json)} is not a boolean` };
    case "Edm.Guid":
      return typeof json === "string" ? readGuid(json) : notString(json);
    case "Edm.Date":
      return typeof json === "string" ? readDate(json) : notString(json);
    case "Edm.DateTimeOffset":
      return typeof json === "string" ? readInstant(json) : notString(json);
    case "Edm.TimeOfDay":
      return typeof json === "string" ? readTimeOfDay(json) : notString(json);
    case "Edm.Duration":
      return typeof json === "string" ? readDuration(json) : notString(json);
    case "Edm.Binary":
      return typeof json === "string" ? readBinary(json) : notString(json);
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Double":
    case "Edm.Single":
      return numeric(json, property, false);
    case "Edm.Int64":
    case "Edm.Decimal":
      return numeric(json, property, reading.ieee754Compatible);
  }
}

function notString(json: Json): Read {
  return { problem: `${described(json)} is not a string` };
}

function text(json: Json, maxLength: number | undefined): Read {
  if (typeof json !== "string") return notString(json);
  if (json.includes("\u0000")) return { problem: "the character U+0000 cannot be stored" };
  if (maxLength !== undefined && json.length > maxLength) {
    return { problem: `the string has ${json.length} characters, more than its MaxLength ${maxLength}` };
  }
  return { value: json };
}

function member(json: Json, property: PropertyDescriptor): Read {
  if (property.flags !== undefined) return flagged(json, property);
  const members = property.members ?? [];
  if (typeof json === "string" && members.includes(json)) return { value: json };
  return { problem: `${described(json)} is not a member of ${property.enumName ?? "the enumeration"}` };
}

/** Members with commas between them, or their values (JSON format 4.01, section 7.1). */
function flagged(json: Json, property: PropertyDescriptor): Read {
  const number = typeof json === "string" ? flagsNumber(property, json) : undefined;
  const text = number === undefined ? undefined : flagsText(property, number);
  if (text !== undefined) return { value: text };
  return { problem: `${described(json)} is not made of members of ${property.enumName ?? "the enumeration"}` };
}

function numeric(json: Json, property: PropertyDescriptor, asString: boolean): Read {
  const { type } = property;
  if (type === "enum") return member(json, property);
  const digits = digitsOf(json, asString);
  if (digits === undefined) return { problem: `${described(json)} is not a number` };
  const read = readNumber(digits, type);
  if ("problem" in read || type !== "Edm.Decimal") return withinType(read, type);
  return withinFacets(digits, read, property);
}

/** The number as it was written, or its shortest decimal form where a double holds it exactly. */
function digitsOf(json: Json, asString: boolean): string | undefined {
  if (typeof json === "number") return String(json);
  if (typeof json === "string") return asString ? json : undefined;
  return json !== null && typeof json === "object" && "digits" in json ? json.digits : undefined;
}

function withinType(read: Read, type: string): Read {
  if (type !== "Edm.Single" || "problem" in read) return read;
  const single = Math.fround(Number(read.value));
  return Number.isFinite(single) ? read : { problem: `${read.value} is out of the range of Edm.Single` };
}

function withinFacets(digits: string, read: Read, property: PropertyDescriptor): Read {
  const { scale, precision } = property;
  const [whole, fraction] = decimalDigits(digits);
  if (scale !== undefined && fraction > scale) {
    return { problem: `${digits} has ${fraction} digits after the point, more than its Scale ${scale}` };
  }
  if (precision !== undefined && whole + (scale ?? fraction) > precision) {
    return { problem: `${digits} has more digits than its Precision ${precision} leaves` };
  }
  return read;
}

/** How many digits stand before and after the decimal point, without leading and trailing zeros. */
function decimalDigits(text: string): readonly [number, number] {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().replace(/^[+-]/, "").split("e");
  const [before = "", after = ""] = mantissa.split(".");
  const point = before.length + Number(exponent);
  const all = before + after;
  const leading = all.length - all.replace(/^0+/, "").length;
  const significant = all.replace(/0+$/, "").length;
  return [Math.max(0, point - leading), Math.max(0, significant - point)];
}

/** The value of an action's parameter: the types of the spec language, as strict as the properties. */
export function parameterValue(json: Json, param: ParamDescriptor): Value | Failed {
  const { name } = param;
  if (json === null && !param.required) return null;
  const read = variableValue(json, param.type);
  return "problem" in read ? invalid(`${name}: ${read.problem}`, name) : read.value;
}

function variableValue(json: Json, type: VariableType): Read {
  switch (type) {
    case "string":
    case "ref":
      return text(json, undefined);
    case "bool":
      return typeof json === "boolean" ? { value: json } : { problem: `${described(json)} is not a boolean` };
    case "int":
      return plainNumber(json, "Edm.Int64");
    case "float":
      return plainNumber(json, "Edm.Double");
    case "counter":
      return atLeastZero(plainNumber(json, "Edm.Int64"));
    case "list":
    case "set":
      return strings(json);
  }
}

function plainNumber(json: Json, type: "Edm.Int64" | "Edm.Double"): Read {
  const digits = digitsOf(json, false);
  return digits === undefined ? { problem: `${described(json)} is not a number` } : readNumber(digits, type);
}

function atLeastZero(read: Read): Read {
  return "value" in read && Number(read.value) < 0 ? { problem: `${read.value} is negative` } : read;
}

function strings(json: Json): Read {
  if (!Array.isArray(json)) return { problem: `${described(json)} is not an array of strings` };
  const items: string[] = [];
  for (const item of json) {
    const read = text(item, undefined);
    if ("problem" in read) return { problem: `[${items.length}]: ${read.problem}` };
    if (typeof read.value === "string") items.push(read.value);
  }
  return { value: items };
}

function described(json: Json): string {
  if (json === null) return "null";
  if (Array.isArray(json)) return "an array";
  if (isJsonObject(json)) return "an object";
  if (typeof json === "string") return shown(json);
  return typeof json === "object" && "digits" in json ? shown(json.digits) : String(json);
}
