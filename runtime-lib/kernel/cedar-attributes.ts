/** A resource's Cedar attributes from an entity's values, by the table that the compiler emits for its type. */
import { named } from "./named.ts";
import type { CedarValue } from "./service-definition.ts";
import type { Value, Values } from "./value.ts";

/** One attribute and the property that it comes from; `decimals` are the digits after the point of a Cedar decimal. */
export interface AttributeRow {
  readonly attribute: string;
  readonly property: string;
  readonly decimals?: number;
}

/** The attributes of an entity by its values: all of them, in the order of the table. */
export interface ResourceAttributes {
  (values: Values): Readonly<Record<string, CedarValue>>;
  /** One of them alone. Without it all are made for one. */
  readonly one?: (values: Values, name: string) => CedarValue | undefined;
}

/** Reads attributes as the table says. What is null is absent, as policies ask `resource has …`. */
export function resourceAttributes(rows: readonly AttributeRow[]): ResourceAttributes {
  const byName = new Map(rows.map((row) => [row.attribute, row]));
  const all = (values: Values): Readonly<Record<string, CedarValue>> => {
    const attributes = named<CedarValue>();
    for (const row of rows) {
      const value = attributeAt(values, row);
      if (value !== undefined) attributes[row.attribute] = value;
    }
    return attributes;
  };
  const one = (values: Values, name: string): CedarValue | undefined => {
    const row = byName.get(name);
    return row === undefined ? undefined : attributeAt(values, row);
  };
  return Object.assign(all, { one });
}

function attributeAt(values: Values, { property, decimals }: AttributeRow): CedarValue | undefined {
  const value = Object.hasOwn(values, property) ? (values[property] ?? null) : null;
  return value === null ? undefined : cedarValue(value, decimals);
}

/** Cedar's decimals have one to four digits after the point. */
function cedarValue(value: Exclude<Value, null>, decimals: number | undefined): CedarValue {
  if (decimals === undefined || typeof value !== "number") return value;
  return { __extn: { fn: "decimal", arg: value.toFixed(Math.max(1, decimals)) } };
}
