/** One thing wrong with the user's text, and the reporter that stages hand it to. */

import type { Code, Facts } from "./catalogue.ts";
import type { Span } from "./span.ts";

export interface Note {
  readonly message: string;
  readonly span?: Span;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly span: Span;
  readonly hint?: string;
  /** What a program can do about it without a person. */
  readonly fix?: Fix;
  readonly notes: readonly Note[];
}

/** The text to be put in place of a span. */
export interface Fix {
  readonly span: Span;
  readonly text: string;
}

export interface Advice {
  readonly hint?: string | undefined;
  readonly fix?: Fix | undefined;
  readonly notes?: readonly Note[];
}

/** How a stage tells of a user's mistake: it reports and goes on. */
export type Report = <C extends Code>(code: C, span: Span, facts: Facts<C>, advice?: Advice) => void;
