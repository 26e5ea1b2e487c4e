/** The tables of decisions, added policies and the audit trail: columns for what is searched by, the whole record as JSON. */
import type { AddedPolicy, AuditRecord, DecisionQuery, DecisionRecord } from "../../ports/index.ts";
import { type Cell, storable } from "./columns.ts";

const isOpen = "FROM decisions WHERE tenant = ? AND state <> 'approved'";

export const decisionsSql = {
  expire: "DELETE FROM decisions WHERE tenant = ? AND expires_at <= ?",
  open: `SELECT record ${isOpen} AND fold = ?`,
  countOf: `SELECT count(*) ${isOpen} AND principal = ?`,
  countAll: `SELECT count(*) ${isOpen}`,
  keep: `INSERT INTO decisions (tenant, id, fold, state, principal, mark, expires_at, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, id) DO UPDATE
    SET state = excluded.state, mark = excluded.mark, expires_at = excluded.expires_at, record = excluded.record`,
  next: `INSERT INTO decision_marks (tenant, of, mark) VALUES (?, ?, 1)
    ON CONFLICT (tenant, of) DO UPDATE SET mark = decision_marks.mark + 1 RETURNING mark`,
  find: "SELECT record FROM decisions WHERE tenant = ? AND id = ? AND expires_at > ?",
  policy: "SELECT record FROM added_policies WHERE tenant = ? AND id = ?",
  putPolicy: `INSERT INTO added_policies (tenant, id, record) VALUES (?, ?, ?)
    ON CONFLICT (tenant, id) DO UPDATE SET record = excluded.record`,
  audit: "INSERT INTO decision_audit (tenant, id, record) VALUES (?, ?, ?)",
  policies: "SELECT record FROM added_policies WHERE tenant = ? ORDER BY id",
  policiesMark: "SELECT mark FROM decision_marks WHERE tenant = ? AND of = 'policy'",
  trail: "SELECT record FROM decision_audit WHERE tenant = ? ORDER BY position DESC LIMIT ? OFFSET ?",
} as const;

/** The decisions that a query asks for. */
export function decisionsQuery(query: DecisionQuery): { readonly sql: string; readonly cells: readonly Cell[] } {
  const { tenant, now, states, principal, afterMark = 0, top } = query;
  const stated = states === undefined ? "" : ` AND state IN (${states.map(() => "?").join(", ")})`;
  const own = principal === undefined ? "" : " AND principal = ?";
  const cells = [...(states ?? []), ...(principal === undefined ? [] : [principalKey(principal)])];
  return {
    sql: `SELECT record FROM decisions WHERE tenant = ? AND expires_at > ? AND mark > ?${stated}${own} ORDER BY mark LIMIT ?`,
    cells: [storable(tenant), now, afterMark, ...cells, top],
  };
}

/** The cells of `keep`. */
export function decisionCells(record: DecisionRecord): readonly Cell[] {
  const { tenant, id, fold, state, principal, mark, expiresAt } = record;
  const columns = [storable(tenant), id, storable(fold), state, principalKey(principal), mark, expiresAt];
  return [...columns, JSON.stringify(record)];
}

/** The cells of `putPolicy` and of `audit`. */
export function recordCells(record: AddedPolicy | AuditRecord): readonly Cell[] {
  return [storable(record.tenant), storable(record.id), JSON.stringify(record)];
}

export function principalKey({ type, id }: { readonly type: string; readonly id: string }): string {
  return storable(JSON.stringify([type, id]));
}

export function decisionFrom(record: string): DecisionRecord {
  // Nothing but `decisionCells` writes the column.
  return JSON.parse(record) as DecisionRecord;
}

export function policyFrom(record: string): AddedPolicy {
  // Nothing but `recordCells` writes the column, of a value of this type.
  return JSON.parse(record) as AddedPolicy;
}

export function auditFrom(record: string): AuditRecord {
  // Nothing but `recordCells` writes the column, of a value of this type.
  return JSON.parse(record) as AuditRecord;
}
