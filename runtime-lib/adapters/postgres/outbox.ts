/** The outbox: leased by one server at a time, so that what is for one target keeps its order among all of them. */
import type { Leased, LeaseRequest, OutboxCount, OutboxQuery, OutboxRecord, Settlement } from "../../ports/index.ts";
import { LeasesAhead } from "../leases-ahead.ts";
import { type Cell, storable } from "../sql/columns.ts";
import {
  aheadCells,
  aheadFrom,
  countFrom,
  leaseCells,
  leasedFrom,
  outboxCells,
  outboxSql,
  purgeEveryMs,
  recordFrom,
  settlementSql,
} from "../sql/outbox.ts";
import { type Connections, numbered, prepared, type Session } from "./connections.ts";
import { advisory } from "./locks.ts";
import { putEntries } from "./timers.ts";

const statements = new Map(Object.values(outboxSql).map((sql) => [sql, prepared(numbered(sql))]));
const dueSql = prepared(
  numbered(`SELECT least((${outboxSql.nextReady}), (${outboxSql.nextExpiry})),
    EXISTS (SELECT 1 FROM outbox WHERE ready_at <= ? OR lease_until <= ?)`),
);

function statementOf(sql: string) {
  const known = statements.get(sql);
  if (known === undefined) throw new Error("a statement of the outbox that is not in its list");
  return known;
}

export class OutboxTable {
  readonly #connections: Connections;
  readonly #leasesAhead = new LeasesAhead();
  #purgedAt = 0;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async lease(request: LeaseRequest): Promise<readonly Leased[]> {
    const { now } = request;
    const isPurgeDue = now - this.#purgedAt >= purgeEveryMs;
    const isLookDue = this.#leasesAhead.isDue(request);
    if (!isPurgeDue && !isLookDue && !(await this.#isAnythingDue(now))) return [];
    this.#purgedAt = isPurgeDue ? now : this.#purgedAt;
    const [one, other] = advisory(this.#connections.address.schema, "lease");
    return this.#connections.transact("everybody", async (session) => {
      await session.run("SELECT pg_advisory_xact_lock($1, $2)", [one, other]);
      if (isPurgeDue) await session.run(statementOf(outboxSql.purge), [now]);
      if (isLookDue) await this.#giveBack(session, request);
      await session.run(statementOf(outboxSql.reclaim), [now]);
      return leasedFrom(await session.run(statementOf(outboxSql.lease), leaseCells(request)));
    });
  }

  async #giveBack(session: Session, request: LeaseRequest): Promise<void> {
    const rows = await session.run(statementOf(outboxSql.ahead), aheadCells(request));
    for (const token of this.#leasesAhead.over(rows.map(aheadFrom), request)) {
      await session.run(statementOf(outboxSql.giveBack), [request.now, token]);
    }
  }

  async #isAnythingDue(now: number): Promise<boolean> {
    const [row] = await this.#connections.useFor("everybody", (session) => session.run(dueSql, [now, now, now]));
    return row?.[1] === 1;
  }

  async settle(key: string, token: string, settlement: Settlement): Promise<boolean> {
    const { sql, cells } = settlementSql(key, token, settlement);
    const next = settlement.kind === "done" ? settlement.next : undefined;
    if (next === undefined) {
      return (await this.#connections.useFor("everybody", (session) => session.change(statementOf(sql), cells))) > 0;
    }
    return this.#connections.transact("everybody", async (session) => {
      const changes = await session.change(statementOf(sql), cells);
      if (changes > 0) await putEntries(session, [outboxCells(next)]);
      return changes > 0;
    });
  }

  async nextDue(now: number): Promise<number | undefined> {
    const [row] = await this.#connections.useFor("everybody", (session) => session.run(dueSql, [now, now, now]));
    const due = row?.[0];
    return typeof due === "number" ? due : undefined;
  }

  async list({ tenant, state, top, skip }: OutboxQuery): Promise<readonly OutboxRecord[]> {
    const cells = [storable(tenant), state, top, skip];
    const rows = await this.#connections.useFor([storable(tenant)], (session) =>
      session.run(statementOf(outboxSql.list), cells),
    );
    return rows.map((row) => recordFrom(state, row));
  }

  async counts(): Promise<readonly OutboxCount[]> {
    const rows = await this.#connections.useFor("everybody", (session) => session.run(statementOf(outboxSql.counts)));
    return rows.map(countFrom);
  }

  retryDead(tenant: string, key: string, dueAt: number): Promise<boolean> {
    return this.#change(tenant, outboxSql.retryDead, [dueAt, storable(tenant), storable(key)]);
  }

  dropDead(tenant: string, key: string): Promise<boolean> {
    return this.#change(tenant, outboxSql.dropDead, [storable(tenant), storable(key)]);
  }

  async #change(tenant: string, sql: string, cells: readonly Cell[]): Promise<boolean> {
    const run = (session: Session): Promise<number> => session.change(statementOf(sql), cells);
    return (await this.#connections.useFor([storable(tenant)], run)) > 0;
  }
}
