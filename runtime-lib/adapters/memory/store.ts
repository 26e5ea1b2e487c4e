/** A store in memory, without disk or clock: deterministic, for simulations and for trying things out. It forgets at exit. */
import {
  BrokenHistory,
  type EntityTypeDescriptor,
  fitValues,
  fold,
  type Value,
  type Values,
} from "../../kernel/index.ts";
import { compareValues, matches, operandOf, type RowsOf } from "../../ports/filter-values.ts";
import {
  type ApiKeyRecord,
  type Appended,
  type Commit,
  type Decisions,
  DuplicateKeys,
  type EntitiesQuery,
  type EntityCommit,
  type EntityRef,
  type FeedPage,
  type FeedPosition,
  type FeedQuery,
  type IdempotencyRecord,
  type JournalEvent,
  type Leased,
  type LeaseRequest,
  type LiveEntity,
  type OutboxCount,
  type OutboxQuery,
  type OutboxRecord,
  type Page,
  type PreparedType,
  type Query,
  type RecentEvents,
  type Reference,
  type RevisionRecord,
  type RevisionSummary,
  type Settlement,
  StaleMigration,
  type StatusCount,
  type Store,
  type StoredRow,
  StoreUnavailable,
} from "../../ports/index.ts";
import { groupsOf } from "../groups.ts";
import { MemoryAnswers } from "./answers.ts";
import { MemoryDecisions } from "./decisions.ts";
import { MemoryJournal } from "./journal.ts";
import { MemoryMedia } from "./media.ts";
import { MemoryOutbox } from "./outbox.ts";
import { inOrder, windowed, withComputed } from "./pages.ts";
import { MemoryQuarantine } from "./quarantine.ts";
import { MemoryReplies } from "./replies.ts";
import { MemoryRevisions } from "./revisions.ts";

/** An empty store. */
export function openMemoryStore(): Store {
  return new MemoryStore();
}

interface Held {
  readonly ref: EntityRef;
  readonly row: StoredRow;
}

class MemoryStore implements Store {
  readonly decisions: Decisions = new MemoryDecisions();
  readonly quarantine = new MemoryQuarantine();
  readonly answers = new MemoryAnswers();
  readonly media = new MemoryMedia();
  readonly #journal = new MemoryJournal();
  readonly #replies = new MemoryReplies();
  readonly #keys = new Map<string, ApiKeyRecord>();
  readonly #types = new Map<string, EntityTypeDescriptor>();
  readonly #rows = new Map<string, Held>();
  readonly #outbox = new MemoryOutbox();
  readonly #revisions = new MemoryRevisions();
  #open = true;

  async prepare(entityTypes: readonly EntityTypeDescriptor[], migrated: readonly EntityCommit[] = []): Promise<void> {
    this.#assertOpen();
    for (const type of entityTypes) this.#assertDistinct(type);
    for (const { event } of migrated) {
      if (this.#held(event)?.row.sequence !== event.sequence - 1) throw new StaleMigration(event);
    }
    for (const commit of migrated) this.#migrate(commit);
    for (const type of entityTypes) {
      this.#types.set(type.name, type);
      this.quarantine.empty(type.name);
      for (const events of this.#journal.ofType(type.name)) this.#refill(type, events);
    }
  }

  /** Rows are made anew whenever types are prepared. */
  rebuild(entityTypes: readonly EntityTypeDescriptor[]): Promise<void> {
    return this.prepare(entityTypes);
  }

  #migrate(commit: EntityCommit): void {
    this.#journal.put(commit.event);
    this.#outbox.changeTimers(commit);
  }

  #assertDistinct(type: EntityTypeDescriptor): void {
    const held = [...this.#rows.values()].filter(({ ref }) => ref.entityType === type.name);
    if (held.some(({ ref, row }) => this.#takesKey(type, ref, row.values))) throw new DuplicateKeys(type.name);
  }

  async prepared(): Promise<readonly PreparedType[]> {
    return [...this.#types.values()].map(({ name, properties }) => ({ name, properties }));
  }

  #refill(type: EntityTypeDescriptor, events: readonly JournalEvent[]): void {
    const [ref] = events;
    if (ref === undefined) return;
    const key = keyOf([ref.tenant, ref.entityType, ref.entityId]);
    this.#rows.delete(key);
    try {
      const { values, sequence } = fold(events);
      if (values !== undefined) this.#rows.set(key, { ref, row: { values: fitValues(type, values), sequence } });
    } catch (error) {
      if (!(error instanceof BrokenHistory)) throw error;
      const { tenant, entityType, entityId } = ref;
      this.quarantine.note({ tenant, entityType, entityId, sequence: error.sequence, reason: error.message });
    }
  }

  #assertOpen(): void {
    if (!this.#open) throw new StoreUnavailable("the store is closed");
  }

  #typeOf(name: string): EntityTypeDescriptor {
    this.#assertOpen();
    const type = this.#types.get(name);
    if (type === undefined) throw new Error(`the store has not been prepared for entity type ${name}`);
    return type;
  }

  async append(commit: Commit): Promise<Appended> {
    this.#assertOpen();
    const { event, idempotency, also = [], reads = [], unreferenced = [], delivers, outboxMax } = commit;
    if (delivers !== undefined && !this.#outbox.isLeased(delivers)) return "lease-lost";
    if (outboxMax !== undefined && this.#outbox.isFull(event.tenant, outboxMax)) return "outbox-full";
    if (reads.some((mark) => (this.#held(mark)?.row.sequence ?? null) !== mark.sequence)) return "conflict";
    const undo: (() => void)[] = [];
    const appended = this.#appendAll([commit, ...also], unreferenced, undo);
    const isKept = appended === "committed" && (idempotency === undefined || this.#replies.keep(idempotency, event.at));
    if (isKept) {
      this.#ask(commit);
      return "committed";
    }
    for (const back of undo.reverse()) back();
    return appended === "committed" ? "conflict" : appended;
  }

  #ask({ delivers, outbox = [], also = [], ...own }: Commit): void {
    if (delivers !== undefined) this.#outbox.conclude(delivers);
    for (const part of [own, ...also]) this.#outbox.changeTimers(part);
    for (const entry of outbox) this.#outbox.put(entry);
  }

  #appendAll(parts: readonly EntityCommit[], unreferenced: readonly Reference[], undo: (() => void)[]): Appended {
    for (const part of parts) {
      const appended = this.#appendOne(part, undo);
      if (appended !== "committed") return appended;
    }
    return unreferenced.some((reference) => this.#isThere(reference)) ? "referenced" : "committed";
  }

  #appendOne({ event, row, media = [] }: EntityCommit, undo: (() => void)[]): Appended {
    const type = this.#typeOf(event.entityType);
    const key = keyOf([event.tenant, event.entityType, event.entityId]);
    if (this.#journal.of(event).some(({ sequence }) => sequence === event.sequence)) return "conflict";
    if (row !== null && this.#takesKey(type, event, row)) return "key-taken";
    const earlier = this.#rows.get(key);
    const takeBack = this.#journal.put(event);
    undo.push(() => {
      takeBack();
      if (earlier === undefined) this.#rows.delete(key);
      else this.#rows.set(key, earlier);
    });
    undo.push(this.media.change(event, media));
    if (row === null) this.#rows.delete(key);
    else this.#rows.set(key, { ref: event, row: { values: fitValues(type, row), sequence: event.sequence } });
    return "committed";
  }

  #takesKey(type: EntityTypeDescriptor, ref: EntityRef, row: Values): boolean {
    return (type.reactions?.keys ?? []).some(({ properties }) =>
      [...this.#rows.values()].some(
        (held) =>
          held.ref.tenant === ref.tenant &&
          held.ref.entityType === ref.entityType &&
          held.ref.entityId !== ref.entityId &&
          properties.every((property) => isSet(row[property]) && held.row.values[property] === row[property]),
      ),
    );
  }

  #held({ tenant, entityType, entityId }: EntityRef): Held | undefined {
    return this.#rows.get(keyOf([tenant, entityType, entityId]));
  }

  #isThere({ tenant, entityType, property, value }: Reference): boolean {
    return this.#rowsOf({ tenant }, entityType).some(({ values }) => values[property] === value);
  }

  async events(ref: EntityRef, newest = Number.MAX_SAFE_INTEGER): Promise<readonly JournalEvent[]> {
    this.#assertOpen();
    return this.#journal.of(ref).slice(-newest);
  }

  async recentEvents(tenant: string, top: number): Promise<RecentEvents> {
    this.#assertOpen();
    return { events: this.#journal.newest(tenant, top), unreadable: [] };
  }

  async feedEnd(): Promise<FeedPosition> {
    this.#assertOpen();
    return this.#journal.end;
  }

  async feed(query: FeedQuery): Promise<FeedPage | undefined> {
    this.#assertOpen();
    return this.#journal.feed(query);
  }

  async row(ref: EntityRef): Promise<StoredRow | undefined> {
    this.#typeOf(ref.entityType);
    return this.#rows.get(keyOf([ref.tenant, ref.entityType, ref.entityId]))?.row;
  }

  async entities({ entityType, status, after, top }: EntitiesQuery): Promise<readonly LiveEntity[]> {
    this.#assertOpen();
    const type = this.#types.get(entityType);
    if (type === undefined) return [];
    return [...this.#rows.values()]
      .filter(({ ref }) => ref.entityType === entityType)
      .filter(({ row }) => status === undefined || statusIn(type, row) === status)
      .filter(({ ref }) => after === undefined || byTenant(after, ref) < 0)
      .toSorted((one, other) => byTenant(one.ref, other.ref))
      .slice(0, top)
      .map(({ ref: { tenant, entityId }, row }) => ({ tenant, entityType, entityId, ...row }));
  }

  async query(query: Query): Promise<Page> {
    const type = this.#typeOf(query.entityType.name);
    const readable = new Map<string, readonly Values[]>();
    const rowsOf: RowsOf = (target) => {
      const known = readable.get(target.name) ?? this.#readable(query, target);
      readable.set(target.name, known);
      return known;
    };
    const filters = [query.filter, query.restriction].flatMap((filter) => (filter === undefined ? [] : [filter]));
    const matching = this.#rowsOf(query, type.name)
      .filter(({ values }) => filters.every((filter) => matches(type, filter, values, rowsOf)))
      .map((row) => withComputed(row, query, (operand) => operandOf(type, operand, row.values, rowsOf)));
    const { grouping } = query;
    const found =
      grouping === undefined
        ? matching
        : groupsOf(matching, grouping, (operand, values) => operandOf(type, operand, values, rowsOf));
    const sorted = [...found].sort((one, other) => inOrder(query, one.values, other.values));
    const wanted = query.each === undefined ? sorted : windowed(sorted, query.each);
    const rows = wanted.slice(query.skip, query.skip + query.top);
    return query.count ? { rows, count: sorted.length } : { rows };
  }

  /** The rows of another type that the caller may read. */
  #readable(query: Query, type: EntityTypeDescriptor): readonly Values[] {
    const restriction = query.restrictions?.get(type.name);
    if (restriction === undefined) return [];
    return this.#rowsOf(query, type.name)
      .map(({ values }) => values)
      .filter((values) => matches(type, restriction, values));
  }

  /** All rows of the type, as far as the query is concerned. */
  #rowsOf({ tenant, asRead }: Pick<Query, "tenant" | "asRead">, entityType: string): readonly StoredRow[] {
    const held = [...this.#rows.values()].filter(({ ref }) => ref.tenant === tenant && ref.entityType === entityType);
    return asRead?.get(entityType) ?? held.map(({ row }) => row);
  }

  async idempotent(tenant: string, principal: string, key: string): Promise<IdempotencyRecord | undefined> {
    this.#assertOpen();
    return this.#replies.find(tenant, principal, key);
  }

  async lease(request: LeaseRequest): Promise<readonly Leased[]> {
    this.#assertOpen();
    return this.#outbox.lease(request);
  }

  async settle(key: string, token: string, settlement: Settlement): Promise<boolean> {
    this.#assertOpen();
    return this.#outbox.settle(key, token, settlement);
  }

  async nextDue(now: number): Promise<number | undefined> {
    this.#assertOpen();
    return this.#outbox.nextDue(now);
  }

  async outbox(query: OutboxQuery): Promise<readonly OutboxRecord[]> {
    this.#assertOpen();
    return this.#outbox.list(query);
  }

  async outboxCounts(): Promise<readonly OutboxCount[]> {
    this.#assertOpen();
    return this.#outbox.counts();
  }

  async retryDead(tenant: string, key: string, dueAt: number): Promise<boolean> {
    this.#assertOpen();
    return this.#outbox.retryDead(tenant, key, dueAt);
  }

  async dropDead(tenant: string, key: string): Promise<boolean> {
    this.#assertOpen();
    return this.#outbox.dropDead(tenant, key);
  }

  async statusCounts(): Promise<readonly StatusCount[]> {
    this.#assertOpen();
    const counts = new Map<string, StatusCount>();
    for (const { ref, row } of this.#rows.values()) {
      const status = statusIn(this.#typeOf(ref.entityType), row);
      const key = keyOf([ref.entityType, status]);
      counts.set(key, { entityType: ref.entityType, status, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    return [...counts.values()];
  }

  async apiKeyByHash(hash: string): Promise<ApiKeyRecord | undefined> {
    return (await this.apiKeys()).find((key) => key.hash === hash);
  }

  async apiKeys(): Promise<readonly ApiKeyRecord[]> {
    this.#assertOpen();
    return [...this.#keys.values()];
  }

  async putApiKey(key: ApiKeyRecord): Promise<void> {
    this.#assertOpen();
    if ((this.#keys.get(key.id)?.revokedAt ?? null) === null) this.#keys.set(key.id, key);
  }

  async stageRevision(record: RevisionRecord): Promise<boolean> {
    this.#assertOpen();
    return this.#revisions.stage(record);
  }

  async settleRevision(tenant: string, number: number, as: "live" | "dropped"): Promise<void> {
    this.#assertOpen();
    this.#revisions.settle(tenant, number, as);
  }

  async revisions(
    tenant: string,
    page: { readonly top: number; readonly skip: number },
  ): Promise<readonly RevisionSummary[]> {
    this.#assertOpen();
    return this.#revisions.list(tenant, page);
  }

  async revision(tenant: string, number: number): Promise<RevisionRecord | undefined> {
    this.#assertOpen();
    return this.#revisions.find(tenant, number);
  }

  async revisionTenants(): Promise<readonly string[]> {
    this.#assertOpen();
    return this.#revisions.tenants();
  }

  async close(): Promise<void> {
    this.#open = false;
  }
}

function byTenant(one: Pick<EntityRef, "tenant" | "entityId">, other: Pick<EntityRef, "tenant" | "entityId">): number {
  return compareValues(one.tenant, other.tenant) || compareValues(one.entityId, other.entityId);
}

function statusIn({ statusProperty }: EntityTypeDescriptor, { values }: StoredRow): string {
  return statusProperty === undefined ? "" : String(values[statusProperty]);
}

/** Unambiguous, whatever characters the parts have. */
function keyOf(parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** As the key of an entity that has not got one yet is not. */
function isSet(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}
