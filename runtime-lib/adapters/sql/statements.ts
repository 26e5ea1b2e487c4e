/** The statements of the queries that are asked again and again: made once for each form, and run with the values of each query. */
import type { Value } from "../../kernel/index.ts";
import type { Query } from "../../ports/index.ts";
import { RowsSlot } from "./as-read.ts";
import type { Cell } from "./columns.ts";
import { formOf, ValuePlaces } from "./form.ts";
import { Slot } from "./literals.ts";
import { type CompiledSql, countSql, type Into, keysSql, pageSql } from "./query.ts";

/** A statement with what is bound to it for one query. */
export interface Ready<S> extends Pick<CompiledSql, "rowOf"> {
  readonly statement: S;
  readonly cells: readonly Cell[];
}

interface Kept<S> extends Pick<CompiledSql, "rowOf" | "bound"> {
  readonly statement: S;
}

/** What is asked of the entities that a query selects. */
export type Asked = "page" | "count" | "keys";

const compilers = { page: pageSql, count: countSql, keys: keysSql };

/** Forms that are kept; one more, and all are made anew when they are asked for. */
const formsMax = 500;

/** What one set of tables is asked; `S` is what a database makes of SQL. */
export class Statements<S> {
  readonly #into: Into;
  readonly #make: (sql: string, what: Asked) => S;
  readonly #kept = new Map<string, Kept<S>>();

  constructor(into: Into, make: (sql: string, what: Asked) => S) {
    this.#into = into;
    this.#make = make;
  }

  /** The page that the query asks for. */
  page(query: Query): Ready<S> {
    return this.#ready(query, "page");
  }

  /** How many match, whatever the paging: one line with one cell. */
  count(query: Query): Ready<S> {
    return this.#ready(query, "count");
  }

  /** The keys of the page: a line for each, with one cell. */
  keys(query: Query): Ready<S> {
    return this.#ready(query, "keys");
  }

  #ready(query: Query, what: Asked): Ready<S> {
    const form = formOf(query);
    const name = `${what}\n${form.text}`;
    const kept = this.#kept.get(name);
    const ready = kept && readyWith(kept, form.values, query);
    if (ready !== undefined) return ready;
    const places = new ValuePlaces(query);
    const { sql, bound, rowOf } = compilers[what](query, this.#into, places);
    const made = { statement: this.#make(sql, what), bound, rowOf };
    if (kept === undefined && !places.isShared) this.#keep(name, made);
    const first = readyWith(made, form.values, query);
    if (first === undefined) throw new Error("a statement does not take the values that it was made for");
    return first;
  }

  #keep(name: string, made: Kept<S>): void {
    if (this.#kept.size >= formsMax) this.#kept.clear();
    this.#kept.set(name, made);
  }
}

/** Undefined where a value would be of another kind than the statement has in its place. */
function readyWith<S>(
  { statement, bound, rowOf }: Kept<S>,
  values: readonly Value[],
  query: Query,
): Ready<S> | undefined {
  const cells: Cell[] = [];
  for (const each of bound) {
    const cell = cellFor(each, values, query);
    if (cell === undefined) return undefined;
    cells.push(cell);
  }
  return { statement, cells, rowOf };
}

function cellFor(bound: CompiledSql["bound"][number], values: readonly Value[], query: Query): Cell | undefined {
  if (bound instanceof Slot) return bound.cell(values);
  return bound instanceof RowsSlot ? bound.cell(query) : bound;
}
