/** Decisions, added policies and the audit trail in the file. */
import type { Decisions } from "../../ports/index.ts";
import { sqlDecisions } from "../sql/decision-steps.ts";
import { runAtOnce, type Statement, type Steps } from "../sql/steps.ts";
import type { Connection, Connections } from "./connection.ts";
import { guarded } from "./failures.ts";
import type { GroupCommit } from "./group-commit.ts";

/** One transaction writes at a time, so whatever changes is alone. */
export function libsqlDecisions({ writing, reading }: Connections, commits: GroupCommit): Decisions {
  const found = (asked: Statement): readonly string[] => firstColumn(reading, asked);
  const changed = (asked: Statement): readonly string[] => firstColumn(writing, asked);
  return sqlDecisions({
    look: async <T>(_tenant: string, steps: () => Steps<T>) => guarded(() => runAtOnce(steps(), found)),
    change: <T>(_tenant: string, steps: () => Steps<T>) => commits.commit(() => runAtOnce(steps(), changed)),
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
