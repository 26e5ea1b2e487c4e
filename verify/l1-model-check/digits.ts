/** A snapshot as digits: one for the status and one for each variable, each with as many values as the search tells apart. */
import type { Snapshot, Value } from "@temperc/runtime";
import { Interner, ListInterner } from "./interner.ts";
import type { Range, VariableShape } from "./shape.ts";

/** The digit of a value that is past its variable's bound. */
export const past = -1;

export interface Digit {
  /** The property of the snapshot that it stands for. */
  readonly name: string;
  /** Digits are from 0 to `size − 1`. */
  readonly size: number;
  /** The value's digit, or `past`. */
  readonly digitOf: (value: Value) => number;
}

/** Ranges with more integers than this are numbered as they are met. */
const countedMax = 2 ** 20;
const metMax = 2 ** 32;

/** The digits of a snapshot in the order in which they are packed. `textsMax` is how many strings each variable can hold. */
export function digitsOf(
  statuses: readonly string[],
  variables: readonly VariableShape[],
  textsMax: (variable: string) => number,
): readonly Digit[] {
  const status = new Interner(statuses.length);
  for (const name of statuses) status.numberOf(name);
  const first = { name: "status", size: statuses.length, digitOf: (value: Value) => status.numberOf(value) };
  return [first, ...variables.map((shape) => variableDigit(shape, textsMax(shape.name)))];
}

function variableDigit(shape: VariableShape, textsMax: number): Digit {
  const { name } = shape;
  switch (shape.kind) {
    case "bool":
      return { name, size: 3, digitOf: (value) => (value === false ? 0 : value === true ? 1 : 2) };
    case "text": {
      const texts = new Interner(textsMax);
      return { name, size: texts.sizeMax, digitOf: (value) => texts.numberOf(value) };
    }
    case "list":
      return listDigit(shape, textsMax);
    case "number": {
      const isCounted = !shape.fractions && shape.high - shape.low < countedMax;
      return isCounted ? countedDigit(name, shape) : metDigit(name, shape);
    }
  }
}

function listDigit({ name, lengthMax, ordered }: Extract<VariableShape, { kind: "list" }>, elementsMax: number): Digit {
  const lists = new ListInterner({ elementsMax, ordered, sizeMax: listsMax(elementsMax, lengthMax) });
  const digitOf = (value: Value): number => {
    const list = Array.isArray(value) ? value : [];
    return list.length > lengthMax ? past : lists.numberOf(list);
  };
  return { name, size: lists.sizeMax, digitOf };
}

/** How many lists of at most that length there are. */
function listsMax(elements: number, lengthMax: number): number {
  let count = 1;
  for (let length = 0; length < lengthMax && count < metMax; length++) count = count * elements + 1;
  return Math.min(count, metMax);
}

function countedDigit(name: string, range: Range): Digit {
  const { low, high } = range;
  const digitOf = (value: Value): number => {
    const within = merged(value, range);
    return within >= low && within <= high ? within - low : past;
  };
  return { name, size: high - low + 1, digitOf };
}

function metDigit(name: string, range: Range): Digit {
  const values = new Interner(metMax);
  const digitOf = (value: Value): number => {
    const within = merged(value, range);
    return within >= range.low && within <= range.high ? values.numberOf(within) : past;
  };
  return { name, size: metMax, digitOf };
}

/** The value, or the last one of its range where nothing tells it from that. What is no number is past every bound. */
function merged(value: Value, { low, high, mergesLow, mergesHigh }: Range): number {
  if (typeof value !== "number") return Number.NaN;
  if (value > high && mergesHigh) return high;
  return value < low && mergesLow ? low : value;
}

/** The name of the variable whose value is past its bound. */
export function nameOfPast(digits: readonly Digit[], snapshot: Snapshot): string | undefined {
  return digits.find(({ name, digitOf }) => digitOf(snapshot[name] ?? null) === past)?.name;
}
