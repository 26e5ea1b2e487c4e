/** The entities that a write binds or finds at the end of a navigation property. */
import type { Values } from "../../kernel/index.ts";
import type { StoredRow } from "../../ports/index.ts";
import type { Calls, Failed } from "../call.ts";
import { namedById } from "../odata/entity-id.ts";
import { failed, invalid, isFailed, notImplemented } from "../odata/failure.ts";
import type { NavigationRoute, SetRoute } from "../odata/routes.ts";
import { addressed } from "./addressing.ts";
import type { Asked, Exchange } from "./exchange.ts";
import { atPlaces } from "./expanding.ts";

export interface Bound extends StoredRow {
  readonly ref: { readonly entityType: string; readonly entityId: string };
}

/** The entity that an id names and that the navigation may lead to; one that the caller may not read is none. */
export async function boundEntity(
  { exchange, routes }: Asked,
  calls: Calls,
  { id, navigation }: { readonly id: string; readonly navigation: NavigationRoute },
): Promise<Bound | Failed> {
  const { serviceRoot, host } = exchange;
  const named = namedById(
    id,
    { routes, serviceRoot, limits: host.limits, references: exchange.references },
    navigation.name,
  );
  const inside = { ...exchange, host: { ...host, service: calls } };
  const resource = await addressed(named, { exchange: inside, routes, id: undefined });
  if (isFailed(resource)) return { ...resource, target: navigation.name };
  if (resource.kind !== "entity" || resource.set.type !== navigation.target()?.type) {
    return invalid(`${navigation.name} leads to entities of another kind`, navigation.name);
  }
  const entityType = resource.set.type.name;
  const found = await calls.read(exchange.context, entityType, resource.id);
  if (found.kind === "failed") return invalid(`${navigation.name}: ${found.message}`, navigation.name);
  return { ...found.row, ref: { entityType, entityId: resource.id } };
}

/** What is contained is where it is made, and nowhere else. */
export function contained({ name }: NavigationRoute): Failed {
  return invalid(`what ${name} contains is made and deleted there, and cannot be bound`, name);
}

/** True where the entity itself says which other it belongs together with. */
export function refersHere({ pairs, collection }: NavigationRoute, { type }: SetRoute): boolean {
  return !collection && pairs.some(({ here }) => here !== type.key);
}

/** The ids of the entities that belong there now, as far as the caller may read them; what a group has done counts. */
export async function relatedIds(
  { context, host }: Exchange,
  calls: Calls,
  { navigation, source }: { readonly navigation: NavigationRoute; readonly source: Values },
): Promise<readonly string[] | Failed> {
  const target = navigation.target();
  if (target === undefined) return notImplemented(`writing along ${navigation.name}`);
  const { name, key } = target.type;
  const place = navigation.pairs.map(({ here }) => source[here] ?? null);
  if (place.includes(null)) return [];
  const { expandedMax } = host.limits;
  const filter = atPlaces(navigation.pairs, [place]);
  const paging = { orderBy: [], top: expandedMax + 1, skip: 0, count: false };
  const listed = await calls.list(context, { entityType: name, filter, ...paging });
  if (listed.kind === "failed") return listed;
  if (listed.page.rows.length > expandedMax) {
    return failed("InvalidRequest", `${navigation.name} has more than ${expandedMax} entities (expandedMax)`);
  }
  const touched = (calls.group?.written ?? []).filter(({ entityType }) => entityType === name);
  const doubtful = new Set(touched.map(({ entityId }) => entityId));
  const sure = listed.page.rows.map(({ values }) => String(values[key])).filter((id) => !doubtful.has(id));
  const there: string[] = [];
  for (const id of doubtful) {
    const found = await calls.read(context, name, id);
    const isThere =
      found.kind === "found" && navigation.pairs.every((pair, at) => found.row.values[pair.there] === place[at]);
    if (isThere) there.push(id);
  }
  return [...sure, ...there];
}
