/** Answers reads of what an entity has: the entities that a navigation property leads to, and single properties. */
import type { FilterNode, StoredRow } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { entityUrl, etagOf, propertyBody } from "../odata/entity-json.ts";
import { failed, isFailed, notImplemented } from "../odata/failure.ts";
import { contentTypeOf } from "../odata/formats.ts";
import { countFilter } from "../odata/list-options.ts";
import { onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import type { NavigationRoute } from "../odata/routes.ts";
import type { Asked, Reply } from "./exchange.ts";
import { atPlaces } from "./expanding.ts";
import { countOf, readEntity, readSet, writingOf } from "./reads.ts";

type Related = Resource & { kind: "related" };

/** What the navigation property leads to, as far as the caller may read it; an entity that is hidden leads nowhere. */
export async function readRelated(asked: Asked, { set, id, navigation, isCount }: Related): Promise<Reply | Failed> {
  const { exchange, routes, options } = asked;
  const target = navigation.target();
  if (target === undefined || navigation.pairs.length === 0) {
    return notImplemented(`a path along ${navigation.name}, for which the contract has no referential constraint,`);
  }
  const found = await exchange.host.service.read(exchange.context, set.type.name, id);
  if (found.kind === "failed") return found;
  if (!navigation.collection) return readSingle(asked, navigation, found.row);
  const within = filterFrom(found.row, navigation);
  if (!isCount) {
    const path = `${entityUrl("", set, found.row.values)}/${navigation.name}`;
    return readSet(asked, { kind: "set", set: target }, { filter: within, path });
  }
  const asksFor = countFilter(options, target, routes.definition.namespace, exchange.host.limits);
  if (isFailed(asksFor)) return asksFor;
  return countOf(asked, target, asksFor === undefined ? within : { kind: "and", operands: [within, asksFor] });
}

/** A null leads nowhere. */
function filterFrom({ values }: StoredRow, { pairs }: NavigationRoute): FilterNode {
  const place = pairs.map(({ here }) => values[here] ?? null);
  return place.includes(null) ? { kind: "constant", value: false } : atPlaces(pairs, [place]);
}

/** 204 where nothing is there (OData 4.01 part 1, section 11.2.6). */
async function readSingle(asked: Asked, navigation: NavigationRoute, row: StoredRow): Promise<Reply | Failed> {
  const [pair, further] = navigation.pairs;
  const target = navigation.target();
  if (pair === undefined || further !== undefined || pair.there !== target?.type.key) {
    return notImplemented(`a path along ${navigation.name}, which does not lead to a key,`);
  }
  const id = row.values[pair.here] ?? null;
  const nothing: Reply = { status: 204, body: undefined };
  if (id === null) return nothing;
  const reply = await readEntity(asked, { kind: "entity", set: target, id: String(id) });
  return isFailed(reply) && reply.code === "NotFound" ? nothing : reply;
}

/** `Set(key)/Property` and `Set(key)/Property/$value`; 204 for null. */
export async function readProperty(
  asked: Asked,
  { set, id, property, kind }: Resource & { kind: "property" | "value" },
): Promise<Reply | Failed> {
  const { exchange, options, format } = asked;
  const wrong = onlyOptions(options, ["format"], "a property");
  if (wrong !== undefined) return wrong;
  if (kind === "value" && property.collection) return failed("InvalidRequest", "a collection has no $value");
  const found = await exchange.host.service.read(exchange.context, set.type.name, id);
  if (found.kind === "failed") return found;
  const etag = etagOf(found.row.sequence);
  const value = found.row.values[property.name] ?? null;
  if (value === null) return { status: 204, etag, body: undefined };
  if (kind === "value") return { status: 200, etag, contentType: "text/plain;charset=utf-8", body: String(value) };
  const body = propertyBody(found.row, { set, property }, writingOf(asked, undefined));
  return { status: 200, etag, contentType: contentTypeOf(format), body };
}
