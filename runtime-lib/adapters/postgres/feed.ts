/** The journal as one stream, in the order of transactions: none is shown while an earlier one of this store may still commit. */
import { setTimeout as sleep } from "node:timers/promises";
import { type FeedPage, type FeedPosition, type FeedQuery, feedStart } from "../../ports/index.ts";
import { storable } from "../sql/columns.ts";
import { eventColumns, feedFromCells } from "../sql/journal.ts";
import { type Connections, prepared, type Row, type Session } from "./connections.ts";
import { advisory, layoutLock } from "./locks.ts";

/**
 * The first transaction that may still be under way, and the first that has not begun. A commit holds the lock of the layout before
 * it has a number, so whoever has a number and writes is among those who hold that lock; other work on the server does not count.
 * `pg_locks` has 32 bits of a number, the snapshot has all.
 */
const openSql = prepared(`WITH next AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS number),
  writers AS (
    SELECT own.transactionid::text::bigint AS low FROM pg_locks AS own JOIN pg_locks AS lock USING (virtualtransaction)
    WHERE own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock' AND own.granted
      AND lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 2
      AND lock.classid::bigint = $1 AND lock.objid::bigint = $2
      AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
  SELECT coalesce(min(number - ((number - low) % 4294967296 + 4294967296) % 4294967296), min(number)), min(number)
  FROM next LEFT JOIN writers ON true`);

const pageSql = prepared(`SELECT transaction::text, position, ${eventColumns.join(", ")} FROM journal
  WHERE (transaction, position) > ($1::xid8, $2::bigint) AND transaction < $3::xid8
  ORDER BY transaction, position LIMIT $4`);

const lastSql = prepared(`SELECT transaction::text, position FROM journal WHERE transaction < $1::xid8
  ORDER BY transaction DESC, position DESC LIMIT 1`);

/** How long the end may wait for what is just being committed. */
const endWithinMs = 2_000;
const askAgainMs = 5;

interface Open {
  readonly first: number;
  readonly next: number;
}

/** The position behind everything that is committed now. */
export async function feedEnd(connections: Connections): Promise<FeedPosition> {
  return connections.useFor("everybody", async (session) => {
    const { schema } = connections.address;
    const { next } = await open(session, schema);
    let bound = 0;
    for (
      const until = performance.now() + endWithinMs;
      bound < next && performance.now() < until;
      await sleep(askAgainMs)
    ) {
      bound = (await open(session, schema)).first;
      if (bound >= next) break;
    }
    const [last] = await session.run(lastSql, [String(Math.min(bound, next))]);
    return last === undefined ? feedStart : positionOf(last);
  });
}

/** The tenant's events behind the position; undefined where the position is none that this store can have given. */
export async function feed(connections: Connections, { tenant, after, max }: FeedQuery): Promise<FeedPage | undefined> {
  const place = placeOf(after);
  if (place === undefined) return undefined;
  return connections.useFor("everybody", async (session) => {
    // First who writes, then what is there: what was under way when the rows are read is not among them.
    const { first, next } = await open(session, connections.address.schema);
    if (place.transaction >= next) return undefined;
    const cells = [String(place.transaction), place.position, String(first), max];
    const rows = await session.run(pageSql, cells);
    const own = rows.filter((row) => row[2] === storable(tenant));
    const page = feedFromCells(own.map((row) => ({ position: positionOf(row), cells: row.slice(2) })));
    const last = rows.at(-1);
    return { ...page, through: last === undefined ? after : positionOf(last) };
  });
}

async function open(session: Session, schema: string): Promise<Open> {
  const keys = advisory(schema, layoutLock).map((half) => half >>> 0);
  const [row] = await session.run(openSql, keys);
  return { first: Number(row?.[0]), next: Number(row?.[1]) };
}

function positionOf([transaction, position]: Row): FeedPosition {
  return `${transaction}-${position}`;
}

function placeOf(position: FeedPosition): { readonly transaction: number; readonly position: number } | undefined {
  if (position === feedStart) return { transaction: 0, position: 0 };
  const parts = /^(\d{1,15})-(\d{1,15})$/.exec(position);
  return parts === null ? undefined : { transaction: Number(parts[1]), position: Number(parts[2]) };
}
