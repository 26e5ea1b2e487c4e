/** Commits as the text of SQL: many are written by one script on a thread of libSQL's, and no value has to be bound. */
import type { Cell, Column } from "../sql/columns.ts";
import { constantOf } from "./dialect.ts";

/** The statement that writes rows of one table, each in brackets. */
export type RowsSql = (rows: string) => string;

/** A row, in brackets, and what writes it. */
export interface ScriptedRow {
  readonly row: string;
  readonly rowsSql: RowsSql;
}

/** A commit: all that it writes. */
export type Scripted = readonly ScriptedRow[];

/** True where a value of each column is the same when SQLite has read it as text, which fractions are not to their last bit. */
export function hasTexts(columns: readonly Column[]): boolean {
  return columns.every(({ kind }) => kind !== "real");
}

/** Cells in brackets, as SQL has them. */
export function inBrackets(cells: readonly Cell[]): string {
  let text = "";
  for (const cell of cells) text += `${text === "" ? "(" : ","}${cell === null ? "NULL" : constantOf(cell)}`;
  return `${text})`;
}

/** What a script may have of values, in characters: more is written while it is bound. */
const charsMax = 4_000_000;

/** Writes all of its commits; fails, without a word of which, where one of them would change nothing. */
export class Script {
  readonly #rows = new Map<RowsSql, string[]>();
  #chars = 0;

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  /** False where there is nothing to take, or no place for it. */
  takes(commit: Scripted | undefined): boolean {
    if (commit === undefined) return false;
    const chars = commit.reduce((sum, { row }) => sum + row.length, this.#chars);
    if (chars > charsMax) return false;
    this.#chars = chars;
    for (const each of commit) this.#take(each);
    return true;
  }

  #take({ row, rowsSql }: ScriptedRow): void {
    const rows = this.#rows.get(rowsSql);
    if (rows === undefined) this.#rows.set(rowsSql, [row]);
    else rows.push(row);
  }

  text(): string {
    const statements = [...this.#rows].flatMap(([rowsSql, rows]) => [rowsSql(rows.join(",")), allChanged(rows)]);
    return statements.join(";\n");
  }
}

/** A text that is no JSON is an error of SQLite's: outside of triggers there is no plainer way to end a script. */
function allChanged(rows: readonly string[]): string {
  return `SELECT json(iif(changes() = ${rows.length}, 'true', 'not all were changed'))`;
}
