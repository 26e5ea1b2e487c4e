/** Values of options, parsed and checked where they are typed. */
import { canonicalInstant } from "@temperc/runtime/kernel";
import { InvalidArgumentError } from "commander";
import { nearest } from "../compiler/index.ts";
import { type Refusal, unusable } from "./refusal.ts";

export type Assignments = ReadonlyMap<string, number>;

const nameLengthMax = 128;

/** Collects a repeated `--option name=number`. */
export function collectAssignment(text: string, earlier: Assignments = new Map()): Assignments {
  const match = /^([^=\s]+)=(\d{1,15})$/.exec(text);
  const name = match?.[1];
  if (name === undefined || name.length > nameLengthMax) {
    throw new InvalidArgumentError("It is a name and a whole number, such as ItemCount=3.");
  }
  return new Map([...earlier, [name, Number(match?.[2])]]);
}

/** Collects a repeated `--option text`. */
export function collectText(text: string, earlier: readonly string[] = []): readonly string[] {
  if (text === "") throw new InvalidArgumentError("It is empty.");
  return [...earlier, text];
}

export type FieldValues = Readonly<Record<string, string | number | boolean>>;

/** Collects a repeated `--option name=value`; `true`, `false` and numbers are what they say, everything else is text. */
export function collectField(text: string, earlier: FieldValues = {}): FieldValues {
  const [, name = "", value = ""] = /^([A-Za-z_]\w{0,127})=(.*)$/s.exec(text) ?? [];
  if (name === "") throw new InvalidArgumentError("It is a name and a value, such as CustomerId=alice.");
  const isPlain = /^(?:true|false|-?\d{1,15}(?:\.\d{1,15})?)$/.test(value);
  return { ...earlier, [name]: isPlain ? JSON.parse(value) : value };
}

export function parseExamples(text: string): number {
  const examples = Number(text);
  if (/^\d{1,4}$/.test(text) && examples >= 1 && examples <= 1_000) return examples;
  throw new InvalidArgumentError("It is a number from 1 to 1000.");
}

/** 0 takes any free port. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It is a number from 0 to 65535.");
}

const spanMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** From `30d`, `12h` or `90m` from now, or from an instant in UTC, to that instant. */
export function parseExpiry(text: string): string {
  const [, count = "", unit = ""] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (unit !== "") return new Date(Date.now() + Number(count) * (spanMs[unit] ?? 0)).toISOString();
  const isOne = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/.test(text);
  const instant = isOne ? canonicalInstant(text) : undefined;
  if (instant !== undefined) return new Date(instant).toISOString();
  throw new InvalidArgumentError(
    "It is a time from now such as 30d, 12h or 90m, or an instant such as 2027-01-01T00:00:00Z.",
  );
}

/** One or more. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a whole number from 1 on.");
}

/** Threads, of which there is one at least. */
export function parseWorkers(text: string): number {
  const workers = Number(text);
  if (/^\d{1,3}$/.test(text) && workers >= 1 && workers <= 256) return workers;
  throw new InvalidArgumentError("It is a number from 1 to 256.");
}

/** Any would do: it stands for all random choices of a run. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d{1,10}$/.test(text) && seed < 2 ** 31) return seed;
  throw new InvalidArgumentError("It is a whole number below 2^31.");
}

/** The limits with what `--limit` says in place of their defaults; names that are no limit of these are left to others. */
export function chosenLimits<T extends object>(defaults: T, chosen: Assignments): T {
  return { ...defaults, ...Object.fromEntries([...chosen].filter(([name]) => Object.hasOwn(defaults, name))) };
}

/** Refuses a `--limit` that none of the tables of limits has. */
export function unknownLimit(chosen: Assignments, tables: readonly object[]): Refusal | undefined {
  const known = tables.flatMap((table) => Object.keys(table));
  const unknown = [...chosen.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return undefined;
  const meant = nearest(unknown, known);
  const hint = meant === undefined ? `the limits are ${known.join(", ")}` : `did you mean ${meant}?`;
  return unusable(`there is no limit ${unknown}`, hint);
}
