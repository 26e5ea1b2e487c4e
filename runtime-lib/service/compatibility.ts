/** Whether a new definition has a place for every live entity: what would be stranded, with counts. */
import type { EntityTypeDescriptor, PropertyDescriptor, ServiceDefinition } from "../kernel/index.ts";
import type { PreparedType, StatusCount } from "../ports/index.ts";

/** Why `next` cannot take over from the types that were served last, one sentence each; empty where it can. */
export function stranded(
  next: ServiceDefinition,
  counts: readonly StatusCount[],
  previous: readonly PreparedType[],
): readonly string[] {
  const types = new Map(next.entityTypes.map((type) => [type.name, type]));
  const before = new Map(previous.map((type) => [type.name, type]));
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
  previous: PreparedType | undefined,
  live: number,
): readonly string[] {
  if (previous === undefined) return [];
  const before = new Map(previous.properties.map((property) => [property.name, property]));
  const after = new Map(next.properties.map((property) => [property.name, property]));
  const owned = previous.properties.filter(({ role }) => role === "variable" || role === "status");
  const gone = owned.filter(({ role, name }) => after.get(name)?.role !== role);
  const removed = gone.map(
    ({ name, role }) => `${live} live entities of type ${next.name} have the ${role} ${name}, which is gone`,
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
  if (after.role !== before.role) return `was a ${before.role} and is a ${after.role}`;
  if (after.type !== before.type || after.collection !== before.collection) return "has another type";
  if ((after.scale ?? 0) < (before.scale ?? 0)) return "has fewer digits after the point";
  if (before.nullable && !after.nullable) return "is no longer nullable";
  const lost = before.members?.filter((member) => !after.members?.includes(member)) ?? [];
  return after.role !== "status" && lost.length > 0 ? `no longer has the member ${lost.join(", ")}` : undefined;
}
