/** The ways in which a key of a TOML file is changed, added and removed with every comment kept. */

import type { TomlArray, TomlNode, TomlTable } from "../parse/toml.ts";
import type { Edit } from "./edit.ts";
import {
  type Block,
  blocksUnder,
  commentsIn,
  type Entry,
  entriesUnder,
  indentAt,
  type Layout,
  leadStart,
  lineEnd,
  lineStart,
  type Path,
} from "./layout.ts";

/** A table, and where it is from the root. */
export interface Place {
  readonly path: Path;
  readonly table: TomlTable;
}

/** A key with its value as TOML. */
export interface Written {
  readonly key: string;
  readonly value: string;
}

/** Whether the value is one piece of text: not spread over headers or dotted keys. */
export function standsAlone(node: TomlNode): boolean {
  if (node.kind === "table") return node.isInline;
  return node.kind !== "array" || node.items.every((item) => item.kind !== "table" || item.isInline);
}

/** Puts the new text in the place of a value; the comments in it move above the line that it is on. */
export function replaceValue(layout: Layout, { start, end }: { start: number; end: number }, text: string): Edit[] {
  const kept = commentsIn(layout, { start, end });
  if (kept.length === 0) return [{ start, end, text }];
  return [...insertAbove(layout, { start, end }, kept), { start, end, text }];
}

/** Puts lines above the key whose value that is. */
export function insertAbove(
  layout: Layout,
  { start, end }: { start: number; end: number },
  lines: readonly string[],
): Edit[] {
  const entry = layout.blocks.flatMap(({ entries }) => entries).find((each) => each.start <= start && end <= each.end);
  const at = entry?.start ?? start;
  return insertLines(layout, { at: lineStart(layout, at), like: at }, lines);
}

interface Spot {
  readonly at: number;
  /** The lines are indented as the line here is. */
  readonly like: number;
}

function insertLines(layout: Layout, { at, like }: Spot, lines: readonly string[]): Edit[] {
  if (lines.length === 0) return [];
  return [{ start: at, end: at, text: linesOf(layout, like, lines) }];
}

/** Gives a key another name and value, however it is written. */
export function respell(layout: Layout, { path, table }: Place, key: string, written: Written): Edit[] {
  const full = [...path, key];
  const inline = table.isInline ? table.entries.find((each) => each.key === key) : undefined;
  if (inline !== undefined) {
    return [
      ...replaceValue(layout, inline.value.span, written.value),
      ...(written.key === key ? [] : [{ ...boundsOf(inline.keySpan), text: written.key }]),
    ];
  }
  const exact = entriesUnder(layout, full).find((each) => each.path.length === full.length);
  const last = exact?.keys.at(-1);
  if (exact !== undefined && last !== undefined) {
    const renamed = written.key === key ? [] : [{ ...last, text: written.key }];
    return [...renamed, ...replaceValue(layout, exact.value, written.value)];
  }
  const [first, ...others] = entriesUnder(layout, full);
  if (first !== undefined) {
    const blocks = blocksUnder(layout, full).map((block) => removeBlock(layout, block, commentsOf(layout, block)));
    return [respellDotted(first, path, written), ...others.map((entry) => removeEntry(layout, entry)), ...blocks];
  }
  const kept = blocksUnder(layout, full).flatMap((block) => commentsOf(layout, block));
  return [
    ...removeKey(layout, { path, table }, key, "drop comments"),
    ...insertKey(layout, { path, table }, written, kept),
  ];
}

/** The last part of `guard.type = "…"` goes, and what stands before `guard` stays. */
function respellDotted({ path, keys, start, end }: Entry, above: Path, { key, value }: Written): Edit {
  const own = keys[above.length - (path.length - keys.length)];
  return { start: own?.start ?? start, end, text: `${key} = ${value}` };
}

function boundsOf({ start, end }: { start: number; end: number }): { start: number; end: number } {
  return { start, end };
}

/** The comments of a block: those directly above it, and those in it. */
export function commentsOf(layout: Layout, block: Block): readonly string[] {
  return commentsIn(layout, { start: leadStart(layout, block.start), end: lineEnd(layout, block.end) });
}

/** Takes a key away, however it is written. Comments beside it stay, unless they are to be put elsewhere. */
export function removeKey(
  layout: Layout,
  { path, table }: Place,
  key: string,
  comments: "keep comments" | "drop comments" = "keep comments",
): Edit[] {
  if (table.isInline) return removeInline(layout, table, key);
  const full = [...path, key];
  const entries = entriesUnder(layout, full).map((entry) => removeEntry(layout, entry));
  const blocks = blocksUnder(layout, full).map((block) =>
    removeBlock(layout, block, comments === "keep comments" ? commentsOf(layout, block) : []),
  );
  return [...entries, ...blocks];
}

function removeInline({ text }: Layout, { entries }: TomlTable, key: string): Edit[] {
  const index = entries.findIndex((each) => each.key === key);
  const [before, found, after] = [entries[index - 1], entries[index], entries[index + 1]];
  if (found === undefined) return [];
  const end = found.value.span.end;
  if (before !== undefined) return [{ start: before.value.span.end, end, text: "" }];
  if (after !== undefined) return [{ start: found.keySpan.start, end: after.keySpan.start, text: "" }];
  return [{ start: found.keySpan.start, end: end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0), text: "" }];
}

function removeEntry(layout: Layout, { start, end }: Entry): Edit {
  const kept = commentsIn(layout, { start, end: lineEnd(layout, end) });
  return { ...linesFrom(layout, start, end), text: linesOf(layout, start, kept) };
}

/** Takes a block away with the comments directly above it, and leaves one blank line where there were several. */
export function removeBlock(layout: Layout, block: Block, kept: readonly string[] = []): Edit {
  const { start, end } = linesFrom(layout, leadStart(layout, block.start), block.end);
  let next = end;
  if (kept.length === 0 && isBlankBefore(layout, start)) {
    while (next < layout.text.length && lineEnd(layout, next) === next) next = nextLine(layout, next);
  }
  return { start, end: next, text: linesOf(layout, block.start, kept) };
}

function linesFrom(layout: Layout, first: number, last: number): { readonly start: number; readonly end: number } {
  return { start: lineStart(layout, first), end: nextLine(layout, lineEnd(layout, last)) };
}

function linesOf(layout: Layout, like: number, lines: readonly string[]): string {
  return lines.map((line) => indentAt(layout, like) + line + layout.newline).join("");
}

function isBlankBefore({ text }: Layout, start: number): boolean {
  return start === 0 || /\n\r?\n$/.test(text.slice(Math.max(0, start - 3), start));
}

function nextLine({ text }: Layout, end: number): number {
  if (text.startsWith("\r\n", end)) return end + 2;
  return Math.min(text.length, end + 1);
}

/** Adds a key to a table, after those that it has. */
export function insertKey(
  layout: Layout,
  place: Place,
  { key, value }: Written,
  comments: readonly string[] = [],
): Edit[] {
  if (place.table.isInline) return insertInline(layout, place.table, `${key} = ${value}`);
  const block = blocksUnder(layout, place.path).find(({ path }) => path.length === place.path.length);
  if (block !== undefined) {
    const like = block.entries.at(-1) ?? block;
    return insertAfter(layout, { at: block.end, like: like.start }, [...comments, `${key} = ${value}`]);
  }
  const dotted = entriesUnder(layout, place.path).at(-1);
  if (dotted === undefined) throw new Error(`the table ${place.path.join(".")} stands nowhere`);
  const own = dotted.keys[place.path.length - 1];
  const prefix = own === undefined ? "" : `${layout.text.slice(dotted.start, own.end)}.`;
  return insertAfter(layout, { at: dotted.end, like: dotted.start }, [...comments, `${prefix}${key} = ${value}`]);
}

/** Adds lines after the line of a place; a last line without a line break gets one. */
export function insertAfter(layout: Layout, { at, like }: Spot, lines: readonly string[]): Edit[] {
  const indent = indentAt(layout, like);
  const indented = lines.map((line) => (line === "" ? "" : indent + line));
  const [end, next] = [lineEnd(layout, at), nextLine(layout, lineEnd(layout, at))];
  const text = end === next ? ["", ...indented] : [...indented, ""];
  return [{ start: next, end: next, text: text.join(layout.newline) }];
}

function insertInline({ text }: Layout, { span }: TomlTable, written: string): Edit[] {
  const at = span.start + text.slice(span.start, span.end - 1).trimEnd().length;
  return at === span.start + 1
    ? [{ start: at, end: span.end - 1, text: ` ${written} ` }]
    : [{ start: at, end: at, text: `, ${written}` }];
}

/** Adds an item to an array that stands in one piece. */
export function appendItem(array: TomlArray, item: string): Edit {
  const last = array.items.at(-1)?.span.end;
  const at = last ?? array.span.start + 1;
  return { start: at, end: at, text: last === undefined ? item : `, ${item}` };
}
