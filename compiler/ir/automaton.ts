/** One bound automaton: statuses, variables, actions, rules and the properties that must hold. */

import type { Span } from "../diagnostics/span.ts";
import type { Literal, Operand, Predicate, ValueType } from "./expression.ts";

export interface Automaton {
  readonly name: string;
  /** The spec file it came from, relative to the spec folder. */
  readonly file: string;
  readonly statuses: readonly Status[];
  readonly initial: string;
  readonly terminal: readonly string[];
  /** Statuses that may wait for ever. */
  readonly indefinite: readonly string[];
  readonly strictParams: boolean;
  readonly variables: readonly Variable[];
  readonly actions: readonly Action[];
  /** Action × from × guard → to + effects, in file order. */
  readonly rules: readonly Rule[];
  readonly invariants: readonly Invariant[];
  readonly fieldInvariants: readonly FieldInvariant[];
  readonly liveness: readonly Liveness[];
  readonly span: Span;
}

export interface Status {
  readonly name: string;
  readonly span: Span;
}

export interface Variable {
  readonly name: string;
  readonly type: ValueType;
  /** Lists and sets start empty; their literal is written as JSON-like string arrays. */
  readonly initial: Literal | readonly string[];
  /** The entity type a `ref` points at. */
  readonly entityType?: string;
  readonly span: Span;
}

export type ActionKind = "input" | "internal" | "output";

/** What a caller asks for. Several rules may serve one action. Parameters are the union over its rules. */
export interface Action {
  readonly name: string;
  readonly kind: ActionKind;
  readonly params: readonly Param[];
  readonly hint?: string;
  readonly span: Span;
}

export interface Param {
  readonly name: string;
  readonly type: ValueType;
  readonly required: boolean;
  readonly entityType?: string;
  readonly span: Span;
}

export interface Rule {
  readonly action: string;
  /** Never empty: `bind` writes an absent `from` as every status. */
  readonly from: readonly string[];
  /** The status it leads to, or that it stays where it is. */
  readonly to: { readonly kind: "status"; readonly name: string } | { readonly kind: "stay" };
  readonly guard?: Predicate;
  /** In the order they apply; parameter copies that the language implies come last and are marked. */
  readonly effects: readonly Effect[];
  readonly span: Span;
}

export type Effect =
  | {
      readonly kind: "assign";
      readonly variable: string;
      readonly type: ValueType;
      readonly value: Operand;
      readonly implied: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "increase";
      readonly variable: string;
      readonly type: ValueType;
      readonly amount: Operand;
      readonly span: Span;
    }
  | {
      readonly kind: "decrease";
      readonly variable: string;
      readonly type: ValueType;
      readonly amount: Operand;
      readonly span: Span;
    }
  /** Adds to a list; idempotent on a set. */
  | {
      readonly kind: "append";
      readonly variable: string;
      readonly type: "list" | "set";
      readonly value: Operand;
      readonly span: Span;
    }
  | {
      readonly kind: "remove-at";
      readonly variable: string;
      readonly type: "list";
      readonly index: Operand;
      readonly span: Span;
    }
  | {
      readonly kind: "remove";
      readonly variable: string;
      readonly type: "set";
      readonly value: Operand;
      readonly span: Span;
    };

/** Safety: true in every reachable snapshot. */
export interface Invariant {
  readonly name: string;
  readonly assert: Predicate;
  readonly span: Span;
}

/** Checked on the result of every create, patch and action. */
export interface FieldInvariant {
  readonly name: string;
  readonly assert: Predicate;
  readonly message?: string;
  readonly span: Span;
}

export type Liveness =
  | {
      readonly kind: "reaches";
      readonly name: string;
      readonly from: readonly string[];
      readonly targets: readonly string[];
      readonly span: Span;
    }
  | { readonly kind: "has-actions"; readonly name: string; readonly from: readonly string[]; readonly span: Span };
