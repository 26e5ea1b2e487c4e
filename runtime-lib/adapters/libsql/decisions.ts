/** Decisions, added policies and the audit trail in the file. */
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
import {
  auditFrom,
  decisionCells,
  decisionFrom,
  decisionsQuery,
  decisionsSql,
  policyFrom,
  principalKey,
  recordCells,
} from "../sql/decisions.ts";
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
    this.#run(decisionsSql.expire, [tenant, refused.lastSeenAt]);
    const [open] = this.#all(decisionsSql.open, [tenant, storable(refused.fold)]);
    if (open !== undefined) return this.#keep(countedInto(decisionFrom(open), refused, this.#next(tenant, "decision")));
    const own = this.#count(decisionsSql.countOf, [tenant, principalKey(refused.principal)]);
    if (own >= perPrincipalMax || this.#count(decisionsSql.countAll, [tenant]) >= perTenantMax) return undefined;
    return this.#keep(firstOf(refused, this.#next(tenant, "decision")));
  }

  #keep(record: DecisionRecord): DecisionRecord {
    this.#run(decisionsSql.keep, decisionCells(record));
    return record;
  }

  #next(tenant: string, of: "decision" | "policy"): number {
    return this.#count(decisionsSql.next, [tenant, of]);
  }

  async decision(tenant: string, id: string, now: string): Promise<DecisionRecord | undefined> {
    return guarded(() => this.#find(tenant, id, now));
  }

  #find(tenant: string, id: string, now: string): DecisionRecord | undefined {
    const [found] = this.#all(decisionsSql.find, [storable(tenant), storable(id), now]);
    return found === undefined ? undefined : decisionFrom(found);
  }

  async decisions(query: DecisionQuery): Promise<readonly DecisionRecord[]> {
    const { sql, cells } = decisionsQuery(query);
    return guarded(() => this.#all(sql, cells).map(decisionFrom));
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
    const [found] = this.#all(decisionsSql.policy, [storable(tenant), storable(id)]);
    return found === undefined ? undefined : policyFrom(found);
  }

  #put(policy: AddedPolicy): void {
    this.#run(decisionsSql.putPolicy, recordCells(policy));
    this.#next(storable(policy.tenant), "policy");
  }

  #record(audit: AuditRecord): void {
    this.#run(decisionsSql.audit, recordCells(audit));
  }

  async addedPolicies(tenant: string): Promise<readonly AddedPolicy[]> {
    return guarded(() => this.#all(decisionsSql.policies, [storable(tenant)]).map(policyFrom));
  }

  async policiesMark(tenant: string): Promise<number> {
    return guarded(() => this.#count(decisionsSql.policiesMark, [storable(tenant)]));
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
    return guarded(() => this.#all(decisionsSql.trail, [storable(tenant), top, skip]).map(auditFrom));
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
