/** Projection tables: one per entity type, with a typed column per property, kept in step with the journal. */
import {
  type EntityTypeDescriptor,
  type Folded,
  fitValues,
  foldFact,
  initialOf,
  keyValue,
  named,
  neverExisted,
  type PropertyDescriptor,
  type Value,
  type Values,
} from "../../kernel/index.ts";
import type { EntityRef, StoppedEntity, StoredRow } from "../../ports/index.ts";
import {
  type Cell,
  type Column,
  columnsOf,
  fromCell,
  quoted,
  sequenceColumn,
  storable,
  tenantColumn,
  toCell,
} from "./columns.ts";
import { eventFromCells, refFromCells, stoppedBy } from "./journal.ts";

/** One prepared projection table. */
export interface Projection {
  readonly type: EntityTypeDescriptor;
  readonly table: string;
  readonly columns: readonly Column[];
  readonly key: Column;
  /** Where the cells that `rowFromCells` reads have the key. */
  readonly keyPlace: number;
  /** True where the type has alternate keys, so that writing a row can fail for another entity's sake. */
  readonly hasUniqueKeys: boolean;
}

/** What is kept of a type, so that a later process knows what the table was made for. */
export function propertiesText(type: EntityTypeDescriptor): string {
  return JSON.stringify(type.properties);
}

/** The projection of a type in a table of that name. */
export function projectionOf(type: EntityTypeDescriptor, table: string): Projection {
  const columns = columnsOf(type);
  const key = columns.find((column) => column.property.name === type.key);
  if (key === undefined) throw new Error(`entity type ${type.name} has no property ${type.key} for its key`);
  return { type, table, columns, key, keyPlace: 1 + columns.indexOf(key), hasUniqueKeys: uniqueKeys(type).length > 0 };
}

/** The properties of each alternate key. One that has a property without a value, or with the empty text, is not set yet. */
export function uniqueKeys(type: EntityTypeDescriptor): readonly (readonly string[])[] {
  return (type.reactions?.keys ?? []).map(({ properties }) => properties);
}

export function columnNamed(projection: Projection, property: string): Column {
  const column = projection.columns.find((each) => each.property.name === property);
  if (column === undefined) throw new Error(`entity type ${projection.type.name} has no property ${property}`);
  return column;
}

/** Who is told what the fold comes to. */
export interface Folding {
  readonly row: (row: EntityRow) => void;
  /** Of an entity whose history breaks, which has no row. */
  readonly stopped: (stopped: StoppedEntity) => void;
}

/** Folds a journal that comes entity by entity into the rows of a projection. */
export class RowFolder {
  /** The properties that the events have values of. */
  readonly seen = new Set<string>();
  readonly #projection: Projection;
  readonly #told: Folding;
  #entity = { tenant: "", entityId: "" };
  #folded: Folded = neverExisted;
  #isStopped = false;

  constructor(projection: Projection, told: Folding) {
    this.#projection = projection;
    this.#told = told;
  }

  /** The next event, as `eventFromCells` reads it. */
  take(cells: readonly unknown[]): void {
    const ref = refFromCells(cells);
    if (ref.tenant !== this.#entity.tenant || ref.entityId !== this.#entity.entityId) {
      this.end();
      this.#entity = ref;
    }
    if (this.#isStopped) return;
    try {
      const event = eventFromCells(cells);
      for (const name of Object.keys(event.delta)) this.seen.add(name);
      this.#folded = foldFact(this.#folded, event);
    } catch (error) {
      this.#told.stopped(stoppedBy(ref, error));
      this.#isStopped = true;
    }
  }

  /** The last entity is through. */
  end(): void {
    const { values, sequence } = this.#isStopped ? neverExisted : this.#folded;
    this.#folded = neverExisted;
    this.#isStopped = false;
    if (values === undefined) return;
    const { tenant } = this.#entity;
    this.#told.row({ tenant, sequence, values: fitValues(this.#projection.type, values) });
  }
}

/** A row before it is cells. */
export interface EntityRow {
  readonly tenant: string;
  readonly sequence: number;
  readonly values: Values;
}

/** Inserts a row or replaces the one with its key; or several, each in brackets. */
export function upsertSql(projection: Projection, rows?: string): string {
  const names = [tenantColumn, sequenceColumn, ...projection.columns.map((column) => column.name)];
  const written = names.filter((name) => name !== tenantColumn && name !== projection.key.name);
  const updates = written.map((name) => `${quoted(name)} = excluded.${quoted(name)}`);
  return `INSERT INTO ${quoted(projection.table)} (${names.map(quoted).join(", ")})
    VALUES ${rows ?? `(${names.map(() => "?").join(", ")})`}
    ON CONFLICT (${quoted(tenantColumn)}, ${quoted(projection.key.name)}) DO UPDATE SET ${updates.join(", ")}`;
}

/** The cells that `upsertSql` binds. What the row does not name, as where an earlier revision wrote it, is as in a new entity. */
export function rowCells({ type, columns }: Projection, row: EntityRow): readonly Cell[] {
  const cells = columns.map(({ property }) => toCell(property, valueIn(row.values, property, type)));
  return [storable(row.tenant), row.sequence, ...cells];
}

/** Changes these columns of one row, where it is at the sequence that is bound last. */
export function updateSql(projection: Projection, changed: readonly Column[]): string {
  const names = [sequenceColumn, ...changed.map(({ name }) => name)];
  return `UPDATE ${quoted(projection.table)} SET ${names.map((name) => `${quoted(name)} = ?`).join(", ")}
    WHERE ${whereKey(projection)} AND ${quoted(sequenceColumn)} = ?`;
}

/** The same for several rows, each in brackets: the cells that are set, the key, and the sequence. */
export function updateRowsSql(projection: Projection, changed: readonly Column[], rows: string): string {
  const names = [sequenceColumn, ...changed.map(({ name }) => name)];
  const found = [tenantColumn, projection.key.name, sequenceColumn];
  const cell = (index: number): string => `changed.column${index + 1}`;
  return `UPDATE ${quoted(projection.table)} AS entity
    SET ${names.map((name, index) => `${quoted(name)} = ${cell(index)}`).join(", ")}
    FROM (VALUES ${rows}) AS changed
    WHERE ${found.map((name, index) => `entity.${quoted(name)} = ${cell(names.length + index)}`).join(" AND ")}`;
}

/** The cells that `updateSql` sets. */
export function updateCells({ type }: Projection, changed: readonly Column[], row: EntityRow): readonly Cell[] {
  return [row.sequence, ...changed.map(({ property }) => toCell(property, valueIn(row.values, property, type)))];
}

/** The column of the status, or null for a type without automaton. */
export function statusColumnOf({ columns }: Projection): string | null {
  return columns.find((column) => column.property.role === "status")?.name ?? null;
}

function valueIn(values: Values, property: PropertyDescriptor, type: EntityTypeDescriptor): Value {
  const own = Object.hasOwn(values, property.name) ? values[property.name] : undefined;
  return own === undefined ? initialOf(type, property) : own;
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

export function rowFromCells({ columns }: Projection, cells: readonly Cell[]): StoredRow {
  const values = named<Value>();
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index];
    if (column === undefined) continue;
    const { property, isPlain } = column;
    const cell = cells[index + 1] ?? null;
    values[property.name] = isPlain ? cell : fromCell(property, cell);
  }
  return { values, sequence: Number(cells[0]) };
}
