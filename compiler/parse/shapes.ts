/** What a value may look like: each shape reads a TOML value, says what it wants, and says the same as JSON Schema. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Define, JsonSchema } from "./json-schema.ts";
import type { TomlArray, TomlEntry, TomlNode, TomlString } from "./toml.ts";

/** A value with the place it was written at. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

export interface Shape<T> {
  /** What a person would ask for, for messages: `a string`. */
  readonly wanted: string;
  /** Whether this is the alternative that the writer meant; what is wrong inside is told by `read`. */
  readonly fits: (node: TomlNode) => boolean;
  /** The value. Reports `parse/wrong-type`; then there is none, or a list without the items that are wrong. */
  readonly read: (node: TomlNode, key: string, report: Report) => T | undefined;
  readonly schema: (define: Define) => JsonSchema;
}

function scalar<T>(wanted: string, select: (node: TomlNode) => T | undefined, schema: JsonSchema): Shape<T> {
  return {
    wanted,
    fits: (node) => select(node) !== undefined,
    read: (node, key, report) => select(node) ?? wrongType(node, key, wanted, report),
    schema: () => schema,
  };
}

/** Any string: names, and expressions that have a grammar of their own. */
export const text: Shape<TomlString> = scalar("a string", (node) => (node.kind === "string" ? node : undefined), {
  type: "string",
});

export const flag: Shape<Located<boolean>> = scalar(
  "true or false",
  (node) => (node.kind === "boolean" ? node : undefined),
  { type: "boolean" },
);

/** A whole number. */
export const integer: Shape<Located<number>> = scalar("an integer", (node) => numberIn(node, true), {
  type: "integer",
});

/** A whole number from `min` on, and no more than `max` where that is given. Reports `bind/out-of-range`. */
export function integerFrom(min: number, max?: number): Shape<Located<number>> {
  const range = max === undefined ? `${min} or more` : max === min ? String(min) : `${min} to ${max}`;
  return {
    ...integer,
    read: (node, key, report) => {
      const found = integer.read(node, key, report);
      if (found === undefined || (found.value >= min && found.value <= (max ?? found.value))) return found;
      report("bind/out-of-range", found.span, { key, range });
      return undefined;
    },
    schema: () => ({ type: "integer", minimum: min, ...(max !== undefined && { maximum: max }) }),
  };
}

/** A number, whole or not. */
export const numeric: Shape<Located<number>> = scalar("a number", (node) => numberIn(node, false), { type: "number" });

function numberIn(node: TomlNode, isInteger: boolean): Located<number> | undefined {
  if (node.kind !== "number" || !Number.isFinite(node.value) || (isInteger && !node.isInteger)) return undefined;
  return { value: node.value, span: node.span };
}

/** A table whose keys are names that the writer chose. */
export const mapping: Shape<readonly TomlEntry[]> = scalar(
  "a table",
  (node) => (node.kind === "table" ? node.entries : undefined),
  { type: "object" },
);

/** A value of any type: what it must be depends on another key, and `bind` knows. */
export const anything: Shape<TomlNode> = scalar("a value", (node) => node, {});

/** A string that `bind` looks up by `wordAs`; editors offer the words. */
export function word(words: readonly string[]): Shape<TomlString> {
  return { ...text, schema: () => ({ anyOf: [{ enum: words }, { type: "string", pattern: anyCase(words) }] }) };
}

/** A string that `bind` looks up among these words as they are; editors offer them. */
export function exactWord(words: readonly string[]): Shape<TomlString> {
  return { ...text, schema: () => ({ enum: words }) };
}

/** The one of the words that is written, in whatever case and with or without its underscores: `SameId` is `same_id`. */
export function wordAs<W extends string>(written: string, words: readonly W[]): W | undefined {
  return words.find((each) => new RegExp(anyCase([each])).test(written));
}

/** JSON Schema's regular expressions have no flag for it. */
function anyCase(words: readonly string[]): string {
  const either = words.map((each) =>
    each.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`).replaceAll("_", "_?"),
  );
  return `^(${either.join("|")})$`;
}

/** An array; an item that is wrong is reported and left out. */
export function list<T>(item: Shape<T>, wanted: string): Shape<readonly T[]> {
  return {
    wanted,
    fits: (node) => node.kind === "array",
    read: (node, key, report) =>
      node.kind === "array" ? readItems(node, item, key, report) : wrongType(node, key, wanted, report),
    schema: (define) => ({ type: "array", items: item.schema(define) }),
  };
}

function readItems<T>(node: TomlArray, item: Shape<T>, key: string, report: Report): readonly T[] {
  return node.items.flatMap((each) => {
    const found = item.read(each, key, report);
    return found === undefined ? [] : [found];
  });
}

/** One value, or an array of them: either way a list. */
export function oneOrMore<T>(item: Shape<T>, wanted: string): Shape<readonly T[]> {
  const several = list(item, wanted);
  return {
    wanted,
    fits: (node) => several.fits(node) || item.fits(node),
    read: (node, key, report) => {
      if (several.fits(node)) return several.read(node, key, report);
      if (!item.fits(node)) return wrongType(node, key, wanted, report);
      const found = item.read(node, key, report);
      return found === undefined ? [] : [found];
    },
    schema: (define) => ({ anyOf: [item.schema(define), several.schema(define)] }),
  };
}

export const texts: Shape<readonly TomlString[]> = oneOrMore(text, "a string or an array of strings");

/** The one of two shapes that fits. */
export function either<A, B>(one: Shape<A>, other: Shape<B>, wanted: string): Shape<A | B> {
  return {
    wanted,
    fits: (node) => one.fits(node) || other.fits(node),
    read: (node, key, report) => {
      if (one.fits(node)) return one.read(node, key, report);
      return other.fits(node) ? other.read(node, key, report) : wrongType(node, key, wanted, report);
    },
    schema: (define) => ({ anyOf: [one.schema(define), other.schema(define)] }),
  };
}

/** Reports that the value of a key has the wrong type. */
export function wrongType(node: TomlNode, key: string, wanted: string, report: Report): undefined {
  report("parse/wrong-type", node.span, { key, wanted, found: foundInstead(node, wanted) });
  return undefined;
}

/** A number of the right kind is told by its value. */
function foundInstead(node: TomlNode, wanted: string): string {
  const kind = describe(node);
  return node.kind === "number" && wanted.startsWith(kind) ? String(node.value) : kind;
}

/** What a person would call the value. */
export function describe(node: TomlNode): string {
  switch (node.kind) {
    case "string":
      return "a string";
    case "number":
      return node.isInteger ? "an integer" : "a fractional number";
    case "boolean":
      return node.value ? "true" : "false";
    case "date":
      return "a date";
    case "array":
      return "an array";
    case "table":
      return "a table";
  }
}
