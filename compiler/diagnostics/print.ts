/** Diagnostics as text for people: the place, the line with a caret under it, a hint and notes. */

import type { Diagnostic, Note } from "./diagnostic.ts";
import { lineText, type Place, placeAt } from "./place.ts";
import type { Span } from "./span.ts";

/** More than this many are counted, not shown: nobody reads the two hundred and first. */
const shownMax = 200;
/** A line longer than this is shown through a window round the caret. */
const lineWidthMax = 120;

export type Texts = ReadonlyMap<string, string>;

type Paint = (style: "error" | "warning" | "place" | "caret" | "hint" | "faint", text: string) => string;

const escapes = { error: 31, warning: 33, place: 1, caret: 36, hint: 32, faint: 2 } as const;
const coloured: Paint = (style, text) => `\u001b[${escapes[style]}m${text}\u001b[0m`;
const plain: Paint = (_style, text) => text;

/** The text form; ends with a line that counts errors and warnings, and is empty when there are none. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: Texts,
  options: { readonly color: boolean },
): string {
  if (diagnostics.length === 0) return "";
  const paint = options.color ? coloured : plain;
  const shown = diagnostics.slice(0, shownMax).map((each) => printOne(each, texts, paint));
  const left = diagnostics.length - shown.length;
  const more = left > 0 ? [`and ${left} more`] : [];
  return `${[...shown, ...more, summary(diagnostics)].join("\n\n")}\n`;
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  return `${plural(errors, "error")}, ${plural(diagnostics.length - errors, "warning")}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function printOne(diagnostic: Diagnostic, texts: Texts, paint: Paint): string {
  const { severity, code, message, span, hint, notes } = diagnostic;
  return [
    `${paint("place", placeText(span, texts))}: ${paint(severity, `${severity}[${code}]`)}: ${visible(message)}`,
    ...excerpt(span, texts, paint),
    ...(hint === undefined ? [] : [`  ${paint("hint", "hint:")} ${visible(hint)}`]),
    ...notes.flatMap((note) => printNote(note, texts, paint)),
  ].join("\n");
}

function printNote(note: Note, texts: Texts, paint: Paint): readonly string[] {
  const { message, span } = note;
  if (span === undefined) return [`  ${paint("faint", "note:")} ${visible(message)}`];
  const head = `  ${paint("faint", "note:")} ${placeText(span, texts)}: ${visible(message)}`;
  return [head, ...excerpt(span, texts, paint)];
}

function placeText(span: Span, texts: Texts): string {
  const text = texts.get(span.file);
  if (text === undefined) return span.file;
  const { line, column } = placeAt(text, span.start);
  return `${span.file}:${line}:${column}`;
}

/** The line of the span and the caret line under it; nothing for a file that has no text. */
function excerpt(span: Span, texts: Texts, paint: Paint): readonly string[] {
  const text = texts.get(span.file);
  if (text === undefined || text === "") return [];
  const place = placeAt(text, span.start);
  const line = lineText(text, place.line);
  const { before, marked, after } = windowed(line, place, span);
  const number = `${place.line}`;
  const gutter = " ".repeat(number.length);
  const caret = paint("caret", "^".repeat(Math.max(1, cells(marked))));
  return [
    `  ${paint("faint", `${gutter} |`)}`,
    `  ${paint("faint", `${number} |`)} ${visible(before + marked + after)}`,
    `  ${paint("faint", `${gutter} |`)} ${" ".repeat(cells(before))}${caret}`,
  ];
}

/** Cuts a line in three at the span, and to a window round it where the line is long. */
function windowed(
  line: string,
  place: Place,
  span: Span,
): { readonly before: string; readonly marked: string; readonly after: string } {
  const start = Math.min(place.column - 1, line.length);
  const end = Math.min(start + Math.max(span.end - span.start, 1), line.length);
  if (line.length <= lineWidthMax)
    return { before: line.slice(0, start), marked: line.slice(start, end), after: line.slice(end) };
  const from = Math.max(0, start - lineWidthMax / 2);
  const to = Math.min(line.length, from + lineWidthMax);
  const before = `${from > 0 ? "…" : ""}${line.slice(from, start)}`;
  return {
    before,
    marked: line.slice(start, Math.min(end, to)),
    after: `${line.slice(Math.min(end, to), to)}${to < line.length ? "…" : ""}`,
  };
}

/** A tab as two spaces and control characters as escapes, so that nothing in a spec can move the cursor. */
function visible(text: string): string {
  return text
    .replaceAll("\t", "  ")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`);
}

/** How many terminal cells a text takes: East Asian wide characters and emoji two, combining marks none. */
function cells(text: string): number {
  let width = 0;
  for (const each of visible(text)) {
    if (/\p{M}/u.test(each)) continue;
    width += isWide(each) ? 2 : 1;
  }
  return width;
}

function isWide(character: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\uffe0-\uffe6]/u.test(
    character,
  );
}
