/** Reads a TOML table against its form: wrong types, missing and unknown keys are reported here, once for each key. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Define, JsonSchema } from "./json-schema.ts";
import { list, type Shape, wrongType } from "./shapes.ts";
import type { TomlEntry, TomlTable } from "./toml.ts";

/** What a key of a table is to this version: read, or told and ignored. */
export type KeyStatus = "read" | "legacy";

export interface KeyForm<T> {
  readonly status: KeyStatus;
  readonly isRequired: boolean;
  readonly shape: Shape<T>;
  /** One sentence for a person who writes the key. */
  readonly says: string;
}

export type KeyForms = Readonly<Record<string, KeyForm<unknown>>>;

export interface TableForm<K extends KeyForms> {
  /** What a person calls the table, for messages: `[automaton]`. */
  readonly name: string;
  /** One sentence for a person who writes the table. */
  readonly says: string;
  readonly keys: K;
  /** True where keys that the form lacks are no typos but the writer's own. */
  readonly isOpen?: boolean;
}

/** A key that must be there. */
export function required<T>(shape: Shape<T>, says: string): KeyForm<T> {
  return { status: "read", isRequired: true, shape, says };
}

export function optional<T>(shape: Shape<T>, says: string): KeyForm<T> {
  return { status: "read", isRequired: false, shape, says };
}

/** A key of an older form that does nothing: told and forgiven. */
export function legacy<T>(shape: Shape<T>, says: string): KeyForm<T> {
  return { status: "legacy", isRequired: false, shape, says };
}

type ValueOf<F> = F extends KeyForm<infer T> ? T : never;

/** A table that was read; asking for a key that its form lacks does not compile. */
export interface TableReader<K extends KeyForms> {
  readonly span: Span;
  /** The table's name as messages give it. */
  readonly name: string;
  readonly entries: readonly TomlEntry[];
  /** The value as its shape reads it; undefined where it is absent, or wrong and reported. */
  readonly get: <N extends keyof K & string>(key: N) => ValueOf<K[N]> | undefined;
  /** Whether the key is there, be its value right or wrong. */
  readonly has: (key: keyof K & string) => boolean;
  /** The entries under keys that an open form lacks. */
  readonly others: readonly TomlEntry[];
}

/** What a table of that form reads as. */
export type Read<F extends { readonly keys: KeyForms }> = TableReader<F["keys"]>;

/** Reads a table. Reports `parse/unknown-key`, `…/missing-key`, `…/wrong-type` and `…/legacy-key`. */
export function readTable<K extends KeyForms>(table: TomlTable, form: TableForm<K>, report: Report): TableReader<K> {
  const present = new Set(table.entries.map(({ key }) => key));
  for (const [key, { isRequired }] of Object.entries(form.keys)) {
    if (isRequired && !present.has(key)) report("parse/missing-key", table.span, { key, table: form.name });
  }
  const values = new Map(table.entries.map((entry) => [entry.key, readEntry(entry, form, report)]));
  return {
    span: table.span,
    name: form.name,
    entries: table.entries,
    has: (key) => present.has(key),
    others: table.entries.filter(({ key }) => !Object.hasOwn(form.keys, key)),
    // The value under a key was read by the shape of that same key; TypeScript cannot follow the pair through a map.
    get: <N extends keyof K & string>(key: N) => values.get(key) as ValueOf<K[N]> | undefined,
  };
}

/** The table with its first place as its span: where something is missing in a whole file. */
export function atStart(root: TomlTable): TomlTable {
  return { ...root, span: { ...root.span, end: root.span.start } };
}

function readEntry<K extends KeyForms>(entry: TomlEntry, form: TableForm<K>, report: Report): unknown {
  const { key, keySpan, value } = entry;
  const found = Object.hasOwn(form.keys, key) ? form.keys[key] : undefined;
  switch (found?.status) {
    case "read":
      return found.shape.read(value, key, report);
    case "legacy":
      report("parse/legacy-key", keySpan, { key, table: form.name });
      return undefined;
    case undefined: {
      if (form.isOpen === true) return undefined;
      const hint = didYouMean(key, Object.keys(form.keys));
      report("parse/unknown-key", keySpan, { key, table: form.name }, { hint });
      return undefined;
    }
  }
}

/** A table of that form: `[name]`, or inline. */
export function table<K extends KeyForms>(form: TableForm<K>): Shape<TableReader<K>> {
  return {
    wanted: "a table",
    fits: (node) => node.kind === "table",
    read: (node, key, report) =>
      node.kind === "table" ? readTable(node, form, report) : wrongType(node, key, "a table", report),
    schema: (define) => define(definitionName(form.name), () => tableSchema(form, define)),
  };
}

/** An array of tables of that form, as `[[name]]` makes it. */
export function tables<K extends KeyForms>(form: TableForm<K>): Shape<readonly TableReader<K>[]> {
  return list(table(form), `an array of tables, ${form.name}`);
}

/** `[[action.triggers]]` is called `action.triggers`, and `a parameter` just `parameter`. */
function definitionName(name: string): string {
  return name.replace(/^an? /, "").replace(/[^\w.]+/g, "");
}

/** The same form as JSON Schema: what `readTable` refuses as unknown, missing or of a wrong type, this refuses too. */
export function tableSchema<K extends KeyForms>(form: TableForm<K>, define: Define): JsonSchema {
  const rows = Object.entries(form.keys);
  return {
    type: "object",
    description: form.says,
    properties: Object.fromEntries(rows.map(([key, row]) => [key, described(row.shape.schema(define), row)])),
    required: rows.filter(([, { isRequired }]) => isRequired).map(([key]) => key),
    additionalProperties: form.isOpen ?? false,
  };
}

/** What stands beside a `$ref` is not read, so that goes one level down. */
function described(schema: JsonSchema, { says, status }: KeyForm<unknown>): JsonSchema {
  const description = `${says}${remarks[status]}`;
  return schema.$ref === undefined ? { description, ...schema } : { description, allOf: [schema] };
}

const remarks: Readonly<Record<KeyStatus, string>> = {
  read: "",
  legacy: " Of an older form: it does nothing.",
};
