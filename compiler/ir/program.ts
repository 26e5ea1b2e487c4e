/** The whole bound program: what `emit` and `verify` work from, and what of it is plain data. */

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
  /** Absent where neither `cross-invariants.toml` nor `OnDelete` says anything: then a deletion asks nothing of those that refer to the deleted. */
  readonly deleteRules?: DeleteRules;
  readonly policies: readonly Policy[];
  /** The Cedar schema generated from automata and contract, in Cedar's human-readable syntax. */
  readonly cedarSchema: string;
}

/** A program as plain data, for another process: all but the document, which is only made when it is asked for. */
export type ProgramData = Omit<Program, "contract"> & { readonly contract: Omit<DataContract, "document"> };

/** All of the program but the document that `$metadata` is. */
export function programData({ contract: { document: _document, ...contract }, ...rest }: Program): ProgramData {
  return { ...rest, contract };
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
