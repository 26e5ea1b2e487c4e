/** Which commits a script can write. */
import type { Commit } from "../../ports/index.ts";
import { isOneEvent } from "../sql/alone.ts";
import { eventCells, insertEventsSql } from "../sql/journal.ts";
import { rowCells } from "../sql/projection.ts";
import { insertRepliesSql, replyCells } from "./idempotency.ts";
import { inBrackets, type Scripted, type ScriptedRow } from "./scripted.ts";
import type { Table } from "./table-statements.ts";

/** The commit as a script has it; undefined for one that is more than an event, its row and a reply, or has to be bound. */
export function scripted(commit: Commit, table: Table): Scripted | undefined {
  if (!isOneEvent(commit, table.projection)) return undefined;
  const entity = table.updates.scripted(commit) ?? upserted(commit, table);
  if (entity === undefined) return undefined;
  const event = { row: inBrackets(eventCells(commit.event)), rowsSql: insertEventsSql };
  const { idempotency } = commit;
  if (idempotency === undefined) return [event, entity];
  return [event, entity, { row: inBrackets(replyCells(idempotency)), rowsSql: insertRepliesSql }];
}

function upserted({ event, row }: Commit, { projection, upsertsSql }: Table): ScriptedRow | undefined {
  if (row === null || upsertsSql === undefined) return undefined;
  const { tenant, sequence } = event;
  return { row: inBrackets(rowCells(projection, { tenant, sequence, values: row })), rowsSql: upsertsSql };
}
