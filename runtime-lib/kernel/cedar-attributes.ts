/** A resource's Cedar attributes from an entity's values, by the table that the compiler emits for its type. */
import type { CedarValue } from "./service-definition.ts";
import type { Value, Values } from "./value.ts";

/** One attribute and the property that it comes from; `decimals` are the digits after the point of a Cedar decimal. */
export interface AttributeRow {
  readonly attribute: string;
  readonly property: string;
  readonly decimals?: number;
}

/** The attributes in the order of the table. What is null is absent, as policies ask `resource has …`. */
export function resourceAttributes(
  values: Values,
  rows: readonly AttributeRow[],
): Readonly<Record<string, CedarValue>> {
  const attributes: Record<string, CedarValue> = Object.create(null);
  for (const row of rows) {
    const value = Object.hasOwn(values, row.property) ? (values[row.property] ?? null) : null;
    if (value !== null) attributes[row.attribute] = cedarValue(value, row.decimals);
  }
  return attributes;
}

/** Cedar's decimals have one to four digits after the point. */
function cedarValue(value: Exclude<Value, null>, decimals: number | undefined): CedarValue {
  if (decimals === undefined || typeof value !== "number") return value;
  return { __extn: { fn: "decimal", arg: value.toFixed(Math.max(1, decimals)) } };
}
