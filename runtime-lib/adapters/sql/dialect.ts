/** Where the two databases' SQL differs: everything else of a query is written once. */
import type { Kysely, RawBuilder, SqlBool } from "kysely";
import type { ScalarFunction } from "../../ports/index.ts";
import type { Cell, CellKind } from "./columns.ts";
import type { LiteralKind, Slot } from "./literals.ts";

export type Operand = RawBuilder<unknown>;

export interface Dialect {
  /** Kysely as a compiler only: it never runs anything. */
  readonly compiler: Kysely<Record<string, Record<string, Cell>>>;
  /** The type of a column, as DDL has it. */
  readonly columnTypes: Readonly<Record<CellKind, string>>;
  /** A cell as DDL has it, for a column of that kind. */
  readonly constant: (cell: string | number, kind: CellKind) => string;
  /** What stands behind the columns of `CREATE TABLE`. */
  readonly tableSuffix: string;
  /** The name of an index as DDL has it; nothing where the database finds one by itself. */
  readonly indexName: (wanted: string) => string;
  /** What stands behind a column of an index, so that it serves an ascending order with nulls first. */
  readonly indexOrder: string;
  /** True where an index has the key only if it is named there; false where every index ends with it anyway. */
  readonly namesKeyInIndexes: boolean;
  /** A value that is not null, bound, so that the database knows its type. */
  readonly literal: (slot: Slot, kind: LiteralKind) => Operand;
  /** Both are null, or both are the same. Never null. */
  readonly same: (one: Operand, other: Operand) => RawBuilder<SqlBool>;
  /** The items of a collection as a table: each is its `value`, and its `key` is its place, from 0. */
  readonly items: (collection: Operand, alias: string) => Operand;
  /** A JSON array with an array of cells for each row, as rows with columns of these kinds. */
  readonly lines: (json: Operand, kinds: readonly CellKind[]) => Operand;
  /** Where the part begins in the text, in characters from 1; 0 where it does not. */
  readonly place: (text: Operand, part: Operand) => Operand;
  /** The pattern, as `patternText` writes it, matches somewhere in the text. */
  readonly matches: (text: Operand, pattern: Operand) => RawBuilder<SqlBool>;
  /** A stored decimal as the number that it is, and times a power of ten. */
  readonly unscaled: (decimal: Operand, places: number) => Operand;
  readonly scaled: (decimal: Operand, places: number) => Operand;
  /** The function of arguments that are numbers and texts as they are, instants padded; what it gives is what `ports/scalars.ts` gives. */
  readonly scalar: (name: ScalarFunction, values: readonly Operand[]) => Operand;
}
