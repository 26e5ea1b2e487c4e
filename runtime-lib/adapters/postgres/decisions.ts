/** Decisions, added policies and the audit trail: those of a tenant are changed by one server at a time. */
import type { Decisions } from "../../ports/index.ts";
import { storable } from "../sql/columns.ts";
import { sqlDecisions } from "../sql/decision-steps.ts";
import { runInTurn, type Statement, type Steps } from "../sql/steps.ts";
import { type Connections, numbered, type Session } from "./connections.ts";
import { advisory } from "./locks.ts";

export function postgresDecisions(connections: Connections): Decisions {
  return sqlDecisions({
    look: (tenant, steps) => connections.useFor([storable(tenant)], (session) => run(session, steps())),
    change: (tenant, steps) =>
      connections.transact([storable(tenant)], async (session) => {
        const lock = advisory(connections.address.schema, `decisions\0${storable(tenant)}`);
        await session.run("SELECT pg_advisory_xact_lock($1, $2)", lock);
        return run(session, steps());
      }),
  });
}

function run<T>(session: Session, steps: Steps<T>): Promise<T> {
  return runInTurn(steps, async ({ sql, cells }: Statement) => {
    const rows = await session.run(numbered(sql), cells);
    return rows.map(([cell]) => String(cell));
  });
}
