/** The PostgreSQL store: several servers on one database, multi-row appends, one transaction for what waits together. */
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import type {
  Answers,
  ApiKeyRecord,
  Appended,
  Commit,
  Decisions,
  EntitiesQuery,
  EntityCommit,
  EntityRef,
  FeedPage,
  FeedPosition,
  FeedQuery,
  IdempotencyRecord,
  JournalEvent,
  Leased,
  LeaseRequest,
  LiveEntity,
  Media,
  OutboxCount,
  OutboxQuery,
  OutboxRecord,
  Page,
  PreparedType,
  Quarantine,
  Query,
  RecentEvents,
  RevisionRecord,
  RevisionSummary,
  Settlement,
  StatusCount,
  Store,
  StoredRow,
} from "../../ports/index.ts";
import { apiKeyCells, apiKeyFromCells, apiKeysSql, upsertApiKeySql } from "../sql/api-keys.ts";
import { storable } from "../sql/columns.ts";
import { eventFromCells, recentFromCells, refCells, selectRecentSql } from "../sql/journal.ts";
import { KeysOfTurn } from "../sql/keys-of-turn.ts";
import { keyCells, rowFromCells } from "../sql/projection.ts";
import { revisionCells, revisionRecord, revisionSummary, revisionsSql } from "../sql/revisions.ts";
import { Statements } from "../sql/statements.ts";
import { PostgresAnswers } from "./answers.ts";
import { Connections, numbered, type PostgresOptions, prepared, type Row, type Session } from "./connections.ts";
import { postgresDecisions } from "./decisions.ts";
import { postgresDialect } from "./dialect.ts";
import { tableFor } from "./draft.ts";
import { feed, feedEnd } from "./feed.ts";
import type { Reach } from "./fence.ts";
import { GroupCommit } from "./group-commit.ts";
import { GroupRead } from "./group-read.ts";
import { histories, type RowWanted, rowsWanted, tenantsOf } from "./lookups.ts";
import { PostgresMedia } from "./media.ts";
import { migrate } from "./migrate.ts";
import { liveEntities, writeMigrated } from "./migrated.ts";
import { OutboxTable } from "./outbox.ts";
import { PostgresQuarantine } from "./quarantine.ts";
import { countStatuses, type Layout, layoutAsIs, preparedTypes, prepareTables } from "./tables.ts";

const sql = {
  recent: prepared(numbered(selectRecentSql.replace("position DESC", "transaction DESC, position DESC"))),
  apiKey: prepared(`${apiKeysSql} WHERE hash = $1`),
  apiKeys: prepared(`${apiKeysSql} ORDER BY created_at, id`),
  putApiKey: prepared(numbered(upsertApiKeySql)),
  reply: prepared(
    "SELECT request_hash, reply, expires_at FROM idempotency WHERE tenant = $1 AND principal = $2 AND key = $3",
  ),
  stage: prepared(numbered(revisionsSql.stage)),
  live: prepared(numbered(revisionsSql.live)),
  dropped: prepared(numbered(revisionsSql.dropped)),
  revisions: prepared(numbered(revisionsSql.list)),
  revision: prepared(numbered(revisionsSql.find)),
  revisionTenants: prepared(revisionsSql.tenants),
};

/**
 * Connects, applies migrations and answers a store. Rejects with `StoreUnavailable` where the server cannot serve, with
 * `NewerSchema` where a newer runtime wrote the schema, and with a `TypeError` where the URL is none.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const connections = await Connections.open(options);
  try {
    await migrate(connections, { mustExist: options.mustExist ?? false });
    return new PostgresStore(connections, options);
  } catch (error) {
    await connections.close();
    throw error;
  }
}

class PostgresStore implements Store {
  readonly decisions: Decisions;
  readonly quarantine: Quarantine;
  readonly answers: Answers;
  readonly media: Media;
  readonly #connections: Connections;
  readonly #commits: GroupCommit;
  readonly #outbox: OutboxTable;
  readonly #keys = new KeysOfTurn();
  readonly #histories = new GroupRead((all: readonly Row[]) =>
    this.#askFor(tenantsOf(all), (session) => histories(session, all)),
  );
  readonly #rows = new GroupRead((all: readonly RowWanted[]) =>
    this.#askFor(tenantsOf(all.map(({ key }) => key)), (session) => rowsWanted(session, all)),
  );
  #entityTypes: readonly EntityTypeDescriptor[] = [];
  #layout: Layout = { tables: new Map(), generation: -1 };
  #statements = statementsOn(this.#layout);

  constructor(connections: Connections, { batchMax = 256, batchesMax = 2, onGroupCommit }: PostgresOptions) {
    this.#connections = connections;
    this.decisions = postgresDecisions(connections);
    this.quarantine = new PostgresQuarantine(connections);
    this.answers = new PostgresAnswers(connections);
    this.media = new PostgresMedia(connections);
    this.#outbox = new OutboxTable(connections);
    this.#commits = new GroupCommit({
      connections,
      layout: () => this.#layout,
      renewLayout: () => this.#renewLayout(),
      batchMax,
      batchesMax,
      ...(onGroupCommit && { onGroupCommit }),
    });
  }

  async prepare(entityTypes: readonly EntityTypeDescriptor[], migrated: readonly EntityCommit[] = []): Promise<void> {
    await this.#commits.drained();
    const known = await this.#ask((session) => layoutAsIs(session, entityTypes));
    const { schema } = this.#connections.address;
    const anew = new Set(migrated.map(({ event }) => event.entityType));
    const layout =
      known?.recorded && migrated.length === 0
        ? known.layout
        : await this.#connections.transact("everybody", async (session) => {
            await writeMigrated(session, migrated);
            return prepareTables(session, { schema, anew }, entityTypes);
          });
    this.#goOnWith(layout);
    this.#entityTypes = entityTypes;
  }

  async rebuild(entityTypes: readonly EntityTypeDescriptor[]): Promise<void> {
    await this.#commits.drained();
    const { schema } = this.#connections.address;
    const anew = new Set(entityTypes.map(({ name }) => name));
    this.#goOnWith(
      await this.#connections.transact("everybody", (session) => prepareTables(session, { schema, anew }, entityTypes)),
    );
    this.#entityTypes = entityTypes;
  }

  #goOnWith(layout: Layout): void {
    this.#layout = layout;
    this.#statements = statementsOn(layout);
  }

  async #renewLayout(): Promise<boolean> {
    const known = await this.#ask((session) => layoutAsIs(session, this.#entityTypes));
    if (known !== undefined) this.#goOnWith(known.layout);
    return known !== undefined;
  }

  prepared(): Promise<readonly PreparedType[]> {
    return this.#ask(preparedTypes);
  }

  append(commit: Commit): Promise<Appended> {
    return this.#commits.append(commit);
  }

  async events(ref: EntityRef, newest = Number.MAX_SAFE_INTEGER): Promise<readonly JournalEvent[]> {
    const cells = await this.#histories.read([...refCells(ref), newest]);
    return cells.map(eventFromCells);
  }

  async recentEvents(tenant: string, top: number): Promise<RecentEvents> {
    return recentFromCells(await this.#askFor([tenant], (session) => session.run(sql.recent, [storable(tenant), top])));
  }

  entities(query: EntitiesQuery): Promise<readonly LiveEntity[]> {
    return this.#askFor("everybody", (session) => liveEntities(session, query));
  }

  feedEnd(): Promise<FeedPosition> {
    return feedEnd(this.#connections);
  }

  feed(query: FeedQuery): Promise<FeedPage | undefined> {
    return feed(this.#connections, query);
  }

  async row(ref: EntityRef): Promise<StoredRow | undefined> {
    const { projection, select } = tableFor(this.#layout, ref.entityType);
    const key = keyCells(projection, ref);
    if (key === undefined) return undefined;
    const cells = await this.#rows.read({ select, key });
    return cells === undefined ? undefined : rowFromCells(projection, cells);
  }

  async query(query: Query): Promise<Page> {
    const { statement, cells, rowOf } = this.#statements.page(query);
    return this.#askFor([query.tenant], async (session) => {
      const rows = (await session.run(statement, cells)).map(rowOf);
      if (!query.count) return { rows };
      const counting = this.#statements.count(query);
      const [counted] = await session.run(counting.statement, counting.cells);
      return { rows, count: Number(counted?.[0]) };
    });
  }

  async idempotent(tenant: string, principal: string, key: string): Promise<IdempotencyRecord | undefined> {
    const scope = [storable(tenant), storable(principal), storable(key)];
    const [cells] = await this.#askFor([tenant], (session) => session.run(sql.reply, scope));
    if (cells === undefined) return undefined;
    const [requestHash = "", reply = "", expiresAt = ""] = cells.map(String);
    return { tenant, principal, key, requestHash, reply, expiresAt };
  }

  lease(request: LeaseRequest): Promise<readonly Leased[]> {
    return this.#outbox.lease(request);
  }

  settle(key: string, token: string, settlement: Settlement): Promise<boolean> {
    return this.#outbox.settle(key, token, settlement);
  }

  nextDue(now: number): Promise<number | undefined> {
    return this.#outbox.nextDue(now);
  }

  outbox(query: OutboxQuery): Promise<readonly OutboxRecord[]> {
    return this.#outbox.list(query);
  }

  outboxCounts(): Promise<readonly OutboxCount[]> {
    return this.#outbox.counts();
  }

  retryDead(tenant: string, key: string, dueAt: number): Promise<boolean> {
    return this.#outbox.retryDead(tenant, key, dueAt);
  }

  dropDead(tenant: string, key: string): Promise<boolean> {
    return this.#outbox.dropDead(tenant, key);
  }

  async statusCounts(): Promise<readonly StatusCount[]> {
    await this.#commits.drained();
    return this.#askFor("everybody", countStatuses);
  }

  apiKeyByHash(hash: string): ApiKeyRecord | undefined | Promise<ApiKeyRecord | undefined> {
    return this.#keys.find(hash, async () => {
      const [cells] = await this.#ask((session) => session.run(sql.apiKey, [hash]));
      return cells === undefined ? undefined : apiKeyFromCells(cells);
    });
  }

  async apiKeys(): Promise<readonly ApiKeyRecord[]> {
    return (await this.#ask((session) => session.run(sql.apiKeys))).map(apiKeyFromCells);
  }

  async putApiKey(key: ApiKeyRecord): Promise<void> {
    await this.#ask((session) => session.run(sql.putApiKey, apiKeyCells(key)));
    this.#keys.forget();
  }

  async stageRevision(record: RevisionRecord): Promise<boolean> {
    return (await this.#askFor([record.tenant], (session) => session.change(sql.stage, revisionCells(record)))) > 0;
  }

  async settleRevision(tenant: string, number: number, as: "live" | "dropped"): Promise<void> {
    await this.#askFor([tenant], (session) => session.run(sql[as], [storable(tenant), number]));
  }

  async revisions(
    tenant: string,
    { top, skip }: { readonly top: number; readonly skip: number },
  ): Promise<readonly RevisionSummary[]> {
    const rows = await this.#askFor([tenant], (session) => session.run(sql.revisions, [storable(tenant), top, skip]));
    return rows.map(revisionSummary);
  }

  async revision(tenant: string, number: number): Promise<RevisionRecord | undefined> {
    const [cells] = await this.#askFor([tenant], (session) => session.run(sql.revision, [storable(tenant), number]));
    return cells === undefined ? undefined : revisionRecord(cells);
  }

  async revisionTenants(): Promise<readonly string[]> {
    return (await this.#askFor("everybody", (session) => session.run(sql.revisionTenants))).map(([tenant]) =>
      String(tenant),
    );
  }

  #ask<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#connections.use(work);
  }

  #askFor<T>(reach: Reach, work: (session: Session) => Promise<T>): Promise<T> {
    const stored = reach === "everybody" ? reach : reach.map(storable);
    return this.#connections.useFor(stored, work);
  }

  async close(): Promise<void> {
    await this.#commits.drained();
    await this.#connections.close();
  }
}

function statementsOn(layout: Layout): Statements<string> {
  const projectionOf = (entityType: string) => tableFor(layout, entityType).projection;
  return new Statements({ dialect: postgresDialect, projectionOf }, (sql) => sql);
}
