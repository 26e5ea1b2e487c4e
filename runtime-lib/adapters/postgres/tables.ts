/** The projection tables: made, filled from the journal, and watched for what other servers make of them. */
import type { EntityTypeDescriptor, PropertyDescriptor } from "../../kernel/index.ts";
import { DuplicateKeys, type PreparedType, type StatusCount, type StoppedEntity } from "../../ports/index.ts";
import { type Cell, free, quoted, sequenceColumn, tenantColumn } from "../sql/columns.ts";
import { createIndexSql, indexesOf, plainIndexesOf } from "../sql/indexes.ts";
import { eventColumns } from "../sql/journal.ts";
import {
  type EntityRow,
  type Projection,
  projectionOf,
  propertiesText,
  RowFolder,
  rowCells,
  selectedNames,
  statusColumnOf,
  uniqueKeys,
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
import { turned } from "./arrays.ts";
import { numbered, type Prepared, prepared, type Session } from "./connections.ts";
import { boundTypes, postgresDialect } from "./dialect.ts";
import { isUniqueViolation } from "./failures.ts";
import { fenceSql } from "./fence.ts";
import { advisory, layoutLock } from "./locks.ts";
import { putStopped } from "./quarantine.ts";

/** A projection table with its statements. */
export interface Table {
  readonly projection: Projection;
  readonly shape: string;
  /** Writes rows given column by column. */
  readonly upsert: Prepared;
  /** Removes the rows of tenants and keys. */
  readonly remove: Prepared;
  readonly select: Prepared;
  /** Which of the reads are of what has another sequence by now, or is no longer there, or has come. */
  readonly moved: Prepared;
  /** By alternate key: which rows would take the values of another entity. */
  readonly taken: readonly Prepared[];
}

/** The tables as this process knows them, and which of the generations of tables that is. */
export interface Layout {
  readonly tables: ReadonlyMap<string, Table>;
  readonly generation: number;
}

interface Catalogued extends Kept {
  readonly table: string;
  readonly properties: string;
}

const fetchedRows = 2_000;

interface Remaking {
  readonly schema: string;
  /** Types whose tables are filled again, whatever their shape. */
  readonly anew?: ReadonlySet<string>;
}

/** Makes the tables fit, filled from the journal where they are new, have another shape or are among the `anew`. In a transaction of its own. */
export async function prepareTables(
  session: Session,
  { schema, anew = new Set() }: Remaking,
  entityTypes: readonly EntityTypeDescriptor[],
): Promise<Layout> {
  await session.run("SELECT pg_advisory_xact_lock($1, $2)", advisory(schema, layoutLock));
  const catalogue = new Map(await readCatalogue(session));
  const tables = new Map<string, Table>();
  let isChanged = false;
  for (const type of entityTypes) {
    const known = catalogue.get(type.name);
    const taken = new Set([...catalogue.values()].map(({ table }) => table.toLowerCase()));
    const table = tableOf(projectionOf(type, known?.table ?? free(`entity_${type.name}`, taken)));
    const change: Reshaping = anew.has(type.name) ? { kind: "table" } : reshaping(known, table.shape);
    const seen = change.kind === "table" ? await remake(session, table, known !== undefined) : undefined;
    if (change.kind === "alter") await alter(session, table, change);
    isChanged ||= change.kind === "table" || (change.kind === "alter" && change.removed.length > 0);
    const kept = { shape: table.shape, gone: goneFrom(known, table.shape, seen) };
    const isRecorded = change.kind === "none" && known?.properties === propertiesText(type);
    if (!isRecorded) await record(session, table, kept);
    catalogue.set(type.name, { ...kept, table: table.projection.table, properties: propertiesText(type) });
    tables.set(type.name, table);
  }
  const [row] = await session.run(
    isChanged ? "UPDATE layout SET generation = generation + 1 RETURNING generation" : "SELECT generation FROM layout",
  );
  return { tables, generation: Number(row?.[0]) };
}

/**
 * The layout in which all of these types have their tables already; undefined where one has to be made.
 * `recorded` where the store also knows them as they are now.
 */
export async function layoutAsIs(
  session: Session,
  entityTypes: readonly EntityTypeDescriptor[],
): Promise<{ readonly layout: Layout; readonly recorded: boolean } | undefined> {
  const rows = await session.run(
    "SELECT generation, entity_type, table_name, shape, properties, gone FROM layout LEFT JOIN projections ON true",
  );
  const known = new Map(rows.map(([, name, ...entry]) => [String(name), catalogued(entry)]));
  const tables = new Map<string, Table>();
  let recorded = true;
  for (const type of entityTypes) {
    const entry = known.get(type.name);
    if (entry === undefined) return undefined;
    recorded &&= entry.properties === propertiesText(type);
    const table = tableOf(projectionOf(type, entry.table));
    if (table.shape !== entry.shape) return undefined;
    tables.set(type.name, table);
  }
  return { layout: { tables, generation: Number(rows[0]?.[0]) }, recorded };
}

async function readCatalogue(session: Session): Promise<ReadonlyMap<string, Catalogued>> {
  const rows = await session.run("SELECT entity_type, table_name, shape, properties, gone FROM projections");
  return new Map(rows.map(([name, ...entry]) => [String(name), catalogued(entry)]));
}

function catalogued([table, shape, properties, gone]: readonly Cell[]): Catalogued {
  const known = typeof gone === "string" ? gone : null;
  return { table: String(table), shape: String(shape), properties: String(properties), gone: known };
}

/** Every type that was ever prepared, as it was the last time. */
export async function preparedTypes(session: Session): Promise<readonly PreparedType[]> {
  return [...(await readCatalogue(session))].map(([name, { properties }]) => ({
    name,
    // Written by `record` alone, from descriptors.
    properties: JSON.parse(properties) as readonly PropertyDescriptor[],
  }));
}

/** Answers the properties that the journal has values of. */
async function remake(session: Session, table: Table, isThere: boolean): Promise<ReadonlySet<string>> {
  const { projection } = table;
  const drop = isThere ? [`DROP TABLE ${quoted(projection.table)}`] : [];
  const indexes = indexesOf(projection).map((index) => createIndexSql(projection, index, postgresDialect));
  const fence = fenceSql(quoted(projection.table), quoted(tenantColumn));
  await session.run([...drop, createTableSql(projection, postgresDialect), ...indexes, ...fence].join(";\n"));
  try {
    return await fill(session, table);
  } catch (error) {
    throw isUniqueViolation(error) ? new DuplicateKeys(projection.type.name, { cause: error }) : error;
  }
}

/** What another server does with a table of more columns is right as it was, so none has to be told of those. */
async function alter(session: Session, { projection }: Table, altering: Altering): Promise<void> {
  if (altering.isIndexedAnew) await dropPlainIndexes(session, projection);
  for (const statement of alterColumnsSql(projection, altering, postgresDialect)) await session.run(statement);
  if (!altering.isIndexedAnew) return;
  for (const index of plainIndexesOf(projection)) {
    await session.run(createIndexSql(projection, index, postgresDialect));
  }
}

async function dropPlainIndexes(session: Session, { table }: Projection): Promise<void> {
  const made = await session.run(
    "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = $1::regclass AND NOT indisunique",
    [quoted(table)],
  );
  for (const [name] of made) await session.run(`DROP INDEX ${name}`);
}

async function fill(session: Session, table: Table): Promise<ReadonlySet<string>> {
  const { projection } = table;
  await session.run(
    `DECLARE history NO SCROLL CURSOR FOR SELECT ${eventColumns.join(", ")} FROM journal
     WHERE entity_type = '${projection.type.name.replaceAll("'", "''")}' ORDER BY tenant, entity_id, sequence`,
  );
  await session.run(numbered(quarantineSql.empty), [projection.type.name]);
  let rows: EntityRow[] = [];
  const stopped: StoppedEntity[] = [];
  const folder = new RowFolder(projection, { row: (row) => rows.push(row), stopped: (each) => stopped.push(each) });
  const flush = async (): Promise<void> => {
    if (rows.length > 0) await writeRows(session, table, rows);
    rows = [];
  };
  for (;;) {
    const events = await session.run(`FETCH FORWARD ${fetchedRows} FROM history`);
    for (const cells of events) folder.take(cells);
    if (events.length < fetchedRows) break;
    await flush();
  }
  folder.end();
  await flush();
  await session.run("CLOSE history");
  for (const each of stopped) await putStopped(session, each);
  return folder.seen;
}

/** Inserts the rows or replaces those with their keys. No key may come twice. */
export async function writeRows(session: Session, table: Table, rows: readonly EntityRow[]): Promise<void> {
  await session.run(table.upsert, turned(rows.map((row) => rowCells(table.projection, row))));
}

async function record(session: Session, { projection }: Table, { shape, gone }: Kept): Promise<void> {
  await session.run(
    `INSERT INTO projections (entity_type, table_name, status_column, shape, properties, gone) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (entity_type) DO UPDATE
     SET status_column = excluded.status_column, shape = excluded.shape, properties = excluded.properties, gone = excluded.gone`,
    [
      ...[projection.type.name, projection.table, statusColumnOf(projection)],
      ...[shape, propertiesText(projection.type), gone],
    ],
  );
}

function tableOf(projection: Projection): Table {
  return {
    projection,
    shape: shapeOf(projection, postgresDialect),
    upsert: prepared(upsertRowsSql(projection)),
    remove: prepared(removeRowsSql(projection)),
    select: prepared(selectRowsSql(projection)),
    moved: prepared(movedSql(projection)),
    taken: uniqueKeys(projection.type).map((properties) => prepared(takenSql(projection, properties))),
  };
}

function upsertRowsSql({ table, columns, key }: Projection): string {
  const names = [tenantColumn, sequenceColumn, ...columns.map(({ name }) => name)].map(quoted);
  const types = [boundTypes.text, boundTypes.integer, ...columns.map(({ kind }) => boundTypes[kind])];
  const arrays = types.map((type, index) => `$${index + 1}::${type}[]`);
  const own = [quoted(tenantColumn), quoted(key.name)];
  const updates = names.filter((name) => !own.includes(name)).map((name) => `${name} = excluded.${name}`);
  return `INSERT INTO ${quoted(table)} (${names.join(", ")}) SELECT * FROM unnest(${arrays.join(", ")})
    ON CONFLICT (${own.join(", ")}) DO UPDATE SET ${updates.join(", ")}`;
}

function removeRowsSql({ table, key }: Projection): string {
  return `DELETE FROM ${quoted(table)} USING unnest($1::text[], $2::${boundTypes[key.kind]}[]) AS gone (tenant, id)
    WHERE ${quoted(tenantColumn)} = gone.tenant AND ${quoted(key.name)} = gone.id`;
}

/** Rows by their keys, each with the place of its key among those that are asked for. */
function selectRowsSql(projection: Projection): string {
  const { table, key } = projection;
  const names = selectedNames(projection).map((name) => `there.${quoted(name)}`);
  return `SELECT place, ${names.join(", ")}
    FROM unnest($1::text[], $2::${boundTypes[key.kind]}[]) WITH ORDINALITY AS wanted (tenant, id, place)
    JOIN ${quoted(table)} AS there ON there.${quoted(tenantColumn)} = wanted.tenant AND there.${quoted(key.name)} = wanted.id`;
}

function movedSql({ table, key }: Projection): string {
  return `SELECT place FROM unnest($1::text[], $2::${boundTypes[key.kind]}[], $3::bigint[]) WITH ORDINALITY
      AS read (tenant, id, sequence, place)
    LEFT JOIN ${quoted(table)} AS there
      ON there.${quoted(tenantColumn)} = read.tenant AND there.${quoted(key.name)} = read.id
    WHERE there.${quoted(sequenceColumn)} IS DISTINCT FROM read.sequence`;
}

function takenSql({ table, key, columns }: Projection, properties: readonly string[]): string {
  const keyed = properties.flatMap((property) => columns.filter((column) => column.property.name === property));
  const arrays = [boundTypes.text, boundTypes[key.kind], ...keyed.map(({ kind }) => boundTypes[kind])];
  const given = arrays.map((type, index) => `$${index + 1}::${type}[]`);
  const names = keyed.map((_, index) => `value${index}`);
  const same = keyed.map(({ name }, index) => `there.${quoted(name)} = asked.value${index}`);
  return `SELECT place FROM unnest(${given.join(", ")}) WITH ORDINALITY AS asked (tenant, id, ${names.join(", ")}, place)
    WHERE EXISTS (SELECT 1 FROM ${quoted(table)} AS there WHERE there.${quoted(tenantColumn)} = asked.tenant
      AND ${same.join(" AND ")} AND there.${quoted(key.name)} <> asked.id)`;
}

/** Live entities per type and status over every table that was ever prepared; the status of a type without automaton is "". */
export async function countStatuses(session: Session): Promise<readonly StatusCount[]> {
  const tables = await session.run(
    "SELECT entity_type, table_name, status_column FROM projections ORDER BY entity_type",
  );
  const counts: StatusCount[] = [];
  for (const [entityType, table, column] of tables) {
    const status = typeof column === "string" ? quoted(column) : "''";
    const rows = await session.run(`SELECT ${status}, count(*) FROM ${quoted(String(table))} GROUP BY 1 ORDER BY 1`);
    for (const [name, count] of rows) {
      counts.push({ entityType: String(entityType), status: String(name), count: Number(count) });
    }
  }
  return counts;
}
