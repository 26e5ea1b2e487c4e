/** Finds the place in the file of each character of a TOML string, through quotation marks and escapes. */

import type { Span } from "../diagnostics/span.ts";
import type { TomlString } from "./toml.ts";

/**
 * Turns a range of offsets in the string's value into a span of the file. Escapes count with their whole source;
 * an empty range points at one character, or at the closing quotation mark at the end.
 */
export function spanInString(string: TomlString, start: number, end: number): Span {
  const { pieces } = string;
  if (pieces !== undefined) return pieces.find((each) => each.start <= start && end <= each.end)?.span ?? string.span;
  const offsets = sourceOffsets(string.source);
  const { file, start: base, end: last } = string.span;
  const from = offsets[start];
  if (from === undefined) return { file, start: Math.max(base, last - 1), end: last };
  const to = offsets[Math.max(end, start + 1)] ?? string.source.length - 1;
  return { file, start: base + from, end: base + Math.max(to, from + 1) };
}

/** For each UTF-16 unit of the value, and one past its end, the offset in the quoted source. */
function sourceOffsets(source: string): readonly number[] {
  const quote = source.slice(0, 3) === '"""' || source.slice(0, 3) === "'''" ? source.slice(0, 3) : source.slice(0, 1);
  const isBasic = quote.startsWith('"');
  const end = source.length - quote.length;
  let at = quote.length;
  if (quote.length === 3) at += source.startsWith("\r\n", at) ? 2 : source.startsWith("\n", at) ? 1 : 0;
  const offsets: number[] = [];
  while (at < end) {
    const width = isBasic && source[at] === "\\" ? escapeWidth(source, at) : { source: 1, value: 1 };
    for (let unit = 0; unit < width.value; unit += 1) offsets.push(at);
    at += width.source;
  }
  offsets.push(end);
  return offsets;
}

/** How many characters an escape takes in the source, and how many UTF-16 units it gives. */
function escapeWidth(source: string, at: number): { readonly source: number; readonly value: number } {
  const kind = source[at + 1];
  if (kind === "u") return { source: 6, value: 1 };
  if (kind === "U") return { source: 10, value: Number.parseInt(source.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1 };
  const folded = /^\\[ \t]*\r?\n[ \t\r\n]*/.exec(source.slice(at));
  return folded === null ? { source: 2, value: 1 } : { source: folded[0].length, value: 0 };
}
