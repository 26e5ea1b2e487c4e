/** Rows that a query brings along: they stand in place of their table, under its name. */
import { sql } from "kysely";
import type { Query } from "../../ports/index.ts";
import { type Cell, type CellKind, sequenceColumn, tenantColumn } from "./columns.ts";
import type { Dialect, Operand } from "./dialect.ts";
import { type Projection, rowCells } from "./projection.ts";

/** A parameter of a statement: the rows of a type, as a JSON array with one array of cells a row. */
export class RowsSlot {
  readonly #projection: Projection;

  constructor(projection: Projection) {
    this.#projection = projection;
  }

  cell({ tenant, asRead }: Query): Cell {
    const { type, columns } = this.#projection;
    const rows = asRead?.get(type.name) ?? [];
    const lines = rows.map((row) => {
      const [owner = null, sequence = null, ...cells] = rowCells(this.#projection, { ...row, tenant });
      return [owner, sequence, ...cells.map((cell, index) => written(cell, columns[index]?.kind))];
    });
    return JSON.stringify(lines);
  }
}

function written(cell: Cell, kind: CellKind | undefined): Cell {
  return kind === "real" && typeof cell === "number" ? exact(cell) : cell;
}

/** Rounded down, and nearer to it than to any other. */
const largest = "1.79769313486231569e308";

/**
 * With digits to spare: of numbers with 17 digits SQLite reads one in some thousand as its neighbour. The largest, with all its
 * digits, it reads as infinite.
 */
function exact(number: number): string {
  if (Math.abs(number) < Number.MAX_VALUE) return number.toPrecision(21);
  return number < 0 ? `-${largest}` : largest;
}

/** What stands before a query, so that it finds these rows where it names the tables. Nothing where it brings none along. */
export function withRows(
  { asRead }: Query,
  { dialect, projectionOf }: { readonly dialect: Dialect; readonly projectionOf: (entityType: string) => Projection },
): Operand {
  const tables = [...(asRead?.keys() ?? [])].map((entityType) => {
    const projection = projectionOf(entityType);
    const { table, columns } = projection;
    const names = [tenantColumn, sequenceColumn, ...columns.map(({ name }) => name)].map((name) => sql.ref(name));
    const kinds: readonly CellKind[] = ["text", "integer", ...columns.map(({ kind }) => kind)];
    const rows = dialect.lines(sql`${new RowsSlot(projection)}`, kinds);
    return sql`${sql.table(table)} (${sql.join(names)}) as materialized (${rows})`;
  });
  return tables.length === 0 ? sql`` : sql`with ${sql.join(tables)} `;
}
