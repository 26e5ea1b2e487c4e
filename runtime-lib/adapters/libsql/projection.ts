/** Projection tables: one per entity type, with a typed column per property, kept in step with the journal. */
import {
  type EntityTypeDescriptor,
  type Folded,
  fitValues,
  foldFact,
  keyValue,
  neverExisted,
  type PropertyDescriptor,
  type Value,
  type Values,
} from "../../kernel/index.ts";
import {
  DuplicateKeys,
  type EntityRef,
  type PreparedType,
  type StatusCount,
  type StoredRow,
} from "../../ports/index.ts";
import {
  type Cell,
  type Column,
  columnsOf,
  free,
  fromCell,
  quoted,
  sequenceColumn,
  storable,
  tenantColumn,
  toCell,
} from "./columns.ts";
import type { Connection } from "./connection.ts";
import { isUniqueViolation } from "./failures.ts";
import { eventFromCells, selectTypeEventsSql } from "./journal.ts";

/** One prepared projection table. */
export interface Projection {
  readonly type: EntityTypeDescriptor;
  readonly table: string;
  readonly columns: readonly Column[];
  readonly key: Column;
  /** True where the type has alternate keys, so that writing a row can fail for another entity's sake. */
  readonly hasUniqueKeys: boolean;
}

interface Catalogued {
  readonly table: string;
  readonly shape: string;
  readonly properties: string;
}

/** Makes the type's table fit, filling it from the journal where it is new or has another shape. Call inside a transaction. */
export function prepareProjection(connection: Connection, type: EntityTypeDescriptor): Projection {
  const catalogue = readCatalogue(connection);
  const known = catalogue.get(type.name);
  const taken = new Set([...catalogue.values()].map((entry) => entry.table.toLowerCase()));
  const table = known?.table ?? free(`entity_${type.name}`, taken);
  const projection = projectionOf(type, table);
  const shape = shapeOf(projection);
  if (known?.shape !== shape) {
    if (known !== undefined) connection.exec(`DROP TABLE ${quoted(table)}`);
    createTable(connection, projection);
    fill(connection, projection);
  }
  if (known?.shape !== shape || known.properties !== propertiesText(type)) record(connection, projection, shape);
  return projection;
}

function readCatalogue(connection: Connection): ReadonlyMap<string, Catalogued> {
  const rows = connection.prepare("SELECT entity_type, table_name, shape, properties FROM projections").raw().all([]);
  return new Map(
    rows.map((row) => {
      const [entityType = "", table = "", shape = "", properties = ""] = Array.isArray(row) ? row.map(String) : [];
      return [entityType, { table, shape, properties }];
    }),
  );
}

/** Every type that was ever prepared, as it was the last time. */
export function preparedTypes(connection: Connection): readonly PreparedType[] {
  return [...readCatalogue(connection)].map(([name, { properties }]) => ({
    name,
    // Written by `record` alone, from descriptors.
    properties: JSON.parse(properties) as readonly PropertyDescriptor[],
  }));
}

function propertiesText(type: EntityTypeDescriptor): string {
  return JSON.stringify(type.properties);
}

function projectionOf(type: EntityTypeDescriptor, table: string): Projection {
  const columns = columnsOf(type);
  const key = columns.find((column) => column.property.name === type.key);
  if (key === undefined) throw new Error(`entity type ${type.name} has no property ${type.key} for its key`);
  return { type, table, columns, key, hasUniqueKeys: uniqueKeys(type).length > 0 };
}

function shapeOf(projection: Projection): string {
  const columns = projection.columns.map(({ name, sqlType, property }) => [
    name,
    property.name,
    sqlType,
    property.type,
    property.collection,
    property.scale ?? 0,
  ]);
  const indexed = indexedColumns(projection);
  const unique = uniqueKeys(projection.type);
  return JSON.stringify({
    key: projection.key.name,
    columns,
    indexed,
    ...(unique.length > 0 && { uniqueAndSought: unique }),
  });
}

/** The properties of each alternate key. One that has a property without a value, or with the empty text, is not set yet. */
function uniqueKeys(type: EntityTypeDescriptor): readonly (readonly string[])[] {
  return (type.reactions?.keys ?? []).map(({ properties }) => properties);
}

function columnNamed(projection: Projection, property: string): Column {
  const column = projection.columns.find((each) => each.property.name === property);
  if (column === undefined) throw new Error(`entity type ${projection.type.name} has no property ${property}`);
  return column;
}

/** The columns that navigation follows or that the spec wants indexed, so that a query does not read the whole set. */
function indexedColumns(projection: Projection): readonly string[] {
  const followed = new Set(projection.type.navigations.flatMap((to) => to.constraints.map((pair) => pair.property)));
  followed.delete(projection.type.key);
  const isIndexed = ({ property }: Column): boolean => followed.has(property.name) || property.isIndexed === true;
  return projection.columns.filter(isIndexed).map((column) => column.name);
}

function createTable(connection: Connection, projection: Projection): void {
  const { table, columns, key } = projection;
  const lines = [
    `${quoted(tenantColumn)} TEXT NOT NULL`,
    `${quoted(sequenceColumn)} INTEGER NOT NULL`,
    ...columns.map((column) => `${quoted(column.name)} ${column.sqlType}`),
    `PRIMARY KEY (${quoted(tenantColumn)}, ${quoted(key.name)})`,
  ];
  connection.exec(`CREATE TABLE ${quoted(table)} (${lines.join(", ")}) WITHOUT ROWID`);
  for (const name of indexedColumns(projection)) {
    const index = quoted(`${table}/${name}`);
    connection.exec(`CREATE INDEX ${index} ON ${quoted(table)} (${quoted(tenantColumn)}, ${quoted(name)})`);
  }
  uniqueKeys(projection.type).forEach((properties, number) => {
    const names = properties.map((property) => quoted(columnNamed(projection, property).name));
    const index = quoted(`${table}/key ${number}`);
    const isSet = names.map((name) => `${name} <> ''`).join(" AND ");
    const columns = [quoted(tenantColumn), ...names].join(", ");
    connection.exec(`CREATE UNIQUE INDEX ${index} ON ${quoted(table)} (${columns}) WHERE ${isSet}`);
    // A look-up by bound values is not known to be of set ones only, so it cannot use the unique index.
    connection.exec(`CREATE INDEX ${quoted(`${table}/sought ${number}`)} ON ${quoted(table)} (${columns})`);
  });
}

function record(connection: Connection, projection: Projection, shape: string): void {
  const status = projection.columns.find((column) => column.property.role === "status");
  connection
    .prepare(
      `INSERT INTO projections (entity_type, table_name, status_column, shape, properties) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (entity_type) DO UPDATE
       SET status_column = excluded.status_column, shape = excluded.shape, properties = excluded.properties`,
    )
    .run([projection.type.name, projection.table, status?.name ?? null, shape, propertiesText(projection.type)]);
}

function fill(connection: Connection, projection: Projection): void {
  try {
    fillFromJournal(connection, projection);
  } catch (error) {
    throw isUniqueViolation(error) ? new DuplicateKeys(projection.type.name, { cause: error }) : error;
  }
}

function fillFromJournal(connection: Connection, projection: Projection): void {
  const insert = connection.prepare(upsertSql(projection));
  let tenant = "";
  let entityId = "";
  let folded: Folded = neverExisted;
  const flush = (): void => {
    if (folded.values === undefined) return;
    const values = fitValues(projection.type, folded.values);
    insert.run([...rowCells(projection, { tenant, sequence: folded.sequence, values })]);
  };
  for (const cells of connection.prepare(selectTypeEventsSql).raw().iterate([projection.type.name])) {
    const event = eventFromCells(Array.isArray(cells) ? cells : []);
    if (event.tenant !== tenant || event.entityId !== entityId) {
      flush();
      ({ tenant, entityId } = event);
      folded = neverExisted;
    }
    folded = foldFact(folded, event);
  }
  flush();
}

/** Inserts a row or replaces the one with its key. */
export function upsertSql(projection: Projection): string {
  const names = [tenantColumn, sequenceColumn, ...projection.columns.map((column) => column.name)];
  const written = names.filter((name) => name !== tenantColumn && name !== projection.key.name);
  const updates = written.map((name) => `${quoted(name)} = excluded.${quoted(name)}`);
  return `INSERT INTO ${quoted(projection.table)} (${names.map(quoted).join(", ")})
    VALUES (${names.map(() => "?").join(", ")})
    ON CONFLICT (${quoted(tenantColumn)}, ${quoted(projection.key.name)}) DO UPDATE SET ${updates.join(", ")}`;
}

/** The cells that `upsertSql` binds. */
export function rowCells(
  projection: Projection,
  row: { readonly tenant: string; readonly sequence: number; readonly values: Values },
): readonly Cell[] {
  const cells = projection.columns.map(({ property }) => toCell(property, own(row.values, property)));
  return [storable(row.tenant), row.sequence, ...cells];
}

function own(values: Values, property: PropertyDescriptor): Value | undefined {
  return Object.hasOwn(values, property.name) ? values[property.name] : undefined;
}

export function deleteSql(projection: Projection): string {
  return `DELETE FROM ${quoted(projection.table)} WHERE ${whereKey(projection)}`;
}

export function selectRowSql(projection: Projection): string {
  return `SELECT ${selectedNames(projection).map(quoted).join(", ")}
    FROM ${quoted(projection.table)} WHERE ${whereKey(projection)}`;
}

export function selectSequenceSql(projection: Projection): string {
  return `SELECT ${quoted(sequenceColumn)} FROM ${quoted(projection.table)} WHERE ${whereKey(projection)}`;
}

/** Finds one row whose property has a value. */
export function referenceSql(projection: Projection, property: string): string {
  const column = quoted(columnNamed(projection, property).name);
  return `SELECT 1 FROM ${quoted(projection.table)} WHERE ${quoted(tenantColumn)} = ? AND ${column} = ? LIMIT 1`;
}

/** The cells that `referenceSql` binds. */
export function referenceCells(
  projection: Projection,
  property: string,
  { tenant, value }: { readonly tenant: string; readonly value: Value },
): readonly Cell[] {
  return [storable(tenant), toCell(columnNamed(projection, property).property, value)];
}

function whereKey(projection: Projection): string {
  return `${quoted(tenantColumn)} = ? AND ${quoted(projection.key.name)} = ?`;
}

/** The cells that `deleteSql` and `selectRowSql` bind, or undefined where the id is no value of the key's type. */
export function keyCells(projection: Projection, ref: EntityRef): readonly Cell[] | undefined {
  const key = keyValue(projection.key.property, ref.entityId);
  if (key === undefined) return undefined;
  return [storable(ref.tenant), toCell(projection.key.property, key)];
}

/** What a query selects, in the order that `rowFromCells` reads. */
export function selectedNames(projection: Projection): readonly string[] {
  return [sequenceColumn, ...projection.columns.map((column) => column.name)];
}

export function rowFromCells(projection: Projection, cells: readonly Cell[]): StoredRow {
  const values: Record<string, Value> = Object.create(null);
  projection.columns.forEach(({ property }, index) => {
    values[property.name] = fromCell(property, cells[index + 1] ?? null);
  });
  return { values, sequence: Number(cells[0]) };
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
