/** Cedar's `datetime` and `duration` extensions: milliseconds in 64 bits. */
import { extensionFailure, typeFailure } from "./failure.ts";
import { cedarString, isLong, wholeNumber } from "./operators.ts";
import type { CedarDatetime, CedarDuration, CedarTerm } from "./term.ts";

const secondMs = 1000n;
const minuteMs = 60n * secondMs;
const hourMs = 60n * minuteMs;
const dayMs = 24n * hourMs;

const datetimeText = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?(?:Z|([+-])(\d{2})(\d{2})))?$/;

/** `datetime("2024-10-15T11:35:00Z")`. Fails where the text is no such date or time. */
export function cedarDatetime(term: CedarTerm): CedarDatetime {
  const text = cedarString(term);
  const parts = datetimeText.exec(text);
  if (parts === null) throw extensionFailure("datetime", `invalid datetime: ${text}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = parts.slice(1, 8).map(numberOf);
  const [zoneHour = 0, zoneMinute = 0] = parts.slice(9).map(numberOf);
  const isTime = hour < 24 && minute < 60 && second < 60 && zoneHour < 24 && zoneMinute < 60;
  const days = dayOf(year, month, day);
  if (!isTime || days === undefined) throw extensionFailure("datetime", `invalid datetime: ${text}`);
  const zone = (parts[8] === "-" ? -1 : 1) * (zoneHour * 60 + zoneMinute);
  const local = BigInt((hour * 60 + minute - zone) * 60 + second) * secondMs + BigInt(ms);
  return { kind: "datetime", value: days * dayMs + local };
}

function numberOf(digits: string | undefined): number {
  return Number(digits ?? 0);
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; undefined where there is no such day. */
function dayOf(year: number, month: number, day: number): bigint | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay ? BigInt(date.getTime()) / dayMs : undefined;
}

/** `duration("1d2h3m4s5ms")`. Fails where the text is no duration or too long a one. */
export function cedarDuration(term: CedarTerm): CedarDuration {
  const text = cedarString(term);
  const parts = /^(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (parts === null || !/\d/.test(text)) throw extensionFailure("duration", "invalid duration pattern");
  const units = [dayMs, hourMs, minuteMs, secondMs, 1n];
  const total = units.reduce((sum, unit, index) => sum + unit * wholeNumber(parts[index + 2] ?? "0"), 0n);
  const value = parts[1] === "-" ? -total : total;
  if (!isLong(value)) throw extensionFailure("duration", "Duration overflows internal representation");
  return { kind: "duration", value };
}

export function cedarOffset(left: CedarTerm, right: CedarTerm): CedarDatetime {
  const [at, by] = [datetime(left), duration(right)];
  return { kind: "datetime", value: within64(at + by, "offset", "adding an offset") };
}

export function cedarDurationSince(left: CedarTerm, right: CedarTerm): CedarDuration {
  const [at, since] = [datetime(left), datetime(right)];
  return {
    kind: "duration",
    value: within64(at - since, "durationSince", "computing the duration between two datetimes"),
  };
}

/** The beginning of the day. */
export function cedarToDate(term: CedarTerm): CedarDatetime {
  const at = datetime(term);
  return { kind: "datetime", value: within64(at - timeOfDay(at), "toDate", "computing the date of a datetime") };
}

/** What has passed of the day. */
export function cedarToTime(term: CedarTerm): CedarDuration {
  return { kind: "duration", value: timeOfDay(datetime(term)) };
}

function timeOfDay(at: bigint): bigint {
  return ((at % dayMs) + dayMs) % dayMs;
}

export function cedarToMilliseconds(term: CedarTerm): bigint {
  return duration(term);
}

export function cedarToSeconds(term: CedarTerm): bigint {
  return duration(term) / secondMs;
}

export function cedarToMinutes(term: CedarTerm): bigint {
  return duration(term) / minuteMs;
}

export function cedarToHours(term: CedarTerm): bigint {
  return duration(term) / hourMs;
}

export function cedarToDays(term: CedarTerm): bigint {
  return duration(term) / dayMs;
}

function within64(value: bigint, name: string, attempt: string): bigint {
  if (isLong(value)) return value;
  throw extensionFailure(name, `overflows when ${attempt}`);
}

function datetime(term: CedarTerm): bigint {
  if (typeof term === "object" && term.kind === "datetime") return term.value;
  throw typeFailure(["datetime"], term);
}

function duration(term: CedarTerm): bigint {
  if (typeof term === "object" && term.kind === "duration") return term.value;
  throw typeFailure(["duration"], term);
}
