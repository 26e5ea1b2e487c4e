/** What is looked up before commits are written: their leases, room, earlier replies, what they have read, and alternate keys. */
import type { Commit, EntityRef } from "../../ports/index.ts";
import { type Cell, storable, toCell } from "../sql/columns.ts";
import { keyCells, uniqueKeys } from "../sql/projection.ts";
import { turned } from "./arrays.ts";
import { prepared, type Session } from "./connections.ts";
import { byTable, type Draft, ownCells, partsOf, refuse, standing } from "./draft.ts";
import { keyName } from "./locks.ts";
import type { Layout, Table } from "./tables.ts";

const leases = prepared(`SELECT key, lease_token FROM outbox WHERE key = ANY($1::text[]) AND lease_token IS NOT NULL
  ORDER BY key FOR UPDATE`);
const queued = prepared(
  "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE tenant = $1 AND state = 'queued' LIMIT $2) AS queued",
);
const replies = prepared(`SELECT place FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
    AS asked (tenant, principal, key, now, place)
  WHERE EXISTS (SELECT 1 FROM idempotency AS known WHERE known.tenant = asked.tenant
    AND known.principal = asked.principal AND known.key = asked.key AND known.expires_at > asked.now)`);

/** Refuses what cannot be committed for what is there already, in the order that every store keeps. */
export async function check(session: Session, layout: Layout, drafts: readonly Draft[]): Promise<void> {
  await checkLeases(session, drafts);
  await checkRoom(session, standing(drafts));
  await checkReplies(session, standing(drafts));
  await checkReads(session, layout, standing(drafts));
}

async function checkLeases(session: Session, drafts: readonly Draft[]): Promise<void> {
  const delivering = drafts.filter(({ commit }) => commit.delivers !== undefined);
  if (delivering.length === 0) return;
  const rows = await session.run(leases, [delivering.map(({ commit }) => commit.delivers?.key)]);
  const tokens = new Map(rows.map(([key, token]) => [String(key), token]));
  for (const draft of delivering) {
    const { key = "", token } = draft.commit.delivers ?? {};
    if (tokens.get(key) !== token) refuse(draft, "lease-lost");
  }
}

/** What the same transaction adds counts, so that a burst is bounded too. */
async function checkRoom(session: Session, drafts: readonly Draft[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const draft of drafts) {
    const { event, outboxMax, outbox = [] } = draft.commit;
    if (outboxMax === undefined) continue;
    const { tenant } = event;
    const count = counts.get(tenant) ?? Number((await session.run(queued, [storable(tenant), outboxMax]))[0]?.[0]);
    if (count >= outboxMax) refuse(draft, "outbox-full");
    counts.set(tenant, draft.appended === "committed" ? count + outbox.length : count);
  }
}

async function checkReplies(session: Session, drafts: readonly Draft[]): Promise<void> {
  const keyed = drafts.filter(({ commit }) => commit.idempotency !== undefined);
  if (keyed.length === 0) return;
  const cells = keyed.map(({ commit }) => {
    const { tenant = "", principal = "", key = "" } = commit.idempotency ?? {};
    return [storable(tenant), storable(principal), storable(key), commit.event.at];
  });
  for (const [place] of await session.run(replies, turned(cells))) refuse(keyed[Number(place) - 1], "conflict");
}

async function checkReads(session: Session, layout: Layout, drafts: readonly Draft[]): Promise<void> {
  const reads = drafts.flatMap((draft) => (draft.commit.reads ?? []).map((mark) => ({ draft, mark })));
  for (const { table, items } of byTable(layout, reads, ({ mark }) => mark.entityType)) {
    const rows = items.map(({ mark }) => [...(keyCells(table.projection, mark) ?? [null, null]), mark.sequence]);
    for (const [place] of await session.run(table.moved, turned(rows)))
      refuse(items[Number(place) - 1]?.draft, "conflict");
  }
}

/** Refuses what would take the values of another entity's alternate key. */
export async function checkKeys(session: Session, layout: Layout, drafts: readonly Draft[]): Promise<void> {
  for (const { table, items } of byTable(layout, partsOf(drafts), ({ part }) => part.event.entityType)) {
    for (const [number, statement] of table.taken.entries()) {
      const asked = items.flatMap(({ draft, part }) => {
        const cells = alternateCells(table, number, part.row);
        return cells === undefined ? [] : [{ draft, row: [...ownCells(table.projection, part.event), ...cells] }];
      });
      if (asked.length === 0) continue;
      const rows = await session.run(statement, turned(asked.map(({ row }) => row)));
      for (const [place] of rows) refuse(asked[Number(place) - 1]?.draft, "key-taken");
    }
  }
}

/** The values of an alternate key in a row; undefined where a part of it is not set. */
function alternateCells({ projection }: Table, number: number, row: Commit["row"]): readonly Cell[] | undefined {
  const names = uniqueKeys(projection.type)[number] ?? [];
  const cells = projection.columns
    .filter(({ property }) => names.includes(property.name))
    .sort((one, other) => names.indexOf(one.property.name) - names.indexOf(other.property.name))
    .map(({ property }) => toCell(property, row?.[property.name]));
  return cells.every((cell) => cell !== null && cell !== "") ? cells : undefined;
}

/** The names of the alternate keys that a row takes. */
export function keyNames(layout: Layout, ref: EntityRef, row: Commit["row"]): readonly string[] {
  const table = layout.tables.get(ref.entityType);
  if (table === undefined || row === null) return [];
  return table.taken.flatMap((_, number) => {
    const cells = alternateCells(table, number, row);
    return cells === undefined ? [] : [keyName(ref, number, cells)];
  });
}
