/** Which commits are one statement that can conflict, and one that cannot. */
import type { Commit } from "../../ports/index.ts";
import { eventCells } from "../sql/journal.ts";
import { type Projection, rowCells } from "../sql/projection.ts";
import { inBrackets, type Scripted } from "./scripted.ts";
import type { Table } from "./table-statements.ts";

/** True for one event and its row alone, which need no savepoint. */
export function isAlone(commit: Commit, { hasUniqueKeys }: Projection): boolean {
  const { idempotency, also, reads, unreferenced, timers, outbox, delivers, media } = commit;
  const isOne = idempotency === undefined && also === undefined && reads === undefined && unreferenced === undefined;
  const isPlain = timers === undefined && outbox === undefined && delivers === undefined && media === undefined;
  return isOne && isPlain && !hasUniqueKeys;
}

/** Such a commit as a script has it; undefined for one whose values have to be bound. */
export function scripted(commit: Commit, table: Table): Scripted | undefined {
  if (!isAlone(commit, table.projection)) return undefined;
  const written = table.updates.scripted(commit) ?? upserted(commit, table);
  return written && { event: inBrackets(eventCells(commit.event)), ...written };
}

function upserted({ event, row }: Commit, { projection, upsertsSql }: Table): Omit<Scripted, "event"> | undefined {
  if (row === null || upsertsSql === undefined) return undefined;
  const { tenant, sequence } = event;
  return { row: inBrackets(rowCells(projection, { tenant, sequence, values: row })), rowsSql: upsertsSql };
}
