/** Collects what the stages report, and hands it out in the order a reader wants it: by file and place. */

import type { Entry } from "./catalogue/entry.ts";
import { type Code, catalogue, type Facts } from "./catalogue.ts";
import type { Advice, Diagnostic, Report } from "./diagnostic.ts";
import type { Span } from "./span.ts";

export interface Reporter {
  readonly report: Report;
  /** Everything reported so far: each once, by file, then place, then code. */
  readonly diagnostics: () => readonly Diagnostic[];
}

/** A reporter for one compilation. */
export function createReporter(): Reporter {
  const reported = new Map<string, Diagnostic>();
  const report: Report = (code, span, facts, advice) => {
    const diagnostic = diagnose(code, span, facts, advice ?? {});
    const key = `${code}\n${span.file}\n${span.start}\n${diagnostic.message}`;
    if (!reported.has(key)) reported.set(key, diagnostic);
  };
  return { report, diagnostics: () => [...reported.values()].sort(inReadingOrder) };
}

function diagnose<C extends Code>(code: C, span: Span, facts: Facts<C>, advice: Advice): Diagnostic {
  // The catalogue pairs each code with the facts of its own message; TypeScript cannot follow a pair through an index.
  const { severity, message, hint: usual } = catalogue[code] as Entry<Facts<C>>;
  const { hint = usual?.(facts), fix, notes = [] } = advice;
  return {
    code,
    severity,
    message: message(facts),
    span,
    ...(hint !== undefined && { hint }),
    ...(fix && { fix }),
    notes,
  };
}

function inReadingOrder(a: Diagnostic, b: Diagnostic): number {
  return compare(a.span.file, b.span.file) || a.span.start - b.span.start || compare(a.code, b.code);
}

/** By UTF-16 units, so that the order does not depend on a locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
