/** The whole bound program: what `emit` and `verify` work from, plain JSON-printable data. */

import type { Span } from "../diagnostics/span.ts";
import type { Automaton } from "./automaton.ts";
import type { DataContract } from "./schema.ts";

export interface Program {
  /** The spec folder's name, as an identifier. */
  readonly name: string;
  readonly automata: readonly Automaton[];
  readonly contract: DataContract;
  readonly policies: readonly Policy[];
  /** The Cedar schema generated from automata and contract, in Cedar's human-readable syntax. */
  readonly cedarSchema: string;
}

/** One Cedar policy with its text; `id` is its `@id`, or `policy<n>` by file order. Unique in the program. */
export interface Policy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly text: string;
  readonly span: Span;
}
