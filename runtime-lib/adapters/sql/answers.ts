/** The table of kept answers: its statements, and how one is written and read back. */
import type { KeptAnswer } from "../../ports/index.ts";
import { type Cell, storable } from "./columns.ts";

const columns = "tenant, id, principal, reply, lost_at, expires_at";

export const answersSql = {
  expire: "DELETE FROM answers WHERE expires_at <= ?",
  count: "SELECT count(*) FROM answers WHERE tenant = ? AND principal = ?",
  begin: `INSERT INTO answers (${columns}) VALUES (?, ?, ?, ?, ?, ?)`,
  finish: "UPDATE answers SET reply = ?, expires_at = ? WHERE tenant = ? AND id = ?",
  find: `SELECT ${columns} FROM answers WHERE tenant = ? AND id = ?`,
  drop: "DELETE FROM answers WHERE tenant = ? AND id = ?",
} as const;

/** The cells that `begin` binds. */
export function answerCells({ tenant, id, principal, reply, lostAt, expiresAt }: KeptAnswer): readonly Cell[] {
  return [storable(tenant), id, storable(principal), reply, lostAt, expiresAt];
}

/** The cells that `finish` binds. */
export function finishCells({
  tenant,
  id,
  reply,
  expiresAt,
}: Pick<KeptAnswer, "tenant" | "id" | "reply" | "expiresAt">): readonly Cell[] {
  return [reply, expiresAt, storable(tenant), storable(id)];
}

export function answerFromCells(cells: readonly unknown[]): KeptAnswer {
  const [tenant, id, principal, reply, lostAt, expiresAt] = cells;
  return {
    tenant: String(tenant),
    id: String(id),
    principal: String(principal),
    reply: reply === null || reply === undefined ? null : String(reply),
    lostAt: String(lostAt),
    expiresAt: String(expiresAt),
  };
}
