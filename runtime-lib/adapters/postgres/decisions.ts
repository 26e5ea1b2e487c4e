/** Decisions, added policies and the audit trail: those of a tenant are changed by one server at a time. */
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
import { type Connections, numbered, type Session } from "./connections.ts";
import { advisory } from "./locks.ts";

export class PostgresDecisions implements Decisions {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  fold(refused: NewDecision, { perPrincipalMax, perTenantMax }: DecisionBounds): Promise<DecisionRecord | undefined> {
    return this.#alone(refused.tenant, async (session, tenant) => {
      await all(session, decisionsSql.expire, [tenant, refused.lastSeenAt]);
      const [open] = await all(session, decisionsSql.open, [tenant, storable(refused.fold)]);
      if (open !== undefined) {
        return keep(session, countedInto(decisionFrom(open), refused, await next(session, tenant, "decision")));
      }
      const own = await count(session, decisionsSql.countOf, [tenant, principalKey(refused.principal)]);
      if (own >= perPrincipalMax || (await count(session, decisionsSql.countAll, [tenant])) >= perTenantMax) {
        return undefined;
      }
      return keep(session, firstOf(refused, await next(session, tenant, "decision")));
    });
  }

  async decision(tenant: string, id: string, now: string): Promise<DecisionRecord | undefined> {
    const [found] = await this.#look(decisionsSql.find, [storable(tenant), storable(id), now]);
    return found === undefined ? undefined : decisionFrom(found);
  }

  async decisions(query: DecisionQuery): Promise<readonly DecisionRecord[]> {
    const { sql, cells } = decisionsQuery(query);
    return (await this.#look(sql, cells)).map(decisionFrom);
  }

  settle({ decision, policy, audit }: Settled): Promise<boolean> {
    return this.#alone(decision.tenant, async (session, tenant) => {
      const [found] = await all(session, decisionsSql.find, [tenant, storable(decision.id), audit.at]);
      if (found === undefined || decisionFrom(found).state !== "pending") return false;
      if (policy !== undefined && (await policyIn(session, policy)) !== undefined) return false;
      await keep(session, { ...decision, mark: await next(session, tenant, "decision") });
      if (policy !== undefined) await put(session, policy);
      await all(session, decisionsSql.audit, recordCells(audit));
      return true;
    });
  }

  putPolicy(policy: AddedPolicy, audit: AuditRecord): Promise<boolean> {
    return this.#alone(policy.tenant, async (session) => {
      if (!follows(policy.version, await policyIn(session, policy))) return false;
      await put(session, policy);
      await all(session, decisionsSql.audit, recordCells(audit));
      return true;
    });
  }

  async addedPolicies(tenant: string): Promise<readonly AddedPolicy[]> {
    return (await this.#look(decisionsSql.policies, [storable(tenant)])).map(policyFrom);
  }

  async policiesMark(tenant: string): Promise<number> {
    return Number((await this.#look(decisionsSql.policiesMark, [storable(tenant)]))[0] ?? 0);
  }

  async auditTrail(
    tenant: string,
    { top, skip }: { readonly top: number; readonly skip: number },
  ): Promise<readonly AuditRecord[]> {
    return (await this.#look(decisionsSql.trail, [storable(tenant), top, skip])).map(auditFrom);
  }

  #look(sql: string, cells: readonly Cell[]): Promise<readonly string[]> {
    return this.#connections.use((session) => all(session, sql, cells));
  }

  #alone<T>(tenant: string, work: (session: Session, tenant: string) => Promise<T>): Promise<T> {
    const { schema } = this.#connections.address;
    return this.#connections.transact(async (session) => {
      await session.run("SELECT pg_advisory_xact_lock($1, $2)", advisory(schema, `decisions\0${tenant}`));
      return work(session, storable(tenant));
    });
  }
}

async function keep(session: Session, record: DecisionRecord): Promise<DecisionRecord> {
  await all(session, decisionsSql.keep, decisionCells(record));
  return record;
}

async function policyIn(session: Session, { tenant, id }: AddedPolicy): Promise<AddedPolicy | undefined> {
  const [found] = await all(session, decisionsSql.policy, [storable(tenant), storable(id)]);
  return found === undefined ? undefined : policyFrom(found);
}

async function put(session: Session, policy: AddedPolicy): Promise<void> {
  await all(session, decisionsSql.putPolicy, recordCells(policy));
  await next(session, storable(policy.tenant), "policy");
}

function next(session: Session, tenant: string, of: "decision" | "policy"): Promise<number> {
  return count(session, decisionsSql.next, [tenant, of]);
}

/** The first column of each row. */
async function all(session: Session, sql: string, cells: readonly Cell[]): Promise<readonly string[]> {
  return (await session.run(numbered(sql), cells)).map(([cell]) => String(cell));
}

async function count(session: Session, sql: string, cells: readonly Cell[]): Promise<number> {
  return Number((await all(session, sql, cells))[0] ?? 0);
}
