/** Whether a new definition has a place for every live entity: what would be stranded, with counts. */
import type { EntityTypeDescriptor, PropertyDescriptor, ServiceDefinition } from "../kernel/index.ts";
import type { StatusCount } from "../ports/index.ts";

/** Why `next` cannot take over, one sentence each; empty where it can. `previous` is absent when a service starts. */
export function stranded(
  next: ServiceDefinition,
  counts: readonly StatusCount[],
  previous?: ServiceDefinition,
): readonly string[] {
  const types = new Map(next.entityTypes.map((type) => [type.name, type]));
  const before = new Map(previous?.entityTypes.map((type) => [type.name, type]));
  return [...liveCounts(counts)].flatMap(([name, live]) => {
    const type = types.get(name);
    if (type === undefined) return [`${live} live entities of type ${name}, which is gone`];
    const own = counts.filter((count) => count.entityType === name);
    return [...vanishedStatuses(type, own), ...changedProperties(type, before.get(name), live)];
  });
}

function liveCounts(counts: readonly StatusCount[]): ReadonlyMap<string, number> {
  const live = new Map<string, number>();
  for (const { entityType, count } of counts) live.set(entityType, (live.get(entityType) ?? 0) + count);
  return new Map([...live].filter(([, count]) => count > 0));
}

function vanishedStatuses(type: EntityTypeDescriptor, counts: readonly StatusCount[]): readonly string[] {
  const statuses = new Set<string>(type.automaton?.statuses ?? [""]);
  return counts
    .filter(({ status, count }) => count > 0 && !statuses.has(status))
    .map(({ status, count }) =>
      status === "" || type.automaton === undefined
        ? `${count} live entities of type ${type.name}, which gains or loses its automaton`
        : `${count} live entities of type ${type.name} have the status ${status}, which is gone`,
    );
}

function changedProperties(
  next: EntityTypeDescriptor,
  previous: EntityTypeDescriptor | undefined,
  live: number,
): readonly string[] {
  if (previous === undefined) return [];
  const before = new Map(previous.properties.map((property) => [property.name, property]));
  const after = new Map(next.properties.map((property) => [property.name, property]));
  const gone = previous.properties.filter(({ role, name }) => role === "variable" && after.get(name)?.role !== role);
  const removed = gone.map(
    ({ name }) => `${live} live entities of type ${next.name} have the variable ${name}, which is gone`,
  );
  const changed = next.properties.flatMap((property) => {
    const reason = misfit(property, before.get(property.name));
    return reason === undefined
      ? []
      : [`${live} live entities of type ${next.name} have the property ${property.name}, which ${reason}`];
  });
  return [...removed, ...changed];
}

/** Why values of the earlier property do not fit the later one, or undefined. */
function misfit(after: PropertyDescriptor, before: PropertyDescriptor | undefined): string | undefined {
  if (before === undefined) {
    const needed = after.role === "field" && !after.nullable && !after.collection && after.defaultValue === undefined;
    return needed ? "is new, required and without a default" : undefined;
  }
  if (after.type !== before.type || after.collection !== before.collection) return "has another type";
  if ((after.scale ?? 0) < (before.scale ?? 0)) return "has fewer digits after the point";
  if (before.nullable && !after.nullable) return "is no longer nullable";
  const lost = before.members?.filter((member) => !after.members?.includes(member)) ?? [];
  return after.role !== "status" && lost.length > 0 ? `no longer has the member ${lost.join(", ")}` : undefined;
}
