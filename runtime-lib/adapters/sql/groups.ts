/** Groups and their aggregates as SQL: an inner query that groups, an outer one that selects and pages. */
import { sql } from "kysely";
import type { Aggregate, Query, StoredRow } from "../../ports/index.ts";
import { typeOfGroups } from "../groups.ts";
import { type Cell, columnsOf } from "./columns.ts";
import { type Condition, condition, naturalNumber, storedSql } from "./conditions.ts";
import type { Operand } from "./dialect.ts";
import { type Projection, rowFromCells } from "./projection.ts";
import { columnOf, outermost, type Scope } from "./scope.ts";

type Grouping = NonNullable<Query["grouping"]>;

/** What the groups are selected from, and which of them. */
export interface GroupsSql {
  readonly table: Operand;
  readonly where: Condition;
  readonly scope: Scope & { readonly projection: Projection };
}

/** The groups of the rows that match. */
export function groupsSql(
  grouping: Grouping,
  inner: Scope & { readonly projection: Projection },
  matching: Condition,
): GroupsSql {
  const projection = projectionOf(grouping);
  const scope = { ...outermost(projection, inner.around), alias: "g", projection };
  const keys = grouping.by.map(({ operand }) => storedSql(inner, operand));
  const results = grouping.aggregates.map((aggregate) => aggregateSql(inner, aggregate));
  const named = [...keys, ...results].map(
    (column, index) => sql`${column} as ${sql.ref(projection.columns[index]?.name ?? "")}`,
  );
  // By place: written again with its own parameters, a key would be another expression to PostgreSQL.
  const places = keys.map((_, index) => sql.raw(`${index + 1}`));
  const by = keys.length === 0 ? sql`` : sql`group by ${sql.join(places)}`;
  const from = sql`${sql.table(inner.projection.table)} as ${sql.ref(inner.alias)} where ${matching}`;
  const where = condition(scope, grouping.having ?? { kind: "constant", value: true });
  return { table: sql`(select ${sql.join(named)} from ${from} ${by}) as ${sql.ref(scope.alias)}`, where, scope };
}

function projectionOf(grouping: Grouping): Projection {
  const type = typeOfGroups(grouping);
  const columns = columnsOf(type);
  const [key] = columns;
  if (key === undefined) throw new Error("a grouping has no columns");
  return { type, table: "", columns, key, keyPlace: 1, hasUniqueKeys: false };
}

function aggregateSql(scope: Scope, aggregate: Aggregate): Operand {
  if (aggregate.method === "count") return sql`count(*)`;
  const stored = storedSql(scope, aggregate.operand);
  switch (aggregate.method) {
    case "sum":
      return sql`sum(${stored})`;
    case "min":
      return sql`min(${stored})`;
    case "max":
      return sql`max(${stored})`;
    case "average":
      return sql`avg(${naturalNumber(scope, aggregate.operand)})`;
    case "countdistinct":
      return sql`count(distinct ${stored})`;
  }
}

/** Every column of a group, in its order. */
export function groupColumns({ projection, ...scope }: GroupsSql["scope"]): readonly Operand[] {
  return projection.columns.map(({ property }) => columnOf({ projection, ...scope }, property.name));
}

export function groupFromCells({ projection }: GroupsSql["scope"], cells: readonly Cell[]): StoredRow {
  return rowFromCells(projection, [0, ...cells]);
}
