/** Carries out a write with what its body binds and nests: one write where it is one, else all of them together. */
import type { Value, Values } from "../../kernel/index.ts";
import type { StoredRow } from "../../ports/index.ts";
import type { Calls, Failed, Write, Written } from "../call.ts";
import { createBody, type EntityBody, type Link } from "../odata/bodies.ts";
import { namedById } from "../odata/entity-id.ts";
import { type Expanded, placeAmong, type Related } from "../odata/expanded.ts";
import { failed, invalid, isFailed, notImplemented } from "../odata/failure.ts";
import type { NavigationRoute, SetRoute } from "../odata/routes.ts";
import { addressed } from "./addressing.ts";
import type { Asked } from "./exchange.ts";
import { readingOf } from "./request-bodies.ts";

/** A write as a request asks for it. */
export interface Wanted {
  readonly kind: Write["change"]["kind"];
  /** Of an action, its parameters are the values. */
  readonly body: EntityBody;
  readonly action?: string;
  /** What the place of a new entity says of it; its body may say the same and nothing else. */
  readonly fixed?: Values;
}

export interface Writing extends Pick<Write, "expectedSequences" | "unexpectedSequences" | "upsert" | "idempotency"> {
  readonly asked: Asked;
}

/** An entity as it was written, with those that were made along with it. */
export interface Made {
  readonly set: SetRoute;
  readonly written: Written;
  readonly inside: readonly { readonly navigation: NavigationRoute; readonly made: readonly Made[] }[];
}

/** Does what is wanted. What is bound or nested stands or falls with the entity. */
export async function deeply(writing: Writing, set: SetRoute, wanted: Wanted): Promise<Made | Failed> {
  const { asked, idempotency, ...conditions } = writing;
  const { context, host } = asked.exchange;
  if (wanted.body.links.length === 0) {
    return own(set, wanted, (write) =>
      host.service.write(context, { ...write, ...conditions, ...(idempotency && { idempotency }) }),
    );
  }
  const work = async (calls: Calls) => {
    const value = await new Weaving(asked, calls).write(set, wanted, conditions);
    return { keep: !isFailed(value), value };
  };
  return host.service.together<Made | Failed>(context, work, idempotency && { idempotency });
}

type DoWrite = (write: Write) => Promise<Written | Failed>;

async function own(set: SetRoute, wanted: Wanted, write: DoWrite, inside: Made["inside"] = []): Promise<Made | Failed> {
  const values = together(wanted.body.values, wanted.fixed ?? {});
  if (isFailed(values)) return values;
  const id = wanted.body.id ?? idIn(values, set);
  if (id === undefined) return invalid(`the key ${set.type.key} is missing`, set.type.key);
  const written = await write({ entityType: set.type.name, entityId: id, change: changeOf(wanted, values) });
  return written.kind === "failed" ? written : { set, written, inside };
}

/** The key may come from the place of the entity: where it is what leads there. */
function idIn(values: Values, set: SetRoute): string | undefined {
  const id = values[set.type.key] ?? values[set.idProperty?.name ?? set.type.key] ?? null;
  return id === null ? undefined : String(id);
}

function changeOf({ kind, action = "" }: Wanted, values: Values): Write["change"] {
  switch (kind) {
    case "create":
    case "patch":
    case "put":
      return { kind, values };
    case "delete":
      return { kind };
    case "action":
      return { kind, action, params: values };
  }
}

function together(values: Values, fixed: Values): Values | Failed {
  const astray = Object.entries(fixed).find(([name, value]) => values[name] !== undefined && values[name] !== value);
  return astray === undefined
    ? { ...values, ...fixed }
    : invalid(`${astray[0]} is not what the relationship says`, astray[0]);
}

/** One deep write: how many entities it may still touch. */
class Weaving {
  readonly #asked: Asked;
  readonly #calls: Calls;
  #left: number;

  constructor(asked: Asked, calls: Calls) {
    this.#asked = asked;
    this.#calls = calls;
    this.#left = asked.exchange.host.limits.deepInsertMax;
  }

  /** What the entity refers to comes before it, what refers to it comes after. */
  async write(
    set: SetRoute,
    wanted: Wanted,
    conditions: Omit<Writing, "asked" | "idempotency">,
  ): Promise<Made | Failed> {
    this.#left -= 1;
    if (this.#left < 0) {
      const { deepInsertMax } = this.#asked.exchange.host.limits;
      return failed("InvalidRequest", `the request writes more than ${deepInsertMax} entities (deepInsertMax)`);
    }
    const { body } = wanted;
    const nested = body.links.find(({ kind }) => kind === "nested");
    if (nested !== undefined && wanted.kind !== "create") {
      return notImplemented(`entities within ${nested.navigation.name} in a ${wanted.kind}`, nested.navigation.name);
    }
    let fixed = wanted.fixed ?? {};
    const inside: Made["inside"][number][] = [];
    for (const link of body.links.filter(({ navigation }) => refersHere(navigation, set))) {
      const made = await this.#before(link, set);
      if (isFailed(made)) return made;
      const joined = together(fixed, made.values);
      if (isFailed(joined)) return joined;
      fixed = joined;
      if (made.made.length > 0) inside.push({ navigation: link.navigation, made: made.made });
    }
    const { context } = this.#asked.exchange;
    const parent = await own(set, { ...wanted, fixed }, (write) =>
      this.#calls.write(context, { ...write, ...conditions }),
    );
    if (isFailed(parent)) return parent;
    for (const link of body.links.filter(({ navigation }) => !refersHere(navigation, set))) {
      const made = await this.#after(link, parent.written.row);
      if (isFailed(made)) return made;
      if (made.length > 0) inside.push({ navigation: link.navigation, made });
    }
    return { ...parent, inside };
  }

  /** The values by which the entity refers to the one at the end. */
  async #before(
    link: Link,
    set: SetRoute,
  ): Promise<{ readonly values: Values; readonly made: readonly Made[] } | Failed> {
    const { pairs, name } = link.navigation;
    if (link.kind === "none") {
      const values = Object.fromEntries(pairs.map(({ here }) => [here, null]));
      const fixed = pairs.find(({ here }) => set.properties.get(here)?.nullable !== true);
      return fixed === undefined ? { values, made: [] } : invalid(`${name} must lead to an entity`, name);
    }
    const made = link.kind === "nested" ? await this.#nested(link, {}) : [];
    if (isFailed(made)) return made;
    const there = link.kind === "bind" ? await this.#bound(link.ids[0] ?? "", link.navigation) : made[0]?.written.row;
    if (isFailed(there)) return there;
    return { values: Object.fromEntries(pairs.map((pair) => [pair.here, there?.values[pair.there] ?? null])), made };
  }

  async #after(link: Link, row: StoredRow | undefined): Promise<readonly Made[] | Failed> {
    const { pairs, name } = link.navigation;
    if (link.kind === "none") return notImplemented(`null for ${name}, which the entity at its end says,`, name);
    const fixed = Object.fromEntries(
      pairs.map(({ here, there }): [string, Value] => [there, row?.values[here] ?? null]),
    );
    if (link.kind === "nested") return this.#nested(link, fixed);
    const { context } = this.#asked.exchange;
    for (const id of link.ids) {
      const there = await this.#bound(id, link.navigation);
      if (isFailed(there)) return there;
      this.#left -= 1;
      const change = { kind: "patch", values: fixed } as const;
      const written = await this.#calls.write(context, { ...there.ref, change });
      if (written.kind === "failed") return written;
    }
    return [];
  }

  async #nested(link: Link & { kind: "nested" }, fixed: Values): Promise<readonly Made[] | Failed> {
    const { exchange } = this.#asked;
    const target = link.navigation.target();
    if (target === undefined) return notImplemented(`writing along ${link.navigation.name}`);
    const made: Made[] = [];
    for (const json of link.entities) {
      const body = createBody(json, target, readingOf(exchange), exchange.host.limits);
      if (isFailed(body)) return body;
      const one = await this.write(target, { kind: "create", body, fixed }, {});
      if (isFailed(one)) return one;
      made.push(one);
    }
    return made;
  }

  #bound(id: string, navigation: NavigationRoute): Promise<Bound | Failed> {
    return boundEntity(this.#asked, this.#calls, { id, navigation });
  }
}

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

/** True where the entity itself says which other it belongs together with. */
export function refersHere({ pairs, collection }: NavigationRoute, { type }: SetRoute): boolean {
  return !collection && pairs.some(({ here }) => here !== type.key);
}

const plainOrder = { orderBy: [], computed: [] };

/** What was made along with these, as an answer brings it (OData 4.01 part 1, section 11.4.2.2). */
export function expandedOf(all: readonly Made[]): readonly Expanded[] {
  const navigations = new Set(all.flatMap(({ inside }) => inside.map(({ navigation }) => navigation)));
  return [...navigations].flatMap((navigation) => {
    const made = all.flatMap(({ inside }) =>
      inside.filter((each) => each.navigation === navigation).flatMap((each) => each.made),
    );
    const set = navigation.target();
    if (set === undefined) return [];
    const related = new Map<string, Related>();
    for (const { written } of made) {
      if (written.row === undefined) continue;
      const place = placeAmong(written.row.values, navigation.pairs, "there");
      const rows = [...(related.get(place)?.rows ?? []), written.row];
      related.set(place, { rows, count: rows.length });
    }
    const expansion = {
      navigation,
      set,
      form: "entities",
      select: undefined,
      ordering: plainOrder,
      computed: [],
      skip: 0,
      count: false,
      expand: [],
    } as const;
    return [{ expansion, related, inside: expandedOf(made) }];
  });
}
