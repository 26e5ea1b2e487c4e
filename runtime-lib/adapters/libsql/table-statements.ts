/** The statements of a projection table that nearly every call needs, prepared. */
import { deleteSql, type Projection, selectRowSql, selectSequenceSql, upsertSql } from "../sql/projection.ts";
import type { Connection, Connections } from "./connection.ts";
import { RowUpdates } from "./row-updates.ts";
import { hasTexts, type RowsSql } from "./scripted.ts";

type Statement = ReturnType<Connection["prepare"]>;

export interface Table {
  readonly projection: Projection;
  readonly upsert: Statement;
  /** The same for several rows; undefined where they have to be bound. */
  readonly upsertsSql: RowsSql | undefined;
  readonly updates: RowUpdates;
  readonly remove: Statement;
  readonly select: Statement;
  /** Asked inside the transaction that is open. */
  readonly sequence: Statement;
}

export function tableOf({ writing, reading }: Connections, projection: Projection): Table {
  return {
    projection,
    upsert: writing.prepare(upsertSql(projection)),
    upsertsSql: upsertsSqlOf(projection),
    updates: new RowUpdates(writing, projection),
    remove: writing.prepare(deleteSql(projection)),
    select: reading.prepare(selectRowSql(projection)).raw(),
    sequence: writing.prepare(selectSequenceSql(projection)).raw(),
  };
}

function upsertsSqlOf(projection: Projection): RowsSql | undefined {
  return hasTexts(projection.columns) ? (rows) => upsertSql(projection, rows) : undefined;
}

/** The tables with the statements that they have, for projections that fit them as they are; undefined where one is not known. */
export function keptTables(
  known: ReadonlyMap<string, Table>,
  projections: readonly Projection[],
): readonly Table[] | undefined {
  const tables = projections.flatMap((projection): readonly Table[] => {
    const table = known.get(projection.type.name);
    return table === undefined
      ? []
      : [{ ...table, projection, upsertsSql: upsertsSqlOf(projection), updates: table.updates.of(projection) }];
  });
  return tables.length === projections.length ? tables : undefined;
}
