/** Statements that write what an event has changed of a row, and leave its other columns and their indexes as they are. */
import type { EntityCommit } from "../../ports/index.ts";
import type { Cell, Column } from "../sql/columns.ts";
import { keyCells, type Projection, updateCells, updateRowsSql, updateSql } from "../sql/projection.ts";
import type { Connection } from "./connection.ts";
import { hasTexts, inBrackets, type RowsSql, type ScriptedRow } from "./scripted.ts";

type Statement = ReturnType<Connection["prepare"]>;

/** Sets of columns that change together, of one type: an automaton has a few, and patches may name any. */
const statementsMax = 64;

interface Update {
  readonly columns: readonly Column[];
  readonly statement: Statement;
  /** The same for several rows; undefined where they have to be bound. */
  readonly rowsSql: RowsSql | undefined;
}

export class RowUpdates {
  readonly #writing: Connection;
  readonly #projection: Projection;
  readonly #updates = new Map<string, Update>();

  constructor(writing: Connection, projection: Projection) {
    this.#writing = writing;
    this.#projection = projection;
  }

  /** The same for a table that fits another projection too. */
  of(projection: Projection): RowUpdates {
    return new RowUpdates(this.#writing, projection);
  }

  /**
   * True where the row was there as the event found it, and is now as the event leaves it. False, and nothing is written,
   * where the whole row has to be.
   */
  write(commit: EntityCommit): boolean {
    const change = this.#changeOf(commit);
    return change !== undefined && change.update.statement.run([...change.cells]).changes > 0;
  }

  /** What `write` would, as a script has it. */
  scripted(commit: EntityCommit): ScriptedRow | undefined {
    const change = this.#changeOf(commit);
    if (change?.update.rowsSql === undefined) return undefined;
    return { row: inBrackets(change.cells), rowsSql: change.update.rowsSql };
  }

  #changeOf({ event, row }: EntityCommit): { readonly update: Update; readonly cells: readonly Cell[] } | undefined {
    if (row === null || event.sequence === 1) return undefined;
    const update = this.#updateFor(Object.keys(event.delta));
    const key = keyCells(this.#projection, event);
    if (update === undefined || key === undefined) return undefined;
    const { tenant, sequence } = event;
    const set = updateCells(this.#projection, update.columns, { tenant, sequence, values: row });
    return { update, cells: [...set, ...key, sequence - 1] };
  }

  #updateFor(changed: readonly string[]): Update | undefined {
    const name = changed.join("\0");
    const known = this.#updates.get(name);
    if (known !== undefined || this.#updates.size >= statementsMax) return known;
    const columns = this.#projection.columns.filter(({ property }) => changed.includes(property.name));
    const statement = this.#writing.prepare(updateSql(this.#projection, columns));
    const rowsSql = (rows: string): string => updateRowsSql(this.#projection, columns, rows);
    const update = { columns, statement, rowsSql: hasTexts([...columns, this.#projection.key]) ? rowsSql : undefined };
    this.#updates.set(name, update);
    return update;
  }
}
