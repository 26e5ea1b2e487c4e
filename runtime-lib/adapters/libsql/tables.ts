/** The projection tables in the file: made, filled from the journal, and counted. */
import type { EntityTypeDescriptor, PropertyDescriptor } from "../../kernel/index.ts";
import { DuplicateKeys, type PreparedType, type StatusCount } from "../../ports/index.ts";
import { free, quoted } from "../sql/columns.ts";
import { cataloguedProjection } from "../sql/entities.ts";
import { createIndexSql, indexesOf, plainIndexesOf } from "../sql/indexes.ts";
import { selectTypeEventsSql } from "../sql/journal.ts";
import {
  type Projection,
  projectionOf,
  propertiesText,
  RowFolder,
  rowCells,
  statusColumnOf,
  upsertSql,
} from "../sql/projection.ts";
import { quarantineSql } from "../sql/quarantine.ts";
import {
  type Altering,
  alterColumnsSql,
  createTableSql,
  goneFrom,
  type Kept,
  type Reshaping,
  reshaping,
  shapeOf,
} from "../sql/shape.ts";
import type { Connection } from "./connection.ts";
import { libsqlDialect } from "./dialect.ts";
import { isUniqueViolation } from "./failures.ts";
import { putStopped } from "./quarantine.ts";
import { isTold, tellPlanner } from "./statistics.ts";

interface Catalogued extends Kept {
  readonly table: string;
  readonly properties: string;
}

/**
 * Makes the tables of the types fit, filling from the journal what is new, has other columns or is among the `anew`.
 * Call inside a transaction.
 */
export function prepareProjections(
  connection: Connection,
  types: readonly EntityTypeDescriptor[],
  anew: ReadonlySet<string>,
): readonly Projection[] {
  const catalogue = readCatalogue(connection);
  const prepared = types.map((type) => prepareProjection({ connection, catalogue }, type, anew.has(type.name)));
  tellPlanner(
    connection,
    prepared.filter(({ isMade, projection }) => isMade || !isTold(connection, projection)).map(projectionIn),
  );
  return prepared.map(projectionIn);
}

interface PreparedProjection {
  readonly projection: Projection;
  /** True where the table or its indexes are new. */
  readonly isMade: boolean;
}

function projectionIn({ projection }: PreparedProjection): Projection {
  return projection;
}

interface Preparing {
  readonly connection: Connection;
  /** As it was before; a type that is new to it joins it. */
  readonly catalogue: Map<string, Catalogued>;
}

function prepareProjection(
  { connection, catalogue }: Preparing,
  type: EntityTypeDescriptor,
  anew: boolean,
): PreparedProjection {
  const known = catalogue.get(type.name);
  const taken = new Set([...catalogue.values()].map((entry) => entry.table.toLowerCase()));
  const table = known?.table ?? free(`entity_${type.name}`, taken);
  const projection = projectionOf(type, table);
  const shape = shapeOf(projection, libsqlDialect);
  const change: Reshaping = anew ? { kind: "table" } : reshaping(known, shape);
  const seen = change.kind === "table" ? makeTable(connection, projection, known !== undefined) : undefined;
  if (change.kind === "alter") alterTable(connection, projection, change);
  if (change.kind !== "none" || known?.properties !== propertiesText(type)) {
    const gone = goneFrom(known, shape, seen);
    record(connection, projection, { shape, gone });
    catalogue.set(type.name, { table, properties: propertiesText(type), shape, gone });
  }
  return { projection, isMade: change.kind !== "none" };
}

/** Answers the properties that the journal has values of. */
function makeTable(connection: Connection, projection: Projection, isThere: boolean): ReadonlySet<string> {
  if (isThere) connection.exec(`DROP TABLE ${quoted(projection.table)}`);
  connection.exec(createTableSql(projection, libsqlDialect));
  for (const index of indexesOf(projection)) connection.exec(createIndexSql(projection, index, libsqlDialect));
  return fill(connection, projection);
}

/** The unique indexes stay: a table of other alternate keys is made anew. An index goes before its column, and comes after it. */
function alterTable(connection: Connection, projection: Projection, altering: Altering): void {
  if (altering.isIndexedAnew) dropPlainIndexes(connection, projection);
  takeAway(connection, projection, altering.removed);
  const adding = { ...altering, removed: [] };
  for (const statement of alterColumnsSql(projection, adding, libsqlDialect)) connection.exec(statement);
  if (!altering.isIndexedAnew) return;
  for (const index of plainIndexesOf(projection)) connection.exec(createIndexSql(projection, index, libsqlDialect));
}

/** Columns that have nothing but a number for a name; of more, as many are dropped as come. */
const namelessMax = 100;
const nameless = "@gone";

/** To drop a column is to write every row anew while all wait: it loses its name instead, which no row has to be written for. */
function takeAway(connection: Connection, { table }: Projection, removed: readonly string[]): void {
  if (removed.length === 0) return;
  const alter = `ALTER TABLE ${quoted(table)}`;
  const names = connection.prepare("SELECT name FROM pragma_table_info(?)").raw().all([table]).map(String);
  const numbers = names.filter((name) => name.startsWith(nameless)).map((name) => Number(name.slice(nameless.length)));
  const surplus = Math.max(0, numbers.length + removed.length - namelessMax);
  for (const number of numbers.slice(0, surplus)) connection.exec(`${alter} DROP COLUMN "${nameless}${number}"`);
  for (const [place, name] of removed.entries()) {
    const number = Math.max(0, ...numbers) + place + 1;
    connection.exec(`${alter} RENAME COLUMN ${quoted(name)} TO "${nameless}${number}"`);
  }
}

function dropPlainIndexes(connection: Connection, { table }: Projection): void {
  const made = connection
    .prepare("SELECT name FROM sqlite_schema WHERE tbl_name = ? AND sql LIKE 'CREATE INDEX %'")
    .raw()
    .all([table]);
  for (const row of made) connection.exec(`DROP INDEX ${quoted(Array.isArray(row) ? String(row[0]) : "")}`);
}

/** The tables of all types where they fit as they are; undefined where one has to be made, filled or recorded. Writes nothing. */
export function projectionsAsTheyAre(
  connection: Connection,
  types: readonly EntityTypeDescriptor[],
): readonly Projection[] | undefined {
  const catalogue = readCatalogue(connection);
  const projections = types.flatMap((type) => {
    const known = catalogue.get(type.name);
    if (known === undefined || known.properties !== propertiesText(type)) return [];
    const projection = projectionOf(type, known.table);
    const isAsItIs = known.shape === shapeOf(projection, libsqlDialect) && isTold(connection, projection);
    return isAsItIs ? [projection] : [];
  });
  return projections.length === types.length ? projections : undefined;
}

const selectCatalogueSql = "SELECT entity_type, table_name, shape, properties, gone FROM projections";

function readCatalogue(connection: Connection): Map<string, Catalogued> {
  return new Map(connection.prepare(selectCatalogueSql).raw().all([]).map(cataloguedIn));
}

function cataloguedIn(row: unknown): [entityType: string, Catalogued] {
  const cells: readonly unknown[] = Array.isArray(row) ? row : [];
  const [entityType = "", table = "", shape = "", properties = ""] = cells.map(String);
  return [entityType, { table, shape, properties, gone: typeof cells[4] === "string" ? cells[4] : null }];
}

/** The table of a type as it was prepared last; undefined where nobody ever has. */
export function catalogued(connection: Connection, name: string): Projection | undefined {
  const row = connection.prepare(`${selectCatalogueSql} WHERE entity_type = ?`).raw().get([name]);
  return Array.isArray(row) ? cataloguedProjection(name, cataloguedIn(row)[1]) : undefined;
}

/** Every type that was ever prepared, as it was the last time. */
export function preparedTypes(connection: Connection): readonly PreparedType[] {
  return [...readCatalogue(connection)].map(([name, { properties }]) => ({
    name,
    // Written by `record` alone, from descriptors.
    properties: JSON.parse(properties) as readonly PropertyDescriptor[],
  }));
}

function record(connection: Connection, projection: Projection, { shape, gone }: Kept): void {
  connection
    .prepare(
      `INSERT INTO projections (entity_type, table_name, status_column, shape, properties, gone) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (entity_type) DO UPDATE
       SET status_column = excluded.status_column, shape = excluded.shape, properties = excluded.properties, gone = excluded.gone`,
    )
    .run([
      ...[projection.type.name, projection.table, statusColumnOf(projection)],
      ...[shape, propertiesText(projection.type), gone],
    ]);
}

function fill(connection: Connection, projection: Projection): ReadonlySet<string> {
  try {
    return fillFromJournal(connection, projection);
  } catch (error) {
    throw isUniqueViolation(error) ? new DuplicateKeys(projection.type.name, { cause: error }) : error;
  }
}

function fillFromJournal(connection: Connection, projection: Projection): ReadonlySet<string> {
  const insert = connection.prepare(upsertSql(projection));
  connection.prepare(quarantineSql.empty).run([projection.type.name]);
  const folder = new RowFolder(projection, {
    row: (row) => insert.run([...rowCells(projection, row)]),
    stopped: (stopped) => putStopped(connection, stopped),
  });
  for (const cells of connection.prepare(selectTypeEventsSql).raw().iterate([projection.type.name])) {
    folder.take(Array.isArray(cells) ? cells : []);
  }
  folder.end();
  return folder.seen;
}

/** Live entities per type and status over every table that was ever prepared; the status of a type without automaton is "". */
export function countStatuses(connection: Connection): readonly StatusCount[] {
  const tables = connection.prepare("SELECT entity_type, table_name, status_column FROM projections").raw().all([]);
  return tables.flatMap((entry) => {
    const [entityType, table, statusColumn] = Array.isArray(entry) ? entry : [];
    const status = typeof statusColumn === "string" ? quoted(statusColumn) : "''";
    const counts = connection
      .prepare(`SELECT ${status}, count(*) FROM ${quoted(String(table))} GROUP BY 1 ORDER BY 1`)
      .raw()
      .all([]);
    return counts.map((row) => {
      const [name, count] = Array.isArray(row) ? row : [];
      return { entityType: String(entityType), status: String(name), count: Number(count) };
    });
  });
}
