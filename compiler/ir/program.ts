/** The whole bound program: what `emit` and `verify` work from, plain JSON-printable data. */

import type { Span } from "../diagnostics/span.ts";
import type { Automaton } from "./automaton.ts";
import type { PolicyBody } from "./cedar.ts";
import type { CrossInvariant, DeleteRules } from "./reaction.ts";
import type { DataContract } from "./schema.ts";

export interface Program {
  /** The spec folder's name, as an identifier. */
  readonly name: string;
  /** What the documents of the service are headed with; of an `app.toml`. */
  readonly about?: About;
  /** Every spec file that could be decoded, so that a span can be printed as a line without the text. */
  readonly files: readonly ProgramFile[];
  readonly automata: readonly Automaton[];
  readonly contract: DataContract;
  readonly crossInvariants: readonly CrossInvariant[];
  /** Absent where the folder has no `cross-invariants.toml`: then a deletion asks nothing of those that refer to the deleted. */
  readonly deleteRules?: DeleteRules;
  readonly policies: readonly Policy[];
  /** The Cedar schema generated from automata and contract, in Cedar's human-readable syntax. */
  readonly cedarSchema: string;
}

/** What people are told of what a spec describes; absent is what the spec does not say. */
export interface About {
  readonly title?: string;
  readonly description?: string;
  readonly version?: string;
}

/** What a program without `cross-invariants.toml` says about several entities at once. */
export const nothingAcross: Pick<Program, "crossInvariants"> = { crossInvariants: [] };

export interface ProgramFile {
  readonly path: string;
  /** The UTF-16 offset at which each line starts; the first is 0. */
  readonly lineStarts: readonly number[];
}

/** One Cedar policy with its text; `id` is its `@id`, or `policy<n>` by file order. Unique in the program. */
export interface Policy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly text: string;
  readonly scope: PolicyScope;
  readonly body: PolicyBody;
  readonly span: Span;
}

/** What the head of a policy limits it to, as far as one look at the head tells: absent is no limit. */
export interface PolicyScope {
  readonly principalType?: string;
  /** Ids of actions and of groups of actions: `Order::Pay`, `Pay`. */
  readonly actions?: readonly string[];
  readonly resourceType?: string;
}
