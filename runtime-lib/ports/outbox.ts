/** What a commit leaves to be done afterwards: deliveries and timers, as data that outlives a revision and a crash. */
import type { Values } from "../kernel/index.ts";
import type { Principal } from "./authorizer.ts";

/** One thing to be done after a commit. It holds resolved values only, so that a swap leaves it valid. */
export interface OutboxEntry {
  readonly tenant: string;
  /** `eventId:index`. A redelivery under the same key takes effect once. */
  readonly key: string;
  readonly deed: Deed;
  /** Whom it is done as: authorization decides about it like about any call. */
  readonly principal: Principal;
  /** The entity that asked, and the name of the trigger, spawn or timer. */
  readonly origin: { readonly entityType: string; readonly entityId: string; readonly name: string };
  readonly correlationId: string;
  /** The event that asked. */
  readonly causationId: string;
  /** How many deliveries lie between a call from outside and this one, itself counted. */
  readonly depth: number;
  /** Milliseconds since the epoch; not delivered earlier. */
  readonly dueAt: number;
  /** How often the timer of a status has been armed in this stay, from 1; present for those only. */
  readonly occurrence?: number;
  /** Why it can never be delivered: it is a dead letter from the start. */
  readonly undeliverable?: string;
}

export type Deed =
  /** `whereMissing: "create"` makes the entity first, of the parameters that are fields of it. */
  | {
      readonly kind: "action";
      readonly entityType: string;
      readonly entityId: string;
      readonly action: string;
      readonly params: Values;
      readonly whereMissing: "refuse" | "create";
      /** Its refusal is nothing that a person needs to see. */
      readonly dropOk: boolean;
    }
  /** A new entity, and the action that it begins with. */
  | {
      readonly kind: "create";
      readonly entityType: string;
      readonly entityId: string;
      readonly values: Values;
      readonly first: { readonly action: string; readonly params: Values } | null;
      readonly dropOk: boolean;
    }
  /** A request to somebody else's server; the call-backs are actions of the entity that asked. */
  | {
      readonly kind: "webhook";
      readonly url: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
      readonly timeoutMs: number;
      readonly attemptsMax: number;
      readonly onSuccess: string | null;
      readonly onFailure: string | null;
    };

/** Timers are entries that are due later, in a slot of the committed entity: at most one a slot. */
export type TimerChange =
  /** Takes the place of what is in the slot. */
  | { readonly kind: "arm"; readonly slot: string; readonly entry: OutboxEntry }
  | { readonly kind: "cancel"; readonly slot: string }
  | { readonly kind: "cancel-all" };

/** The delivery that a commit is the effect of: it is over in the same transaction, so it takes effect once. */
export interface Delivery {
  readonly key: string;
  /** Of the lease that it was delivered under; the commit is void where the entry is gone or leased anew. */
  readonly token: string;
  /** What is to be done after it, in its place in the order. */
  readonly next?: OutboxEntry;
}
