/** What an automaton asks of the world after a step, and what the world may ask of it, as emitted data and pure functions. */
import type { Value, Values } from "./value.ts";

/** The reactions of one entity type. Every list is in the order of the spec. */
export interface Reactions {
  readonly triggers: readonly TriggerDescriptor[];
  readonly timeouts: readonly TimeoutDescriptor[];
  readonly keys: readonly AlternateKeyDescriptor[];
  readonly contextEntities: readonly ContextEntityDescriptor[];
  readonly admission?: AdmissionDescriptor;
  readonly webhooks: readonly InboundWebhookDescriptor[];
  readonly workflows: readonly WorkflowDescriptor[];
  readonly composites: readonly CompositeDescriptor[];
  readonly constraints: readonly ConstraintDescriptor[];
}

/** What a parameter of an action must be, where it is given. */
export interface ConstraintDescriptor {
  readonly action: string;
  readonly param: string;
  readonly min?: number;
  readonly max?: number;
  /** In UTF-16 units of a text, in items of a list. */
  readonly lengthMin?: number;
  readonly lengthMax?: number;
  /** A regular expression that the whole text must match; the compiler lets through only such as take linear time. */
  readonly pattern?: string;
  readonly oneOf?: readonly Value[];
  readonly message?: string;
}

/** The values that a condition asks of related entities, by the text of the operand; one value per id, null where there is none. */
export type Related = Readonly<Record<string, readonly Value[]>>;

/** One operand `entityType[reference].property` of a condition. */
export interface ReferenceDescriptor {
  readonly name: string;
  readonly entityType: string;
  /** The property here that holds the id, or the list of ids. */
  readonly reference: string;
  /** The property there, `status` for its status. */
  readonly property: string;
}

/** After `action` has committed: something is asked of another entity or of an endpoint. */
export interface TriggerDescriptor {
  readonly name: string;
  readonly action: string;
  readonly toStatus?: string;
  readonly references?: readonly ReferenceDescriptor[];
  /** Asked of the values after the action. */
  readonly holds?: (values: Values, related: Related) => boolean;
  /** The agent type that it runs as; as the caller where absent. */
  readonly principal?: string;
  readonly deed: DeedDescriptor;
}

export type DeedDescriptor =
  | {
      readonly kind: "entity";
      readonly entityType: string;
      readonly action: string;
      readonly target: TargetDescriptor;
      readonly dropOk: boolean;
      readonly params: readonly ArgumentDescriptor[];
    }
  | {
      readonly kind: "webhook";
      readonly url: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly timeoutMs?: number;
      readonly retriesMax?: number;
      readonly onSuccess?: string;
      readonly onFailure?: string;
      /** Call-backs for categories of failure: `timeout`, `network`, `refused`, `http_404`, `http_4xx`, `http_5xx`. */
      readonly routes?: readonly { readonly category: string; readonly action: string }[];
    };

export type TargetDescriptor =
  | { readonly kind: "field"; readonly field: string }
  | { readonly kind: "same-id" }
  | { readonly kind: "static"; readonly entityId: string }
  | { readonly kind: "create-if-missing"; readonly field: string }
  | { readonly kind: "create" };

export type ArgumentDescriptor =
  | { readonly param: string; readonly value: Value }
  | { readonly param: string; readonly field: string };

/** A timer armed on entering `status`, cancelled on leaving it, armed anew by the actions of `resetOn`. */
export interface TimeoutDescriptor {
  readonly status: string;
  readonly afterSeconds: number;
  readonly action: string;
  readonly occurrencesMax: number;
  readonly resetOn: readonly string[];
  readonly params: Values;
}

export interface AlternateKeyDescriptor {
  readonly name: string;
  readonly properties: readonly string[];
  readonly isEntityId: boolean;
}

export interface ContextEntityDescriptor {
  readonly name: string;
  readonly entityType: string;
  readonly idField: string;
}

export interface AdmissionDescriptor {
  readonly concurrentCreatesMax?: number;
  readonly concurrentActionsMax: Readonly<Record<string, number>>;
  readonly queueDepth: number;
  readonly queueTimeoutSeconds: number;
}

export type LookupKind = "query-param" | "body-field" | "header" | "path-param";

export interface InboundWebhookDescriptor {
  readonly name: string;
  readonly path: string;
  readonly method: string;
  readonly action: string;
  readonly lookup: { readonly kind: LookupKind; readonly name: string };
  readonly extract: readonly { readonly param: string; readonly path: string }[];
  readonly hmac?: { readonly secret: string; readonly header: string };
}

export interface WorkflowDescriptor {
  readonly name: string;
  readonly startAction: string;
  readonly cancelAction?: string;
  readonly timeoutAction?: string;
  readonly rosterField: string;
  readonly memberEntity: string;
  readonly memberAction: string;
  readonly memberCancelAction?: string;
  readonly membersMax: number;
  readonly concurrencyMax: number;
  readonly attemptsMax: number;
  readonly onSuccess?: string;
  readonly onPartialFailure?: string;
  readonly onFailure?: string;
  readonly onCancelled?: string;
  readonly onTimedOut?: string;
}

/** Actions of other entities that stand or fall with `action`: one transaction. */
export interface CompositeDescriptor {
  readonly action: string;
  /** The action that is authorized for all of it. */
  readonly gate: string;
  readonly recordsParentEvent: boolean;
  readonly subWrites: readonly {
    readonly entityType: string;
    readonly action: string;
    readonly target: TargetDescriptor;
    readonly params: readonly ArgumentDescriptor[];
  }[];
}

export interface CrossInvariantDescriptor {
  readonly name: string;
  readonly kind: "hard" | "eventual";
  readonly windowMs?: number;
  readonly entityType: string;
  /** Every change of the entity where absent. */
  readonly action?: string;
  readonly references: readonly ReferenceDescriptor[];
  readonly text: string;
  readonly holds: (values: Values, related: Related) => boolean;
}

export type DeletePolicy = "restrict" | "cascade" | "set-null";

export interface DeleteRules {
  /** Where absent, a deletion asks nothing of those that no rule is about. */
  readonly byDefault?: DeletePolicy;
  readonly overrides: readonly {
    readonly entityType: string;
    readonly navigation: string;
    readonly policy: DeletePolicy;
  }[];
  /** Variables that hold the id of an entity, and that no navigation leads along. */
  readonly references?: readonly {
    readonly entityType: string;
    readonly property: string;
    readonly target: string;
    readonly policy: DeletePolicy;
  }[];
}
