/** PostgreSQL's SQL. */
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type SqlBool,
  sql,
} from "kysely";
import { type CellKind, textConstant } from "../sql/columns.ts";
import type { Dialect, Operand } from "../sql/dialect.ts";
import type { LiteralKind, Slot } from "../sql/literals.ts";
import { scalarSql } from "./scalars.ts";

/** The type of a value that is bound, by what a column holds. */
export const boundTypes: Readonly<Record<CellKind, string>> = {
  truth: "boolean",
  integer: "bigint",
  real: "double precision",
  text: "text",
  list: "jsonb",
};

/** Texts compare by code point, whatever the locale of the database. */
export const postgresDialect: Dialect = {
  compiler: new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
  columnTypes: { ...boundTypes, text: 'text COLLATE "C"' },
  constant: (cell, kind) =>
    kind === "truth" ? String(cell === 1) : `${textConstant(String(cell))}::${boundTypes[kind]}`,
  tableSuffix: "",
  indexName: () => "",
  indexOrder: " NULLS FIRST",
  namesKeyInIndexes: true,
  literal: (slot, kind) => literals[kind](slot),
  same: (one, other) => sql<SqlBool>`(${one} is not distinct from ${other})`,
  items: (collection, alias) =>
    sql`(select value collate "C" as value, place - 1 as key from jsonb_array_elements_text(${collection}) with ordinality as item (value, place)) as ${sql.ref(alias)}`,
  lines: (json, kinds) =>
    sql`select ${sql.join(kinds.map(cellOfLine))} from json_array_elements(cast(${json} as json)) as lines (line)`,
  place: (text, part) => sql`strpos(${text}, ${part})`,
  matches: (text, pattern) => sql<SqlBool>`(${text} ~ ${pattern})`,
  unscaled: (decimal, places) => sql`(cast(${decimal} as double precision) / ${sql.raw(`1e${places}`)})`,
  scaled: (decimal, places) => sql`(cast(${decimal} as numeric) * ${sql.raw(`1e${places}`)})`,
  scalar: scalarSql,
};

const literals: Readonly<Record<LiteralKind, (slot: Slot) => ReturnType<typeof sql>>> = {
  truth: (slot) => sql`cast(${slot} as boolean)`,
  integer: (slot) => sql`cast(${slot} as bigint)`,
  real: (slot) => sql`cast(${slot} as double precision)`,
  text: (slot) => sql`(cast(${slot} as text) collate "C")`,
  list: (slot) => sql`cast(${slot} as jsonb)`,
};

function cellOfLine(kind: CellKind, place: number): Operand {
  const cell = sql`(line ->> ${sql.raw(String(place))})`;
  return kind === "text" ? sql`${cell} collate "C"` : sql`cast(${cell} as ${sql.raw(boundTypes[kind])})`;
}
