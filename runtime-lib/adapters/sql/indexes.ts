/** The indexes of a projection table: which there are, and the statements that make them. */
import { type Column, quoted, tenantColumn } from "./columns.ts";
import type { Dialect } from "./dialect.ts";
import { columnNamed, type Projection, uniqueKeys } from "./projection.ts";

/** All indexes begin with the tenant. Those that are not unique end with the key, so that what is equal comes in its order. */
export interface Index {
  /** Of one column, or of an alternate key: what keeps it unique, and what finds it. */
  readonly kind: "single" | "unique" | "sought";
  /** Names it within its table. */
  readonly label: string;
  readonly columns: readonly Column[];
}

/** Every index but the primary key's. */
export function indexesOf(projection: Projection): readonly Index[] {
  const single = indexedColumns(projection).map(
    (column): Index => ({ kind: "single", label: column.name, columns: [column] }),
  );
  const keyed = uniqueKeys(projection.type).flatMap((properties, number): readonly Index[] => {
    const columns = properties.map((property) => columnNamed(projection, property));
    // A look-up by bound values is not known to be of set ones only, so it cannot use the unique index.
    return [
      { kind: "unique", label: `key ${number}`, columns },
      { kind: "sought", label: `sought ${number}`, columns },
    ];
  });
  return [...single, ...keyed];
}

/** Those that nothing but speed rests on. */
export function plainIndexesOf(projection: Projection): readonly Index[] {
  return indexesOf(projection).filter(({ kind }) => kind !== "unique");
}

/** The columns that navigation follows or that the spec wants indexed, so that a query does not read the whole set. */
export function indexedColumns({ type, columns }: Projection): readonly Column[] {
  const followed = new Set(type.navigations.flatMap((to) => to.constraints.map((pair) => pair.property)));
  followed.delete(type.key);
  return columns.filter(({ property }) => followed.has(property.name) || property.isIndexed === true);
}

/** The properties that stand in an index as texts, whose length an index bounds. */
export function indexedTexts(projection: Projection): readonly string[] {
  const indexed = new Set(indexesOf(projection).flatMap(({ columns }) => columns));
  return projection.columns
    .filter((column) => column.kind === "text" && indexed.has(column))
    .map(({ property }) => property.name);
}

/** The name of an index, where the database does not find one by itself. */
export function indexName({ table }: Projection, { label }: Index): string {
  return `${table}/${label}`;
}

/** The statement that makes the index. */
export function createIndexSql(projection: Projection, index: Index, dialect: Dialect): string {
  const { kind, columns } = index;
  const isUnique = kind === "unique";
  const order = isUnique ? "" : dialect.indexOrder;
  const end = isUnique || !dialect.namesKeyInIndexes ? [] : [projection.key].filter((key) => !columns.includes(key));
  const named = [quoted(tenantColumn), ...columns.map(({ name }) => `${quoted(name)}${order}`), ...end.map(keyName)];
  const make = isUnique ? "CREATE UNIQUE INDEX" : "CREATE INDEX";
  const where = isUnique ? ` WHERE ${columns.map(isSet).join(" AND ")}` : "";
  const name = dialect.indexName(indexName(projection, index));
  return `${make} ${name} ON ${quoted(projection.table)} (${named.join(", ")})${where}`;
}

function keyName({ name }: Column): string {
  return quoted(name);
}

function isSet({ name, kind }: Column): string {
  return `${quoted(name)} ${kind === "text" ? "<> ''" : "IS NOT NULL"}`;
}
