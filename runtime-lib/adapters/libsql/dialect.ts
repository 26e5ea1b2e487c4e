/** SQLite's SQL. */
import { DummyDriver, Kysely, type SqlBool, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import { type CellKind, quoted, textConstant } from "../sql/columns.ts";
import type { Dialect, Operand } from "../sql/dialect.ts";
import { scalarSql } from "./scalars.ts";

const columnTypes: Dialect["columnTypes"] = {
  truth: "INTEGER",
  integer: "INTEGER",
  real: "REAL",
  text: "TEXT",
  list: "TEXT",
};

export const libsqlDialect: Dialect = {
  compiler: new Kysely({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  columnTypes,
  constant: constantOf,
  tableSuffix: " WITHOUT ROWID",
  indexName: quoted,
  indexOrder: "",
  namesKeyInIndexes: false,
  literal: (slot) => sql`${slot}`,
  same: (one, other) => sql<SqlBool>`(${one} is ${other})`,
  items: (collection, alias) => sql`json_each(${collection}) as ${sql.ref(alias)}`,
  lines: (json, kinds) => sql`select ${sql.join(kinds.map(cellOfLine))} from json_each(${json}) as line`,
  place: (text, part) => sql`instr(${text}, ${part})`,
  matches: (text, pattern) => sql<SqlBool>`(${text} regexp ${pattern})`,
  unscaled: (decimal, places) => sql`(${decimal} / ${sql.raw(`${10 ** places}.0`)})`,
  scaled: (decimal, places) => sql`(${decimal} * ${10 ** places})`,
  scalar: scalarSql,
};

/** A cell in the text of a statement. */
export function constantOf(cell: string | number): string {
  return typeof cell === "number" ? String(cell) : textConstant(cell);
}

/** Of its type also where it is a text anyway: SQLite makes no index of columns that have none, and walks through all rows for each. */
function cellOfLine(kind: CellKind, place: number): Operand {
  return sql`cast(line.value ->> ${sql.raw(String(place))} as ${sql.raw(columnTypes[kind])})`;
}
