/** From an entity's values to its typed fields: what emitted entity types are read with. */
import type { Value, Values } from "./value.ts";

/** A stored value is not of its property's type: a broken store or a definition of another revision, never a caller's mistake. */
export class MistypedValue extends TypeError {
  constructor(name: string, expected: string) {
    super(`the value of ${name} is no ${expected}`);
    this.name = "MistypedValue";
  }
}

function valueAt(values: Values, name: string): Value {
  return Object.hasOwn(values, name) ? (values[name] ?? null) : null;
}

export function textIn(values: Values, name: string): string {
  const value = valueAt(values, name);
  if (typeof value !== "string") throw new MistypedValue(name, "text");
  return value;
}

export function numberIn(values: Values, name: string): number {
  const value = valueAt(values, name);
  if (typeof value !== "number") throw new MistypedValue(name, "number");
  return value;
}

export function booleanIn(values: Values, name: string): boolean {
  const value = valueAt(values, name);
  if (typeof value !== "boolean") throw new MistypedValue(name, "boolean");
  return value;
}

export function textsIn(values: Values, name: string): readonly string[] {
  const value = valueAt(values, name);
  if (typeof value !== "object" || value === null) throw new MistypedValue(name, "collection");
  return value;
}

/** The value as one of the members. */
export function memberIn<M extends string>(values: Values, name: string, members: readonly M[]): M {
  const value = valueAt(values, name);
  const member = members.find((each) => each === value);
  if (member === undefined) throw new MistypedValue(name, `member of ${members.join(", ")}`);
  return member;
}

/** True where the property holds no value; only those that are nullable ever do. */
export function isNull(values: Values, name: string): boolean {
  return valueAt(values, name) === null;
}
