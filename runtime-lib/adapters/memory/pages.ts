/** From the rows that match to the page that a query asks for. */
import { named, type Value, type Values } from "../../kernel/index.ts";
import { compareValues } from "../../ports/filter-values.ts";
import type { FilterOperand, Query, StoredRow, Window } from "../../ports/index.ts";
import { typeOfGroups } from "../groups.ts";

/** The row with the computed properties that the query asks for. */
export function withComputed(
  row: StoredRow,
  { computed = [] }: Query,
  evaluated: (operand: FilterOperand) => Value,
): StoredRow {
  if (computed.length === 0) return row;
  const values = Object.assign(named<Value>(), row.values);
  for (const { name, operand } of computed) values[name] = evaluated(operand);
  return { ...row, values };
}

/** The rows of each group that the window asks for. */
export function windowed(rows: readonly StoredRow[], { by, skip, top }: Window): readonly StoredRow[] {
  const groupOf = ({ values }: StoredRow) => JSON.stringify(by.map((property) => values[property] ?? null));
  const sizes = new Map<string, number>();
  for (const row of rows) sizes.set(groupOf(row), (sizes.get(groupOf(row)) ?? 0) + 1);
  const places = new Map<string, number>();
  return rows.flatMap((row) => {
    const group = groupOf(row);
    const place = (places.get(group) ?? 0) + 1;
    places.set(group, place);
    const isWanted = place === 1 || (place > skip && place <= skip + top);
    return isWanted ? [{ ...row, among: { place, of: sizes.get(group) ?? place } }] : [];
  });
}

/** Negative where the first stands before the other in the order of the query. */
export function inOrder(query: Query, one: Values, other: Values): number {
  const last =
    query.grouping === undefined
      ? [query.entityType.key]
      : typeOfGroups(query.grouping).properties.map(({ name }) => name);
  const orders = [...query.orderBy, ...last.map((property) => ({ property, direction: "asc" as const }))];
  for (const { property, direction } of orders) {
    const result = compareValues(one[property] ?? null, other[property] ?? null);
    if (result !== 0) return direction === "asc" ? result : -result;
  }
  return 0;
}
