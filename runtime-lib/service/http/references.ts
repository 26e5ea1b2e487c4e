/** Answers `$ref`: which entities belong together, read and written (OData 4.01 part 1, sections 11.2.9 and 11.4.6). */
import type { Value, Values } from "../../kernel/index.ts";
import type { Failed, Write } from "../call.ts";
import { referenceBody, referencesBody } from "../odata/bodies.ts";
import { entityUrl } from "../odata/entity-json.ts";
import { failed, isFailed, notImplemented } from "../odata/failure.ts";
import type { KeyPredicate } from "../odata/key-predicate.ts";
import { onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import type { SetRoute } from "../odata/routes.ts";
import { idAmong, idAtEnd } from "./addressing.ts";
import { type Bound, boundEntity, contained, refersHere } from "./bound.ts";
import type { Asked, Reply } from "./exchange.ts";
import { readSet, segmentFilter, type Within, withSegments } from "./reads.ts";
import { filterFrom } from "./related.ts";
import { jsonReply } from "./replies.ts";
import { idempotencyOf, requiredBody } from "./request-bodies.ts";
import { Weaving } from "./weaving.ts";

type Reference = Resource & { kind: "reference" };

/** `GET …/$ref`: the ids of the entities at the end, as far as the caller may read them. */
export async function readReferences(asked: Asked, reference: Reference): Promise<Reply | Failed> {
  const { exchange } = asked;
  const { set, id, navigation, to } = reference;
  const { service } = exchange.host;
  const source = await service.read(exchange.context, set.type.name, id);
  if (source.kind === "failed") return source;
  const target = navigation.target();
  if (target === undefined) return notImplemented(`a path along ${navigation.name}`);
  const { values } = source.row;
  if (navigation.collection && to === undefined) {
    const path = `${entityUrl("", set, values)}/${navigation.name}/$ref`;
    const within: Within = { filter: filterFrom(source.row, navigation), path, form: "references" };
    return readSet(asked, { kind: "set", set: target }, within);
  }
  const wrong = onlyOptions(asked.options, ["format"], "a reference");
  if (wrong !== undefined) return wrong;
  const end = { navigation, target };
  const there = await (to === undefined
    ? idAtEnd(exchange, end, values)
    : idAmong(exchange, { ...end, key: to }, values));
  if (typeof there !== "string") return there.code === "NotFound" && to === undefined ? nothing : there;
  const found = await service.read(exchange.context, target.type.name, there);
  if (found.kind === "failed") return to === undefined ? nothing : found;
  return idReply(asked, target, found.row.values);
}

function idReply({ exchange, format }: Asked, set: SetRoute, values: Values): Reply {
  const context = format.metadata === "none" ? {} : { "@odata.context": `${exchange.serviceRoot}$metadata#$ref` };
  const url = entityUrl(exchange.serviceRoot, set, values);
  return jsonReply(200, JSON.stringify({ ...context, "@odata.id": url }), format);
}

/** `GET Set/$ref`, and behind `/$filter(…)`: the ids of the entities, with the options that the entities would take. */
export function readSetIds(
  asked: Asked,
  { set, filters = [] }: Resource & { kind: "set-ids" },
): Promise<Reply | Failed> {
  const filter = segmentFilter(asked, { set, filters });
  if (isFailed(filter)) return Promise.resolve(filter);
  const path = `${withSegments(set.name, filters)}/$ref`;
  return readSet(asked, { kind: "set", set }, { filter: filter ?? everything, path, form: "references" });
}

const everything = { kind: "constant", value: true } as const;

/** `GET Set(key)/$ref`: the id of the entity, if the caller may read it. */
export async function readEntityId(
  asked: Asked,
  { set, id }: Resource & { kind: "entity-id" },
): Promise<Reply | Failed> {
  const wrong = onlyOptions(asked.options, ["format"], "a reference");
  if (wrong !== undefined) return wrong;
  const { host, context } = asked.exchange;
  const found = await host.service.read(context, set.type.name, id);
  return found.kind === "failed" ? found : idReply(asked, set, found.row.values);
}

const nothing: Reply = { status: 204, body: undefined };

/** `POST`, `PUT` and `DELETE` of `…/$ref`: 204. They change the entity that says what it belongs to, and ask for its update. */
export async function writeReference(asked: Asked, reference: Reference): Promise<Reply | Failed> {
  const { exchange } = asked;
  const wrong = onlyOptions(asked.options, exchange.method === "DELETE" ? ["id"] : [], "a reference");
  if (wrong !== undefined) return wrong;
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return idempotency;
  const reply = await exchange.host.service.together<Reply | Failed>(
    exchange.context,
    async (service) => {
      const value = await relate(
        { ...asked, exchange: { ...exchange, host: { ...exchange.host, service } } },
        reference,
      );
      return { keep: !isFailed(value), value };
    },
    idempotency && { idempotency },
  );
  return reply;
}

async function relate(asked: Asked, reference: Reference): Promise<Reply | Failed> {
  const { set, id, navigation } = reference;
  const { context, host } = asked.exchange;
  if (navigation.isContainment) return contained(navigation);
  const source = await host.service.read(context, set.type.name, id);
  if (source.kind === "failed") return source;
  const here = { entityType: set.type.name, entityId: id };
  const isEnding = asked.exchange.method === "DELETE";
  if (isOfAll(asked, reference)) return replaceAll(asked, reference, source.row.values);
  if (refersHere(navigation, set)) {
    const there = isEnding ? undefined : await meant(asked, reference);
    if (isFailed(there)) return there;
    const values = navigation.pairs.map((pair): [string, Value] => [pair.here, there?.values[pair.there] ?? null]);
    return change(asked, here, set, Object.fromEntries(values));
  }
  const target = navigation.target();
  if (target === undefined) return notImplemented(`a path along ${navigation.name}`);
  const there = isEnding ? await ended(asked, reference, source.row.values) : await meant(asked, reference);
  if (isFailed(there)) return there;
  const values = navigation.pairs.map((pair): [string, Value] => [
    pair.there,
    isEnding ? null : (source.row.values[pair.here] ?? null),
  ]);
  return change(asked, there.ref, target, Object.fromEntries(values));
}

/** `PUT` of all that belongs there, and `DELETE` that names none of it. */
function isOfAll({ exchange, options }: Asked, { navigation, to }: Reference): boolean {
  if (!navigation.collection || to !== undefined) return false;
  return exchange.method === "PUT" || (exchange.method === "DELETE" && !options.system.has("id"));
}

async function replaceAll(asked: Asked, { navigation }: Reference, source: Values): Promise<Reply | Failed> {
  const json = asked.exchange.method === "PUT" ? requiredBody(asked.exchange) : undefined;
  if (isFailed(json)) return json;
  const ids = json === undefined ? [] : referencesBody(json);
  if (isFailed(ids)) return ids;
  return (await new Weaving(asked, asked.exchange.host.service).replace(navigation, source, ids)) ?? nothing;
}

async function meant(asked: Asked, { navigation }: Reference): Promise<Bound | Failed> {
  const json = requiredBody(asked.exchange);
  if (isFailed(json)) return json;
  const id = referenceBody(json);
  return isFailed(id) ? id : boundEntity(asked, asked.exchange.host.service, { id, navigation });
}

/** The entity that shall belong here no more: by its key in the path, by `$id`, or the only one. */
async function ended(
  asked: Asked,
  { navigation, to }: Reference,
  source: Values,
): Promise<Pick<Bound, "ref"> | Failed> {
  const { exchange, options } = asked;
  const target = navigation.target();
  if (target === undefined) return notImplemented(`a path along ${navigation.name}`);
  const named = options.system.get("id");
  let key: KeyPredicate | undefined = to;
  if (named !== undefined) {
    const bound = await boundEntity(asked, exchange.host.service, { id: named, navigation });
    if (isFailed(bound)) return bound;
    key = { kind: "key", id: bound.ref.entityId };
  }
  const end = { navigation, target };
  const id = await (key === undefined ? idAtEnd(exchange, end, source) : idAmong(exchange, { ...end, key }, source));
  return typeof id === "string" ? { ref: { entityType: target.type.name, entityId: id } } : id;
}

async function change(
  { exchange }: Asked,
  ref: Pick<Write, "entityType" | "entityId">,
  set: SetRoute,
  values: Values,
): Promise<Reply | Failed> {
  const fixed = Object.entries(values).find(([name, value]) => value === null && !set.properties.get(name)?.nullable);
  if (fixed !== undefined) {
    return failed("InvalidRequest", `${set.type.name} must belong to an entity: ${fixed[0]} cannot be null`, fixed[0]);
  }
  const written = await exchange.host.service.write(exchange.context, { ...ref, change: { kind: "patch", values } });
  return written.kind === "failed" ? written : { status: 204, body: undefined };
}
