/** The table of the outbox: what is to be done after commits, who has it leased, and what nobody could do. */
import {
  type EntityCommit,
  type EntityRef,
  type Leased,
  type LeaseRequest,
  type OutboxCount,
  type OutboxEntry,
  type OutboxQuery,
  type OutboxRecord,
  type OutboxState,
  orderingTarget,
  type Settlement,
  type TimerChange,
} from "../../ports/index.ts";
import { type Cell, storable } from "../sql/columns.ts";
import type { Connection } from "./connection.ts";

type Statement = ReturnType<Connection["prepare"]>;

const purgeEveryMs = 60_000;

const insertSql = `INSERT INTO outbox (key, tenant, state, target, owner, slot, ready_at, attempts, note, entry)
  VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`;

/**
 * Walks what is ready in the order of its index, as far as `LIMIT`. An earlier entry for the target stands in the way where it
 * comes later in that walk: it is under way or has been tried, and only such are in the index that is asked.
 */
const leaseSql = `UPDATE outbox SET ready_at = NULL, lease_token = ?, lease_until = ?, attempts = attempts + 1
  WHERE position IN (
    SELECT position FROM outbox AS mine WHERE ready_at <= ? AND NOT (state = 'queued' AND EXISTS (
      SELECT 1 FROM outbox AS earlier WHERE earlier.state = 'queued' AND earlier.target = mine.target
      AND earlier.attempts > 0 AND earlier.position < mine.position
      AND (earlier.ready_at IS NULL OR earlier.ready_at > mine.ready_at)))
    ORDER BY ready_at, position LIMIT ?)
  RETURNING position, attempts, entry`;

const settled = {
  retry: "ready_at = ?, note = ?",
  released: "ready_at = 0, attempts = attempts - 1",
  advanced: "ready_at = ?, attempts = 0, note = NULL, entry = ?",
  dead: "state = 'dead', owner = NULL, slot = NULL, note = ?",
  done: "state = 'done', owner = NULL, slot = NULL, kept_until = ?, note = ?",
  next: "key = ?, state = 'queued', target = ?, owner = NULL, slot = NULL, ready_at = ?, attempts = 0, note = NULL, entry = ?",
} as const;

/** Every method that writes runs inside a transaction that is open. */
export class OutboxTable {
  readonly #insert: Statement;
  readonly #lease: Statement;
  readonly #reclaim: Statement;
  readonly #purge: Statement;
  readonly #remove: Statement;
  readonly #settle: Readonly<Record<keyof typeof settled, Statement>>;
  readonly #cancel: Statement;
  readonly #isTaken: Statement;
  readonly #cancelAll: Statement;
  readonly #connection: Connection;
  readonly #isFull: Statement;
  readonly #nextReady: Statement;
  readonly #nextExpiry: Statement;
  readonly #list: Statement;
  readonly #retryDead: Statement;
  readonly #dropDead: Statement;
  #purgedAt = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    const owned = "WHERE key = ? AND lease_token = ?";
    const settle = (kind: keyof typeof settled): Statement =>
      connection.prepare(`UPDATE outbox SET lease_token = NULL, lease_until = NULL, ${settled[kind]} ${owned}`);
    this.#insert = connection.prepare(insertSql);
    this.#lease = connection.prepare(leaseSql).raw();
    this.#reclaim = connection.prepare(
      "UPDATE outbox SET ready_at = lease_until, lease_token = NULL, lease_until = NULL WHERE lease_until <= ?",
    );
    this.#purge = connection.prepare("DELETE FROM outbox WHERE kept_until <= ?");
    this.#remove = connection.prepare(`DELETE FROM outbox ${owned}`);
    this.#settle = {
      retry: settle("retry"),
      released: settle("released"),
      advanced: settle("advanced"),
      dead: settle("dead"),
      done: settle("done"),
      next: settle("next"),
    };
    this.#cancel = connection.prepare("DELETE FROM outbox WHERE owner = ? AND slot = ?");
    this.#isTaken = connection.prepare("SELECT 1 FROM outbox WHERE owner = ? AND slot = ?").raw();
    this.#cancelAll = connection.prepare("DELETE FROM outbox WHERE owner = ?");
    this.#isFull = connection
      .prepare("SELECT 1 FROM outbox WHERE tenant = ? AND state = 'queued' LIMIT 1 OFFSET ?")
      .raw();
    this.#nextReady = connection.prepare("SELECT min(ready_at) FROM outbox WHERE ready_at > ?").raw();
    this.#nextExpiry = connection.prepare("SELECT min(lease_until) FROM outbox WHERE lease_until IS NOT NULL").raw();
    this.#list = connection
      .prepare(
        `SELECT entry, state, attempts, note, ready_at FROM outbox WHERE tenant = ? AND state = ?
         ORDER BY position LIMIT ? OFFSET ?`,
      )
      .raw();
    const dead = "WHERE tenant = ? AND key = ? AND state = 'dead'";
    this.#retryDead = connection.prepare(`UPDATE outbox SET state = 'queued', attempts = 0, ready_at = ? ${dead}`);
    this.#dropDead = connection.prepare(`DELETE FROM outbox ${dead}`);
  }

  /** True where the tenant has `max` queued entries already. */
  isFull(tenant: string, max: number): boolean {
    return max <= 0 || Array.isArray(this.#isFull.get([storable(tenant), max - 1]));
  }

  put(entry: OutboxEntry): void {
    const state = entry.undeliverable === undefined ? "queued" : "dead";
    this.#insert.run([...identity(entry, state), null, null, readyAt(entry), entry.undeliverable ?? null, text(entry)]);
  }

  /** Applies what the commit changes about the timers of its entity. */
  changeTimers({ event, timers = [] }: EntityCommit): void {
    const owner = ownerOf(event);
    for (const change of timers) {
      if (change.kind === "cancel-all") this.#cancelAll.run([owner]);
      else if (this.#makesRoom(owner, change) && change.kind !== "cancel") this.#arm(owner, change.slot, change.entry);
    }
  }

  /** True where there is room for what the change arms, if it arms anything. */
  #makesRoom(owner: string, { kind, slot }: Exclude<TimerChange, { readonly kind: "cancel-all" }>): boolean {
    const place = [owner, storable(slot)];
    if (kind === "arm-once") return !Array.isArray(this.#isTaken.get(place));
    const { changes } = this.#cancel.run(place);
    return kind !== "replace" || changes > 0;
  }

  #arm(owner: string, slot: string, entry: OutboxEntry): void {
    if (entry.undeliverable !== undefined) this.put(entry);
    else this.#insert.run([...identity(entry, "timer"), owner, storable(slot), entry.dueAt, null, text(entry)]);
  }

  /** The delivery is over with the commit that is its effect. False where it is no longer leased under that token. */
  conclude(key: string, token: string, next: OutboxEntry | undefined): boolean {
    if (next === undefined) return this.#remove.run([key, token]).changes > 0;
    const cells = [next.key, orderingTarget(next), next.dueAt, text(next)];
    return this.#settle.next.run([...cells, key, token]).changes > 0;
  }

  lease({ now, until, token, max }: LeaseRequest): readonly Leased[] {
    this.#purgeAt(now);
    this.#reclaim.run([now]);
    const rows = this.#lease.all([token, until, now, max]).map((cells) => (Array.isArray(cells) ? cells : []));
    return rows
      .sort((one, other) => Number(one[0]) - Number(other[0]))
      .map(([, attempts, entry]) => ({ entry: entryFrom(entry), attempts: Number(attempts) }));
  }

  #purgeAt(now: number): void {
    if (now - this.#purgedAt < purgeEveryMs) return;
    this.#purgedAt = now;
    this.#purge.run([now]);
  }

  settle(key: string, token: string, settlement: Settlement): boolean {
    const changes = this.#settled(key, token, settlement);
    if (changes > 0 && settlement.kind === "done" && settlement.next !== undefined) this.put(settlement.next);
    return changes > 0;
  }

  #settled(key: string, token: string, settlement: Settlement): number {
    switch (settlement.kind) {
      case "dropped":
        return this.#remove.run([key, token]).changes;
      case "done":
        return this.#settle.done.run([settlement.keptUntil, noteText(settlement.result), key, token]).changes;
      case "retry":
        return this.#settle.retry.run([settlement.dueAt, noteText(settlement.reason), key, token]).changes;
      case "released":
        return this.#settle.released.run([key, token]).changes;
      case "advanced":
        return this.#settle.advanced.run([settlement.entry.dueAt, text(settlement.entry), key, token]).changes;
      case "dead":
        return this.#settle.dead.run([noteText(settlement.reason), key, token]).changes;
    }
  }

  nextDue(now: number): number | undefined {
    const times = [this.#nextReady.get([now]), this.#nextExpiry.get([])]
      .map((cells) => (Array.isArray(cells) ? cells[0] : null))
      .filter((time) => typeof time === "number");
    return times.length === 0 ? undefined : Math.min(...times);
  }

  list({ tenant, state, top, skip }: OutboxQuery): readonly OutboxRecord[] {
    return this.#list.all([storable(tenant), state, top, skip]).map((cells) => {
      const [entry, , attempts, note, dueAt] = Array.isArray(cells) ? cells : [];
      return {
        entry: entryFrom(entry),
        state,
        attempts: Number(attempts),
        note: typeof note === "string" ? note : null,
        dueAt: typeof dueAt === "number" ? dueAt : null,
      };
    });
  }

  counts(): readonly OutboxCount[] {
    return this.#connection
      .prepare("SELECT state, count(*) FROM outbox GROUP BY state")
      .raw()
      .all([])
      .map((cells) => {
        const [name, count] = Array.isArray(cells) ? cells : [];
        return { state: stateNamed(String(name)), count: Number(count) };
      });
  }

  retryDead(tenant: string, key: string, dueAt: number): boolean {
    return this.#retryDead.run([dueAt, storable(tenant), storable(key)]).changes > 0;
  }

  dropDead(tenant: string, key: string): boolean {
    return this.#dropDead.run([storable(tenant), storable(key)]).changes > 0;
  }
}

function stateNamed(name: string): OutboxState {
  if (name === "queued" || name === "timer" || name === "dead" || name === "done") return name;
  throw new Error(`the outbox holds entries of the unknown state ${JSON.stringify(name)}`);
}

function identity(entry: OutboxEntry, state: OutboxState): readonly Cell[] {
  return [entry.key, storable(entry.tenant), state, orderingTarget(entry)];
}

function readyAt(entry: OutboxEntry): number | null {
  return entry.undeliverable === undefined ? entry.dueAt : null;
}

function ownerOf({ tenant, entityType, entityId }: EntityRef): string {
  return JSON.stringify([tenant, entityType, entityId]);
}

function text(entry: OutboxEntry): string {
  return JSON.stringify(entry);
}

/** A reason may quote what a stranger sent; what cannot be stored is left out of it. */
function noteText(reason: string): string {
  return reason.replaceAll("\0", "");
}

function entryFrom(cell: unknown): OutboxEntry {
  // Written by `text` alone, from an entry.
  return JSON.parse(String(cell)) as OutboxEntry;
}
