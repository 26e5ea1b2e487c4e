/** Tables of the older forms, `{ type = "…", … }`: found by their type, read by their keys, and turned into today's text. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import { type ImpliedParam, type Lowered, lowered, namePiece, type Piece, quoteText } from "./lowering.ts";
import { anything, type Shape, text as stringShape, texts as stringsShape, wrongType } from "./shapes.ts";
import { type KeyForm, optional, readTable, required, type TableReader } from "./table.ts";
import type { TomlNode, TomlTable } from "./toml.ts";

export interface Form {
  /** The keys besides `type`; those that end in `?` may be absent. */
  readonly keys: readonly string[];
  /** Undefined where a key could not be read: that is told already. */
  readonly lower: (table: Reading) => readonly Piece[] | undefined;
}

/** A table that is read by the keys of its form. */
export interface Reading {
  readonly reader: TableReader<Readonly<Record<string, KeyForm<TomlNode>>>>;
  readonly report: Report;
  /** What the form takes without declaring it; filled while it is lowered. */
  readonly params: ImpliedParam[];
}

/** One kind of table: the forms by type, and what a message calls it. */
export interface Family {
  readonly what: "guard" | "effect";
  readonly forms: Readonly<Record<string, Form>>;
}

/** The table as text of today's grammar. Reports unknown types and keys, and missing ones. */
export function lowerTable(table: TomlTable, family: Family, report: Report): Lowered | undefined {
  const params: ImpliedParam[] = [];
  const pieces = tablePieces(table, family, { report, params });
  return pieces && lowered(table, pieces, params);
}

/** The pieces of a table inside another. */
export function tablePieces(
  table: TomlTable,
  { what, forms }: Family,
  { report, params }: Pick<Reading, "report" | "params">,
): readonly Piece[] | undefined {
  const type = table.entries.find((entry) => entry.key === "type")?.value;
  if (type?.kind !== "string") {
    report("parse/missing-key", table.span, { key: "type", table: `the ${what} in the older table form` });
    return undefined;
  }
  const form = Object.hasOwn(forms, type.value) ? forms[type.value] : undefined;
  if (form === undefined) {
    const hint = didYouMean(type.value, Object.keys(forms));
    report(`parse/unknown-${what}`, type.span, { type: type.value }, { hint });
    return undefined;
  }
  const title = `the ${what} of type ${type.value}`;
  const reader = readTable(table, { name: title, says: "", keys: keysOf(form) }, report);
  const isWhole = form.keys.every((each) => each.endsWith("?") || reader.get(each) !== undefined);
  return isWhole ? form.lower({ reader, report, params }) : undefined;
}

/** What a value must be is for `lower` to say: it may depend on another key. */
function keysOf({ keys }: Form): Readonly<Record<string, KeyForm<TomlNode>>> {
  const rows = ["type", ...keys].map((key): readonly [string, KeyForm<TomlNode>] =>
    key.endsWith("?") ? [key.slice(0, -1), optional(anything, "")] : [key, required(anything, "")],
  );
  return Object.fromEntries(rows);
}

/** The value of a key as that shape reads it. */
export function valueAt<T>({ reader, report }: Reading, key: string, shape: Shape<T>): T | undefined {
  const node = reader.get(key);
  return node && shape.read(node, key, report);
}

/** The one of several spellings of a key that is there. Reports `parse/missing-key`; then it is the first. */
export function oneKey({ reader, report }: Reading, keys: readonly [string, ...string[]]): string {
  const found = keys.find((key) => reader.get(key) !== undefined);
  if (found === undefined) report("parse/missing-key", reader.span, { key: keys[0], table: "the guard" });
  return found ?? keys[0];
}

/** The pieces, or undefined where one of them could not be read. */
export function join(pieces: readonly (Piece | undefined)[]): readonly Piece[] | undefined {
  const read = pieces.flatMap((piece) => piece ?? []);
  return read.length === pieces.length ? read : undefined;
}

/** A name of the expression language. */
export function name(table: Reading, key: string): Piece | undefined {
  const string = valueAt(table, key, stringShape);
  return string && namePiece(string, key, table.report);
}

/** The name of a parameter, which the form takes without declaring it. */
export function param(table: Reading, key: string, type: ImpliedParam["type"]): Piece | undefined {
  const string = valueAt(table, key, stringShape);
  if (string !== undefined) table.params.push({ name: string, type });
  return string && namePiece(string, key, table.report);
}

/** An integer that is not negative, also in a string. */
export function count({ reader, report }: Reading, key: string): Piece | undefined {
  const node = reader.get(key);
  if (node === undefined) return undefined;
  if (node.kind === "number" && node.isInteger && node.value >= 0) return { text: String(node.value), span: node.span };
  if (node.kind === "string" && /^\d+$/.test(node.value)) return { text: node.value, span: node.span };
  return wrongType(node, key, "an integer, 0 or more", report);
}

/** A string, a number or a bool as the expression language writes it. */
export function literal({ reader, report }: Reading, key: string): Piece | undefined {
  const node = reader.get(key);
  if (node === undefined) return undefined;
  if (node.kind === "string") return { text: quoteText(node.value), span: node.span };
  if (node.kind === "boolean" || (node.kind === "number" && Number.isFinite(node.value)))
    return { text: String(node.value), span: node.span };
  return wrongType(node, key, "a string, a number or a bool", report);
}

/** A string as a literal. */
export function text(table: Reading, key: string): Piece | undefined {
  const string = valueAt(table, key, stringShape);
  return string && { text: quoteText(string.value), span: string.span };
}

/** A list of strings as a set of literals. */
export function texts(table: Reading, key: string): Piece | undefined {
  const [first, ...others] = valueAt(table, key, stringsShape) ?? [];
  if (first === undefined) return "[]";
  const span = { ...first.span, end: others.at(-1)?.span.end ?? first.span.end };
  return { text: `[${[first, ...others].map(({ value }) => quoteText(value)).join(", ")}]`, span };
}
