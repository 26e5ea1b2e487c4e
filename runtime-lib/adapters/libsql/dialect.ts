/** SQLite's SQL. */
import { DummyDriver, Kysely, type SqlBool, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import { quoted, textConstant } from "../sql/columns.ts";
import type { Dialect } from "../sql/dialect.ts";
import { scalarSql } from "./scalars.ts";

export const libsqlDialect: Dialect = {
  compiler: new Kysely({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  columnTypes: { truth: "INTEGER", integer: "INTEGER", real: "REAL", text: "TEXT", list: "TEXT" },
  constant: (cell) => (typeof cell === "number" ? JSON.stringify(cell) : textConstant(cell)),
  tableSuffix: " WITHOUT ROWID",
  indexName: quoted,
  indexOrder: "",
  namesKeyInIndexes: false,
  literal: (slot) => sql`${slot}`,
  same: (one, other) => sql<SqlBool>`(${one} is ${other})`,
  items: (collection, alias) => sql`json_each(${collection}) as ${sql.ref(alias)}`,
  place: (text, part) => sql`instr(${text}, ${part})`,
  matches: (text, pattern) => sql<SqlBool>`(${text} regexp ${pattern})`,
  unscaled: (decimal, places) => sql`(${decimal} / ${sql.raw(`${10 ** places}.0`)})`,
  scaled: (decimal, places) => sql`(${decimal} * ${10 ** places})`,
  scalar: scalarSql,
};
