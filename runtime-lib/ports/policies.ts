/** What the service needs to take policies in while it runs: a judge of their text, and a compiler where there is one. */
import type { AuthorizationBindings, Decide, PolicyText } from "../kernel/index.ts";

/** A policy to be written: its parts as data, so that no name or id in it can become syntax. */
export interface PolicyDraft {
  /** One entity, all of a type, or all of a type that have a role. */
  readonly principal:
    | { readonly kind: "entity"; readonly type: string; readonly id: string }
    | { readonly kind: "type"; readonly type: string; readonly role?: string };
  /** Ids of actions: `Order::Pay`. */
  readonly actions: readonly string[];
  readonly resource:
    | { readonly kind: "entity"; readonly type: string; readonly id: string }
    | { readonly kind: "type"; readonly type: string };
}

/** What a policy says, part by part. */
export interface PolicyOutline {
  readonly effect: "permit" | "forbid";
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** The conditions as Cedar writes them; empty where there are none. */
  readonly conditions: string;
}

/** Judges policies. A fault is a sentence for whoever wrote the policy. */
export interface PolicyJudge {
  /** The text of the permit, which was read again and says exactly what the draft says; or why there is no such text. */
  readonly written: (draft: PolicyDraft) => string | { readonly fault: string };
  /** Why the text is not one valid policy of this schema; none where it is. */
  readonly faultsOf: (text: string, schema: AuthorizationBindings["schema"]) => readonly string[];
  /** Undefined where the text is not one policy. */
  readonly outlineOf: (text: string) => PolicyOutline | undefined;
  /** Whether the head of a permit lets the question in, whatever its conditions say. */
  readonly concerns: (text: string, asked: AskedOf) => boolean;
}

/** A question without its context; `entityId` is null where it is about a whole set. */
export interface AskedOf {
  readonly principal: { readonly type: string; readonly id: string };
  readonly entityType: string;
  readonly action: string;
  readonly entityId: string | null;
}

/** What each policy says of a request as a function, by the policy's id. One that it does not cover is not among them. */
export type PolicyCompiler = (policies: readonly PolicyText[]) => Promise<ReadonlyMap<string, Decide>>;
