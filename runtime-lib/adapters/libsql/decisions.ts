/** The tables of decisions, added policies and the audit trail: columns for what is searched by, the whole record as JSON. */
import type {
  AddedPolicy,
  AuditRecord,
  DecisionBounds,
  DecisionQuery,
  DecisionRecord,
  Decisions,
  NewDecision,
  Settled,
} from "../../ports/index.ts";
import { countedInto, firstOf, follows } from "../decisions.ts";
import { type Cell, storable } from "../sql/columns.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./failures.ts";
import type { GroupCommit } from "./group-commit.ts";

export class LibsqlDecisions implements Decisions {
  readonly #connection: Connection;
  readonly #commits: GroupCommit;

  constructor(connection: Connection, commits: GroupCommit) {
    this.#connection = connection;
    this.#commits = commits;
  }

  fold(refused: NewDecision, bounds: DecisionBounds): Promise<DecisionRecord | undefined> {
    return this.#commits.commit(() => this.#folded(refused, bounds));
  }

  #folded(refused: NewDecision, { perPrincipalMax, perTenantMax }: DecisionBounds): DecisionRecord | undefined {
    const tenant = storable(refused.tenant);
    this.#run("DELETE FROM decisions WHERE tenant = ? AND expires_at <= ?", [tenant, refused.lastSeenAt]);
    const [open] = this.#all("SELECT record FROM decisions WHERE tenant = ? AND fold = ? AND state <> 'approved'", [
      tenant,
      storable(refused.fold),
    ]);
    if (open !== undefined) return this.#keep(countedInto(decisionFrom(open), refused, this.#next(tenant, "decision")));
    const isOpen = "FROM decisions WHERE tenant = ? AND state <> 'approved'";
    const own = this.#count(`SELECT count(*) ${isOpen} AND principal = ?`, [tenant, principalKey(refused.principal)]);
    if (own >= perPrincipalMax || this.#count(`SELECT count(*) ${isOpen}`, [tenant]) >= perTenantMax) return undefined;
    return this.#keep(firstOf(refused, this.#next(tenant, "decision")));
  }

  #keep(record: DecisionRecord): DecisionRecord {
    const { tenant, id, fold, state, principal, mark, expiresAt } = record;
    this.#run(
      `INSERT INTO decisions (tenant, id, fold, state, principal, mark, expires_at, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (tenant, id) DO UPDATE
       SET state = excluded.state, mark = excluded.mark, expires_at = excluded.expires_at, record = excluded.record`,
      [
        ...[storable(tenant), id, storable(fold), state, principalKey(principal), mark, expiresAt],
        JSON.stringify(record),
      ],
    );
    return record;
  }

  #next(tenant: string, of: "decision" | "policy"): number {
    return this.#count(
      `INSERT INTO decision_marks (tenant, of, mark) VALUES (?, ?, 1)
       ON CONFLICT (tenant, of) DO UPDATE SET mark = mark + 1 RETURNING mark`,
      [tenant, of],
    );
  }

  async decision(tenant: string, id: string, now: string): Promise<DecisionRecord | undefined> {
    return guarded(() => this.#find(tenant, id, now));
  }

  #find(tenant: string, id: string, now: string): DecisionRecord | undefined {
    const sql = "SELECT record FROM decisions WHERE tenant = ? AND id = ? AND expires_at > ?";
    const [found] = this.#all(sql, [storable(tenant), storable(id), now]);
    return found === undefined ? undefined : decisionFrom(found);
  }

  async decisions(query: DecisionQuery): Promise<readonly DecisionRecord[]> {
    const { tenant, now, states, principal, afterMark = 0, top } = query;
    const stated = states === undefined ? "" : ` AND state IN (${states.map(() => "?").join(", ")})`;
    const own = principal === undefined ? "" : " AND principal = ?";
    const cells = [...(states ?? []), ...(principal === undefined ? [] : [principalKey(principal)])];
    return guarded(() =>
      this.#all(
        `SELECT record FROM decisions WHERE tenant = ? AND expires_at > ? AND mark > ?${stated}${own} ORDER BY mark LIMIT ?`,
        [storable(tenant), now, afterMark, ...cells, top],
      ).map(decisionFrom),
    );
  }

  settle({ decision, policy, audit }: Settled): Promise<boolean> {
    return this.#commits.commit(() => {
      if (this.#find(decision.tenant, decision.id, audit.at)?.state !== "pending") return false;
      if (policy !== undefined && this.#policy(policy.tenant, policy.id) !== undefined) return false;
      this.#keep({ ...decision, mark: this.#next(storable(decision.tenant), "decision") });
      if (policy !== undefined) this.#put(policy);
      this.#record(audit);
      return true;
    });
  }

  #policy(tenant: string, id: string): AddedPolicy | undefined {
    const sql = "SELECT record FROM added_policies WHERE tenant = ? AND id = ?";
    const [found] = this.#all(sql, [storable(tenant), storable(id)]);
    return found === undefined ? undefined : policyFrom(found);
  }

  #put(policy: AddedPolicy): void {
    const [tenant, id] = [storable(policy.tenant), storable(policy.id)];
    this.#run(
      `INSERT INTO added_policies (tenant, id, record) VALUES (?, ?, ?)
       ON CONFLICT (tenant, id) DO UPDATE SET record = excluded.record`,
      [tenant, id, JSON.stringify(policy)],
    );
    this.#next(tenant, "policy");
  }

  #record(audit: AuditRecord): void {
    const cells = [storable(audit.tenant), audit.id, JSON.stringify(audit)];
    this.#run("INSERT INTO decision_audit (tenant, id, record) VALUES (?, ?, ?)", cells);
  }

  async addedPolicies(tenant: string): Promise<readonly AddedPolicy[]> {
    const sql = "SELECT record FROM added_policies WHERE tenant = ? ORDER BY id";
    return guarded(() => this.#all(sql, [storable(tenant)]).map(policyFrom));
  }

  async policiesMark(tenant: string): Promise<number> {
    const sql = "SELECT mark FROM decision_marks WHERE tenant = ? AND of = 'policy'";
    return guarded(() => this.#count(sql, [storable(tenant)]));
  }

  putPolicy(policy: AddedPolicy, audit: AuditRecord): Promise<boolean> {
    return this.#commits.commit(() => {
      if (!follows(policy.version, this.#policy(policy.tenant, policy.id))) return false;
      this.#put(policy);
      this.#record(audit);
      return true;
    });
  }

  async auditTrail(
    tenant: string,
    { top, skip }: { readonly top: number; readonly skip: number },
  ): Promise<readonly AuditRecord[]> {
    const sql = "SELECT record FROM decision_audit WHERE tenant = ? ORDER BY position DESC LIMIT ? OFFSET ?";
    return guarded(() => this.#all(sql, [storable(tenant), top, skip]).map(auditFrom));
  }

  #run(sql: string, cells: readonly Cell[]): void {
    this.#connection.prepare(sql).run([...cells]);
  }

  /** The first column of each row. */
  #all(sql: string, cells: readonly Cell[]): readonly string[] {
    const rows = this.#connection
      .prepare(sql)
      .raw()
      .all([...cells]);
    return rows.map((row) => (Array.isArray(row) ? String(row[0]) : ""));
  }

  #count(sql: string, cells: readonly Cell[]): number {
    return Number(this.#all(sql, cells)[0] ?? 0);
  }
}

function principalKey({ type, id }: { readonly type: string; readonly id: string }): string {
  return storable(JSON.stringify([type, id]));
}

function decisionFrom(record: string): DecisionRecord {
  // Nothing but `JSON.stringify` above writes the column, of a value of this type.
  return JSON.parse(record) as DecisionRecord;
}

function policyFrom(record: string): AddedPolicy {
  // Nothing but `JSON.stringify` above writes the column, of a value of this type.
  return JSON.parse(record) as AddedPolicy;
}

function auditFrom(record: string): AuditRecord {
  // Nothing but `JSON.stringify` above writes the column, of a value of this type.
  return JSON.parse(record) as AuditRecord;
}
