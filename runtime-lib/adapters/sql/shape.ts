/** The shape of a projection table: the statement that makes it, and what of it has to be made anew where it was another. */
import { quoted, sequenceColumn, tenantColumn } from "./columns.ts";
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
  readonly columns: readonly unknown[];
  /** The columns with an index of their own. */
  readonly indexed: readonly string[];
  readonly uniqueAndSought?: readonly (readonly string[])[];
  /** Present where an index names the key at its end. */
  readonly indexesNameKey?: true;
}

/** The shape as a text that is kept with the table. */
export function shapeOf(projection: Projection, { columnTypes, namesKeyInIndexes }: Dialect): string {
  const columns = projection.columns.map(({ name, kind, property }) => [
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

/** What a change of shape asks for: that the rows are written anew, or only the indexes that nothing but speed rests on. */
export type Reshaping = "none" | "indexes" | "table";

/** What makes a table of the shape that is kept one of the shape that is wanted. */
export function reshaping(kept: string | undefined, wanted: string): Reshaping {
  if (kept === wanted) return "none";
  return kept !== undefined && rowsIn(kept) === rowsIn(wanted) ? "indexes" : "table";
}

function rowsIn(shape: string): string {
  // Written by `shapeOf` alone, of this release or an earlier one.
  const { key, columns, uniqueAndSought = [] } = JSON.parse(shape) as Shape;
  return JSON.stringify([key, columns, uniqueAndSought]);
}
