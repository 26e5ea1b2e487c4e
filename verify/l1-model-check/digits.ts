/** A snapshot as digits: one for the status and one for each variable, each with as many values as the search tells apart. */
import type { Snapshot, Value } from "@temperc/runtime";
import { Interner, ListInterner } from "./interner.ts";
import type { Range, VariableShape } from "./shape.ts";

/** The digit of a value that is past its variable's bound. */
export const past = -1;

/** One property of the snapshot. Its digits are from 0 to `size − 1`. */
export type Digit =
  | { readonly kind: "bool"; readonly name: string; readonly size: 2 }
  /** An integer from `low` to `high`; the digit is the distance from `low`. */
  | ({ readonly kind: "counted"; readonly name: string; readonly size: number } & Range)
  /** One of a few strings; the digit is its place among them. */
  | { readonly kind: "named"; readonly name: string; readonly size: number; readonly texts: readonly (string | null)[] }
  /** Any other value; the digit is given to it when it is first met. */
  | {
      readonly kind: "met";
      readonly name: string;
      readonly size: number;
      readonly digitOf: (value: Value) => number;
    };

/** More strings than these are looked up in a table. */
const namedMax = 32;

/** Ranges with more integers than this are numbered as they are met. */
const countedMax = 2 ** 20;
const metMax = 2 ** 32;

/**
 * The digits of a snapshot in the order in which they are packed. `textsOf` names the strings that a variable, or an
 * element of a list, can be.
 */
export function digitsOf(
  statuses: readonly string[],
  variables: readonly VariableShape[],
  textsOf: (variable: string) => readonly (string | null)[],
): readonly Digit[] {
  return [textDigit("status", statuses), ...variables.map((shape) => variableDigit(shape, textsOf(shape.name)))];
}

function variableDigit(shape: VariableShape, texts: readonly (string | null)[]): Digit {
  const { name } = shape;
  switch (shape.kind) {
    case "bool":
      return { kind: "bool", name, size: 2 };
    case "text":
      return textDigit(name, texts);
    case "list":
      return listDigit(shape, texts.length);
    case "number": {
      const size = shape.high - shape.low + 1;
      return shape.fractions || size > countedMax ? metDigit(name, shape) : { ...shape, kind: "counted", size };
    }
  }
}

function textDigit(name: string, texts: readonly (string | null)[]): Digit {
  if (texts.length <= namedMax) return { kind: "named", name, size: texts.length, texts };
  const known = new Interner(texts.length);
  for (const text of texts) known.numberOf(text);
  return { kind: "met", name, size: texts.length, digitOf: (value) => known.numberOf(value) };
}

function listDigit({ name, lengthMax, ordered }: Extract<VariableShape, { kind: "list" }>, elementsMax: number): Digit {
  const lists = new ListInterner({ elementsMax, ordered, sizeMax: listsMax(elementsMax, lengthMax) });
  const digitOf = (value: Value): number => {
    const list = Array.isArray(value) ? value : [];
    return list.length > lengthMax ? past : lists.numberOf(list);
  };
  return { kind: "met", name, size: lists.sizeMax, digitOf };
}

/** How many lists of at most that length there are. */
function listsMax(elements: number, lengthMax: number): number {
  let count = 1;
  for (let length = 0; length < lengthMax && count < metMax; length++) count = count * elements + 1;
  return Math.min(count, metMax);
}

function metDigit(name: string, range: Range): Digit {
  const values = new Interner(metMax);
  const digitOf = (value: Value): number => {
    const within = merged(value, range);
    return isWithin(within, range) ? values.numberOf(within) : past;
  };
  return { kind: "met", name, size: metMax, digitOf };
}

/** The value, or the last one of its range where nothing tells it from that. */
function merged(value: Value, { low, high, mergesLow, mergesHigh }: Range): number {
  if (typeof value !== "number") return Number.NaN;
  if (value > high && mergesHigh) return high;
  return value < low && mergesLow ? low : value;
}

function isWithin(value: number, { low, high }: Range): boolean {
  return value >= low && value <= high;
}

/** The name of the variable whose value is past its bound. */
export function nameOfPast(digits: readonly Digit[], snapshot: Snapshot): string | undefined {
  return digits.find((digit) => isPast(digit, snapshot[digit.name] ?? null))?.name;
}

function isPast(digit: Digit, value: Value): boolean {
  switch (digit.kind) {
    case "bool":
    case "named":
      return false;
    case "counted":
      return !isWithin(merged(value, digit), digit);
    case "met":
      return digit.digitOf(value) === past;
  }
}
