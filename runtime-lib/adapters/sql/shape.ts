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
  /** The name of each first. */
  readonly columns: readonly (readonly [string, ...unknown[]])[];
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
  /** The names of the columns that are new. */
  readonly added: readonly string[];
  /** True where other indexes are wanted, of those that nothing but speed rests on. */
  readonly isIndexedAnew: boolean;
}

/** What makes a table of the shape that is kept one of the shape that is wanted. */
export function reshaping(kept: string | undefined, wanted: string): Reshaping {
  if (kept === wanted) return { kind: "none" };
  if (kept === undefined) return { kind: "table" };
  // Written by `shapeOf` alone, of this release or an earlier one.
  const [before, after] = [JSON.parse(kept) as Shape, JSON.parse(wanted) as Shape];
  const texts = ({ columns }: Shape): readonly string[] => columns.map((column) => JSON.stringify(column));
  const [known, now] = [new Set(texts(before)), new Set(texts(after))];
  const isKept = keysIn(before) === keysIn(after) && [...known].every((column) => now.has(column));
  if (!isKept) return { kind: "table" };
  const added = after.columns.filter((column) => !known.has(JSON.stringify(column)));
  return { kind: "alter", added: added.map(([name]) => name), isIndexedAnew: plainIn(before) !== plainIn(after) };
}

/** What says which rows there may be. */
function keysIn({ key, uniqueAndSought = [] }: Shape): string {
  return JSON.stringify([key, uniqueAndSought]);
}

function plainIn({ indexed, indexesNameKey }: Shape): string {
  return JSON.stringify([indexed, indexesNameKey]);
}

/** The statements that add columns: rows that are there, and such as are written without one, have what a new entity has in it. */
export function addColumnsSql(
  { type, table, columns }: Projection,
  added: readonly string[],
  { columnTypes, constant }: Dialect,
): readonly string[] {
  return columns.flatMap(({ name, kind, property }) => {
    if (!added.includes(name)) return [];
    const cell = toCell(property, initialOf(type, property));
    const byDefault = cell === null ? "" : ` DEFAULT ${constant(cell, kind)}`;
    return [`ALTER TABLE ${quoted(table)} ADD COLUMN ${quoted(name)} ${columnTypes[kind]}${byDefault}`];
  });
}
