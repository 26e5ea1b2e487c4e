/** Diagnostics as records for programs: what `--json` prints. */

import type { Diagnostic } from "./diagnostic.ts";
import { placeAt } from "./place.ts";
import type { Texts } from "./print.ts";
import type { Span } from "./span.ts";

/** Lines and columns are 1-based; columns count UTF-16 units and the end is exclusive. */
export interface DiagnosticRecord extends PlaceRecord {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint?: string;
  /** The text to be put in place of the range: what `temperc migrate` does. */
  readonly fix?: PlaceRecord & { readonly text: string };
  readonly notes: readonly ({ readonly message: string } & Partial<PlaceRecord>)[];
}

interface PlaceRecord {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One record per diagnostic, in the same order. */
export function diagnosticRecords(diagnostics: readonly Diagnostic[], texts: Texts): readonly DiagnosticRecord[] {
  return diagnostics.map(({ code, severity, message, span, hint, fix, notes }) => ({
    code,
    severity,
    message,
    ...placeRecord(span, texts),
    ...(hint === undefined ? {} : { hint }),
    ...(fix === undefined ? {} : { fix: { ...placeRecord(fix.span, texts), text: fix.text } }),
    notes: notes.map((note) => ({
      message: note.message,
      ...(note.span === undefined ? {} : placeRecord(note.span, texts)),
    })),
  }));
}

function placeRecord(span: Span, texts: Texts): PlaceRecord {
  const text = texts.get(span.file) ?? "";
  const start = placeAt(text, span.start);
  const end = placeAt(text, span.end);
  return { file: span.file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}
