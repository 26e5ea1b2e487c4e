/** Literals of the Edm primitive types as URLs write them, and the checks that the JSON form shares (OData 4.01 ABNF, part 7). */
import {
  canonicalBinary,
  canonicalInstant,
  canonicalTimeOfDay,
  durationSeconds,
  isCalendarDate,
  type PrimitiveTypeName,
  type Value,
} from "../../kernel/index.ts";

/** A typed value, or why the text is none: the sentence continues "… is not". */
export type Read = { readonly value: Value } | { readonly problem: string };

const integerRanges: Partial<Record<PrimitiveTypeName, readonly [number, number]>> = {
  "Edm.Byte": [0, 255],
  "Edm.SByte": [-128, 127],
  "Edm.Int16": [-32_768, 32_767],
  "Edm.Int32": [-2_147_483_648, 2_147_483_647],
  "Edm.Int64": [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** What an integer type holds; undefined for any other. */
export function integerRangeOf(type: PrimitiveTypeName): readonly [number, number] | undefined {
  return integerRanges[type];
}

/** More digits than any double has use for; what follows may look at each of them several times. */
const numberLengthMax = 400;

const integer = /^[+-]?\d+$/;
const number = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The text of a number as a number of that type, without losing a digit. */
export function readNumber(text: string, type: PrimitiveTypeName): Read {
  if (text.length > numberLengthMax) return { problem: `${shown(text)} is longer than any number of type ${type}` };
  const range = integerRanges[type];
  if (range !== undefined) return readInteger(text, type, range);
  if (!number.test(text)) return { problem: `${shown(text)} is not a number` };
  const value = Number(text) + 0;
  if (!Number.isFinite(value)) return { problem: `${shown(text)} is out of the range of ${type}` };
  if (type === "Edm.Decimal" && significantDigits(text) > 15) {
    return { problem: `${shown(text)} has more than the 15 digits that an ${type} can have here` };
  }
  return { value };
}

function readInteger(text: string, type: PrimitiveTypeName, [least, most]: readonly [number, number]): Read {
  if (!integer.test(text)) return { problem: `${shown(text)} is not an integer` };
  const value = Number(text) + 0;
  if (value >= least && value <= most) return { value };
  return { problem: `${shown(text)} is out of the range of ${type} (${least} to ${most})` };
}

function significantDigits(text: string): number {
  const mantissa = text.replace(/[eE].*$/, "").replace(/[+-]/, "");
  const digits = mantissa.includes(".") ? mantissa.replace(/0+$/, "").replace(".", "") : mantissa;
  return digits.replace(/^0+/, "").length;
}

/** Lower case, as it is stored and compared. */
export function readGuid(text: string): Read {
  return guid.test(text) ? { value: text.toLowerCase() } : { problem: `${shown(text)} is not a guid` };
}

/** A day that the calendar has. */
export function readDate(text: string): Read {
  return isCalendarDate(text) ? { value: text } : { problem: `${shown(text)} is not a date such as 2026-02-28` };
}

/** An instant with its offset, in UTC. */
export function readInstant(text: string): Read {
  const value = canonicalInstant(text);
  if (value !== undefined) return { value };
  return { problem: `${shown(text)} is not a date and time with offset such as 2026-02-28T12:00:00Z` };
}

/** Seconds. */
export function readDuration(text: string): Read {
  const value = durationSeconds(text);
  return value === undefined ? { problem: `${shown(text)} is not a duration such as P1DT2H30M` } : { value };
}

export function readTimeOfDay(text: string): Read {
  const value = canonicalTimeOfDay(text);
  return value === undefined ? { problem: `${shown(text)} is not a time of day such as 07:30:00` } : { value };
}

export function readBinary(text: string): Read {
  const value = canonicalBinary(text);
  return value === undefined ? { problem: `${shown(text)} is not base64url` } : { value };
}

/** A literal of a URL as a value of that type: the key in `Set(…)`, a parameter of a function. */
export function readUrlLiteral(text: string, type: PrimitiveTypeName): Read {
  switch (type) {
    case "Edm.String":
      return readQuoted(text);
    case "Edm.Boolean":
      if (text === "true" || text === "false") return { value: text === "true" };
      return { problem: `${shown(text)} is not true or false` };
    case "Edm.Guid":
      return readGuid(text);
    case "Edm.Date":
      return readDate(text);
    case "Edm.DateTimeOffset":
      return readInstant(text);
    case "Edm.TimeOfDay":
      return readTimeOfDay(text);
    case "Edm.Duration":
      return readPrefixed("duration", text, readDuration);
    case "Edm.Binary":
      return readPrefixed("binary", text, readBinary);
    case "Edm.Byte":
    case "Edm.SByte":
    case "Edm.Int16":
    case "Edm.Int32":
    case "Edm.Int64":
    case "Edm.Decimal":
    case "Edm.Double":
    case "Edm.Single":
      return readNumber(text, type);
  }
}

/** `duration'PT1H'`; 4.01 lets the prefix go. */
function readPrefixed(prefix: string, text: string, read: (inner: string) => Read): Read {
  const inner = new RegExp(`^(?:${prefix})?'([^']*)'$`, "i").exec(text)?.[1];
  return inner === undefined ? { problem: `${shown(text)} is not written ${prefix}'…'` } : read(inner);
}

function readQuoted(text: string): Read {
  if (!/^'(?:[^']|'')*'$/s.test(text)) {
    return { problem: `${shown(text)} is not a string in single quotes, with a quote in it doubled` };
  }
  return { value: text.slice(1, -1).replaceAll("''", "'") };
}

/** A piece of the request in a message: quoted, and cut where it is long. */
export function shown(text: string): string {
  const characters = [...text.slice(0, 120)];
  return JSON.stringify(characters.length > 60 || text.length > 120 ? `${characters.slice(0, 60).join("")}…` : text);
}
