/** Whether a new definition has a place for every live entity: what would be stranded, with counts. */
import type { EntityTypeDescriptor, PropertyDescriptor, ServiceDefinition } from "../kernel/index.ts";
import type { PreparedType, StatusCount } from "../ports/index.ts";
import { isOfType, type Mapping, mappingOf } from "./migration.ts";

/** So many live entities of a type that have no place in the next definition. */
export interface Misfit {
  readonly entityType: string;
  /** Where it is the status that has no place. */
  readonly status?: string;
  readonly count: number;
  /** What follows on `3 live entities of type Order`. */
  readonly reason: string;
}

/** What has no place in `next` of what was served last, after what its `[migration]` maps; empty where all has. */
export function stranded(
  next: ServiceDefinition,
  counts: readonly StatusCount[],
  previous: readonly PreparedType[],
): readonly Misfit[] {
  const types = new Map(next.entityTypes.map((type) => [type.name, type]));
  const before = new Map(previous.map((type) => [type.name, type]));
  return [...liveCounts(counts)].flatMap(([entityType, count]) => {
    const type = types.get(entityType);
    const live = { entityType, count };
    if (type === undefined) return [{ ...live, reason: "are of a type that is gone" }];
    const own = counts.filter((each) => each.entityType === entityType);
    const mapping = mappingOf(type, before.get(entityType));
    const changed = changedProperties(type, before.get(entityType), mapping).map((reason) => ({ ...live, reason }));
    return [...vanishedStatuses(type, own, mapping), ...changed];
  });
}

function liveCounts(counts: readonly StatusCount[]): ReadonlyMap<string, number> {
  const live = new Map<string, number>();
  for (const { entityType, count } of counts) live.set(entityType, (live.get(entityType) ?? 0) + count);
  return new Map([...live].filter(([, count]) => count > 0));
}

function vanishedStatuses(
  type: EntityTypeDescriptor,
  counts: readonly StatusCount[],
  { statuses: mapped }: Mapping,
): readonly Misfit[] {
  const statuses = new Set<string>(type.automaton?.statuses ?? [""]);
  return counts
    .filter(({ status, count }) => count > 0 && !statuses.has(status) && !mapped.has(status))
    .map(({ status, count }) => {
      const isAutomaton = status === "" || type.automaton === undefined;
      const reason = isAutomaton ? "gain or lose their automaton" : `have the status ${status}, which is gone`;
      return { entityType: type.name, status, count, reason };
    });
}

function changedProperties(
  next: EntityTypeDescriptor,
  previous: PreparedType | undefined,
  mapping: Mapping,
): readonly string[] {
  if (previous === undefined) return [];
  const before = new Map(previous.properties.map((property) => [property.name, property]));
  const after = new Map(next.properties.map((property) => [property.name, property]));
  const leaves = new Set([...mapping.dropped, ...mapping.renamed.values()]);
  const owned = previous.properties.filter(({ role }) => role === "variable" || role === "status");
  const gone = owned.filter(({ role, name }) => after.get(name)?.role !== role && !leaves.has(name));
  const removed = gone.map(({ name, role }) => `have the ${role} ${name}, which is gone`);
  const changed = next.properties.flatMap((property) => {
    if (mapping.begun.has(property.name)) return [];
    const reason = misfit(property, before.get(mapping.renamed.get(property.name) ?? property.name));
    return reason === undefined ? [] : [`have the property ${property.name}, which ${reason}`];
  });
  return [...removed, ...changed];
}

/** Why values of the earlier property do not fit the later one, or undefined. */
function misfit(after: PropertyDescriptor, before: PropertyDescriptor | undefined): string | undefined {
  if (before === undefined) {
    if (after.role === "key" || after.role === "part") return "is new in what identifies them";
    const needed = after.role === "field" && !after.nullable && !after.collection && after.defaultValue === undefined;
    return needed ? "is new, required and without a default" : undefined;
  }
  if (after.role !== before.role) return `was a ${before.role} and is a ${after.role}`;
  if (!isOfType(after, before)) return "has another type";
  if ((after.scale ?? 0) < (before.scale ?? 0)) return "has fewer digits after the point";
  if (before.nullable && !after.nullable) return "is no longer nullable";
  const lost = before.members?.filter((member) => !after.members?.includes(member)) ?? [];
  return after.role !== "status" && lost.length > 0 ? `no longer has the member ${lost.join(", ")}` : undefined;
}
