/** Answers reads of what an entity has: the entities that a navigation property leads to, and single properties. */
import { durationText, type PropertyDescriptor, type Value } from "../../kernel/index.ts";
import type { FilterNode, StoredRow } from "../../ports/index.ts";
import type { Calls, Failed, Together } from "../call.ts";
import { entityUrl, etagOf, propertyBody } from "../odata/entity-json.ts";
import { failed, isFailed, notImplemented } from "../odata/failure.ts";
import { contentTypeOf } from "../odata/formats.ts";
import { type Items, itemOptions, itemsWanted, readItems } from "../odata/items.ts";
import { countFilter } from "../odata/list-options.ts";
import { type OptionName, onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import type { NavigationRoute } from "../odata/routes.ts";
import { idAtEnd } from "./addressing.ts";
import type { Asked, Reply } from "./exchange.ts";
import { atPlaces } from "./expanding.ts";
import { createIn } from "./media.ts";
import { both, countOf, readEntity, readSet, segmentFilter, withSegments } from "./reads.ts";
import { idempotencyOf } from "./request-bodies.ts";
import { writingOf } from "./writing.ts";

type Related = Resource & { kind: "related" };

/** What the navigation property leads to, as far as the caller may read it; an entity that is hidden leads nowhere. */
export async function readRelated(asked: Asked, related: Related): Promise<Reply | Failed> {
  const { set, id, navigation, isCount, filters = [] } = related;
  const { exchange, routes, options } = asked;
  const target = navigation.target();
  if (target === undefined || navigation.pairs.length === 0) {
    return notImplemented(`a path along ${navigation.name}, for which the contract has no referential constraint,`);
  }
  const found = await exchange.host.service.read(exchange.context, set.type.name, id);
  if (found.kind === "failed") return found;
  if (!navigation.collection) return readSingle(asked, navigation, found.row);
  const narrowing = segmentFilter(asked, { set: target, filters });
  if (isFailed(narrowing)) return narrowing;
  const there = filterFrom(found.row, navigation);
  const within = both(there, narrowing) ?? there;
  if (!isCount) {
    const collection = `${entityUrl("", set, found.row.values)}/${navigation.name}`;
    const own = navigation.isContainment ? { collection } : {};
    return readSet(
      asked,
      { kind: "set", set: target },
      { filter: within, path: withSegments(collection, filters), ...own },
    );
  }
  const asksFor = countFilter(options, target, routes.definition.namespace, exchange.host.limits);
  if (isFailed(asksFor)) return asksFor;
  return countOf(asked, target, asksFor === undefined ? within : { kind: "and", operands: [within, asksFor] });
}

/** `POST Set(key)/Navigation`: a new entity there, which belongs to this one from the start. */
export async function createRelated(asked: Asked, { set, id, navigation }: Related): Promise<Reply | Failed> {
  const { exchange } = asked;
  const target = navigation.target();
  if (target === undefined) return notImplemented(`a path along ${navigation.name}`);
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return idempotency;
  const work = async (service: Calls): Promise<Together<Reply | Failed>> => {
    const inside = { ...asked, exchange: { ...exchange, host: { ...exchange.host, service } } };
    const source = await service.read(exchange.context, set.type.name, id);
    if (source.kind === "failed") return { keep: false, value: source };
    const fixed = navigation.pairs.map(({ here, there }): [string, Value] => [there, source.row.values[here] ?? null]);
    const value = await createIn(inside, target, Object.fromEntries(fixed));
    return { keep: !isFailed(value), value };
  };
  return exchange.host.service.together(exchange.context, work, idempotency && { idempotency });
}

/** A null leads nowhere. */
export function filterFrom({ values }: StoredRow, { pairs }: NavigationRoute): FilterNode {
  const place = pairs.map(({ here }) => values[here] ?? null);
  return place.includes(null) ? { kind: "constant", value: false } : atPlaces(pairs, [place]);
}

/** 204 where nothing is there (OData 4.01 part 1, section 11.2.6). */
async function readSingle(asked: Asked, navigation: NavigationRoute, row: StoredRow): Promise<Reply | Failed> {
  const target = navigation.target();
  if (target === undefined) return notImplemented(`a path along ${navigation.name}`);
  const id = await idAtEnd(asked.exchange, { navigation, target }, row.values);
  const reply = typeof id === "string" ? await readEntity(asked, { kind: "entity", set: target, id }) : id;
  return isFailed(reply) && reply.code === "NotFound" ? { status: 204, body: undefined } : reply;
}

type Valued = Resource & { kind: "property" | "value" | "item-count" };

/** `Set(key)/Property`, `/$value` and `/$count` behind it; 204 for null. */
export async function readProperty(asked: Asked, valued: Valued): Promise<Reply | Failed> {
  const { set, id, property, kind } = valued;
  const { exchange, format } = asked;
  if (kind === "value" && property.collection) return failed("InvalidRequest", "a collection has no $value");
  const items = itemsAsked(asked, valued);
  if (isFailed(items)) return items;
  const found = await exchange.host.service.read(exchange.context, set.type.name, id);
  if (found.kind === "failed") return found;
  const etag = etagOf(found.row.sequence);
  const value = found.row.values[property.name] ?? null;
  if (kind === "item-count") return { status: 200, etag, ...plainText(String(itemsWanted(value, items).count)) };
  if (value === null) return { status: 204, etag, body: undefined };
  if (kind === "value") return { status: 200, etag, ...rawValue(value, property) };
  const select = property.collection ? new Map([[property.name, items]]) : undefined;
  const body = propertyBody(found.row, { set, property }, writingOf(asked, select));
  return { status: 200, etag, contentType: contentTypeOf(format), body };
}

/** Which items of a collection the options want; other properties take none of these. */
function itemsAsked({ exchange, routes, options }: Asked, { set, property, kind }: Valued): Items | Failed {
  const taken: readonly OptionName[] =
    kind === "item-count" ? ["filter", "search"] : property.collection ? [...itemOptions, "format"] : ["format"];
  const wrong = onlyOptions(options, taken, property.collection ? `the collection ${property.name}` : "a property");
  if (wrong !== undefined) return wrong;
  const scope = { set, namespace: routes.definition.namespace, aliases: options.aliases };
  return readItems(options.system, scope, exchange.host.limits);
}

/** A value without any frame: octets as they are, everything else as text (OData 4.01 part 1, section 11.2.4.1). */
function rawValue(
  value: NonNullable<Value>,
  { type }: PropertyDescriptor,
): { readonly contentType: string; readonly body: string | Buffer } {
  if (type === "Edm.Binary") {
    return { contentType: "application/octet-stream", body: Buffer.from(String(value), "base64url") };
  }
  const text = type === "Edm.Duration" ? durationText(Number(value)) : String(value);
  return plainText(text);
}

function plainText(body: string): { readonly contentType: string; readonly body: string } {
  return { contentType: "text/plain;charset=utf-8", body };
}
