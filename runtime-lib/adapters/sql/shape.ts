/** The shape of a projection table: the statement that makes it, and what of it has to be made anew where it was another. */
import { initialOf } from "../../kernel/index.ts";
import { quoted, sequenceColumn, tenantColumn, toCell } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { indexedColumns } from "./indexes.ts";
import { type Projection, uniqueKeys } from "./projection.ts";

/** What the table is made of, without its indexes. */
export function createTableSql({ table, columns, key }: Projection, { columnTypes, tableSuffix }: Dialect): string {
  const lines = [
    `${quoted(tenantColumn)} ${columnTypes.text} NOT NULL`,
    `${quoted(sequenceColumn)} ${columnTypes.integer} NOT NULL`,
    ...columns.map((column) => `${quoted(column.name)} ${columnTypes[column.kind]}`),
    `PRIMARY KEY (${quoted(tenantColumn)}, ${quoted(key.name)})`,
  ];
  return `CREATE TABLE ${quoted(table)} (${lines.join(", ")})${tableSuffix}`;
}

interface Shape {
  readonly key: string;
  /** Of each its own name first, and that of its property. */
  readonly columns: readonly (readonly [string, string, ...unknown[]])[];
  /** The columns with an index of their own. */
  readonly indexed: readonly string[];
  readonly uniqueAndSought?: readonly (readonly string[])[];
  /** Present where an index names the key at its end. */
  readonly indexesNameKey?: true;
}

/** The shape as a text that is kept with the table. */
export function shapeOf(projection: Projection, { columnTypes, namesKeyInIndexes }: Dialect): string {
  const columns = projection.columns.map(({ name, kind, property }): Shape["columns"][number] => [
    name,
    property.name,
    columnTypes[kind],
    property.type,
    property.collection,
    property.scale ?? 0,
    ...(property.flags === undefined ? [] : [property.members, property.flags]),
  ]);
  const unique = uniqueKeys(projection.type);
  const shape: Shape = {
    key: projection.key.name,
    columns,
    indexed: indexedColumns(projection).map(({ name }) => name),
    ...(unique.length > 0 && { uniqueAndSought: unique }),
    ...(namesKeyInIndexes && { indexesNameKey: true }),
  };
  return JSON.stringify(shape);
}

/** What a change of shape asks for: that all rows are written anew, or that the table is altered around its rows. */
export type Reshaping = { readonly kind: "none" } | { readonly kind: "table" } | Altering;

export interface Altering {
  readonly kind: "alter";
  /** The names of the columns that are new, and of those that are gone. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** True where other indexes are wanted, of those that nothing but speed rests on. */
  readonly isIndexedAnew: boolean;
}

/** What is kept with a table, besides its name. */
export interface Kept {
  readonly shape: string;
  /** The properties that the journal has values of and the table no column, as JSON; null where that is not known. */
  readonly gone: string | null;
}

/** What makes a table of the shape that is kept one of the shape that is wanted. */
export function reshaping(kept: Kept | undefined, wanted: string): Reshaping {
  if (kept?.shape === wanted) return { kind: "none" };
  if (kept === undefined) return { kind: "table" };
  const [before, after] = [shapeIn(kept.shape), shapeIn(wanted)];
  const [added, removed] = [missingIn(before, after), missingIn(after, before)];
  const gone = goneIn(kept);
  // What the journal has values of has them in the rows, too: they have to be made of it.
  const isNew = added.every(({ property }) => !(gone?.has(property) ?? true) && !isAmong(removed, property));
  if (keysIn(before) !== keysIn(after) || !isNew) return { kind: "table" };
  const isIndexedAnew = plainIn(before) !== plainIn(after);
  return { kind: "alter", added: added.map(nameIn), removed: removed.map(nameIn), isIndexedAnew };
}

/**
 * What is gone once a table that was kept so is of the shape that is wanted. `seen` are the properties that the journal has values
 * of, where it was read; where it never was that is not known.
 */
export function goneFrom(kept: Kept | undefined, wanted: string, seen: ReadonlySet<string> | undefined): string | null {
  const gone = kept && goneIn(kept);
  if (seen === undefined && (kept === undefined || gone === undefined)) return null;
  const before = kept === undefined ? [] : columnsIn(shapeIn(kept.shape)).map(({ property }) => property);
  const own = columnsIn(shapeIn(wanted));
  const left = [...(seen ?? [...(gone ?? []), ...before])].filter((property) => !isAmong(own, property));
  return JSON.stringify(left.sort());
}

function shapeIn(text: string): Shape {
  // Written by `shapeOf` alone, of this release or an earlier one.
  return JSON.parse(text) as Shape;
}

function goneIn({ gone }: Kept): ReadonlySet<string> | undefined {
  // Written by `goneFrom` alone.
  return gone === null ? undefined : new Set(JSON.parse(gone) as readonly string[]);
}

interface NamedColumn {
  readonly name: string;
  readonly property: string;
  readonly text: string;
}

function columnsIn({ columns }: Shape): readonly NamedColumn[] {
  return columns.map((column) => ({ name: column[0], property: column[1], text: JSON.stringify(column) }));
}

function nameIn({ name }: NamedColumn): string {
  return name;
}

function isAmong(columns: readonly NamedColumn[], property: string): boolean {
  return columns.some((column) => column.property === property);
}

/** The columns that the one shape has not, and the other has. */
function missingIn(one: Shape, other: Shape): readonly NamedColumn[] {
  const known = new Set(columnsIn(one).map(({ text }) => text));
  return columnsIn(other).filter(({ text }) => !known.has(text));
}

/** What says which rows there may be. */
function keysIn({ key, uniqueAndSought = [] }: Shape): string {
  return JSON.stringify([key, uniqueAndSought]);
}

function plainIn({ indexed, indexesNameKey }: Shape): string {
  return JSON.stringify([indexed, indexesNameKey]);
}

/**
 * The statements that alter the columns. Rows that are there, and such as are written without a new one, have what a new entity
 * has in it.
 */
export function alterColumnsSql(
  { type, table, columns }: Projection,
  { added, removed }: Altering,
  { columnTypes, constant }: Dialect,
): readonly string[] {
  const alter = `ALTER TABLE ${quoted(table)}`;
  const drops = removed.map((name) => `${alter} DROP COLUMN ${quoted(name)}`);
  const adds = columns.flatMap(({ name, kind, property }) => {
    if (!added.includes(name)) return [];
    const cell = toCell(property, initialOf(type, property));
    const byDefault = cell === null ? "" : ` DEFAULT ${constant(cell, kind)}`;
    return [`${alter} ADD COLUMN ${quoted(name)} ${columnTypes[kind]}${byDefault}`];
  });
  return [...drops, ...adds];
}
