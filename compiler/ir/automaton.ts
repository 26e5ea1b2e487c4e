/** One bound automaton: statuses, variables, actions, rules and the properties that must hold. */

import type { Span } from "../diagnostics/span.ts";
import type { Literal, Operand, Predicate, ValueType } from "./expression.ts";
import type {
  Admission,
  AlternateKey,
  CollectionWorkflow,
  ContextEntity,
  InboundWebhook,
  Migration,
  Output,
  ParamConstraint,
  StateTimeout,
  SubWrite,
  Trigger,
  VectorIndex,
} from "./reaction.ts";

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
  /** In file order, those of one action together. */
  readonly triggers: readonly Trigger[];
  readonly timeouts: readonly StateTimeout[];
  readonly keys: readonly AlternateKey[];
  readonly vectors: readonly VectorIndex[];
  readonly contextEntities: readonly ContextEntity[];
  readonly admission?: Admission;
  readonly webhooks: readonly InboundWebhook[];
  readonly workflows: readonly CollectionWorkflow[];
  readonly migration?: Migration;
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
  /** Present and true where queries on it have an index. */
  readonly isIndexed?: true;
  /** How long a value is kept. */
  readonly ttlSeconds?: number;
  readonly span: Span;
}

export type ActionKind = "input" | "internal" | "output";

/** What a caller asks for. Several rules may serve one action. Parameters are the union over its rules. */
export interface Action {
  readonly name: string;
  readonly kind: ActionKind;
  readonly params: readonly Param[];
  /** What the service adds to the parameters before the step: no caller gives these and no contract publishes them. */
  readonly filled: readonly FilledParam[];
  readonly constraints: readonly ParamConstraint[];
  /** Other entities' actions that stand or fall with it, where it is composite. */
  readonly composite?: Composite;
  readonly hint?: string;
  readonly span: Span;
}

export type FilledParam =
  /** An id that is new, for an entity to be spawned. */
  | { readonly kind: "fresh"; readonly name: string }
  /** The value of a field that is no variable. */
  | { readonly kind: "field"; readonly name: string; readonly field: string }
  /** The statuses of the entities that `reference` names, read before the step; the empty string where there is none. */
  | { readonly kind: "related"; readonly name: string; readonly entityType: string; readonly reference: string };

export interface Composite {
  /** The action that is authorized once for all of it; its own name where absent. */
  readonly gate?: string;
  readonly subWrites: readonly SubWrite[];
  readonly recordsParentEvent: boolean;
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
  readonly outputs: readonly Output[];
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
  /** Inevitable, under weak fairness of internal actions, triggers and timers. */
  | {
      readonly kind: "eventually";
      readonly name: string;
      readonly from: readonly string[];
      readonly targets: readonly string[];
      readonly span: Span;
    }
  | { readonly kind: "has-actions"; readonly name: string; readonly from: readonly string[]; readonly span: Span };
