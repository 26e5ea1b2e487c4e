/** The outbox in the file: what is to be done after commits, who has it leased, and what nobody could do. */
import type {
  EntityCommit,
  Leased,
  LeaseRequest,
  OutboxCount,
  OutboxEntry,
  OutboxQuery,
  OutboxRecord,
  Settlement,
  TimerChange,
} from "../../ports/index.ts";
import { LeasesAhead } from "../leases-ahead.ts";
import { storable } from "../sql/columns.ts";
import {
  aheadCells,
  aheadFrom,
  countFrom,
  leaseCells,
  leasedFrom,
  nextCells,
  outboxCells,
  outboxSql,
  ownerOf,
  purgeEveryMs,
  recordFrom,
  settlementSql,
} from "../sql/outbox.ts";
import type { Connection, Connections } from "./connection.ts";

type Statement = ReturnType<Connection["prepare"]>;

/** The statements of a connection, each prepared when it is first wanted. */
class PreparedStatements {
  readonly #connection: Connection;
  readonly #prepared = new Map<string, Statement>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  of(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const returnsRows = sql.startsWith("SELECT") || sql.includes("RETURNING");
    const statement = returnsRows ? this.#connection.prepare(sql).raw() : this.#connection.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** Every method that writes runs inside a transaction that is open. */
export class OutboxTable {
  readonly #writing: PreparedStatements;
  readonly #reading: PreparedStatements;
  readonly #leasesAhead = new LeasesAhead();
  #purgedAt = 0;

  constructor({ writing, reading }: Connections) {
    this.#writing = new PreparedStatements(writing);
    this.#reading = new PreparedStatements(reading);
  }

  /** True where the tenant has `max` queued entries already. */
  isFull(tenant: string, max: number): boolean {
    return max <= 0 || Array.isArray(this.#writing.of(outboxSql.isFull).get([storable(tenant), max - 1]));
  }

  put(entry: OutboxEntry): void {
    this.#writing.of(outboxSql.insert).run([...outboxCells(entry)]);
  }

  /** Applies what the commit changes about the timers of its entity. */
  changeTimers({ event, timers = [] }: EntityCommit): void {
    const owner = ownerOf(event);
    for (const change of timers) {
      if (change.kind === "cancel-all") this.#writing.of(outboxSql.cancelAll).run([owner]);
      else if (this.#makesRoom(owner, change) && change.kind !== "cancel") {
        this.#writing.of(outboxSql.insert).run([...outboxCells(change.entry, { owner, slot: change.slot })]);
      }
    }
  }

  /** True where there is room for what the change arms, if it arms anything. */
  #makesRoom(owner: string, { kind, slot }: Exclude<TimerChange, { readonly kind: "cancel-all" }>): boolean {
    const place = [owner, storable(slot)];
    if (kind === "arm-once") return !Array.isArray(this.#writing.of(outboxSql.isTaken).get(place));
    const { changes } = this.#writing.of(outboxSql.cancel).run(place);
    return kind !== "replace" || changes > 0;
  }

  /** The delivery is over with the commit that is its effect. False where it is no longer leased under that token. */
  conclude(key: string, token: string, next: OutboxEntry | undefined): boolean {
    if (next === undefined) return this.#writing.of(outboxSql.remove).run([key, token]).changes > 0;
    return this.#writing.of(outboxSql.next).run([...nextCells(next), key, token]).changes > 0;
  }

  lease(request: LeaseRequest): readonly Leased[] {
    const { now } = request;
    this.#purgeAt(now);
    if (this.#leasesAhead.isDue(request)) this.#giveBack(request);
    this.#writing.of(outboxSql.reclaim).run([now]);
    return leasedFrom(
      this.#writing
        .of(outboxSql.lease)
        .all([...leaseCells(request)])
        .map(cellsOf),
    );
  }

  #giveBack(request: LeaseRequest): void {
    const rows = this.#writing.of(outboxSql.ahead).all([...aheadCells(request)]);
    const ahead = rows.map((row) => aheadFrom(cellsOf(row)));
    for (const token of this.#leasesAhead.over(ahead, request)) {
      this.#writing.of(outboxSql.giveBack).run([request.now, token]);
    }
  }

  #purgeAt(now: number): void {
    if (now - this.#purgedAt < purgeEveryMs) return;
    this.#purgedAt = now;
    this.#writing.of(outboxSql.purge).run([now]);
  }

  settle(key: string, token: string, settlement: Settlement): boolean {
    const { sql, cells } = settlementSql(key, token, settlement);
    const { changes } = this.#writing.of(sql).run([...cells]);
    if (changes > 0 && settlement.kind === "done" && settlement.next !== undefined) this.put(settlement.next);
    return changes > 0;
  }

  nextDue(now: number): number | undefined {
    const asked = [this.#reading.of(outboxSql.nextReady).get([now]), this.#reading.of(outboxSql.nextExpiry).get([])];
    const times = asked.map((cells) => cellsOf(cells)[0]).filter((time) => typeof time === "number");
    return times.length === 0 ? undefined : Math.min(...times);
  }

  list({ tenant, state, top, skip }: OutboxQuery): readonly OutboxRecord[] {
    const rows = this.#reading.of(outboxSql.list).all([storable(tenant), state, top, skip]);
    return rows.map((row) => recordFrom(state, cellsOf(row)));
  }

  counts(): readonly OutboxCount[] {
    return this.#reading
      .of(outboxSql.counts)
      .all([])
      .map((row) => countFrom(cellsOf(row)));
  }

  retryDead(tenant: string, key: string, dueAt: number): boolean {
    return this.#writing.of(outboxSql.retryDead).run([dueAt, storable(tenant), storable(key)]).changes > 0;
  }

  dropDead(tenant: string, key: string): boolean {
    return this.#writing.of(outboxSql.dropDead).run([storable(tenant), storable(key)]).changes > 0;
  }
}

function cellsOf(row: unknown): readonly unknown[] {
  return Array.isArray(row) ? row : [];
}
