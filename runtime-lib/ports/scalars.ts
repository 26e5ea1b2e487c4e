/** The scalar functions of queries on values: what every store gives. */
import { canonicalInstant, canonicalTimeOfDay, type Value } from "../kernel/index.ts";
import type { ScalarFunction } from "./query.ts";

/** The function's value; null where an argument is null or of another type. */
export function scalar(name: ScalarFunction, values: readonly Value[]): Value {
  const [first = null, second = null, third] = values;
  if (typeof first === "number") return second === null && values.length > 1 ? null : ofNumbers(name, first, second);
  return typeof first === "string" ? ofText(name, first, second, third) : null;
}

function ofNumbers(name: ScalarFunction, first: number, second: Value): Value {
  const other = Number(second);
  switch (name) {
    case "add":
      return first + other;
    case "sub":
      return first - other;
    case "mul":
      return first * other;
    case "quotient":
      return other === 0 ? null : Math.trunc(first / other) + 0;
    case "divide":
      return other === 0 ? null : first / other;
    case "mod":
      return other === 0 ? null : (first % other) + 0;
    case "negate":
      return 0 - first;
    case "round":
      return Math.sign(first) * Math.floor(Math.abs(first) + 0.5) + 0;
    case "floor":
      return Math.floor(first) + 0;
    case "ceiling":
      return Math.ceil(first) + 0;
    case "instant":
      return instantAt(Math.round(first));
    case "digits":
      return String(Math.trunc(first) + 0);
    default:
      return null;
  }
}

function ofText(name: ScalarFunction, text: string, second: Value, third: Value | undefined): Value {
  switch (name) {
    case "length":
      return [...text].length;
    case "tolower":
      return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    case "toupper":
      return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
    case "trim":
      return text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
    case "concat":
      return typeof second === "string" ? text + second : null;
    case "indexof":
      return typeof second === "string" ? indexOf(text, second) : null;
    case "substring":
      return typeof second === "number" && third !== null ? substring(text, second, third) : null;
    default:
      return ofInstant(name, text);
  }
}

function indexOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? -1 : [...text.slice(0, at)].length;
}

/** A start below zero counts from the end (OData 4.01 part 2, 5.1.1.7). */
function substring(text: string, start: number, length: Value | undefined): string {
  const characters = [...text];
  const from = start < 0 ? Math.max(characters.length + start, 0) : start;
  const end = typeof length === "number" ? from + Math.max(length, 0) : characters.length;
  return characters.slice(from, end).join("");
}

function ofInstant(name: ScalarFunction, text: string): Value {
  switch (name) {
    case "year":
      return Number(text.slice(0, 4));
    case "month":
      return Number(text.slice(5, 7));
    case "day":
      return Number(text.slice(8, 10));
    case "hour":
      return Number(text.slice(11, 13));
    case "minute":
      return Number(text.slice(14, 16));
    case "second":
      return Number(text.slice(17, 19));
    case "fractionalseconds":
      return Number(`0${text.slice(19).replace("Z", "")}`);
    case "date":
      return text.slice(0, 10);
    case "time":
      return canonicalTimeOfDay(text.slice(11).replace("Z", "")) ?? null;
    case "offset":
      return 0;
    case "micros":
      return microsOf(text);
    default:
      return null;
  }
}

/** What is finer than a microsecond is cut off. */
function microsOf(text: string): number | null {
  const seconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19) || "00:00:00"}Z`) / 1_000;
  const micros = Number(text.slice(20).replace("Z", "").slice(0, 6).padEnd(6, "0"));
  return Number.isNaN(seconds) ? null : seconds * 1e6 + micros;
}

/** From 0001-01-01 to the end of 9999. */
const firstMicros = -62_135_596_800_000_000;
const beyondMicros = 253_402_300_800_000_000;

function instantAt(micros: number): string | null {
  if (!(micros >= firstMicros && micros < beyondMicros)) return null;
  const seconds = Math.floor(micros / 1e6);
  const text = new Date(seconds * 1_000).toISOString().slice(0, 19);
  return canonicalInstant(`${text}.${String(micros - seconds * 1e6).padStart(6, "0")}Z`) ?? null;
}
