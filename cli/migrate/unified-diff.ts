/** A change of a file in the unified format, as diff and patch have it. */
import { type LineEdit, lineEdits } from "./line-edits.ts";

export interface ChangedText {
  readonly path: string;
  readonly before: string;
  /** Undefined where the file goes away. */
  readonly after: string | undefined;
}

const contextLines = 3;

/** The lines of the diff; a first character tells them apart. */
export function unifiedDiff({ path, before, after }: ChangedText): readonly string[] {
  const all = lineEdits(linesOf(before), linesOf(after ?? ""));
  const to = after === undefined ? "/dev/null" : `b/${path}`;
  return [`--- a/${path}`, `+++ ${to}`, ...hunksOf(all).flatMap(([start, end]) => hunk(all, start, end))];
}

/** With their line breaks, so that a change of these is seen. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The ranges of edits that are shown: every change with some lines around it. */
function hunksOf(all: readonly LineEdit[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const [at, { kind }] of all.entries()) {
    if (kind === "kept") continue;
    const [start, end] = [Math.max(0, at - contextLines), Math.min(all.length, at + contextLines + 1)];
    const last = ranges.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = end;
    else ranges.push([start, end]);
  }
  return ranges;
}

const marks = { kept: " ", dropped: "-", added: "+" } as const;

function hunk(all: readonly LineEdit[], start: number, end: number): readonly string[] {
  const shown = all.slice(start, end);
  const head = `@@ -${range(all, start, shown, "added")} +${range(all, start, shown, "dropped")} @@`;
  return [head, ...shown.flatMap(({ kind, line }) => lineOf(marks[kind], line))];
}

/** The first line and how many, on the side that does not have the lines of one kind. */
function range(all: readonly LineEdit[], start: number, shown: readonly LineEdit[], without: LineEdit["kind"]): string {
  const before = all.slice(0, start).filter(({ kind }) => kind !== without).length;
  const lines = shown.filter(({ kind }) => kind !== without).length;
  return `${lines === 0 ? before : before + 1},${lines}`;
}

function lineOf(mark: string, line: string): readonly string[] {
  return line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, "\\ No newline at end of file"];
}
