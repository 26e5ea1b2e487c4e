/** The one door of the compiler: spec files in, typed program out, emitted text out. */

export { type Compiled, compile } from "./compile.ts";
export type { Diagnostic, Note } from "./diagnostics/diagnostic.ts";
export { printDiagnostics, type Texts } from "./diagnostics/print.ts";
export { type DiagnosticRecord, diagnosticRecords } from "./diagnostics/records.ts";
export type * from "./ir/index.ts";
export { outline } from "./ir/outline.ts";
export { printEffect, printPredicate } from "./ir/print.ts";
export type { SourceFile, Sources } from "./sources.ts";
