/** The parts of a trace file that somebody else may have written: each is what it must be, or the mistake names it. */
import type { Snapshot, Value, Values } from "@temperc/runtime";

/** A mistake in the file; `readTrace` alone catches it. */
export class Wrong extends Error {}

export type Fields = ReadonlyMap<string, unknown>;

export function snapshotIn(found: unknown, path: string): Snapshot {
  const { status, ...variables } = valuesIn(found, path);
  if (typeof status !== "string") throw new Wrong(`${path}.status is no text`);
  return { status, ...variables };
}

/** Without a prototype's names: `__proto__` is no variable and no parameter. */
export function valuesIn(found: unknown, path: string): Values {
  return Object.fromEntries(
    [...fieldsOf(found, path)].map(([name, value]): [string, Value] => {
      if (name === "__proto__") throw new Wrong(`${path} has the name __proto__`);
      if (!isValue(value)) throw new Wrong(`${path}.${name} is no value of a spec: ${shown(value)}`);
      return [name, value];
    }),
  );
}

function isValue(value: unknown): value is Value {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

export function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Wrong(`${path} is no JSON object`);
  return new Map(Object.entries(value));
}

export function itemsOf(fields: Fields, name: string, max: number): readonly unknown[] {
  const items = fields.get(name);
  if (!Array.isArray(items)) throw new Wrong(`${name} is no JSON array`);
  if (items.length > max) throw new Wrong(`${name} has ${items.length} items, and ${max} are the limit`);
  return items;
}

export function textAt(fields: Fields, name: string, path = ""): string {
  const value = fields.get(name);
  if (typeof value !== "string") throw new Wrong(`${path}${name} is no text`);
  return value;
}

/** A text where there is one. */
export function optionalText(fields: Fields, name: string, path: string): string | undefined {
  return fields.get(name) === undefined ? undefined : textAt(fields, name, path);
}

export function memberAt<M extends string>(fields: Fields, name: string, members: readonly M[], path = ""): M {
  const found = members.find((each) => each === fields.get(name));
  if (found === undefined)
    throw new Wrong(`${path}${name} is ${shown(fields.get(name))}, and not ${members.join(", ")}`);
  return found;
}

export function optionalIndex(fields: Fields, name: string): number | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Wrong(`${name} is no natural number`);
}

export function shown(value: unknown): string {
  const text = value === undefined ? "missing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
