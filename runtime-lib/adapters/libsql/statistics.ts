/** What SQLite plans the queries on a projection table by: told once, so that no plan depends on when somebody last counted. */
import type { Column } from "../sql/columns.ts";
import { type Index, indexesOf, indexName } from "../sql/indexes.ts";
import type { Projection } from "../sql/projection.ts";
import type { Connection } from "./connection.ts";

/**
 * Untold, SQLite takes a tenant for ten rows and walks all of them in the order of the key, where an index on what is asked for
 * would find twenty at once. So every table is said to be one tenant's and large: what is planned for that is as good for a small one.
 */
const rows = 1_000_000;

/** How many rows have the same value of a property that the spec has given no few values. */
const alike = 100;

/** True where the planner has been told of the table, by us or by an `ANALYZE`. */
export function isTold(connection: Connection, { table }: Projection): boolean {
  const isThere = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get([]) !== undefined;
  return isThere && connection.prepare("SELECT 1 FROM sqlite_stat1 WHERE tbl = ? LIMIT 1").get([table]) !== undefined;
}

/** Tells the planner of the tables as they are now. Call inside a transaction. */
export function tellPlanner(connection: Connection, projections: readonly Projection[]): void {
  if (projections.length === 0) return;
  // Makes the table where there is none yet, of which connections hear that are open already.
  connection.exec("ANALYZE sqlite_schema");
  const forget = connection.prepare("DELETE FROM sqlite_stat1 WHERE tbl = ?");
  const tell = connection.prepare("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)");
  for (const projection of projections) {
    const { table } = projection;
    forget.run([table]);
    tell.run([table, table, statistic([rows, 1])]);
    for (const index of indexesOf(projection)) tell.run([table, indexName(projection, index), statisticOf(index)]);
  }
  connection.exec("ANALYZE sqlite_schema");
}

/** SQLite's own form: the rows in all, and how many are alike in the first column, in the first two, and so on. */
function statistic(alikeBy: readonly number[]): string {
  return [rows, ...alikeBy].join(" ");
}

/** The tenant, and then each column; those of an alternate key together are one row's. */
function statisticOf({ kind, columns }: Index): string {
  let left = rows;
  const each = columns.map((column, place) => {
    const isOneRow = kind !== "single" && place === columns.length - 1;
    left = isOneRow ? 1 : Math.min(left, alikeIn(column));
    return left;
  });
  return statistic([rows, ...each]);
}

/** Rows with the same value. */
function alikeIn({ property, kind }: Column): number {
  if (kind === "truth") return rows / 2;
  if (property.type === "enum") return Math.ceil(rows / Math.max(1, property.members?.length ?? 1));
  return property.role === "status" ? rows / 10 : alike;
}
