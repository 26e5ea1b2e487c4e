/** One deep write: an entity, what its body binds, and the entities within it, in an order in which each can refer to the others. */
import { entityIdOf, type Value, type Values } from "../../kernel/index.ts";
import type { Calls, Failed, Write } from "../call.ts";
import { notFound } from "../failures.ts";
import { createBody, idAlone, type Link, patchBody, putBody } from "../odata/bodies.ts";
import { failed, invalid, isFailed, notImplemented } from "../odata/failure.ts";
import { isJsonObject, type Json, type JsonObject } from "../odata/json.ts";
import { readTags } from "../odata/preconditions.ts";
import type { NavigationRoute, SetRoute } from "../odata/routes.ts";
import { type Bound, boundEntity, contained, refersHere, relatedIds } from "./bound.ts";
import type { Asked } from "./exchange.ts";
import { type Conditions, joined, type Made, own, type Wanted } from "./one-write.ts";
import { readingOf } from "./request-bodies.ts";

/** Where entities are to belong: at the end of a navigation property of one that is written. */
interface Place {
  readonly navigation: NavigationRoute;
  /** What becomes of the entity that has the property: what is within it is changed in the same way. */
  readonly kind: Wanted["kind"];
  /** What those at the end say of it, where they are the ones that refer. */
  readonly fixed: Values;
  /** The values of the entity itself; absent where it is new. */
  readonly source: Values | undefined;
}

/** An entity that belongs there now. */
interface Item {
  readonly id: string;
  readonly values: Values;
  /** Absent where it was bound only. */
  readonly made?: Made;
}

/** It counts how many entities it may still write. */
export class Weaving {
  readonly #asked: Asked;
  readonly #calls: Calls;
  readonly #limit: "deepInsertMax" | "eachMax";
  #left: number;

  /** `limit` bounds how many; that of deep inserts where it is absent. */
  constructor(asked: Asked, calls: Calls, limit: "deepInsertMax" | "eachMax" = "deepInsertMax") {
    this.#asked = asked;
    this.#calls = calls;
    this.#limit = limit;
    this.#left = asked.exchange.host.limits[limit];
  }

  /** What the entity refers to comes before it, what refers to it comes after. */
  async write(set: SetRoute, wanted: Wanted, conditions: Conditions): Promise<Made | Failed> {
    const { links } = wanted.body;
    let fixed = wanted.fixed ?? {};
    const inside: Made["inside"][number][] = [];
    for (const link of links.filter(({ navigation }) => refersHere(navigation, set))) {
      const before = await this.#before(link, set, wanted);
      if (isFailed(before)) return before;
      const both = joined(fixed, before.values);
      if (isFailed(both)) return both;
      fixed = both;
      if (before.made !== undefined) inside.push({ navigation: link.navigation, made: [before.made] });
    }
    const parent = await own(set, { ...wanted, fixed }, (write) => this.#write({ ...write, ...conditions }));
    if (isFailed(parent)) return parent;
    for (const link of links.filter(({ navigation }) => !refersHere(navigation, set))) {
      const made = await this.#after(link, wanted.kind, parent.written.row?.values ?? {});
      if (isFailed(made)) return made;
      if (made.length > 0) inside.push({ navigation: link.navigation, made });
    }
    return { ...parent, inside };
  }

  /** Replaces all that belongs to an entity by those that are bound. */
  async replace(navigation: NavigationRoute, source: Values, ids: readonly string[]): Promise<Failed | undefined> {
    const entities = ids.map((id) => new Map([["@id", id]]));
    const made = await this.#after({ kind: "nested", navigation, entities, isDelta: false }, "patch", source);
    return isFailed(made) ? made : undefined;
  }

  /** Makes and changes the entities of a set that a delta names, and deletes those that it says are removed. */
  async changeSet(set: SetRoute, items: readonly Json[]): Promise<Failed | undefined> {
    const navigation = { name: set.name, collection: true, isContainment: false, target: () => set, pairs: [] };
    for (const [index, item] of items.entries()) {
      const done = isChanged(item)
        ? invalid(`what is removed from ${set.name} is deleted, and has no other reason`, "@removed")
        : await this.#change(item, placeOf(navigation, "patch", {}));
      if (isFailed(done)) return { ...done, message: `value[${index}]: ${done.message}` };
    }
    return undefined;
  }

  #write(write: Write): ReturnType<Calls["write"]> {
    this.#left -= 1;
    const { context, host } = this.#asked.exchange;
    if (this.#left >= 0) return this.#calls.write(context, write);
    const message = `the request writes more than ${host.limits[this.#limit]} entities (${this.#limit})`;
    return Promise.resolve(failed("InvalidRequest", message));
  }

  /** The values by which the entity refers to the one at the end. */
  async #before(
    link: Link,
    set: SetRoute,
    { kind, body }: Wanted,
  ): Promise<{ readonly values: Values; readonly made?: Made } | Failed> {
    const { navigation } = link;
    const { pairs, name } = navigation;
    if (link.kind === "none") {
      const fixed = pairs.find(({ here }) => set.properties.get(here)?.nullable !== true);
      if (fixed !== undefined) return invalid(`${name} must lead to an entity`, name);
      return { values: Object.fromEntries(pairs.map(({ here }) => [here, null])) };
    }
    const source = link.kind === "nested" && kind !== "create" ? await this.#asIs(set, body.id) : undefined;
    const place = { navigation, kind, fixed: {}, source };
    const there =
      link.kind === "bind"
        ? await this.#linked(link.ids[0] ?? "", place)
        : await this.#item(link.entities[0] ?? null, place);
    if (isFailed(there)) return there;
    const values = Object.fromEntries(pairs.map((pair) => [pair.here, there.values[pair.there] ?? null]));
    return there.made === undefined ? { values } : { values, made: there.made };
  }

  async #asIs({ type }: SetRoute, id: string | undefined): Promise<Values | undefined> {
    const { context } = this.#asked.exchange;
    const found = id === undefined ? undefined : await this.#calls.read(context, type.name, id);
    return found?.kind === "found" ? found.row.values : undefined;
  }

  /** Entities that refer to the one that is written. */
  async #after(link: Link, kind: Wanted["kind"], source: Values): Promise<readonly Made[] | Failed> {
    const { navigation } = link;
    const place = placeOf(navigation, kind, source);
    const made: Made[] = [];
    const kept = new Set<string>();
    const isDelta = link.kind === "nested" && link.isDelta;
    for (const given of link.kind === "none" ? [] : link.kind === "bind" ? link.ids : link.entities) {
      const item = await (link.kind === "bind"
        ? this.#linked(String(given), place)
        : isDelta
          ? this.#change(given, place)
          : this.#item(given, place));
      if (isFailed(item)) return item;
      kept.add(item.id);
      if (item.made !== undefined) made.push(item.made);
    }
    const isAll = !navigation.collection || (link.kind === "nested" && !isDelta);
    const refused = isAll && kind !== "create" ? await this.#release(place, kept) : undefined;
    return refused ?? made;
  }

  /** A reference, an entity that is there and changes, or a new one. */
  async #item(json: Json, place: Place): Promise<Item | Failed> {
    const { navigation, kind, fixed } = place;
    const { exchange } = this.#asked;
    const target = navigation.target();
    if (target === undefined) return notImplemented(`writing along ${navigation.name}`);
    const reference = idAlone(json);
    if (reference !== undefined) return this.#linked(reference, place);
    const id = kind === "patch" || kind === "put" ? await this.#named(json, target, place) : undefined;
    if (isFailed(id)) return id;
    const reading = readingOf(exchange);
    const change = id === undefined ? "create" : kind;
    const body =
      id === undefined
        ? createBody(json, target, reading, exchange.host.limits)
        : (kind === "put" ? putBody : patchBody)(json, target, id, reading);
    if (isFailed(body)) return body;
    const tags = id === undefined ? {} : tagsIn(json);
    if (isFailed(tags)) return tags;
    const own = id === undefined ? body : { ...body, id };
    const made = await this.write(target, { kind: change, body: own, fixed }, tags);
    if (isFailed(made)) return made;
    const values = made.written.row?.values ?? {};
    return { id: String(values[target.type.key]), values, made };
  }

  /** The id of the entity that the item is about; undefined for one that is not there yet. */
  async #named(
    json: Json,
    target: SetRoute,
    { navigation, fixed, source }: Place,
  ): Promise<string | undefined | Failed> {
    const { exchange } = this.#asked;
    if (!isJsonObject(json)) return undefined;
    const reference = json.get("@odata.id") ?? json.get("@id");
    if (typeof reference === "string") {
      const bound = await this.#bound(reference, navigation);
      return isFailed(bound) ? bound : bound.ref.entityId;
    }
    const { name, key } = target.type;
    const id = entityIdOf(target.type, { ...fixed, ...keyIn(json, target) });
    if (id !== undefined) {
      const found = await this.#calls.read(exchange.context, name, id);
      return found.kind === "found" ? String(found.row.values[key]) : undefined;
    }
    if (navigation.collection || source === undefined) return undefined;
    const ids = await relatedIds(exchange, this.#calls, { navigation, source });
    return isFailed(ids) ? ids : ids[0];
  }

  /** An item of a delta: what shall be there no more, or what is new or otherwise. */
  async #change(json: Json, place: Place): Promise<Item | Failed> {
    const { navigation } = place;
    const removed = removedIn(json);
    if (removed === undefined) return this.#item(json, place);
    if (this.#isRepeated) return { id: "", values: {} };
    const target = navigation.target();
    const id = target === undefined ? undefined : await this.#named(json, target, { ...place, source: undefined });
    if (isFailed(id)) return id;
    if (id === undefined) return invalid(`what is removed from ${navigation.name} is not there`, navigation.name);
    const isDeleted = isJsonObject(removed) && removed.get("reason") === "deleted";
    const refused = await this.#parted(id, place, isDeleted ? "delete" : "release");
    return refused ?? { id, values: {} };
  }

  /** Of what has belonged there, the rest does so no longer. */
  async #release(place: Place, kept: ReadonlySet<string>): Promise<Failed | undefined> {
    const { navigation, source = {} } = place;
    if (this.#isRepeated) return undefined;
    const ids = await relatedIds(this.#asked.exchange, this.#calls, { navigation, source });
    if (isFailed(ids)) return ids;
    for (const id of ids.filter((each) => !kept.has(each))) {
      const refused = await this.#parted(id, place, "release");
      if (refused !== undefined) return refused;
    }
    return undefined;
  }

  /** Ends that an entity belongs there. */
  async #parted(id: string, place: Place, how: "release" | "delete"): Promise<Failed | undefined> {
    const { navigation, fixed } = place;
    const target = navigation.target();
    if (target === undefined) return notImplemented(`writing along ${navigation.name}`);
    const ref = { entityType: target.type.name, entityId: id };
    const found = await this.#calls.read(this.#asked.exchange.context, ref.entityType, id);
    if (found.kind === "failed") return found;
    if (!isAt(fixed, found.row.values)) return notFound(ref.entityType, id);
    const isDeleted = how === "delete" || navigation.isContainment;
    const must = Object.keys(fixed).find((name) => target.properties.get(name)?.nullable !== true);
    if (!isDeleted && must !== undefined) {
      const message = `${ref.entityType} must belong to an entity: ${must} cannot be null`;
      return failed("InvalidRequest", message, navigation.name);
    }
    const values = Object.fromEntries(Object.keys(fixed).map((name) => [name, null]));
    const change = isDeleted ? ({ kind: "delete" } as const) : ({ kind: "patch", values } as const);
    const written = await this.#write({ ...ref, change });
    return written.kind === "failed" ? written : undefined;
  }

  /** An entity that is bound, and is told so where it is the one that refers. */
  async #linked(id: string, { navigation, fixed }: Place): Promise<Item | Failed> {
    const there = await this.#bound(id, navigation);
    if (isFailed(there)) return there;
    const { entityId } = there.ref;
    if (isAt(fixed, there.values)) return { id: entityId, values: there.values };
    if (navigation.isContainment) return contained(navigation);
    const written = await this.#write({ ...there.ref, change: { kind: "patch", values: fixed } });
    return written.kind === "failed" ? written : { id: entityId, values: written.row?.values ?? {} };
  }

  /** What has been done already leaves nothing to part. */
  get #isRepeated(): boolean {
    return this.#calls.group?.repeated !== undefined;
  }

  #bound(id: string, navigation: NavigationRoute): Promise<Bound | Failed> {
    return boundEntity(this.#asked, this.#calls, { id, navigation });
  }
}

/** What the item of a delta says where it is to be there no more. */
function removedIn(json: Json): Json | undefined {
  return isJsonObject(json) ? (json.get("@removed") ?? json.get("@odata.removed")) : undefined;
}

/** An entity leaves a relationship and lives on; it does not leave its set. */
function isChanged(json: Json): boolean {
  const removed = removedIn(json);
  return removed !== undefined && !(isJsonObject(removed) && removed.get("reason") === "deleted");
}

/** What a body says of the key. */
function keyIn(json: JsonObject, { keyParts }: SetRoute): Values {
  const said = keyParts.map(({ name }): [string, Value] => {
    const value = json.get(name);
    return [name, typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null];
  });
  return Object.fromEntries(said);
}

function placeOf(navigation: NavigationRoute, kind: Wanted["kind"], source: Values): Place {
  const fixed = Object.fromEntries(navigation.pairs.map(({ here, there }) => [there, source[here] ?? null]));
  return { navigation, kind, fixed, source };
}

function isAt(fixed: Values, values: Values): boolean {
  return Object.entries(fixed).every(([name, value]) => values[name] === value);
}

/** What the entity within a body was read as must be what it is. */
function tagsIn(json: Json): Pick<Write, "expectedSequences"> | Failed {
  const tag = isJsonObject(json) ? (json.get("@odata.etag") ?? json.get("@etag")) : undefined;
  if (typeof tag !== "string") return {};
  const tags = readTags(tag, "If-Match");
  if (isFailed(tags)) return tags;
  return tags.kind === "sequences" ? { expectedSequences: tags.sequences } : {};
}
