/** Reads the keys of one TOML table against the keys it may have: wrong types, missing and unknown keys are reported here. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import type { TomlEntry, TomlNode, TomlString, TomlTable } from "./toml.ts";

/** A value with the place it was written at. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

/** What a key of a table is to this version: read, read and ignored, or known but not built yet. */
export type KeyStatus = "read" | "legacy" | "not-available-yet";

export interface TableForm {
  /** What a person calls the table, for messages: `[automaton]`. */
  readonly name: string;
  readonly keys: Readonly<Record<string, KeyStatus>>;
}

export interface TableReader {
  readonly span: Span;
  /** `read` must be the status of the key in the form. */
  readonly node: (key: string) => TomlNode | undefined;
  readonly string: (key: string) => TomlString | undefined;
  readonly boolean: (key: string) => Located<boolean> | undefined;
  /** A string or an array of strings; absent gives an empty list. */
  readonly strings: (key: string) => readonly TomlString[];
  /** Reports `parse/missing-key` where the key is absent. */
  readonly requiredString: (key: string) => TomlString | undefined;
  readonly has: (key: string) => boolean;
}

/** Opens a table; reports every key that the form does not read. */
export function readTable(table: TomlTable, form: TableForm, report: Report): TableReader {
  const entries = new Map(table.entries.map((entry) => [entry.key, entry]));
  for (const entry of table.entries) checkKey(entry, form, report);
  const node = (key: string): TomlNode | undefined => entries.get(key)?.value;
  const string = (key: string): TomlString | undefined => {
    const found = node(key);
    return found === undefined ? undefined : expectString(found, key, report);
  };
  return {
    span: table.span,
    node,
    string,
    has: (key) => entries.has(key),
    boolean: (key) => {
      const found = node(key);
      if (found === undefined || found.kind === "boolean") return found;
      return wrongType(found, key, "true or false", report);
    },
    strings: (key) => {
      const found = node(key);
      return found === undefined ? [] : expectStrings(found, key, report);
    },
    requiredString: (key) => {
      if (!entries.has(key)) report("parse/missing-key", table.span, { key, table: form.name });
      return string(key);
    },
  };
}

function checkKey({ key, keySpan }: TomlEntry, form: TableForm, report: Report): void {
  const status = Object.hasOwn(form.keys, key) ? form.keys[key] : undefined;
  switch (status) {
    case "read":
      return;
    case "legacy":
      report("parse/legacy-key", keySpan, { key, table: form.name });
      return;
    case "not-available-yet":
      report("parse/not-available-yet", keySpan, { construct: `"${key}" in ${form.name}` });
      return;
    case undefined:
      report(
        "parse/unknown-key",
        keySpan,
        { key, table: form.name },
        { hint: didYouMean(key, Object.keys(form.keys)) },
      );
  }
}

/** The string, or undefined with `parse/wrong-type` reported. */
export function expectString(node: TomlNode, key: string, report: Report): TomlString | undefined {
  return node.kind === "string" ? node : wrongType(node, key, "a string", report);
}

function expectStrings(node: TomlNode, key: string, report: Report): readonly TomlString[] {
  if (node.kind === "string") return [node];
  if (node.kind !== "array") {
    wrongType(node, key, "a string or an array of strings", report);
    return [];
  }
  return node.items.flatMap((item) => {
    const string = expectString(item, key, report);
    return string === undefined ? [] : [string];
  });
}

/** Reports that the value of a key has the wrong type. */
export function wrongType(node: TomlNode, key: string, wanted: string, report: Report): undefined {
  report("parse/wrong-type", node.span, { key, wanted, found: describe(node) });
  return undefined;
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
