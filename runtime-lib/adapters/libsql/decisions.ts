/** Decisions, added policies and the audit trail in the file. */
import type { Decisions } from "../../ports/index.ts";
import { sqlDecisions } from "../sql/decision-steps.ts";
import { runAtOnce, type Statement, type Steps } from "../sql/steps.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./failures.ts";
import type { GroupCommit } from "./group-commit.ts";

/** One transaction writes at a time, so whatever changes is alone. */
export function libsqlDecisions(connection: Connection, commits: GroupCommit): Decisions {
  const answer = (asked: Statement): readonly string[] => firstColumn(connection, asked);
  return sqlDecisions({
    look: async <T>(steps: () => Steps<T>) => guarded(() => runAtOnce(steps(), answer)),
    change: <T>(_tenant: string, steps: () => Steps<T>) => commits.commit(() => runAtOnce(steps(), answer)),
  });
}

function firstColumn(connection: Connection, { sql, cells }: Statement): readonly string[] {
  const prepared = connection.prepare(sql);
  if (!prepared.reader) {
    prepared.run([...cells]);
    return [];
  }
  return prepared
    .raw()
    .all([...cells])
    .map((row) => (Array.isArray(row) ? String(row[0]) : ""));
}
