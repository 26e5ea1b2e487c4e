/** How an entity of an earlier revision becomes one of the next: the part of `[migration]` that its type is in need of. */
import {
  type EntityTypeDescriptor,
  fitValues,
  named,
  type PropertyDescriptor,
  type Snapshot,
  type Value,
  type Values,
} from "../kernel/index.ts";
import type { PreparedType } from "../ports/index.ts";
import { statusOf } from "./evaluate.ts";

/**
 * Asked of a type that is taken over already it is empty: a status that is still there is not mapped, nor a variable that
 * the earlier revision had like this. So a migration that has been done is not done again.
 */
export interface Mapping {
  readonly statuses: ReadonlyMap<string, string>;
  readonly dropped: ReadonlySet<string>;
  /** By the new name the old one. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly begun: ReadonlyMap<string, Value>;
}

export function mappingOf(next: EntityTypeDescriptor, previous: PreparedType | undefined): Mapping {
  const before = new Map(previous?.properties.map((property) => [property.name, property]));
  const after = new Map(next.properties.map((property) => [property.name, property]));
  const there = new Set<string>(next.automaton?.statuses);
  const { statuses = {}, variables = [] } = next.migration ?? {};
  const gone = (name: string): boolean => before.get(name)?.role === "variable" && after.get(name)?.role !== "variable";
  return {
    statuses: new Map(Object.entries(statuses).filter(([from]) => !there.has(from))),
    dropped: new Set(variables.flatMap(({ kind, variable }) => (kind === "drop" && gone(variable) ? [variable] : []))),
    renamed: new Map(
      variables.flatMap((each) =>
        each.kind === "rename" && gone(each.variable) && !before.has(each.to) ? [[each.to, each.variable]] : [],
      ),
    ),
    begun: new Map(
      variables.flatMap((each) => {
        if (each.kind !== "value") return [];
        const [own, earlier] = [after.get(each.variable), before.get(each.variable)];
        const isBegun = previous !== undefined && own !== undefined && !isOfType(own, earlier);
        return isBegun ? [[each.variable, each.value]] : [];
      }),
    ),
  };
}

/** True where no entity becomes another by it. */
export function isEmpty({ statuses, renamed, begun }: Mapping): boolean {
  return statuses.size + renamed.size + begun.size === 0;
}

/** True where values of the earlier property can be taken as they are. */
export function isOfType(after: PropertyDescriptor, before: PropertyDescriptor | undefined): boolean {
  return before !== undefined && after.type === before.type && after.collection === before.collection;
}

/** What of the entity's values becomes another; empty where it stays as it is. */
export function migratedValues(type: EntityTypeDescriptor, mapping: Mapping, values: Values): Values {
  const delta = named<Value>();
  const status = statusOf(type.statusProperty, values);
  const to = status === null ? undefined : mapping.statuses.get(status);
  if (to !== undefined && type.statusProperty !== undefined) delta[type.statusProperty] = to;
  for (const [name, earlier] of mapping.renamed) delta[name] = values[earlier] ?? null;
  for (const [name, value] of mapping.begun) delta[name] = value;
  return delta;
}

/** What the next type's migration makes of a snapshot of the earlier one; undefined where it is not mapped, or has no place there. */
export function takenOver(
  next: EntityTypeDescriptor,
  earlier: EntityTypeDescriptor,
  { status, ...variables }: Snapshot,
): Snapshot | undefined {
  const { automaton, statusProperty } = next;
  if (automaton === undefined || statusProperty === undefined || earlier.statusProperty !== statusProperty)
    return undefined;
  const values = { ...variables, [statusProperty]: status };
  const delta = migratedValues(next, mappingOf(next, earlier), values);
  if (Object.keys(delta).length === 0) return undefined;
  const fitted = fitValues(next, { ...values, ...delta });
  const to = statusOf(statusProperty, fitted) ?? "";
  if (!automaton.statuses.includes(to)) return undefined;
  return { ...Object.fromEntries(automaton.variables.map(({ name }) => [name, fitted[name] ?? null])), status: to };
}
