/** Rows as they were read last, given again for as long as the journal names no change of them. */
import type { StoredRow } from "../../ports/index.ts";
import type { Cell } from "../sql/columns.ts";
import { keyCells, type Projection } from "../sql/projection.ts";
import type { Connection } from "./connection.ts";

type Statement = ReturnType<Connection["prepare"]>;

/** More changes than these at once, and everything is read anew. */
const changesMax = 1_000;

/** Texts of a row together, in characters: a longer one is read each time. */
const rowLengthMax = 4_096;

/**
 * Whoever changes a row, this process or another one, puts an event into the journal in the same transaction; whoever makes a
 * table anew changes the schema. `refresh` asks for both, and costs next to nothing where nobody has committed.
 */
export class KeptRows {
  readonly #projections: ReadonlyMap<string, Projection>;
  readonly #rowsMax: number;
  readonly #isAlone: boolean;
  readonly #version: Statement;
  readonly #schema: Statement;
  readonly #end: Statement;
  readonly #changes: Statement;
  readonly #rows = new Map<Projection, Map<string, Map<Cell, StoredRow>>>();
  #size = 0;
  #seen: Cell = null;
  #seenSchema: Cell = null;
  #position: Cell = null;

  constructor(connection: Connection, projections: ReadonlyMap<string, Projection>, rowsMax: number) {
    this.#projections = projections;
    this.#rowsMax = rowsMax;
    // What this connection writes itself does not change the version that it sees.
    this.#isAlone = connection.memory;
    this.#version = connection.prepare("PRAGMA data_version").raw();
    this.#schema = connection.prepare("PRAGMA schema_version").raw();
    this.#end = connection.prepare("SELECT coalesce(max(position), 0) FROM journal").raw();
    this.#changes = connection
      .prepare(
        "SELECT position, tenant, entity_type, entity_id FROM journal WHERE position > ? ORDER BY position LIMIT ?",
      )
      .raw();
  }

  /** Forgets what has changed. What is asked for afterwards is at least as new as now. */
  refresh(): void {
    const version = cellOf(this.#version);
    if (version === this.#seen && !this.#isAlone) return;
    this.#seen = version;
    const schema = cellOf(this.#schema);
    const changes = schema === this.#seenSchema ? this.#changes.all([this.#position, changesMax]) : undefined;
    this.#seenSchema = schema;
    if (changes === undefined || changes.length === changesMax) {
      this.#rows.clear();
      this.#size = 0;
      this.#position = cellOf(this.#end);
      return;
    }
    for (const change of changes) if (Array.isArray(change)) this.#forget(change);
  }

  #forget([position, tenant, entityType, entityId]: readonly Cell[]): void {
    this.#position = position ?? null;
    const projection = this.#projections.get(String(entityType));
    const ref = { tenant: String(tenant), entityType: String(entityType), entityId: String(entityId) };
    const [, key = null] = (projection && keyCells(projection, ref)) ?? [];
    if (projection !== undefined && this.#rows.get(projection)?.get(ref.tenant)?.delete(key)) this.#size -= 1;
  }

  /** The rows of a tenant that are kept, by their keys. */
  of(projection: Projection, tenant: string): ReadonlyMap<Cell, StoredRow> | undefined {
    return this.#rows.get(projection)?.get(tenant);
  }

  /** Keeps a row that was read after the last `refresh`; its cells tell how long it is. */
  keep(row: StoredRow, { projection, tenant, key, cells }: Keeping): void {
    if (this.#rowsMax === 0 || lengthOf(cells) > rowLengthMax) return;
    if (this.#size >= this.#rowsMax) this.#forgetOldest();
    const tenants = this.#rows.get(projection) ?? new Map<string, Map<Cell, StoredRow>>();
    const rows = tenants.get(tenant) ?? new Map<Cell, StoredRow>();
    if (!rows.has(key)) this.#size += 1;
    this.#rows.set(projection, tenants);
    tenants.set(tenant, rows);
    rows.set(key, row);
  }

  /** Of the tenant that has had rows here the longest. */
  #forgetOldest(): void {
    for (const tenants of this.#rows.values()) {
      for (const [tenant, rows] of tenants) {
        for (const key of rows.keys()) {
          rows.delete(key);
          this.#size -= 1;
          return;
        }
        tenants.delete(tenant);
      }
    }
  }
}

interface Keeping {
  readonly projection: Projection;
  readonly tenant: string;
  readonly key: Cell;
  readonly cells: readonly Cell[];
}

function lengthOf(cells: readonly Cell[]): number {
  let length = 0;
  for (const cell of cells) if (typeof cell === "string") length += cell.length;
  return length;
}

function cellOf(statement: Statement): Cell {
  const line = statement.get([]);
  return Array.isArray(line) ? (line[0] ?? null) : null;
}
