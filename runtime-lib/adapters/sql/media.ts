/** The table of media: its statements, and the cells that they bind. */
import type { EntityRef } from "../../ports/index.ts";
import { type Cell, storable } from "./columns.ts";

const place = "tenant = ? AND entity_type = ? AND entity_id = ? AND property = ?";

export const mediaSql = {
  put: `INSERT INTO media (tenant, entity_type, entity_id, property, hash, bytes) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, entity_type, entity_id, property) DO UPDATE SET hash = excluded.hash, bytes = excluded.bytes`,
  remove: `DELETE FROM media WHERE ${place}`,
  find: `SELECT bytes FROM media WHERE ${place} AND hash = ?`,
} as const;

/** Where the bytes of a stream stand. */
export function placeCells({ tenant, entityType, entityId }: EntityRef, property: string): readonly Cell[] {
  return [storable(tenant), storable(entityType), storable(entityId), storable(property)];
}
