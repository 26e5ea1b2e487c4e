/** The table of the outbox: its statements, and how an entry is written and read back. */
import {
  type EntityRef,
  type Leased,
  type LeaseRequest,
  type OutboxCount,
  type OutboxEntry,
  type OutboxRecord,
  type OutboxState,
  orderingTarget,
  type Settlement,
} from "../../ports/index.ts";
import type { LeaseAhead } from "../leases-ahead.ts";
import { type Cell, storable } from "./columns.ts";

/** How often what is kept for a while is looked through. */
export const purgeEveryMs = 60_000;

const owned = "WHERE key = ? AND lease_token = ?";
const dead = "WHERE tenant = ? AND key = ? AND state = 'dead'";
const settled = (changes: string): string =>
  `UPDATE outbox SET lease_token = NULL, lease_until = NULL, ${changes} ${owned}`;

export const outboxSql = {
  insert: `INSERT INTO outbox (key, tenant, state, target, owner, slot, ready_at, attempts, note, entry)
    VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
  /**
   * Walks what is ready in the order of its index, as far as `LIMIT`. An earlier entry for the target stands in the way where it
   * comes later in that walk: it is under way or has been tried, and only such are in the index that is asked.
   */
  lease: `UPDATE outbox SET ready_at = NULL, lease_token = ?, lease_until = ?, lease_ms = ?, attempts = attempts + 1
    WHERE position IN (
      SELECT position FROM outbox AS mine WHERE ready_at <= ? AND NOT (state = 'queued' AND EXISTS (
        SELECT 1 FROM outbox AS earlier WHERE earlier.state = 'queued' AND earlier.target = mine.target
        AND earlier.attempts > 0 AND earlier.position < mine.position
        AND (earlier.ready_at IS NULL OR earlier.ready_at > mine.ready_at)))
      ORDER BY ready_at, position LIMIT ?)
    RETURNING position, attempts, entry`,
  reclaim: "UPDATE outbox SET ready_at = lease_until, lease_token = NULL, lease_until = NULL WHERE lease_until <= ?",
  ahead: "SELECT DISTINCT lease_token, lease_ms FROM outbox WHERE lease_until > ? AND lease_until - lease_ms > ?",
  giveBack: "UPDATE outbox SET ready_at = ?, lease_token = NULL, lease_until = NULL WHERE lease_token = ?",
  purge: "DELETE FROM outbox WHERE kept_until <= ?",
  remove: `DELETE FROM outbox ${owned}`,
  retry: settled("ready_at = ?, note = ?"),
  released: settled("ready_at = 0, attempts = attempts - 1"),
  advanced: settled("ready_at = ?, attempts = 0, note = NULL, entry = ?"),
  dead: settled("state = 'dead', owner = NULL, slot = NULL, note = ?"),
  done: settled("state = 'done', owner = NULL, slot = NULL, kept_until = ?, note = ?"),
  next: settled(
    "key = ?, state = 'queued', target = ?, owner = NULL, slot = NULL, ready_at = ?, attempts = 0, note = NULL, entry = ?",
  ),
  cancel: "DELETE FROM outbox WHERE owner = ? AND slot = ?",
  isTaken: "SELECT 1 FROM outbox WHERE owner = ? AND slot = ?",
  cancelAll: "DELETE FROM outbox WHERE owner = ?",
  isFull: "SELECT 1 FROM outbox WHERE tenant = ? AND state = 'queued' LIMIT 1 OFFSET ?",
  nextReady: "SELECT min(ready_at) FROM outbox WHERE ready_at > ?",
  nextExpiry: "SELECT min(lease_until) FROM outbox WHERE lease_until IS NOT NULL",
  list: `SELECT entry, attempts, note, ready_at FROM outbox WHERE tenant = ? AND state = ?
    ORDER BY position LIMIT ? OFFSET ?`,
  counts: "SELECT state, count(*) FROM outbox GROUP BY state",
  retryDead: `UPDATE outbox SET state = 'queued', attempts = 0, ready_at = ? ${dead}`,
  dropDead: `DELETE FROM outbox ${dead}`,
} as const;

/** The cells of `insert`; a slot makes it a timer of its owner. */
export function outboxCells(
  entry: OutboxEntry,
  timer?: { readonly owner: string; readonly slot: string },
): readonly Cell[] {
  const { undeliverable, dueAt } = entry;
  if (undeliverable !== undefined)
    return [...identity(entry, "dead"), null, null, null, undeliverable, entryText(entry)];
  if (timer === undefined) return [...identity(entry, "queued"), null, null, dueAt, null, entryText(entry)];
  return [...identity(entry, "timer"), timer.owner, storable(timer.slot), dueAt, null, entryText(entry)];
}

function identity(entry: OutboxEntry, state: OutboxState): readonly Cell[] {
  return [entry.key, storable(entry.tenant), state, orderingTarget(entry)];
}

/** What an entry goes on as: the first cells of `next`. */
export function nextCells(next: OutboxEntry): readonly Cell[] {
  return [next.key, orderingTarget(next), next.dueAt, entryText(next)];
}

/** The statement of a settlement, and its cells. */
export function settlementSql(
  key: string,
  token: string,
  settlement: Settlement,
): { readonly sql: string; readonly cells: readonly Cell[] } {
  const own = [key, token];
  switch (settlement.kind) {
    case "dropped":
      return { sql: outboxSql.remove, cells: own };
    case "done":
      return { sql: outboxSql.done, cells: [settlement.keptUntil, noteText(settlement.result), ...own] };
    case "retry":
      return { sql: outboxSql.retry, cells: [settlement.dueAt, noteText(settlement.reason), ...own] };
    case "released":
      return { sql: outboxSql.released, cells: own };
    case "advanced":
      return { sql: outboxSql.advanced, cells: [settlement.entry.dueAt, entryText(settlement.entry), ...own] };
    case "dead":
      return { sql: outboxSql.dead, cells: [noteText(settlement.reason), ...own] };
  }
}

/** What `lease` binds. */
export function leaseCells({ now, until, token, max }: LeaseRequest): readonly Cell[] {
  return [token, until, until - now, now, max];
}

/** What `ahead` binds. */
export function aheadCells({ now }: LeaseRequest): readonly Cell[] {
  return [now, now];
}

/** A line of `ahead`. */
export function aheadFrom([token, lastsMs]: readonly unknown[]): LeaseAhead {
  return { token: String(token), lastsMs: Number(lastsMs) };
}

/** What `lease` returned, in the order in which it was put in. */
export function leasedFrom(rows: readonly (readonly unknown[])[]): readonly Leased[] {
  return [...rows]
    .sort((one, other) => Number(one[0]) - Number(other[0]))
    .map(([, attempts, entry]) => ({ entry: entryFrom(entry), attempts: Number(attempts) }));
}

/** What `list` gave. */
export function recordFrom(state: OutboxState, [entry, attempts, note, dueAt]: readonly unknown[]): OutboxRecord {
  return {
    entry: entryFrom(entry),
    state,
    attempts: Number(attempts),
    note: typeof note === "string" ? note : null,
    dueAt: typeof dueAt === "number" ? dueAt : null,
  };
}

/** What `counts` gave. */
export function countFrom([name, count]: readonly unknown[]): OutboxCount {
  const state = outboxStates.find((known) => known === name);
  if (state === undefined) throw new Error(`the outbox holds entries of the unknown state ${JSON.stringify(name)}`);
  return { state, count: Number(count) };
}

const outboxStates: readonly OutboxState[] = ["queued", "timer", "dead", "done"];

/** The entity whose timers they are. */
export function ownerOf({ tenant, entityType, entityId }: EntityRef): string {
  return JSON.stringify([tenant, entityType, entityId]);
}

export function entryText(entry: OutboxEntry): string {
  return JSON.stringify(entry);
}

/** A reason may quote what a stranger sent; what cannot be stored is left out of it. */
function noteText(reason: string): string {
  return reason.replaceAll("\0", "");
}

function entryFrom(cell: unknown): OutboxEntry {
  // Written by `entryText` alone, from an entry.
  return JSON.parse(String(cell)) as OutboxEntry;
}
