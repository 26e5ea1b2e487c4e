/** Which commits a script can write. */
import type { Commit } from "../../ports/index.ts";
import { isAlone } from "../sql/alone.ts";
import { eventCells } from "../sql/journal.ts";
import { rowCells } from "../sql/projection.ts";
import { inBrackets, type Scripted } from "./scripted.ts";
import type { Table } from "./table-statements.ts";

/** The commit as a script has it; undefined for one that is more than an event and its row, or whose values have to be bound. */
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
