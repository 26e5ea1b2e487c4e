/** Turns offsets into lines and columns; it is done only when a diagnostic is printed. */

/** 1-based; a column counts UTF-16 units, as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The place of an offset. Lines end with LF, CRLF or CR, as in most editors. */
export function placeAt(text: string, offset: number): Place {
  const starts = lineStarts(text);
  const index = starts.findLastIndex((start) => start <= offset);
  return { line: index + 1, column: offset - (starts[index] ?? 0) + 1 };
}

/** The text of a 1-based line without its ending. */
export function lineText(text: string, line: number): string {
  const start = lineStarts(text)[line - 1] ?? text.length;
  return /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? "";
}

/** The last text asked for is asked for again, diagnostic by diagnostic. */
let remembered: { readonly text: string; readonly starts: readonly number[] } = { text: "", starts: [0] };

/** The offset at which each line starts. */
export function lineStarts(text: string): readonly number[] {
  if (remembered.text !== text) {
    const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((ending) => ending.index + ending[0].length)];
    remembered = { text, starts };
  }
  return remembered.starts;
}
