/** Finds the resource behind paths that the store has to be asked about: alternate keys, navigation, `$entity`. */
import { entityIdOf, type Value, type Values } from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { notFound, notFoundBy } from "../failures.ts";
import { namedById } from "../odata/entity-id.ts";
import { failed, invalid, isFailed } from "../odata/failure.ts";
import type { KeyPredicate } from "../odata/key-predicate.ts";
import type { Named, Resource, Step } from "../odata/path.ts";
import type { NavigationRoute, Routes, SetRoute } from "../odata/routes.ts";
import type { Exchange } from "./exchange.ts";
import { atPlaces } from "./expanding.ts";

export interface Addressing {
  readonly exchange: Exchange;
  readonly routes: Routes;
  /** The `$id` of the query, decoded. */
  readonly id: string | undefined;
}

/** The resource that the path comes to. What no path can name is told before the store is asked, so that it tells nothing. */
export async function addressed(named: Named, { exchange, routes, id }: Addressing): Promise<Resource | Failed> {
  const { limits } = exchange.host;
  let place: Named = named;
  for (let steps = 0; isStep(place); steps += 1) {
    if (steps > limits.pathStepsMax) {
      return failed("InvalidRequest", `the path goes over more than ${limits.pathStepsMax} entities (pathStepsMax)`);
    }
    if (place.kind === "by-id") {
      if (id === undefined) return invalid("$entity needs $id, the id of an entity", "$id");
      place = namedById(
        id,
        { routes, serviceRoot: exchange.serviceRoot, limits, references: exchange.references },
        "$id",
      );
      if (!isFailed(place) && place.kind === "by-id") return invalid("$id names an entity", "$id");
      continue;
    }
    const any = place.inside("");
    if (isFailed(any) || any.kind === "unknown-action") return any;
    const found = place.kind === "alternate" ? await byKey(place, exchange) : await through(place, exchange);
    if (typeof found !== "string") return found;
    place = place.inside(found);
  }
  return place;
}

function isStep(named: Named): named is Step {
  return !isFailed(named) && (named.kind === "alternate" || named.kind === "through" || named.kind === "by-id");
}

function byKey({ set, key }: Step & { kind: "alternate" }, { host, context }: Exchange): Promise<string | Failed> {
  return host.service.idOf(context, set.type.name, key);
}

async function through(step: Step & { kind: "through" }, exchange: Exchange): Promise<string | Failed> {
  const { set, id, navigation, target, key } = step;
  const { service } = exchange.host;
  const source = await service.read(exchange.context, set.type.name, id);
  if (source.kind === "failed") return source;
  if (key === undefined) return idAtEnd(exchange, { navigation, target }, source.row.values);
  return idAmong(exchange, { navigation, target, key }, source.row.values);
}

interface End {
  readonly navigation: NavigationRoute;
  readonly target: SetRoute;
}

/** The id of the one entity that a single-valued navigation property leads to, as far as the caller may read it. */
export async function idAtEnd(
  { host, context }: Exchange,
  { navigation, target }: End,
  source: Values,
): Promise<string | Failed> {
  const nobody = failed("NotFound", `${navigation.name} leads to nothing here`);
  if (navigation.isContainment) return containedId({ navigation, target }, source, {}) ?? nobody;
  const [pair, further] = navigation.pairs;
  const place = navigation.pairs.map(({ here }) => source[here] ?? null);
  if (pair === undefined || place.includes(null)) return nobody;
  if (further === undefined && pair.there === target.type.key) return String(place[0]);
  const paging = { orderBy: [], top: 1, skip: 0, count: false };
  const filter = atPlaces(navigation.pairs, [place]);
  const listed = await host.service.list(context, { entityType: target.type.name, filter, ...paging });
  if (listed.kind === "failed") return listed;
  const id = listed.page.rows[0]?.values[target.type.key] ?? null;
  return id === null ? nobody : String(id);
}

/** The id, where the entity of that key is one of those that the collection has. */
export async function idAmong(
  exchange: Exchange,
  { navigation, target, key }: End & { readonly key: KeyPredicate },
  source: Values,
): Promise<string | Failed> {
  const { host, context } = exchange;
  const type = target.type.name;
  if (navigation.isContainment && key.kind === "parts") {
    return containedId({ navigation, target }, source, key.values) ?? notFoundBy(type);
  }
  const id = key.kind === "alternate" ? await host.service.idOf(context, type, key.values) : ownId(key, target);
  if (typeof id !== "string") return id;
  const found = await host.service.read(context, type, id);
  if (found.kind === "failed") return found;
  const { values } = found.row;
  const belongs = navigation.pairs.every(({ here, there }) => isSame(source[here], values[there]));
  if (belongs) return id;
  return key.kind === "alternate" ? notFoundBy(type) : notFound(type, id);
}

function ownId(key: Exclude<KeyPredicate, { kind: "alternate" }>, { type }: SetRoute): string {
  return key.kind === "key" ? key.id : (entityIdOf(type, key.values) ?? "");
}

/** The id of what an entity contains, whether or not it is there. */
function containedId({ navigation, target }: End, source: Values, parts: Values): string | undefined {
  const around = navigation.pairs.map(({ here, there }): [string, Value] => [there, source[here] ?? null]);
  return entityIdOf(target.type, { ...parts, ...Object.fromEntries(around) });
}

function isSame(here: Values[string] | undefined, there: Values[string] | undefined): boolean {
  return here !== undefined && here !== null && here === there;
}
