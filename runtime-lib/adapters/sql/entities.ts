/** Pages of the live entities of a type, of all tenants: what a change of revision looks through. */
import { keyValue, type PropertyDescriptor } from "../../kernel/index.ts";
import type { EntitiesQuery, LiveEntity } from "../../ports/index.ts";
import { type Cell, quoted, storable, tenantColumn, toCell } from "./columns.ts";
import { type Projection, projectionOf, rowFromCells, selectedNames } from "./projection.ts";

/** The table of a type as it was prepared last, from what is kept of it: whether or not this process prepared it. */
export function cataloguedProjection(name: string, { table, properties: kept }: Kept): Projection {
  // Written from descriptors alone.
  const properties = JSON.parse(kept) as readonly PropertyDescriptor[];
  const key = properties.find(({ role }) => role === "key")?.name ?? "";
  return projectionOf({ name, key, properties, navigations: [] }, table);
}

interface Kept {
  readonly table: string;
  /** As `propertiesText` wrote them. */
  readonly properties: string;
}

/** Selects what `entityFromCells` reads. */
export function entitiesSql(projection: Projection, { status, after }: EntitiesQuery): string {
  const statusColumn = projection.columns.find(({ property }) => property.role === "status");
  const [tenant, key] = [quoted(tenantColumn), quoted(projection.key.name)];
  const conditions = [
    ...(after === undefined ? [] : [`(${tenant}, ${key}) > (?, ?)`]),
    ...(status === undefined ? [] : [statusColumn === undefined ? "? = ''" : `${quoted(statusColumn.name)} = ?`]),
  ];
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const names = [tenantColumn, ...selectedNames(projection)];
  return `SELECT ${names.map(quoted).join(", ")} FROM ${quoted(projection.table)} ${where} ORDER BY ${tenant}, ${key} LIMIT ?`;
}

/** The cells that `entitiesSql` binds. */
export function entitiesCells(projection: Projection, { status, after, top }: EntitiesQuery): readonly Cell[] {
  const { property } = projection.key;
  const from = after && [storable(after.tenant), toCell(property, keyValue(property, after.entityId) ?? null)];
  return [...(from ?? []), ...(status === undefined ? [] : [status]), top];
}

export function entityFromCells(projection: Projection, [tenant, ...cells]: readonly Cell[]): LiveEntity {
  const { values, sequence } = rowFromCells(projection, cells);
  const entityId = String(values[projection.type.key]);
  return { tenant: String(tenant), entityType: projection.type.name, entityId, sequence, values };
}
