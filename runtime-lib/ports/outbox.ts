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
  /** The trace that goes on with the delivery (W3C Trace Context), where there is one. */
  readonly traceparent?: string;
  /** The session of the call that it follows from, where there is one; a timer that waits is of none. */
  readonly sessionId?: string;
  /** What the caller wanted that it follows from (`X-Intent`); of a timer that waits nobody knows. */
  readonly intent?: string;
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
      /** The call-back for a category of failure, before `onFailure`. */
      readonly routes?: readonly { readonly category: string; readonly action: string }[];
      /** Where the request has secrets: what marks their places, unguessable, so that no value of a caller's can ask for one. */
      readonly secretMark?: string;
    }
  /** One action on each member, some at a time, and a call-back of the entity that asked when all are through. */
  | {
      readonly kind: "workflow";
      readonly entityType: string;
      readonly action: string;
      readonly members: readonly WorkflowMember[];
      readonly concurrencyMax: number;
      readonly attemptsMax: number;
      readonly onSuccess: string | null;
      readonly onPartialFailure: string | null;
      readonly onFailure: string | null;
    }
  /** At its time a property between entities is asked again: where it does not hold, that is for people to see. */
  | { readonly kind: "watch"; readonly invariant: string; readonly windowMs: number };

export interface WorkflowMember {
  readonly entityId: string;
  readonly state: "waiting" | "done" | "failed";
  readonly attempts: number;
}

/** Timers are entries that are due later, in a slot of the committed entity: at most one a slot. */
export type TimerChange =
  /** Takes the place of what is in the slot. */
  | { readonly kind: "arm"; readonly slot: string; readonly entry: OutboxEntry }
  /** Only where the slot is free. */
  | { readonly kind: "arm-once"; readonly slot: string; readonly entry: OutboxEntry }
  /** Only where something is in the slot, whose place it takes. */
  | { readonly kind: "replace"; readonly slot: string; readonly entry: OutboxEntry }
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

/** An entry on its way: this process may deliver it until the lease runs out. */
export interface Leased {
  readonly entry: OutboxEntry;
  /** How often it has been leased for delivery, this time counted: also a delivery that kills the process counts. */
  readonly attempts: number;
}

export interface LeaseRequest {
  /** Milliseconds since the epoch: what is due by then. */
  readonly now: number;
  /** When the lease runs out. */
  readonly until: number;
  /** Unique: fences off everybody whose lease has run out. */
  readonly token: string;
  readonly max: number;
}

/** How a delivery without a commit of ours ended. */
export type Settlement =
  | { readonly kind: "dropped" }
  /** Kept as done, with its result, for people to look at. */
  | { readonly kind: "done"; readonly result: string; readonly keptUntil: number; readonly next?: OutboxEntry }
  | { readonly kind: "retry"; readonly dueAt: number; readonly reason: string }
  /** The entry goes on as this one, in its slot and with no attempts behind it. */
  | { readonly kind: "advanced"; readonly entry: OutboxEntry }
  /** Not tried after all: its turn comes again at once, and this attempt does not count. */
  | { readonly kind: "released" }
  | { readonly kind: "dead"; readonly reason: string };

/** `queued` and `timer` entries are to be delivered; a `dead` one waits for a person. */
export type OutboxState = "queued" | "timer" | "dead" | "done";

export interface OutboxRecord {
  readonly entry: OutboxEntry;
  readonly state: OutboxState;
  readonly attempts: number;
  /** Why the last attempt failed, or what a done one was answered. */
  readonly note: string | null;
  /** When it is tried next, in milliseconds since the epoch; null where it is under way, dead or done. */
  readonly dueAt: number | null;
}

export interface OutboxQuery {
  readonly tenant: string;
  readonly state: OutboxState;
  readonly top: number;
  readonly skip: number;
}

export interface OutboxCount {
  readonly state: OutboxState;
  readonly count: number;
}

/** The outbox of a store. Commits fill it; a dispatcher empties it. */
export interface Outbox {
  /**
   * The entries that are due and nobody's, oldest first. Of the `queued` entries for one target none is leased while an earlier
   * one is under way or waits for its next attempt; entries whose target is null, and timers, wait for nobody. A lease that was
   * given later than now is of a clock that was ahead: it is over when it has been found so for as long as it lasts.
   */
  lease(request: LeaseRequest): Promise<readonly Leased[]>;
  /** False, and nothing changes, where the entry is gone or no longer leased under the token. */
  settle(key: string, token: string, settlement: Settlement): Promise<boolean>;
  /** When the first entry is due after `now` or the first lease runs out; undefined where nothing waits. */
  nextDue(now: number): Promise<number | undefined>;
  /** In the order in which they were put in. */
  outbox(query: OutboxQuery): Promise<readonly OutboxRecord[]>;
  /** How many entries of each state there are, over all tenants; states without entries may be left out. */
  outboxCounts(): Promise<readonly OutboxCount[]>;
  /** Makes a dead letter due at that moment, with all its attempts before it. False where there is no such dead letter. */
  retryDead(tenant: string, key: string, dueAt: number): Promise<boolean>;
  /** False where there is no such dead letter. */
  dropDead(tenant: string, key: string): Promise<boolean>;
}

/** What keeps its order among entries: the entity that is acted on. Null for webhooks, which nobody waits for. */
export function orderingTarget({ tenant, deed }: OutboxEntry): string | null {
  if (deed.kind !== "action" && deed.kind !== "create") return null;
  return JSON.stringify([tenant, deed.entityType, deed.entityId]);
}
