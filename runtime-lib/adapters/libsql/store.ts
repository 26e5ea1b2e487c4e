/** The libSQL store: one file (or memory), WAL and synchronous FULL, prepared statements where it must be fast. */
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import {
  type Answers,
  type ApiKeyRecord,
  type Appended,
  type Commit,
  type Decisions,
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
  type Quarantine,
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
} from "../../ports/index.ts";
import { isAlone } from "../sql/alone.ts";
import { type Cell, storable } from "../sql/columns.ts";
import { entitiesCells, entitiesSql, entityFromCells } from "../sql/entities.ts";
import {
  eventCells,
  eventFromCells,
  feedFromCells,
  insertEventSql,
  recentFromCells,
  refCells,
  selectEventsSql,
  selectFeedSql,
  selectRecentSql,
} from "../sql/journal.ts";
import { keyCells, type Projection, referenceCells, referenceSql, rowCells } from "../sql/projection.ts";
import { defaultStoreLimits } from "../store-limits.ts";
import { LibsqlAnswers } from "./answers.ts";
import { ApiKeyTable } from "./api-keys.ts";
import {
  type Connection,
  type Connections,
  connect,
  inTransaction,
  inTransactionUnsynced,
  type LibsqlOptions,
  scalar,
} from "./connection.ts";
import { libsqlDecisions } from "./decisions.ts";
import { guarded, isUniqueViolation } from "./failures.ts";
import { GroupCommit } from "./group-commit.ts";
import { GroupRead } from "./group-read.ts";
import { IdempotencyTable } from "./idempotency.ts";
import { LibsqlMedia } from "./media.ts";
import { OutboxTable } from "./outbox.ts";
import { LibsqlQuarantine } from "./quarantine.ts";
import { RevisionTable } from "./revisions.ts";
import { Rows } from "./rows.ts";
import type { Scripted } from "./scripted.ts";
import { scripted } from "./scripted-commit.ts";
import { keptTables, type Table, tableOf } from "./table-statements.ts";
import { catalogued, countStatuses, preparedTypes, prepareProjections, projectionsAsTheyAre } from "./tables.ts";

type Statement = ReturnType<Connection["prepare"]>;

/**
 * Opens the file, applies migrations and answers a store. Rejects with `StoreUnavailable` where the file cannot be used,
 * with `NewerSchema` where a newer runtime wrote it.
 */
export async function openLibsqlStore(options: LibsqlOptions): Promise<Store> {
  return new LibsqlStore(connect(options), options);
}

class LibsqlStore implements Store {
  readonly decisions: Decisions;
  readonly quarantine: Quarantine;
  readonly answers: Answers;
  readonly media: LibsqlMedia;
  readonly #writing: Connection;
  readonly #reading: Connection;
  readonly #commits: GroupCommit;
  readonly #reads: GroupRead;
  readonly #apiKeys: ApiKeyTable;
  readonly #idempotency: IdempotencyTable;
  readonly #outbox: OutboxTable;
  readonly #revisions: RevisionTable;
  readonly #insertEvent: Statement;
  readonly #selectEvents: Statement;
  readonly #selectFeed: Statement;
  readonly #rowsKeptMax: number;
  #rows: Rows;

  constructor(connections: Connections, options: LibsqlOptions) {
    const { writing, reading } = connections;
    this.#writing = writing;
    this.#reading = reading;
    this.#commits = new GroupCommit(writing, options);
    this.#reads = new GroupRead(reading, () => this.#rows.askAgain());
    this.#apiKeys = new ApiKeyTable(connections, this.#commits);
    this.#idempotency = new IdempotencyTable(connections);
    this.#outbox = new OutboxTable(connections);
    this.#revisions = new RevisionTable(connections);
    this.decisions = libsqlDecisions(connections, this.#commits);
    this.quarantine = new LibsqlQuarantine(connections, this.#commits);
    this.answers = new LibsqlAnswers(connections, this.#commits);
    this.media = new LibsqlMedia(connections);
    this.#insertEvent = writing.prepare(insertEventSql);
    this.#selectEvents = reading.prepare(selectEventsSql).raw();
    this.#selectFeed = reading.prepare(selectFeedSql).raw();
    this.#rowsKeptMax = options.rowsKeptMax ?? defaultStoreLimits.storeRowsKeptMax;
    this.#rows = this.#rowsIn([]);
  }

  async prepare(entityTypes: readonly EntityTypeDescriptor[], migrated: readonly EntityCommit[] = []): Promise<void> {
    const anew = new Set(migrated.map(({ event }) => event.entityType));
    await this.#makeTables(entityTypes, anew, migrated);
  }

  async rebuild(entityTypes: readonly EntityTypeDescriptor[]): Promise<void> {
    await this.#makeTables(entityTypes, new Set(entityTypes.map(({ name }) => name)), []);
  }

  /** Tables that fit as they are go on with their statements; what waits to be committed comes before any other is touched. */
  async #makeTables(
    entityTypes: readonly EntityTypeDescriptor[],
    anew: ReadonlySet<string>,
    migrated: readonly EntityCommit[],
  ): Promise<void> {
    const isAsked = anew.size + migrated.length > 0;
    const fitting = isAsked ? undefined : guarded(() => projectionsAsTheyAre(this.#reading, entityTypes));
    const kept = fitting && keptTables(this.#rows.tables, fitting);
    if (kept !== undefined) {
      this.#rows = this.#rowsIn(kept);
      return;
    }
    const on = { writing: this.#writing, reading: this.#reading };
    await this.#commits.alone(() => {
      const projections = fitting ?? this.#changedTables(entityTypes, anew, migrated);
      this.#rows = this.#rowsIn(projections.map((projection) => tableOf(on, projection)));
    });
  }

  #rowsIn(tables: readonly Table[]): Rows {
    const byName = new Map(tables.map((table) => [table.projection.type.name, table]));
    return new Rows(this.#reading, byName, this.#rowsKeptMax);
  }

  #changedTables(
    entityTypes: readonly EntityTypeDescriptor[],
    anew: ReadonlySet<string>,
    migrated: readonly EntityCommit[],
  ): readonly Projection[] {
    const change = (): readonly Projection[] => {
      for (const commit of migrated) this.#migrate(commit);
      return prepareProjections(this.#writing, entityTypes, anew);
    };
    // Tables are made anew from the journal where they do not fit; events have to last.
    const transact = migrated.length === 0 ? inTransactionUnsynced : inTransaction;
    return guarded(() => transact(this.#writing, change));
  }

  #migrate(commit: EntityCommit): void {
    const { event } = commit;
    const isNext = this.#insertEvent.run([...eventCells(event)]).changes > 0;
    if (!isNext) throw new StaleMigration(event);
    this.#outbox.changeTimers(commit);
  }

  async prepared(): Promise<readonly PreparedType[]> {
    return guarded(() => preparedTypes(this.#reading));
  }

  append(commit: Commit): Promise<Appended> {
    const part = (): Scripted | undefined => {
      this.#idempotency.purgeBefore(commit);
      return scripted(commit, this.#rows.tableFor(commit.event.entityType));
    };
    return this.#commits.commit<Appended>(() => this.#write(commit), { part, answer: "committed" });
  }

  #write(commit: Commit): Appended {
    const { event } = commit;
    if (isAlone(commit, this.#rows.tableFor(event.entityType).projection)) return this.#writeEvent(commit);
    this.#idempotency.purgeBefore(commit);
    this.#writing.exec("SAVEPOINT one_commit");
    const appended = this.#writeParts(commit);
    this.#writing.exec(appended === "committed" ? "RELEASE one_commit" : "ROLLBACK TO one_commit; RELEASE one_commit");
    return appended;
  }

  #writeParts(commit: Commit): Appended {
    const { event, idempotency, also = [], reads = [], unreferenced = [], delivers, outbox = [], outboxMax } = commit;
    if (delivers !== undefined && !this.#outbox.conclude(delivers.key, delivers.token, delivers.next))
      return "lease-lost";
    if (outboxMax !== undefined && this.#outbox.isFull(event.tenant, outboxMax)) return "outbox-full";
    if (idempotency !== undefined && !this.#idempotency.insert(idempotency, event.at)) return "conflict";
    if (!reads.every((mark) => this.#sequenceOf(mark) === mark.sequence)) return "conflict";
    const parts = [commit, ...also];
    const last = new Map(parts.map((part) => [refCells(part.event).join("\0"), part]));
    for (const part of parts) {
      const isLast = last.get(refCells(part.event).join("\0")) === part;
      const appended = isLast ? this.#writeEvent(part) : this.#writePassing(part);
      if (appended !== "committed") return appended;
      this.#outbox.changeTimers(part);
      this.media.change(part);
    }
    for (const entry of outbox) this.#outbox.put(entry);
    return unreferenced.some((reference) => this.#isThere(reference)) ? "referenced" : "committed";
  }

  /** What a later part of the commit goes on from: its row is never seen, but where it would take the values of a key. */
  #writePassing(part: EntityCommit): Appended {
    if (this.#rows.tableFor(part.event.entityType).projection.hasUniqueKeys) return this.#writeEvent(part);
    return this.#insertEvent.run([...eventCells(part.event)]).changes === 0 ? "conflict" : "committed";
  }

  #writeEvent(commit: EntityCommit): Appended {
    const { event } = commit;
    const table = this.#rows.tableFor(event.entityType);
    if (this.#insertEvent.run([...eventCells(event)]).changes === 0) return "conflict";
    try {
      if (!table.updates.write(commit)) this.#writeRow(table, commit);
    } catch (error) {
      if (table.projection.hasUniqueKeys && isUniqueViolation(error)) return "key-taken";
      throw error;
    }
    return "committed";
  }

  #writeRow(table: Table, { event, row }: EntityCommit): void {
    const { tenant, sequence } = event;
    if (row === null) table.remove.run([...this.#keyOf(table, event)]);
    else table.upsert.run([...rowCells(table.projection, { tenant, sequence, values: row })]);
  }

  #sequenceOf(ref: EntityRef): number | null {
    const { projection, sequence } = this.#rows.tableFor(ref.entityType);
    const cells = sequence.get([...(keyCells(projection, ref) ?? [])]);
    return Array.isArray(cells) ? Number(cells[0]) : null;
  }

  #isThere({ tenant, entityType, property, value }: Reference): boolean {
    const { projection } = this.#rows.tableFor(entityType);
    return (
      this.#writing
        .prepare(referenceSql(projection, property))
        .get([...referenceCells(projection, property, { tenant, value })]) !== undefined
    );
  }

  #keyOf(table: Table, ref: EntityRef): readonly Cell[] {
    const cells = keyCells(table.projection, ref);
    if (cells === undefined) throw new TypeError(`${JSON.stringify(ref.entityId)} is no key of ${ref.entityType}`);
    return cells;
  }

  async events(ref: EntityRef, newest = Number.MAX_SAFE_INTEGER): Promise<readonly JournalEvent[]> {
    const rows = await this.#reads.read(() => this.#selectEvents.all([...refCells(ref), newest]));
    return rows.toReversed().map((cells) => eventFromCells(Array.isArray(cells) ? cells : []));
  }

  async recentEvents(tenant: string, top: number): Promise<RecentEvents> {
    return recentFromCells(guarded(() => this.#run(selectRecentSql, [storable(tenant), top])));
  }

  async feedEnd(): Promise<FeedPosition> {
    return guarded(() => String(scalar(this.#reading, "SELECT coalesce(max(position), 0) FROM journal")));
  }

  /** One process writes at a time, so the order of positions is the order of commits. */
  async feed({ tenant, after, max }: FeedQuery): Promise<FeedPage | undefined> {
    if (!/^\d{1,15}$/.test(after)) return undefined;
    const rows = guarded(() => this.#selectFeed.all([Number(after), max]));
    if (rows.length === 0 && Number(after) > Number(await this.feedEnd())) return undefined;
    const cells = rows.map((row): readonly unknown[] => (Array.isArray(row) ? row : []));
    const own = cells.filter((row) => row[1] === storable(tenant));
    const page = feedFromCells(own.map(([position, ...row]) => ({ position: String(position), cells: row })));
    return { ...page, through: String(cells.at(-1)?.[0] ?? after) };
  }

  row(ref: EntityRef): Promise<StoredRow | undefined> {
    return this.#reads.read(() => this.#rows.one(ref));
  }

  async entities(query: EntitiesQuery): Promise<readonly LiveEntity[]> {
    return guarded(() => {
      const projection = catalogued(this.#reading, query.entityType);
      if (projection === undefined) return [];
      const cells = entitiesCells(projection, query);
      const rows = this.#run(entitiesSql(projection, query), cells);
      return rows.map((row) => entityFromCells(projection, row));
    });
  }

  query(query: Query): Promise<Page> {
    return this.#reads.together(() => this.#rows.page(query));
  }

  #run(sql: string, cells: readonly Cell[]): readonly (readonly Cell[])[] {
    const lines = this.#reading
      .prepare(sql)
      .raw()
      .all([...cells]);
    return lines.map((line) => (Array.isArray(line) ? line : []));
  }

  async idempotent(tenant: string, principal: string, key: string): Promise<IdempotencyRecord | undefined> {
    return guarded(() => this.#idempotency.find(tenant, principal, key));
  }

  lease(request: LeaseRequest): Promise<readonly Leased[]> {
    return this.#commits.commit(() => this.#outbox.lease(request));
  }

  settle(key: string, token: string, settlement: Settlement): Promise<boolean> {
    return this.#commits.commit(() => this.#outbox.settle(key, token, settlement));
  }

  async nextDue(now: number): Promise<number | undefined> {
    return guarded(() => this.#outbox.nextDue(now));
  }

  async outbox(query: OutboxQuery): Promise<readonly OutboxRecord[]> {
    return guarded(() => this.#outbox.list(query));
  }

  async outboxCounts(): Promise<readonly OutboxCount[]> {
    return guarded(() => this.#outbox.counts());
  }

  retryDead(tenant: string, key: string, dueAt: number): Promise<boolean> {
    return this.#commits.commit(() => this.#outbox.retryDead(tenant, key, dueAt));
  }

  dropDead(tenant: string, key: string): Promise<boolean> {
    return this.#commits.commit(() => this.#outbox.dropDead(tenant, key));
  }

  async statusCounts(): Promise<readonly StatusCount[]> {
    return this.#commits.alone(() => guarded(() => countStatuses(this.#writing)));
  }

  apiKeyByHash(hash: string): ApiKeyRecord | undefined | Promise<ApiKeyRecord | undefined> {
    return this.#apiKeys.byHash(hash);
  }

  async apiKeys(): Promise<readonly ApiKeyRecord[]> {
    return this.#apiKeys.list();
  }

  async putApiKey(key: ApiKeyRecord): Promise<void> {
    await this.#apiKeys.put(key);
  }

  stageRevision(record: RevisionRecord): Promise<boolean> {
    return this.#commits.commit(() => this.#revisions.stage(record));
  }

  settleRevision(tenant: string, number: number, as: "live" | "dropped"): Promise<void> {
    return this.#commits.commit(() => this.#revisions.settle(tenant, number, as));
  }

  async revisions(
    tenant: string,
    page: { readonly top: number; readonly skip: number },
  ): Promise<readonly RevisionSummary[]> {
    return guarded(() => this.#revisions.list(tenant, page));
  }

  async revision(tenant: string, number: number): Promise<RevisionRecord | undefined> {
    return guarded(() => this.#revisions.find(tenant, number));
  }

  async revisionTenants(): Promise<readonly string[]> {
    return guarded(() => this.#revisions.tenants());
  }

  async close(): Promise<void> {
    await this.#commits.alone(() => this.#reads.drain());
    this.#writing.close();
    if (this.#reading !== this.#writing) this.#reading.close();
  }
}
