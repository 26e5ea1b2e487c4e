/** Where everything of a TOML file stands: its headers, keys and comments, so that a change leaves the rest as it was. */

import { type AST, parseTOML } from "toml-eslint-parser";
import type { Report } from "../diagnostics/diagnostic.ts";
import { parseToml, type TextFile, type TomlTable } from "../parse/toml.ts";

/** Keys from the root, and the places in arrays of tables: `["action", 0, "guard"]`. */
export type Path = readonly (string | number)[];

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A key with its value, on lines of its own. */
export interface Entry extends Range {
  readonly path: Path;
  readonly keys: readonly Range[];
  readonly value: Range;
}

/** A header and the keys under it; the first of a file has no header. */
export interface Block extends Range {
  readonly path: Path;
  readonly headerEnd: number;
  readonly entries: readonly Entry[];
}

export interface Layout {
  readonly text: string;
  readonly newline: "\n" | "\r\n";
  readonly root: TomlTable;
  readonly blocks: readonly Block[];
  /** In their order in the text. */
  readonly comments: readonly Range[];
  readonly index: Index;
}

/** By path: the blocks of it and below it, and the keys of it and below it that stand under no header of it. */
interface Index {
  readonly blocks: ReadonlyMap<string, readonly Block[]>;
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
}

/** The layout of a file; undefined where it is no TOML, which is reported. */
export function layoutOf(file: TextFile, report: Report): Layout | undefined {
  const root = parseToml(file, report);
  if (root === undefined) return undefined;
  const { text } = file;
  const program = parseTOML(text, { tomlVersion: "1.0" });
  const top = program.body[0].body;
  const loose = top.flatMap((node) => (node.type === "TOMLKeyValue" ? [entryOf(node, [])] : []));
  const head = { path: [], start: 0, headerEnd: 0, entries: loose, end: loose.at(-1)?.end ?? 0 };
  const headed = top.flatMap((node) => (node.type === "TOMLTable" ? [blockOf(node)] : []));
  const newline = /\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n";
  const blocks = [head, ...headed];
  return { text, newline, root, blocks, comments: program.comments.map(rangeOf), index: indexOf(blocks) };
}

function indexOf(blocks: readonly Block[]): Index {
  const byBlock = new Map<string, Block[]>();
  const byEntry = new Map<string, Entry[]>();
  for (const block of blocks) {
    addUnder(byBlock, block, 1);
    for (const entry of block.entries) addUnder(byEntry, entry, block.path.length + 1);
  }
  return { blocks: byBlock, entries: byEntry };
}

/** Under every beginning of its path that has so many parts at least. */
function addUnder<T extends { readonly path: Path }>(index: Map<string, T[]>, item: T, partsMin: number): void {
  for (let parts = partsMin; parts <= item.path.length; parts += 1) {
    const key = JSON.stringify(item.path.slice(0, parts));
    const present = index.get(key);
    if (present === undefined) index.set(key, [item]);
    else present.push(item);
  }
}

/** The headers of that path and below it. */
export function blocksUnder({ index }: Layout, path: Path): readonly Block[] {
  return index.blocks.get(JSON.stringify(path)) ?? [];
}

/** The keys of that path and below it that do not stand under a header of it. */
export function entriesUnder({ index }: Layout, path: Path): readonly Entry[] {
  return index.entries.get(JSON.stringify(path)) ?? [];
}

function rangeOf({ range: [start, end] }: { readonly range: readonly [number, number] }): Range {
  return { start, end };
}

function blockOf(node: AST.TOMLTable): Block {
  const path = node.resolvedKey;
  const entries = node.body.map((each) => entryOf(each, path));
  const start = node.range[0];
  const headerEnd = node.key.range[1] + (node.kind === "array" ? 2 : 1);
  return { path, start, headerEnd, entries, end: entries.at(-1)?.end ?? headerEnd };
}

function entryOf(node: AST.TOMLKeyValue, above: Path): Entry {
  const names = node.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value));
  return {
    ...rangeOf(node),
    path: [...above, ...names],
    keys: node.key.keys.map(rangeOf),
    value: rangeOf(node.value),
  };
}

export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((each, index) => each === path[index]);
}

/** Where the line ends, before its line break. */
export function lineEnd({ text }: Layout, at: number): number {
  const found = text.indexOf("\n", at);
  if (found < 0) return text.length;
  return text[found - 1] === "\r" && found > at ? found - 1 : found;
}

export function lineStart({ text }: Layout, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** The white space that the line begins with. */
export function indentAt(layout: Layout, at: number): string {
  return /^[ \t]*/.exec(layout.text.slice(lineStart(layout, at), at))?.[0] ?? "";
}

/** The comments that begin in a range, as they are written. */
export function commentsIn(layout: Layout, { start, end }: Range): readonly string[] {
  const { text, comments } = layout;
  return comments
    .slice(firstComment(layout, start), firstComment(layout, end))
    .map((each) => text.slice(each.start, each.end));
}

/** The place in the list of the first comment that begins there or later. */
function firstComment({ comments }: Layout, at: number): number {
  let [low, high] = [0, comments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle]?.start ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the comment lines begin that stand directly above a line; the line itself where there are none. */
export function leadStart(layout: Layout, at: number): number {
  let start = lineStart(layout, at);
  while (start > 0) {
    const above = lineStart(layout, start - 1);
    const line = layout.text.slice(above, start);
    const isComment = commentsIn(layout, { start: above, end: start }).length > 0;
    if (!isComment || !/^[ \t]*#/.test(line)) break;
    start = above;
  }
  return start;
}
