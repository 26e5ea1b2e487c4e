/** One spelling for each value, so that equal values are equal text and order as their type orders. */
import { canonicalBinary, canonicalTimeOfDay } from "./edm-texts.ts";
import { type FlagMembers, flagsNumber, flagsText } from "./flags.ts";
import type { PropertyDescriptor } from "./service-definition.ts";
import type { Value } from "./value.ts";

/**
 * The canonical spelling of a property's value: GUIDs in lower case, instants in UTC and times of day without trailing zeros, octets in base64url, flags in
 * the order of their members, no negative zero.
 * Anything that is not of the property's type is returned as it is.
 */
export function canonicalValue(property: Pick<PropertyDescriptor, "type"> & FlagMembers, value: Value): Value {
  if (property.flags !== undefined && typeof value === "string") {
    const number = flagsNumber(property, value);
    return number === undefined ? value : (flagsText(property, number) ?? value);
  }
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (Array.isArray(value)) return value.map((item) => String(canonicalText(property.type, item)));
  return typeof value === "string" ? canonicalText(property.type, value) : value;
}

function canonicalText(type: PropertyDescriptor["type"], text: string): string {
  switch (type) {
    case "Edm.Guid":
      return text.toLowerCase();
    case "Edm.DateTimeOffset":
      return canonicalInstant(text) ?? text;
    case "Edm.TimeOfDay":
      return canonicalTimeOfDay(text) ?? text;
    case "Edm.Binary":
      return canonicalBinary(text) ?? text;
    default:
      return text;
  }
}

const instantPattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,12}))?)?(Z|[+-]\d{2}:\d{2})$/i;

/** An RFC 3339 instant (seconds may be absent, as OData allows) in UTC, or undefined where the text is none. */
export function canonicalInstant(text: string): string | undefined {
  const match = instantPattern.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "00", fraction = "", zone = "Z"] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (!isCalendarDate(`${year}-${month}-${day}`)) return undefined;
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const offsetMinutes = zoneMinutes(zone);
  if (Number.isNaN(local) || offsetMinutes === undefined) return undefined;
  const utc = new Date(local - offsetMinutes * 60_000);
  if (utc.getUTCFullYear() < 0 || utc.getUTCFullYear() > 9999) return undefined;
  const digits = fraction.replace(/0+$/, "");
  return `${utc.toISOString().slice(0, 19)}${digits === "" ? "" : `.${digits}`}Z`;
}

function zoneMinutes(zone: string): number | undefined {
  if (zone.toUpperCase() === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** The key's value that an entity's id stands for; undefined where the text is no value of the key's type. */
export function keyValue(property: Pick<PropertyDescriptor, "type">, entityId: string): Value | undefined {
  switch (property.type) {
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
    case "Edm.Decimal":
    case "Edm.Double":
    case "Edm.Single":
    case "Edm.Duration":
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(entityId) ? canonicalValue(property, Number(entityId)) : undefined;
    case "Edm.Boolean":
      return entityId === "true" ? true : entityId === "false" ? false : undefined;
    case "Edm.String":
    case "Edm.Guid":
    case "Edm.Date":
    case "Edm.DateTimeOffset":
    case "Edm.TimeOfDay":
    case "Edm.Binary":
    case "enum":
      return canonicalValue(property, entityId);
  }
}

/** True for a day that the Gregorian calendar has, written `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** `value` × 10^`places`, exact for every number of at most 15 significant digits: the decimal point moves, nothing is multiplied. */
export function shiftDecimal(value: number, places: number): number {
  const [digits = "0", exponent = "0"] = String(value).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}
