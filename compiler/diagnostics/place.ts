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
  if (remembered.text !== text) remembered = { text, starts: startsIn(text) };
  return remembered.starts;
}

/** By the codes of characters: a pattern would take seconds for a file of line ends. */
function startsIn(text: string): readonly number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) starts.push(at + 1);
  }
  return starts;
}

const lineFeed = 10;
const carriageReturn = 13;
