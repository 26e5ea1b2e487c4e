/** The table of stopped entities: its statements, and how one is written and read back. */
import type { StoppedEntity } from "../../ports/index.ts";
import { type Cell, storable } from "./columns.ts";
import { refCells } from "./journal.ts";

const columns = "tenant, entity_type, entity_id, sequence, reason";

export const quarantineSql = {
  put: `INSERT INTO quarantine (${columns}) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tenant, entity_type, entity_id) DO NOTHING`,
  find: `SELECT ${columns} FROM quarantine WHERE tenant = ? AND entity_type = ? AND entity_id = ?`,
  list: `SELECT ${columns} FROM quarantine WHERE tenant = ? ORDER BY entity_type, entity_id LIMIT ? OFFSET ?`,
  count: "SELECT count(*) FROM quarantine",
  /** Before the type's table is made anew: who is still stopped is found on the way. */
  empty: "DELETE FROM quarantine WHERE entity_type = ?",
} as const;

/** The cells that `put` binds. */
export function stoppedCells(stopped: StoppedEntity): readonly Cell[] {
  return [...refCells(stopped), stopped.sequence, storable(stopped.reason.replaceAll("\0", ""))];
}

export function stoppedFromCells(cells: readonly unknown[]): StoppedEntity {
  const [tenant = "", entityType = "", entityId = "", sequence, reason = ""] = cells.map(String);
  return { tenant, entityType, entityId, sequence: Number(sequence), reason };
}
