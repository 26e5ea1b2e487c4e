/** The store port: the journal, the projection rows that queries read, idempotency records, API keys, decisions and the log of revisions. */
import type { EntityTypeDescriptor, Value, Values } from "../kernel/index.ts";
import type { Answers } from "./answers.ts";
import type { Decisions } from "./decisions.ts";
import type { Feed } from "./feed.ts";
import type { Media, MediaChange } from "./media.ts";
import type { Delivery, Outbox, OutboxEntry, TimerChange } from "./outbox.ts";
import type { Quarantine, StoppedEntity } from "./quarantine.ts";
import type { Query } from "./query.ts";
import type { RevisionLog } from "./revisions.ts";

export interface EntityRef {
  readonly tenant: string;
  readonly entityType: string;
  readonly entityId: string;
}

/** `migrated`: a change of revision has mapped the entity. */
export const eventKinds = ["created", "patched", "deleted", "action", "migrated"] as const;

export type EventKind = (typeof eventKinds)[number];

/** A recorded fact. Replay is a fold over `delta`; nothing is ever evaluated again. */
export interface JournalEvent extends EntityRef {
  /** 1 for the event that created the entity, without gaps. */
  readonly sequence: number;
  /** UUIDv7. */
  readonly eventId: string;
  readonly kind: EventKind;
  /** The action's name; for the other kinds, the kind. */
  readonly action: string;
  readonly params: Values;
  readonly from: string | null;
  readonly to: string | null;
  /** Properties and variables that changed, with their new values, by published property name. */
  readonly delta: Values;
  /** The named events that it emitted, in the order of the rule. */
  readonly outputs: readonly string[];
  /** The revision that wrote it. */
  readonly specHash: string;
  /** `Type::"id"` of who asked. */
  readonly principal: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly idempotencyKey: string | null;
  /** The caller's session, and what it wanted, in its own words, where it said so. */
  readonly sessionId: string | null;
  readonly intent: string | null;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
}

/** One entity's part in a commit. */
export interface EntityCommit {
  readonly event: JournalEvent;
  /** The projection row after the event; `null` deletes it. By published property name. */
  readonly row: Values | null;
  /** Applied to the entity's timers, in this order. */
  readonly timers?: readonly TimerChange[];
  /** What it leaves at the entity's streams; those that are not named stay as they are. */
  readonly media?: readonly MediaChange[];
}

/** What one request wants made durable, all of it or nothing. */
export interface Commit extends EntityCommit {
  readonly idempotency?: IdempotencyRecord;
  /** Other entities that stand or fall with it. */
  readonly also?: readonly EntityCommit[];
  /** What it was decided on: a conflict where one of these entities has moved since. */
  readonly reads?: readonly ReadMark[];
  /** Rows that must not be there: nothing refers to what is deleted. */
  readonly unreferenced?: readonly Reference[];
  /** What is to be done once it is durable, in this order for one target. */
  readonly outbox?: readonly OutboxEntry[];
  /** The commit is refused where the tenant has so many `queued` entries already. */
  readonly outboxMax?: number;
  /** The entry of the outbox that this commit does. */
  readonly delivers?: Delivery;
}

/** An entity as it was read: its sequence, or null where there was none. */
export interface ReadMark extends EntityRef {
  readonly sequence: number | null;
}

/** Every entity of a type in a tenant whose property has the value. */
export interface Reference {
  readonly tenant: string;
  readonly entityType: string;
  readonly property: string;
  readonly value: Value;
}

/** The reply that was given for an idempotency key, so that it can be given again. */
export interface IdempotencyRecord {
  readonly tenant: string;
  readonly principal: string;
  readonly key: string;
  /** SHA-256 of method, path and body. */
  readonly requestHash: string;
  readonly reply: string;
  readonly expiresAt: string;
}

/**
 * `conflict`: an entity already has an event of that sequence, the idempotency key is taken, or what was read has moved.
 * `key-taken`: another entity has the values of one of the type's alternate keys. `referenced`: a reference is there after all.
 * `outbox-full`: `outboxMax` is reached. `lease-lost`: the delivery that it would be the effect of is no longer the caller's to make.
 */
export type Appended = "committed" | "conflict" | "key-taken" | "referenced" | "outbox-full" | "lease-lost";

export interface Page {
  /** By published property name, plus `@sequence`. */
  readonly rows: readonly StoredRow[];
  /** Present where the query asked for it: all that match, whatever the paging. */
  readonly count?: number;
}

export interface StoredRow {
  readonly values: Values;
  readonly sequence: number;
  /** Where it stands in its group, from 1, and how many that has: of a query with a window. */
  readonly among?: { readonly place: number; readonly of: number };
}

export interface ApiKeyRecord {
  readonly id: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  readonly tenant: string;
  readonly principalType: string;
  readonly principalId: string;
  readonly roles: readonly string[];
  /** `operator` may manage the service itself; `caller` may only what policies permit. */
  readonly kind: "operator" | "caller";
  /** What of all that the principal may do the key is good for, as `service/scopes.ts` reads it; empty: everything. */
  readonly scopes: readonly string[];
  readonly createdAt: string;
  /** `Type::"id"` of the operator; null where no caller made it, but whoever reaches the store itself, and where nobody noted it. */
  readonly createdBy: string | null;
  /** From then on it is refused; null: it does not expire. */
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** As `createdBy`. */
  readonly revokedBy: string | null;
}

export interface StatusCount {
  readonly entityType: string;
  readonly status: string;
  readonly count: number;
}

/** An entity type as the store's tables last knew it. */
export type PreparedType = Pick<EntityTypeDescriptor, "name" | "properties">;

export interface EntitiesQuery {
  readonly entityType: string;
  /** Those that have this status only. */
  readonly status?: string;
  /** The last of the page before. */
  readonly after?: Pick<EntityRef, "tenant" | "entityId">;
  readonly top: number;
}

export interface LiveEntity extends EntityRef {
  readonly sequence: number;
  /** By published property name. */
  readonly values: Values;
}

export interface Store extends Outbox, RevisionLog, Feed {
  readonly decisions: Decisions;
  readonly quarantine: Quarantine;
  readonly answers: Answers;
  readonly media: Media;
  /**
   * Makes the projection tables fit these entity types, filled from the journal where a table is new or changed shape; an
   * entity whose history cannot be read has no row in a table that is filled, and is in quarantine. What
   * is `migrated` is journalled first, all of it with the tables or nothing; its rows are those that the journal gives.
   * Rejects with `DuplicateKeys`, and with `StaleMigration` where an entity has moved since its migration was decided.
   */
  prepare(entityTypes: readonly EntityTypeDescriptor[], migrated?: readonly EntityCommit[]): Promise<void>;
  /** The same with every table filled anew, and each type's part of the quarantine with it. */
  rebuild(entityTypes: readonly EntityTypeDescriptor[]): Promise<void>;
  /** Every entity type that was ever prepared, as it was the last time, also by an earlier process. */
  prepared(): Promise<readonly PreparedType[]>;
  /** Resolves when durable. Rejects with `StoreUnavailable` when nothing was written, with `OutcomeUnknown` where nobody can tell. Commits that wait together share one sync. */
  append(commit: Commit): Promise<Appended>;
  /** The events of one entity in order, the newest so many only where that is said; empty when it never existed. */
  events(ref: EntityRef, newest?: number): Promise<readonly JournalEvent[]>;
  /** The newest events of all entities of a tenant, the oldest of them first. */
  recentEvents(tenant: string, top: number): Promise<RecentEvents>;
  row(ref: EntityRef): Promise<StoredRow | undefined>;
  /** Live entities of a type that was ever prepared, of all tenants, as the table has them now; in an order of the store's own that stays. */
  entities(query: EntitiesQuery): Promise<readonly LiveEntity[]>;
  query(query: Query): Promise<Page>;
  idempotent(tenant: string, principal: string, key: string): Promise<IdempotencyRecord | undefined>;
  /** Live entities per type and status, over all tenants. */
  statusCounts(): Promise<readonly StatusCount[]>;
  /** A promise only where it has to be looked up. */
  apiKeyByHash(hash: string): ApiKeyRecord | undefined | Promise<ApiKeyRecord | undefined>;
  apiKeys(): Promise<readonly ApiKeyRecord[]>;
  /** A new key, or the revocation of one: the first one stays, and nothing else of a key ever changes. */
  putApiKey(key: ApiKeyRecord): Promise<void>;
  close(): Promise<void>;
}

export interface RecentEvents {
  readonly events: readonly JournalEvent[];
  /** Whose events among them cannot be read; these are not in `events`. */
  readonly unreadable: readonly StoppedEntity[];
}

/** Thrown by `prepare` where live entities share the values of an alternate key that the type declares. Nothing was changed. */
export class DuplicateKeys extends Error {
  constructor(entityType: string, options?: ErrorOptions) {
    super(`live entities of type ${entityType} share the values of an alternate key`, options);
    this.name = "DuplicateKeys";
  }
}

/** Thrown by `prepare` where another process has moved an entity that was to be migrated. Nothing was changed. */
export class StaleMigration extends Error {
  constructor({ entityType, entityId }: EntityRef, options?: ErrorOptions) {
    super(`${entityType} ${JSON.stringify(entityId)} has moved while its migration was decided`, options);
    this.name = "StaleMigration";
  }
}

/** Thrown by a store that could not write or read: full disk, read-only file, lost connection. Nothing was done. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreUnavailable";
  }
}

/** Thrown by a store that cannot do what was asked, now or later. Nothing was done; the message says what it would take less of. */
export class BeyondStore extends Error {
  /** The part of the request that is too much. */
  readonly target: string;

  constructor(target: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BeyondStore";
    this.target = target;
  }
}

/** Thrown on opening: there is no store at that place, and none is to be made. */
export class StoreMissing extends StoreUnavailable {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreMissing";
  }
}

/** Thrown on opening: the store was written by a newer runtime, whose layout this one does not know. */
export class NewerSchema extends Error {
  constructor(found: number, known: number) {
    super(`the store has schema version ${found}, this runtime knows up to ${known}: use a newer runtime`);
    this.name = "NewerSchema";
  }
}

/** Thrown where the store went away while it committed and did not come back in time to tell: it was done wholly, or not at all. */
export class OutcomeUnknown extends StoreUnavailable {
  constructor(options?: ErrorOptions) {
    super(
      "the store was lost while it committed: send the same again with its Idempotency-Key, or read first what became of it",
      options,
    );
    this.name = "OutcomeUnknown";
  }
}
