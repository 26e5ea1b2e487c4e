/** The operators of the spec language that JavaScript does not have: total on any value, never an error. */
import type { Value, Values } from "./value.ts";

/** The largest value of a counter, 2^53 − 1: above it JavaScript's integers are not exact. */
export const counterMax = Number.MAX_SAFE_INTEGER;

type Maybe = Value | undefined;

/** A counter's value: an integer from 0 to `counterMax`. */
export function isCounter(value: Maybe): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** An integer within ±(2^53 − 1). */
export function isInt(value: Maybe): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** A finite number. */
export function isFloat(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

export function isBool(value: Maybe): value is boolean {
  return typeof value === "boolean";
}

export function isText(value: Maybe): value is string {
  return typeof value === "string";
}

/** A reference: an entity's id, or null where it is unset. */
export function isRef(value: Maybe): value is string | null {
  return typeof value === "string" || value === null;
}

/** A list or set of strings. */
export function isTexts(value: Maybe): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** The value of a name that every object has from its prototype as well. */
export function ownValue(values: Values, name: string): Maybe {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** An absent name is null. */
export function isAbsent(value: Maybe): boolean {
  return value === undefined || value === null;
}

/** `==` across kinds is false, and an absent name equals null; lists are equal item by item. */
export function equals(a: Maybe, b: Maybe): boolean {
  if (typeof a === "object" && typeof b === "object" && a !== null && b !== null) {
    return a.length === b.length && a.every((item, index) => item === b[index]);
  }
  return (a ?? null) === (b ?? null);
}

/** Whether the test holds for the value of every related entity; false for what is no list of them. */
export function everyRelated(values: Maybe | readonly Value[], test: (value: Value) => boolean): boolean {
  return typeof values === "object" && values !== null && values.every(test);
}

/** For order comparisons, which are false on what is not a number: as NaN is in every one of them. */
export function numeric(value: Maybe): number {
  return typeof value === "number" ? value : Number.NaN;
}

/** The length of a list or set; NaN for what is neither, so that no comparison holds. */
export function lengthOf(value: Maybe): number {
  return typeof value === "object" && value !== null ? value.length : Number.NaN;
}

/** Whether a list or set holds the text; false for what is neither, and for what is not a text. */
export function contains(items: Maybe, value: Maybe): boolean {
  return typeof items === "object" && items !== null && typeof value === "string" && items.includes(value);
}

/** True for null, the empty string and an empty list. */
export function isEmpty(value: Maybe): boolean {
  return value === undefined || value === null || value === "" || (typeof value === "object" && value.length === 0);
}

/** The list with the text at its end. */
export function appended(items: readonly string[], text: string): readonly string[] {
  return [...items, text];
}

/** The set with the text in it; the very same set where it is in already. */
export function added(items: readonly string[], text: string): readonly string[] {
  return items.includes(text) ? items : [...items, text];
}

/** The set without the text. */
export function removed(items: readonly string[], text: string): readonly string[] {
  return items.includes(text) ? items.filter((item) => item !== text) : items;
}

/** The list without the item at an index that is in it. */
export function removedAt(items: readonly string[], index: number): readonly string[] {
  return items.filter((_, at) => at !== index);
}

/** The texts with each once, in order of first appearance: how a set takes a list. */
export function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
