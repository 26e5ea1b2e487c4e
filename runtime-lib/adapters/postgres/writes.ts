/** What commits write, many at once: events, rows, replies, and what they leave in the outbox. */
import type { EntityCommit } from "../../ports/index.ts";
import { type Cell, storable } from "../sql/columns.ts";
import { eventCells, eventColumns } from "../sql/journal.ts";
import { nextCells } from "../sql/outbox.ts";
import type { EntityRow } from "../sql/projection.ts";
import { turned } from "./arrays.ts";
import { prepared, type Session } from "./connections.ts";
import { assertGeneration, byTable, type Draft, ownCells, partsOf, refuse } from "./draft.ts";
import { type Layout, type Table, writeRows } from "./tables.ts";

const eventTypes = eventColumns.map((name, index) => `$${index + 1}::${name === "sequence" ? "bigint" : "text"}[]`);
const insertEvents = prepared(`INSERT INTO journal (${eventColumns.join(", ")})
  SELECT ${eventColumns.join(", ")} FROM unnest(${eventTypes.join(", ")}) WITH ORDINALITY AS event (${eventColumns.join(", ")}, place)
  ORDER BY place ON CONFLICT (tenant, entity_type, entity_id, sequence) DO NOTHING
  RETURNING (SELECT generation FROM layout), position, tenant, entity_type, entity_id, sequence`);
const removeEvents = prepared(
  "DELETE FROM journal WHERE transaction = pg_current_xact_id() AND position = ANY($1::bigint[])",
);

/** Positions of the events that were written, by commit. */
export type Positions = ReadonlyMap<Draft, readonly number[]>;

/** Writes the events; a commit of which one has its sequence taken is refused. */
export async function writeEvents(session: Session, layout: Layout, drafts: readonly Draft[]): Promise<Positions> {
  const parts = partsOf(drafts);
  const rows = await session.run(insertEvents, turned(parts.map(({ part }) => eventCells(part.event))));
  if (rows.length > 0) assertGeneration(layout, rows[0]?.[0]);
  const written = new Map(rows.map(([, position, ...identity]) => [identity.join("\0"), Number(position)]));
  const positions = new Map<Draft, number[]>();
  for (const { draft, part } of parts) {
    const { tenant, entityType, entityId, sequence } = part.event;
    const identity = [tenant, entityType, entityId, sequence].join("\0");
    const position = written.get(identity);
    // Of two parts with one sequence number the second finds it taken.
    written.delete(identity);
    if (position === undefined) refuse(draft, "conflict");
    else positions.set(draft, [...(positions.get(draft) ?? []), position]);
  }
  return positions;
}

/** Takes back the events of the commits that were refused after they had been written. */
export async function withdraw(session: Session, positions: Positions): Promise<void> {
  const refused = [...positions].filter(([{ appended }]) => appended !== "committed").flatMap(([, each]) => each);
  if (refused.length > 0) await session.run(removeEvents, [refused]);
}

/** Writes the rows as the commits leave them, the tables all at once. */
export async function writeProjections(session: Session, layout: Layout, drafts: readonly Draft[]): Promise<void> {
  const last = new Map<string, EntityCommit>();
  for (const { part } of partsOf(drafts)) {
    const { tenant, entityType, entityId } = part.event;
    last.set(`${tenant}\0${entityType}\0${entityId}`, part);
  }
  const tables = byTable(layout, [...last.values()], ({ event }) => event.entityType);
  await Promise.all(tables.flatMap(({ table, items }) => writeTable(session, table, items)));
}

function writeTable(session: Session, table: Table, items: readonly EntityCommit[]): readonly Promise<unknown>[] {
  const kept = items.flatMap(({ event, row }): readonly EntityRow[] =>
    row === null ? [] : [{ ...event, values: row }],
  );
  const gone = items.filter(({ row }) => row === null).map(({ event }) => ownCells(table.projection, event));
  const removed = gone.length === 0 ? [] : [session.run(table.remove, turned(gone))];
  return kept.length === 0 ? removed : [...removed, writeRows(session, table, kept)];
}

const insertReplies = prepared(`INSERT INTO idempotency (tenant, principal, key, request_hash, reply, expires_at)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
  ON CONFLICT (tenant, principal, key) DO UPDATE
  SET request_hash = excluded.request_hash, reply = excluded.reply, expires_at = excluded.expires_at`);

const purgedRowsMax = 10_000;
const purge = prepared(`DELETE FROM idempotency WHERE (tenant, principal, key) IN (
  SELECT tenant, principal, key FROM idempotency WHERE expires_at <= $1
  ORDER BY expires_at LIMIT ${purgedRowsMax} FOR UPDATE SKIP LOCKED)`);

/** Drops replies that have expired at `now` (RFC 3339). */
export async function purgeReplies(session: Session, now: string): Promise<void> {
  await session.run(purge, [now]);
}

export async function writeReplies(session: Session, drafts: readonly Draft[]): Promise<void> {
  const cells = drafts.flatMap(({ commit: { idempotency: record } }): readonly (readonly Cell[])[] => {
    if (record === undefined) return [];
    const scope = [storable(record.tenant), storable(record.principal), storable(record.key)];
    return [[...scope, record.requestHash, record.reply, record.expiresAt]];
  });
  if (cells.length > 0) await session.run(insertReplies, turned(cells));
}

const removeDelivered = prepared("DELETE FROM outbox WHERE key = ANY($1::text[])");
const replaceDelivered =
  prepared(`UPDATE outbox SET lease_token = NULL, lease_until = NULL, key = next.key, state = 'queued',
    target = next.target, owner = NULL, slot = NULL, ready_at = next.ready_at, attempts = 0, note = NULL, entry = next.entry
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[]) AS next (key, target, ready_at, entry, delivered)
  WHERE outbox.key = next.delivered`);

/** The deliveries whose effect the commits are: over, or followed by what comes next in their place. */
export async function conclude(session: Session, drafts: readonly Draft[]): Promise<void> {
  const delivered = drafts.flatMap(({ commit }) => (commit.delivers === undefined ? [] : [commit.delivers]));
  const over = delivered.filter(({ next }) => next === undefined).map(({ key }) => key);
  const followed = delivered.flatMap(({ key, next }) => (next === undefined ? [] : [[...nextCells(next), key]]));
  if (over.length > 0) await session.run(removeDelivered, [over]);
  if (followed.length > 0) await session.run(replaceDelivered, turned(followed));
}
