/** The rows of the projection tables: one by its key, pages of them, and counts. */
import type { EntityRef, Page, Query, StoredRow } from "../../ports/index.ts";
import { type Cell, quoted, tenantColumn } from "../sql/columns.ts";
import { keyCells, type Projection, rowFromCells, selectedNames } from "../sql/projection.ts";
import { Statements } from "../sql/statements.ts";
import type { Connection } from "./connection.ts";
import { libsqlDialect } from "./dialect.ts";
import { queried } from "./failures.ts";
import { KeptRows } from "./kept-rows.ts";
import type { Table } from "./table-statements.ts";

type Statement = ReturnType<Connection["prepare"]>;

/** A page up to this size is asked for its keys alone, and for those rows that are not kept. */
const keyedPageMax = 256;

/** Where less of a page is kept, to ask for the others by their keys costs more than to read all. */
const keptShareMin = 0.6;

export class Rows {
  readonly tables: ReadonlyMap<string, Table>;
  readonly #connection: Connection;
  readonly #kept: KeptRows;
  readonly #statements: Statements<Statement>;
  /** Statements that read the rows of some keys. */
  readonly #some = new Map<Projection, Statement>();
  /** How much of the pages has been kept lately, from 0 to 1. */
  #keptShare = 0;
  /** True where it was asked in this turn what has changed. */
  #isAsked = false;

  constructor(connection: Connection, tables: ReadonlyMap<string, Table>, keptMax: number) {
    this.#connection = connection;
    this.tables = tables;
    const projections = new Map([...tables].map(([name, { projection }]) => [name, projection]));
    this.#kept = new KeptRows(connection, projections, keptMax);
    const into = { dialect: libsqlDialect, projectionOf: (name: string) => this.tableFor(name).projection };
    this.#statements = new Statements(into, (sql, what) => {
      const text = what === "keys" ? `SELECT json_group_array("key") FROM (${sql})` : sql;
      return connection.prepare(text).raw();
    });
  }

  /** What is read from now on is to be as new as now. */
  askAgain(): void {
    this.#isAsked = false;
  }

  #refresh(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#kept.refresh();
  }

  tableFor(entityType: string): Table {
    const table = this.tables.get(entityType);
    if (table === undefined) throw new Error(`the store has not been prepared for entity type ${entityType}`);
    return table;
  }

  /** The row of an entity. */
  one(ref: EntityRef): StoredRow | undefined {
    const { projection, select } = this.tableFor(ref.entityType);
    const key = keyCells(projection, ref);
    if (key === undefined) return undefined;
    this.#refresh();
    return this.#kept.of(projection, ref.tenant)?.get(key[1] ?? null) ?? this.#read(select, projection, key);
  }

  #read(select: Statement, projection: Projection, key: readonly Cell[]): StoredRow | undefined {
    const cells = select.get([...key]);
    return Array.isArray(cells) ? this.#rowOf(cells, projection, String(key[0])) : undefined;
  }

  /** The page that the query asks for, and the count. To be called within one transaction. */
  page(query: Query): Page {
    return queried(() => {
      const rows = isPlain(query) ? this.#plainPage(query) : this.#madePage(query);
      if (!query.count) return { rows };
      const { statement, cells } = this.#statements.count(query);
      const [counted] = linesOf(statement, cells);
      return { rows, count: Number(counted?.[0]) };
    });
  }

  #madePage(query: Query): readonly StoredRow[] {
    const { statement, cells, rowOf } = this.#statements.page(query);
    return linesOf(statement, cells).map(rowOf);
  }

  /** Of rows as they are: those that are kept need not come from the database, and where most are, their keys are enough. */
  #plainPage(query: Query): readonly StoredRow[] {
    const { projection } = this.tableFor(query.entityType.name);
    this.#refresh();
    const isWorthIt = this.#keptShare > keptShareMin && projection.key.kind !== "real";
    return isWorthIt ? this.#keyedPage(query, projection) : this.#wholePage(query, projection);
  }

  #wholePage(query: Query, projection: Projection): readonly StoredRow[] {
    const { statement, cells } = this.#statements.page(query);
    const lines = linesOf(statement, cells);
    let found = 0;
    const rows = lines.map((line) => {
      const kept = this.#kept.of(projection, query.tenant)?.get(keyIn(line, projection));
      if (kept !== undefined) found += 1;
      return kept ?? this.#rowOf(line, projection, query.tenant);
    });
    this.#note(found, lines.length);
    return rows;
  }

  #keyedPage(query: Query, projection: Projection): readonly StoredRow[] {
    const { statement, cells } = this.#statements.keys(query);
    const [line] = linesOf(statement, cells);
    const keys: unknown = JSON.parse(String(line?.[0]));
    if (!Array.isArray(keys)) throw new Error("json_group_array gave no array");
    const kept = this.#kept.of(projection, query.tenant);
    const rows: StoredRow[] = [];
    for (const key of keys) {
      const row = kept?.get(key);
      if (row === undefined) break;
      rows.push(row);
    }
    this.#note(rows.length, keys.length);
    if (rows.length === keys.length) return rows;
    const read = this.#rowsOf(projection, query.tenant, keys);
    return keys.flatMap((key) => read.get(key) ?? []);
  }

  /** The rows with these keys, from the database where they are not kept. */
  #rowsOf(projection: Projection, tenant: string, keys: readonly Cell[]): ReadonlyMap<Cell, StoredRow> {
    const kept = this.#kept.of(projection, tenant);
    const found = new Map<Cell, StoredRow>();
    for (const key of keys) {
      const row = kept?.get(key);
      if (row !== undefined) found.set(key, row);
    }
    const missing = keys.filter((key) => !found.has(key));
    for (const line of linesOf(this.#selectSome(projection), [tenant, JSON.stringify(missing)])) {
      found.set(keyIn(line, projection), this.#rowOf(line, projection, tenant));
    }
    return found;
  }

  #rowOf(cells: readonly Cell[], projection: Projection, tenant: string): StoredRow {
    const row = rowFromCells(projection, cells);
    this.#kept.keep(row, { projection, tenant, key: keyIn(cells, projection), cells });
    return row;
  }

  #note(found: number, all: number): void {
    if (all > 0) this.#keptShare += (found / all - this.#keptShare) / 16;
  }

  #selectSome(projection: Projection): Statement {
    const known = this.#some.get(projection);
    if (known !== undefined) return known;
    const made = this.#connection.prepare(selectRowsSql(projection)).raw();
    this.#some.set(projection, made);
    return made;
  }
}

/** True for a page of entities as their table has them. */
function isPlain({ asRead, computed = [], each, grouping, top }: Query): boolean {
  const isOfTable = asRead === undefined && computed.length === 0;
  return isOfTable && each === undefined && grouping === undefined && top <= keyedPageMax;
}

function keyIn(cells: readonly Cell[], { keyPlace }: Projection): Cell {
  return cells[keyPlace] ?? null;
}

function selectRowsSql(projection: Projection): string {
  const columns = selectedNames(projection).map(quoted).join(", ");
  return `SELECT ${columns} FROM ${quoted(projection.table)}
    WHERE ${quoted(tenantColumn)} = ? AND ${quoted(projection.key.name)} IN (SELECT value FROM json_each(?))`;
}

function linesOf(statement: Statement, cells: readonly Cell[]): readonly (readonly Cell[])[] {
  return statement.all([...cells]).map((line) => (Array.isArray(line) ? line : []));
}
