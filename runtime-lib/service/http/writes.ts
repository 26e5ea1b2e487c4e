/** Answers the writes: create, PATCH, PUT, delete, single properties and bound actions. */
import type { PropertyDescriptor, Values } from "../../kernel/index.ts";
import type { Calls, Failed, Together, Write } from "../call.ts";
import {
  absent,
  actionBody,
  createBody,
  type EntityBody,
  patchBody,
  propertyBodyValues,
  putBody,
} from "../odata/bodies.ts";
import { entityUrl, etagOf } from "../odata/entity-json.ts";
import { type Expansion, readExpand } from "../odata/expand.ts";
import type { Expanded } from "../odata/expanded.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { isJsonObject, type Json } from "../odata/json.ts";
import { propertyValue } from "../odata/json-values.ts";
import { onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import { readTags } from "../odata/preconditions.ts";
import type { SetRoute } from "../odata/routes.ts";
import { readSelect, type Selection } from "../odata/select.ts";
import { deeply, expandedOf } from "./deep.ts";
import { type Asked, type Exchange, headerOf, type Reply } from "./exchange.ts";
import { expand } from "./expanding.ts";
import type { Conditions, Made, Wanted } from "./one-write.ts";
import { entityReply } from "./reads.ts";
import { idempotencyOf, parsedBody, readingOf, requiredBody } from "./request-bodies.ts";

type Entity = Resource & { kind: "entity" };

/** `POST /Set`: 201 with the entity, or 204 where that is preferred. `fixed` is what the place of the new entity says of it. */
export async function create(asked: Asked, set: SetRoute, fixed: EntityBody["values"] = {}): Promise<Reply | Failed> {
  const { exchange } = asked;
  const json = requiredBody(exchange);
  if (isFailed(json)) return json;
  const body = createBody(json, set, readingOf(exchange), exchange.host.limits);
  if (isFailed(body)) return body;
  return write(asked, set, { kind: "create", body, fixed });
}

/** `PATCH /Set('key')`: what the body names changes. An unknown key is 404, but where `If-None-Match: *` asks to make it. */
export function patch(asked: Asked, entity: Entity): Promise<Reply | Failed> {
  return update(asked, entity, "patch", patchBody);
}

/** `PUT /Set('key')`: the fields are the body's, and what it leaves out is as in a new entity. An unknown key makes one. */
export function put(asked: Asked, entity: Entity): Promise<Reply | Failed> {
  return update(asked, entity, "put", putBody);
}

async function update(
  asked: Asked,
  { set, id }: Entity,
  kind: "patch" | "put",
  read: typeof patchBody,
): Promise<Reply | Failed> {
  const json: Json | Failed = requiredBody(asked.exchange);
  if (isFailed(json)) return json;
  const body = read(json, set, id, readingOf(asked.exchange));
  return isFailed(body) ? body : write(asked, set, { kind, body: { ...body, id } });
}

/** `DELETE /Set('key')`: 204. */
export async function remove(asked: Asked, { set, id }: Entity): Promise<Reply | Failed> {
  return write(asked, set, { kind: "delete", body: { id, values: {}, links: [] } });
}

/** `PUT`, `PATCH` and `DELETE` of a single property, and `POST` of an item to a collection: 204. */
export async function writeProperty(
  asked: Asked,
  { set, id, property }: Resource & { kind: "property" },
): Promise<Reply | Failed> {
  const { exchange } = asked;
  if (exchange.method === "POST") return addItem(asked, { kind: "property", set, id, property });
  const json = exchange.method === "DELETE" ? undefined : requiredBody(exchange);
  if (isFailed(json)) return json;
  const values =
    json === undefined
      ? cleared(property, set)
      : propertyBodyValues(json, property, set, { ...readingOf(exchange), isWhole: exchange.method !== "PATCH" });
  if (isFailed(values)) return values;
  const body = { id, values, links: [] };
  const reply = await write(asked, set, { kind: "patch", body });
  if (isFailed(reply)) return reply;
  return withoutBody(reply);
}

/** An item more at the end of the collection. */
async function addItem(asked: Asked, { set, id, property }: Resource & { kind: "property" }): Promise<Reply | Failed> {
  const { exchange } = asked;
  const json = requiredBody(exchange);
  if (isFailed(json)) return json;
  const item = isJsonObject(json) && json.has("value") ? json.get("value") : json;
  const read = propertyValue([item ?? null], property, readingOf(exchange));
  if (isFailed(read)) return read;
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return idempotency;
  const work = async (service: Calls): Promise<Together<Reply | Failed>> => {
    const found = await service.read(exchange.context, set.type.name, id);
    if (found.kind === "failed") return { keep: false, value: found };
    const items = [found.row.values[property.name] ?? [], read].flatMap((each) => (Array.isArray(each) ? each : []));
    const inside = { ...asked, exchange: { ...exchange, host: { ...exchange.host, service } } };
    const body = { id, values: { [property.name]: items }, links: [] };
    const value = await write(inside, set, { kind: "patch", body });
    return { keep: !isFailed(value), value: isFailed(value) ? value : withoutBody(value) };
  };
  return exchange.host.service.together(exchange.context, work, idempotency && { idempotency });
}

function withoutBody({ headers = {}, etag }: Reply): Reply {
  const { "preference-applied": _applied, ...rest } = headers;
  return { status: 204, body: undefined, headers: rest, ...(etag !== undefined && { etag }) };
}

function cleared(property: PropertyDescriptor, set: SetRoute): Values {
  return property.complexType === undefined ? { [property.name]: null } : absent(property.name, set);
}

/** `POST /Set('key')/Action`: 200 with the entity as it is now. */
export function act(asked: Asked, resource: Resource & { kind: "action" }): Reply | Failed | Promise<Reply | Failed> {
  const { set, id, action } = resource;
  const json = parsedBody(asked.exchange);
  if (isFailed(json)) return json;
  const params = actionBody(json, action, set);
  if (isFailed(params)) return params;
  return write(asked, set, { kind: "action", action: action.name, body: { id, values: params, links: [] } });
}

/** What was done, and what is wanted of the entity afterwards. */
interface Answering {
  readonly change: Write["change"]["kind"];
  readonly select: Selection;
  /** What is brought along besides what the body itself had within it. */
  readonly expand: readonly Expansion[];
}

/** What a message calls each kind of write. */
const called = { create: "a create", patch: "a PATCH", put: "a PUT", delete: "a DELETE", action: "an action" } as const;

/** Does what is wanted, and answers as its kind of write is answered. */
export async function write(asked: Asked, set: SetRoute, wanted: Wanted): Promise<Reply | Failed> {
  const { exchange, options } = asked;
  const taken = wanted.kind === "delete" ? [] : (["select", "expand", "format"] as const);
  const wrong = onlyOptions(options, taken, called[wanted.kind]);
  if (wrong !== undefined) return wrong;
  const shape = shapeAsked(asked, set);
  if (isFailed(shape)) return shape;
  const conditions = conditionsOf(exchange.headers, wanted.kind);
  if (isFailed(conditions)) return conditions;
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return idempotency;
  const made = await deeply({ asked, conditions, idempotency }, set, wanted);
  return isFailed(made) ? made : writtenReply(asked, made, { change: wanted.kind, ...shape });
}

const wholeEntity = { select: undefined, expand: [] } as const;

function shapeAsked({ exchange, options, routes }: Asked, set: SetRoute): Omit<Answering, "change"> | Failed {
  const { system, aliases } = options;
  if (system.size === 0) return wholeEntity;
  const scope = { ...exchange.host, aliases, namespace: routes.definition.namespace };
  const select = readSelect(system.get("select"), set, scope);
  if (isFailed(select)) return select;
  const expand = readExpand(system.get("expand"), set, scope);
  return isFailed(expand) ? expand : { select, expand };
}

/** A promise only where it has to be asked of the store whether the caller may read what it has written. */
function writtenReply(asked: Asked, { set, written, inside }: Made, answering: Answering): Reply | Promise<Reply> {
  const { row, revision } = written;
  const headers: Record<string, string> = {};
  if (written.replayed) headers["idempotency-replayed"] = "true";
  if (answering.change === "delete" || row === undefined) return { status: 204, body: undefined, headers };
  const preferred = asked.preferences.return;
  if (preferred !== undefined) headers["preference-applied"] = `return=${preferred}`;
  const { context, host, serviceRoot } = asked.exchange;
  if (written.created) headers.location = entityUrl(serviceRoot, set, row.values);
  if (preferred === "minimal") {
    headers["odata-entityid"] = entityUrl(serviceRoot, set, row.values);
    return { status: 204, body: undefined, etag: etagOf(row.sequence), headers };
  }
  const unshown = (): Reply => {
    headers["odata-entityid"] = entityUrl(serviceRoot, set, row.values);
    return { status: 204, body: undefined, headers };
  };
  const whole = (expanded: readonly Expanded[]): Reply => {
    const shown = { set, select: answering.select, expanded, revision, headers };
    return entityReply(written.created ? 201 : 200, row, asked, shown);
  };
  const reply = (isShown: boolean): Reply | Promise<Reply> => {
    if (!isShown) return unshown();
    if (answering.expand.length === 0) return whole(inside.length === 0 ? [] : expandedOf([{ set, written, inside }]));
    // The write is done: what cannot be brought along must not look as if it were not.
    const along = expand(asked.exchange, [row], answering.expand);
    return along.then((expanded) => (isFailed(expanded) ? unshown() : whole(expanded)));
  };
  const showing = written.created || host.service.shows(context, set.type.name, row);
  return showing instanceof Promise ? showing.then(reply) : reply(showing);
}

/** What `If-Match` and `If-None-Match` demand: the sequence numbers, and whether something may or must be made. */
function conditionsOf(headers: Exchange["headers"], change: Write["change"]["kind"]): Conditions | Failed {
  const ifMatch = readTags(headerOf(headers, "if-match"), "If-Match");
  if (isFailed(ifMatch)) return ifMatch;
  const ifNoneMatch = readTags(headerOf(headers, "if-none-match"), "If-None-Match");
  if (isFailed(ifNoneMatch)) return ifNoneMatch;
  if (change === "create") {
    if (ifMatch.kind === "absent") return {};
    return failed("PreconditionFailed", "what is being created has no entity tag to match", "If-Match");
  }
  const mayMake = change === "put" || change === "patch";
  if (ifNoneMatch.kind === "any" && !mayMake) {
    return failed("PreconditionFailed", "If-None-Match: * would create, and this request does not", "If-None-Match");
  }
  const numbers = {
    ...(ifMatch.kind === "sequences" && { expectedSequences: ifMatch.sequences }),
    ...(ifNoneMatch.kind === "sequences" && { unexpectedSequences: ifNoneMatch.sequences }),
  };
  if (ifMatch.kind !== "absent") return mayMake ? { ...numbers, upsert: "change" } : numbers;
  return ifNoneMatch.kind === "any" ? { upsert: "make" } : numbers;
}
