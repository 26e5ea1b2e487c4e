/** The values of a query in its SQL: each a slot, which is filled with the cell that compares rightly with the column beside it. */
import {
  canonicalInstant,
  canonicalTimeOfDay,
  flagsNumber,
  type PropertyDescriptor,
  shiftDecimal,
  type Value,
} from "../../kernel/index.ts";
import { type Cell, type CellKind, paddedInstant, paddedTime, scaleOf } from "./columns.ts";

export type LiteralKind = CellKind;

/** What decides how a literal is spelled: the property beside it, or a type of its own. */
export type LiteralType = Pick<PropertyDescriptor, "type" | "collection" | "scale" | "members" | "flags">;

/** A literal as the column beside it stores such values. More decimals than the column has are kept: they only never equal it. */
export function literalCell(value: Value, beside: LiteralType | undefined): Cell {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return shiftDecimal(value, decimalScale(beside));
  if (typeof value !== "string") return JSON.stringify(value);
  if (beside?.flags !== undefined) return flagsNumber(beside, value) ?? value;
  if (beside?.type === "Edm.Guid") return value.toLowerCase();
  if (beside?.type === "Edm.TimeOfDay") return paddedTime(canonicalTimeOfDay(value) ?? value);
  const instant = beside?.type === "Edm.DateTimeOffset" ? canonicalInstant(value) : undefined;
  return instant === undefined ? value : paddedInstant(instant);
}

export function decimalScale(property: LiteralType | undefined): number {
  return property === undefined ? 0 : scaleOf(property);
}

export function literalKind(value: Value, cell: NonNullable<Cell>): LiteralKind {
  if (typeof value === "boolean") return "truth";
  if (typeof value === "object") return "list";
  if (typeof cell === "string") return "text";
  return Number.isSafeInteger(cell) ? "integer" : "real";
}

/** A parameter of a statement: which value of the form it is, and as what. */
export class Slot {
  readonly #place: number;
  readonly #beside: LiteralType | undefined;
  readonly #kind: LiteralKind | undefined;

  constructor(place: number, beside?: LiteralType, kind?: LiteralKind) {
    this.#place = place;
    this.#beside = beside;
    this.#kind = kind;
  }

  /** The cell for these values of a form; undefined where it would be of another kind than the statement has there. */
  cell(values: readonly Value[]): Cell | undefined {
    const value = values[this.#place] ?? null;
    const cell = literalCell(value, this.#beside);
    const isAsWritten = this.#kind === undefined || (cell !== null && literalKind(value, cell) === this.#kind);
    return isAsWritten ? cell : undefined;
  }
}
