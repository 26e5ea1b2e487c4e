/** Answers the bytes of streams: of media entities and of stream properties (OData 4.01 part 1, sections 11.2.8 and 11.4.7). */
import { createHash, randomUUID } from "node:crypto";
import { type MediaStamp, mediaStamp, type Values } from "../../kernel/index.ts";
import type { Calls, Failed, GivenMedia, Together, Write } from "../call.ts";
import { acceptanceOf } from "../odata/accept.ts";
import { mediaEtag } from "../odata/entity-json.ts";
import { failed, invalid, isFailed } from "../odata/failure.ts";
import { keyName } from "../odata/key-predicate.ts";
import { shown } from "../odata/literals.ts";
import { onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import { readTagTexts, type TagTexts } from "../odata/preconditions.ts";
import type { SetRoute } from "../odata/routes.ts";
import { type Asked, type Exchange, headerOf, type Reply } from "./exchange.ts";
import { idempotencyOf, isJson } from "./request-bodies.ts";
import { create, write } from "./writes.ts";

type Stream = Resource & { kind: "stream" };

/** How often a stream is read that is replaced meanwhile. */
const attemptsMax = 3;

/** A browser shows it, if at all, as a page of nobody: whoever has put it there could else speak for this service. */
const inert = { "x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox" };

/** `GET Set(key)/$value` of a media entity, and `GET Set(key)/Photo`; 204 where nothing stands there. */
export async function readMedia(asked: Asked, stream: Stream): Promise<Reply | Failed> {
  const { exchange } = asked;
  const wrong = onlyOptions(asked.options, [], "a stream");
  if (wrong !== undefined) return wrong;
  const conditions = conditionsOf(exchange);
  if (isFailed(conditions)) return conditions;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    const stamp = await stampOf(exchange, exchange.host.service, stream);
    if (isFailed(stamp)) return stamp;
    const unmet = unmetBy(stamp, { ...conditions, ifNoneMatch: noTags });
    if (unmet !== undefined) return unmet;
    if (stamp === undefined) return { status: 204, body: undefined };
    if (matches(conditions.ifNoneMatch, stamp)) return { status: 304, etag: mediaEtag(stamp), body: undefined };
    const contentType = stamp.type;
    const accept = headerOf(exchange.headers, "accept") ?? "*/*";
    if (acceptanceOf(contentType, accept) === undefined) return unacceptable(contentType);
    const bytes = await exchange.host.service.media(exchange.context, wantedOf(stream, stamp));
    if (isFailed(bytes)) return bytes;
    if (bytes !== undefined)
      return { status: 200, contentType, etag: mediaEtag(stamp), headers: inert, body: Buffer.from(bytes) };
  }
  return failed("Conflict", "what stands at the stream was replaced each time that it was read");
}

function wantedOf({ set, id, property }: Stream, { hash }: MediaStamp): Parameters<Calls["media"]>[1] {
  return { entityType: set.type.name, entityId: id, property: property.name, hash };
}

async function stampOf(
  { context }: Exchange,
  service: Calls,
  { set, id, property }: Stream,
): Promise<MediaStamp | undefined | Failed> {
  const found = await service.read(context, set.type.name, id);
  return found.kind === "failed" ? found : mediaStamp(found.row.values[property.name]);
}

function unacceptable(type: string): Failed {
  return failed("NotAcceptable", `this stream is available as ${type} only`, "Accept");
}

/** `PUT` of what shall stand at a stream, and `DELETE` of what does: 204. With the medium of a media entity the entity goes. */
export async function writeMedia(asked: Asked, stream: Stream): Promise<Reply | Failed> {
  const { exchange, options } = asked;
  const wrong = onlyOptions(options, [], "a stream");
  if (wrong !== undefined) return wrong;
  const change = changeOf(exchange, stream);
  if (isFailed(change)) return change;
  const conditions = conditionsOf(exchange);
  if (isFailed(conditions)) return conditions;
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return idempotency;
  const keyed = idempotency && { idempotency };
  const entity = { entityType: stream.set.type.name, entityId: stream.id };
  const { context, host } = exchange;
  const isUnconditional = conditions.ifMatch.kind === "absent" && conditions.ifNoneMatch.kind === "absent";
  if (isUnconditional) {
    const written = await host.service.write(context, { ...entity, ...change, ...keyed });
    return written.kind === "failed" ? written : doneReply(change, stream);
  }
  const work = async (service: Calls): Promise<Together<Reply | Failed>> => {
    const stamp = await stampOf(exchange, service, stream);
    const unmet = isFailed(stamp) ? stamp : unmetBy(stamp, conditions);
    if (unmet !== undefined) return { keep: false, value: unmet };
    const written = await service.write(context, { ...entity, ...change });
    if (written.kind === "failed") return { keep: false, value: written };
    return { keep: true, value: doneReply(change, stream) };
  };
  return host.service.together(context, work, keyed);
}

type MediaWrite = Pick<Write, "change" | "media">;

function changeOf(exchange: Exchange, { property }: Stream): MediaWrite | Failed {
  if (exchange.method === "DELETE") {
    if (property.name === "$value") return { change: { kind: "delete" } };
    return { change: { kind: "patch", values: {} }, media: new Map([[property.name, null]]) };
  }
  const given = givenMedia(exchange);
  if (isFailed(given)) return given;
  return { change: { kind: "patch", values: {} }, media: new Map([[property.name, given]]) };
}

function doneReply({ media }: MediaWrite, { property }: Stream): Reply {
  const given = media?.get(property.name);
  return { status: 204, body: undefined, ...(given && { etag: mediaEtag(given.stamp) }) };
}

/** A new entity in a set, or where a navigation property leads; what is no JSON is the medium of a media entity. */
export function createIn(asked: Asked, set: SetRoute, fixed: Values = {}): Promise<Reply | Failed> {
  const isMedium = set.streams.has("$value") && !isJson(asked.exchange);
  return isMedium ? createMedia(asked, set, fixed) : create(asked, set, fixed);
}

/** With that medium, and a key of the service's choice. */
async function createMedia(asked: Asked, set: SetRoute, fixed: Values): Promise<Reply | Failed> {
  const given = givenMedia(asked.exchange);
  if (isFailed(given)) return given;
  const [part, further] = set.keyParts;
  const mayChoose = part !== undefined && further === undefined && ["Edm.String", "Edm.Guid"].includes(part.type);
  if (!mayChoose) {
    return invalid(
      `${keyName(set)} is not the service's to choose: POST the entity, then PUT its $value`,
      keyName(set),
    );
  }
  const id = randomUUID();
  const values = { [part.name]: id };
  const body = { ...(set.type.identity === undefined && { id }), values, links: [] };
  return write(asked, set, { kind: "create", body, fixed, media: new Map([["$value", given]]) });
}

const anyType = "application/octet-stream";

/** The body as it was sent, and what it is. */
function givenMedia({ body = Buffer.alloc(0), headers, host }: Exchange): GivenMedia | Failed {
  const type = headerOf(headers, "content-type") ?? anyType;
  if (!/^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(?:;[\x20-\x7e]{0,100})?$/.test(type)) {
    return failed("UnsupportedMediaType", `${shown(type)} is no media type`, "Content-Type");
  }
  const { mediaBytesMax } = host.limits;
  if (body.length > mediaBytesMax) return mediaTooLarge(mediaBytesMax);
  const hash = createHash("sha256").update(body).digest("base64url");
  return { stamp: { hash, bytes: body.length, type }, bytes: body };
}

/** Of a body that comes by itself, and of one that a batch brings. */
export function mediaTooLarge(mediaBytesMax: number): Failed {
  return failed("PayloadTooLarge", `a stream has at most ${mediaBytesMax} bytes (mediaBytesMax)`);
}

interface Conditions {
  readonly ifMatch: TagTexts;
  readonly ifNoneMatch: TagTexts;
}

const noTags: TagTexts = { kind: "absent" };

function conditionsOf({ headers }: Exchange): Conditions | Failed {
  const ifMatch = readTagTexts(headerOf(headers, "if-match"), "If-Match");
  if (isFailed(ifMatch)) return ifMatch;
  const ifNoneMatch = readTagTexts(headerOf(headers, "if-none-match"), "If-None-Match");
  return isFailed(ifNoneMatch) ? ifNoneMatch : { ifMatch, ifNoneMatch };
}

/** What is demanded of what stands at the stream, where it is not so. */
function unmetBy(stamp: MediaStamp | undefined, { ifMatch, ifNoneMatch }: Conditions): Failed | undefined {
  if (ifMatch.kind !== "absent" && !matches(ifMatch, stamp)) {
    const is = stamp === undefined ? "nothing stands at the stream" : `the stream is at ${mediaEtag(stamp)}`;
    return failed("PreconditionFailed", is, "If-Match");
  }
  if (!matches(ifNoneMatch, stamp)) return undefined;
  return failed("PreconditionFailed", "the stream has the tag that it must not have", "If-None-Match");
}

function matches(tags: TagTexts, stamp: MediaStamp | undefined): boolean {
  if (stamp === undefined) return false;
  return tags.kind === "any" || (tags.kind === "texts" && tags.texts.includes(stamp.hash));
}
