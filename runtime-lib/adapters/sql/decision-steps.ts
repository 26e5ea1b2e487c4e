/** Decisions, added policies and the audit trail in tables: what is done, statement by statement, for every database alike. */
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
import { storable } from "./columns.ts";
import {
  auditFrom,
  decisionCells,
  decisionFrom,
  decisionsQuery,
  decisionsSql,
  policyFrom,
  principalKey,
  recordCells,
} from "./decisions.ts";
import { type Steps, statement } from "./steps.ts";

export interface StepRunner {
  readonly look: <T>(tenant: string, steps: () => Steps<T>) => Promise<T>;
  /** All of it or nothing, and no other change of the tenant's decisions and policies meanwhile. The steps may be begun again. */
  readonly change: <T>(tenant: string, steps: () => Steps<T>) => Promise<T>;
}

export function sqlDecisions({ look, change }: StepRunner): Decisions {
  return {
    fold: (refused, bounds) => change(refused.tenant, () => folded(refused, bounds)),
    decision: (tenant, id, now) => look(tenant, () => decisionAt(tenant, id, now)),
    decisions: (query) => look(query.tenant, () => decisionsOf(query)),
    settle: (settled) => change(settled.decision.tenant, () => settle(settled)),
    addedPolicies: (tenant) => look(tenant, () => policiesOf(tenant)),
    policiesMark: (tenant) => look(tenant, () => counted(decisionsSql.policiesMark, storable(tenant))),
    putPolicy: (policy, audit) => change(policy.tenant, () => putPolicy(policy, audit)),
    auditTrail: (tenant, page) => look(tenant, () => trailOf(tenant, page)),
  };
}

function* folded(
  refused: NewDecision,
  { perPrincipalMax, perTenantMax }: DecisionBounds,
): Steps<DecisionRecord | undefined> {
  const tenant = storable(refused.tenant);
  yield statement(decisionsSql.expire, tenant, refused.lastSeenAt);
  const [open] = yield statement(decisionsSql.open, tenant, storable(refused.fold));
  if (open !== undefined) {
    return yield* kept(countedInto(decisionFrom(open), refused, yield* nextMark(tenant, "decision")));
  }
  const own = yield* counted(decisionsSql.countOf, tenant, principalKey(refused.principal));
  if (own >= perPrincipalMax || (yield* counted(decisionsSql.countAll, tenant)) >= perTenantMax) return undefined;
  return yield* kept(firstOf(refused, yield* nextMark(tenant, "decision")));
}

function* decisionAt(tenant: string, id: string, now: string): Steps<DecisionRecord | undefined> {
  const [found] = yield statement(decisionsSql.find, storable(tenant), storable(id), now);
  return found === undefined ? undefined : decisionFrom(found);
}

function* decisionsOf(query: DecisionQuery): Steps<readonly DecisionRecord[]> {
  return (yield decisionsQuery(query)).map(decisionFrom);
}

function* settle({ decision, policy, audit }: Settled): Steps<boolean> {
  const { tenant, id } = decision;
  if ((yield* decisionAt(tenant, id, audit.at))?.state !== "pending") return false;
  if (policy !== undefined && (yield* policyAt(policy)) !== undefined) return false;
  yield* kept({ ...decision, mark: yield* nextMark(storable(tenant), "decision") });
  if (policy !== undefined) yield* put(policy);
  yield statement(decisionsSql.audit, ...recordCells(audit));
  return true;
}

function* putPolicy(policy: AddedPolicy, audit: AuditRecord): Steps<boolean> {
  if (!follows(policy.version, yield* policyAt(policy))) return false;
  yield* put(policy);
  yield statement(decisionsSql.audit, ...recordCells(audit));
  return true;
}

function* policiesOf(tenant: string): Steps<readonly AddedPolicy[]> {
  return (yield statement(decisionsSql.policies, storable(tenant))).map(policyFrom);
}

function* trailOf(
  tenant: string,
  { top, skip }: { readonly top: number; readonly skip: number },
): Steps<readonly AuditRecord[]> {
  return (yield statement(decisionsSql.trail, storable(tenant), top, skip)).map(auditFrom);
}

function* kept(record: DecisionRecord): Steps<DecisionRecord> {
  yield statement(decisionsSql.keep, ...decisionCells(record));
  return record;
}

function* policyAt({ tenant, id }: AddedPolicy): Steps<AddedPolicy | undefined> {
  const [found] = yield statement(decisionsSql.policy, storable(tenant), storable(id));
  return found === undefined ? undefined : policyFrom(found);
}

function* put(policy: AddedPolicy): Steps<void> {
  yield statement(decisionsSql.putPolicy, ...recordCells(policy));
  yield* nextMark(storable(policy.tenant), "policy");
}

function nextMark(tenant: string, of: "decision" | "policy"): Steps<number> {
  return counted(decisionsSql.next, tenant, of);
}

function* counted(sql: string, ...cells: readonly string[]): Steps<number> {
  const [count = "0"] = yield statement(sql, ...cells);
  return Number(count);
}
