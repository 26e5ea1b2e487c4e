/** What an automaton asks of the world after a step, and what the world may ask of it: triggers, timers, keys, webhooks, workflows. */

import type { Span } from "../diagnostics/span.ts";
import type { Literal, Operand, Predicate } from "./expression.ts";

/** What a rule asks for besides its effects; carried out after the commit, in written order. */
export type Output =
  /** A named event in the journal and on the event stream. */
  | { readonly kind: "emit"; readonly event: string; readonly span: Span }
  /** `action` on this entity after so many seconds; asking again for the same action moves its timer. */
  | { readonly kind: "schedule"; readonly action: string; readonly seconds: number; readonly span: Span }
  /** `action` on this entity at the instant (RFC 3339) that a string variable or parameter holds. */
  | { readonly kind: "schedule-at"; readonly action: string; readonly at: Operand; readonly span: Span }
  /**
   * A new entity. A fresh id is a `filled` parameter of the action; an id that is kept in a variable is an
   * `assign` effect of the same rule. `copies` are fields of this entity that the new one takes over by name.
   */
  | {
      readonly kind: "spawn";
      readonly entityType: string;
      readonly id: Operand;
      readonly action?: string;
      readonly copies: readonly string[];
      readonly span: Span;
    };

/** After `action` has committed: something is asked of another entity or of an endpoint. Never undoes the action. */
export interface Trigger {
  readonly name: string;
  readonly action: string;
  /** Only when the action landed in this status. */
  readonly toStatus?: string;
  /** Only when this holds on the state after the action; sees any field of the entity. */
  readonly guard?: Predicate;
  /** The registered agent type that it runs as; as the caller where absent. */
  readonly principal?: string;
  readonly liveness: "none" | "best-effort" | "required";
  readonly llm: boolean;
  readonly deed: Deed;
  readonly span: Span;
}

export type Deed =
  | {
      readonly kind: "entity";
      readonly entityType: string;
      readonly action: string;
      readonly target: Target;
      /** The target may refuse without that being a dropped reaction. */
      readonly dropOk: boolean;
      readonly params: readonly Argument[];
      readonly span: Span;
    }
  | {
      readonly kind: "webhook";
      readonly url: string;
      readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
      readonly headers: readonly { readonly name: string; readonly value: string }[];
      readonly body?: string;
      readonly timeoutMs?: number;
      readonly retriesMax?: number;
      readonly outcome: OutcomeActions;
    }
  | {
      /** `wasm` calls a module, `adapter` a native adapter, `hook` a host's hook. */
      readonly kind: "wasm" | "adapter" | "hook";
      readonly name: string;
      readonly config: readonly { readonly name: string; readonly value: Literal }[];
      readonly outcome: OutcomeActions;
    };

/** Which entity is meant. */
export type Target =
  /** The id that a field holds; one delivery per id where it is a list. */
  | { readonly kind: "field"; readonly field: string }
  | { readonly kind: "same-id" }
  | { readonly kind: "static"; readonly entityId: string }
  | { readonly kind: "create-if-missing"; readonly field: string }
  | { readonly kind: "create" };

/** A parameter of the asked action: a literal, or the value of a field of the source after its action. */
export type Argument =
  | {
      readonly param: string;
      readonly kind: "literal";
      readonly value: Literal | readonly string[];
      readonly span: Span;
    }
  | { readonly param: string; readonly kind: "field"; readonly field: string; readonly span: Span };

/** Call-back actions on the same entity. */
export interface OutcomeActions {
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly failureRoutes: readonly { readonly category: string; readonly action: string }[];
  /** Own actions that it may take besides these. */
  readonly mayTake: readonly string[];
}

/** A durable timer armed on entering `status`, cancelled on leaving it, armed anew by the actions of `resetOn`. */
export interface StateTimeout {
  readonly status: string;
  readonly afterSeconds: number;
  readonly action: string;
  /** How often it fires during one stay. */
  readonly occurrencesMax: number;
  readonly resetOn: readonly string[];
  readonly params: readonly (Argument & { readonly kind: "literal" })[];
  readonly span: Span;
}

/** A unique combination of properties; `isEntityId` where it gives the entity its id. */
export interface AlternateKey {
  readonly name: string;
  readonly properties: readonly string[];
  readonly isEntityId: boolean;
  readonly span: Span;
}

export interface VectorIndex {
  readonly name: string;
  readonly property: string;
  readonly modelProperty?: string;
  readonly dims: number;
  readonly metric: "cosine" | "dot" | "l2";
  readonly span: Span;
}

/** The status of the entity that `idField` names, as `ctx_<name>_status` in Cedar's context. */
export interface ContextEntity {
  readonly name: string;
  readonly entityType: string;
  readonly idField: string;
  readonly span: Span;
}

/** First-in first-out admission before the actor; overload is 503 with Retry-After. */
export interface Admission {
  readonly concurrentCreatesMax?: number;
  readonly concurrentActionsMax: readonly { readonly action: string; readonly max: number }[];
  readonly queueDepth: number;
  readonly queueTimeoutSeconds: number;
  readonly span: Span;
}

/** An endpoint that others call back; it becomes an action on the entity that it finds. */
export interface InboundWebhook {
  readonly name: string;
  readonly path: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly action: string;
  readonly lookup: { readonly kind: "query-param" | "body-field" | "header" | "path-param"; readonly name: string };
  /** Parameters of the action from places in the request, as `lookup` names them. */
  readonly extract: readonly { readonly param: string; readonly path: string; readonly span: Span }[];
  /** The name of the secret that signs the body (HMAC-SHA256), and the header that carries the signature. */
  readonly hmac?: { readonly secret: string; readonly header: string };
  readonly span: Span;
}

/** Bounded fan-out of `memberAction` over the ids of `rosterField`, and the join that calls back. */
export interface CollectionWorkflow {
  readonly name: string;
  readonly startAction: string;
  readonly cancelAction?: string;
  readonly timeoutAction?: string;
  readonly rosterField: string;
  readonly memberEntity: string;
  readonly memberAction: string;
  readonly memberSpan: Span;
  readonly memberCancelAction?: string;
  readonly membersMax: number;
  readonly concurrencyMax: number;
  readonly attemptsMax: number;
  readonly onSuccess?: string;
  readonly onPartialFailure?: string;
  readonly onFailure?: string;
  readonly onCancelled?: string;
  readonly onTimedOut?: string;
  readonly span: Span;
}

/** How entities of an earlier revision become entities of this one. */
export interface Migration {
  readonly statuses: readonly { readonly from: string; readonly to: string }[];
  readonly variables: readonly VariableMigration[];
  readonly span: Span;
}

/** What becomes of a variable that the earlier revision had, or what a new one begins with. */
export type VariableMigration =
  | { readonly kind: "drop"; readonly variable: string }
  | { readonly kind: "rename"; readonly variable: string; readonly to: string }
  | { readonly kind: "value"; readonly variable: string; readonly value: Literal | readonly string[] };

/** One write of a composite action: all of them and its own event are one transaction. */
export interface SubWrite {
  readonly entityType: string;
  readonly action: string;
  readonly target: Target;
  readonly params: readonly Argument[];
  readonly span: Span;
}

/** What a parameter's value must satisfy; a violation is refused before the step. */
export interface ParamConstraint {
  readonly param: string;
  readonly min?: number;
  readonly max?: number;
  readonly lengthMin?: number;
  readonly lengthMax?: number;
  /** A regular expression of the safe subset: no back-references, no lookaround, no nested repetition. */
  readonly pattern?: string;
  readonly oneOf?: readonly Literal[];
  readonly message?: string;
  readonly span: Span;
}

/** A property across entities from `cross-invariants.toml`. */
export interface CrossInvariant {
  readonly name: string;
  /** `hard` is checked in the commit; `eventual` is a window that is watched. */
  readonly kind: "hard" | "eventual";
  readonly windowMs?: number;
  readonly entityType: string;
  /** Absent for `Entity.*`. */
  readonly action?: string;
  readonly assert: Predicate;
  readonly file: string;
  readonly span: Span;
}

export type DeletePolicy = "restrict" | "cascade" | "set-null";

/** What becomes of the entities that refer to a deleted one. */
export interface DeleteRules {
  /** Absent where the folder has no `cross-invariants.toml`: then a deletion asks nothing of those that no rule is about. */
  readonly byDefault?: DeletePolicy;
  readonly overrides: readonly {
    readonly entityType: string;
    readonly navigation: string;
    readonly policy: DeletePolicy;
    readonly span: Span;
  }[];
  /** Variables that hold the id of an entity of type `target`, where no navigation leads along them. */
  readonly references: readonly ReferenceRule[];
}

export interface ReferenceRule {
  readonly entityType: string;
  readonly variable: string;
  readonly target: string;
  /** Never `set-null`: a variable changes by actions only. */
  readonly policy: DeletePolicy;
}
