/** Rows as columns: what `unnest` takes. */
import type { Cell } from "../sql/columns.ts";

/** One array a column. */
export function turned(rows: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] {
  const [first = []] = rows;
  return first.map((_, column) => rows.map((row) => row[column] ?? null));
}
