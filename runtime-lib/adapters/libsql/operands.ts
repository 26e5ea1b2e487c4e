/** The operands of a condition: a literal becomes the cell that compares rightly with the column beside it. */
import type { RawBuilder } from "kysely";
import { canonicalInstant, type PropertyDescriptor, shiftDecimal, type Value } from "../../kernel/index.ts";
import { type Cell, paddedInstant } from "./columns.ts";

export type Operand = RawBuilder<unknown>;

/** The decimal places by which a column's numbers are scaled. */
export function decimalScale(property: PropertyDescriptor | undefined): number {
  return property?.type === "Edm.Decimal" && !property.collection ? (property.scale ?? 0) : 0;
}

/** A literal as the column beside it stores such values. More decimals than the column has are kept: they only never equal it. */
export function literalCell(value: Value, beside: PropertyDescriptor | undefined): Cell {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return shiftDecimal(value, decimalScale(beside));
  if (typeof value !== "string") return JSON.stringify(value);
  if (beside?.type === "Edm.Guid") return value.toLowerCase();
  const instant = beside?.type === "Edm.DateTimeOffset" ? canonicalInstant(value) : undefined;
  return instant === undefined ? value : paddedInstant(instant);
}
