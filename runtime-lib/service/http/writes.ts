/** Answers the writes: create, PATCH, delete and bound actions. */

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { Failed, Write, Written } from "../call.ts";
import { actionBody, createBody, patchBody } from "../odata/bodies.ts";
import { entityUrl, etagOf } from "../odata/entity-json.ts";
import { failed, invalid, isFailed } from "../odata/failure.ts";
import { type Json, parseJson } from "../odata/json.ts";
import type { JsonReading } from "../odata/json-values.ts";
import { shown } from "../odata/literals.ts";
import { onlyOptions } from "../odata/options.ts";
import type { Resource } from "../odata/path.ts";
import { expectedSequence, matches, readTags } from "../odata/preconditions.ts";
import type { SetRoute } from "../odata/routes.ts";
import { readSelect, type Selection } from "../odata/select.ts";
import { type Asked, type Exchange, headerOf, type Reply } from "./exchange.ts";
import { entityReply } from "./reads.ts";

/** `POST /Set`: 201 with the entity, or 204 where that is preferred. */
export async function create(asked: Asked, { set }: Resource & { kind: "set" }): Promise<Reply | Failed> {
  const json = requiredBody(asked.exchange);
  if (isFailed(json)) return json;
  const entity = createBody(json, set, readingOf(asked.exchange), asked.exchange.host.limits);
  if (isFailed(entity)) return entity;
  return write(asked, set, { id: entity.id, change: { kind: "create", values: entity.values } });
}

/** `PATCH /Set('key')`: what the body names changes. An unknown key is 404; this is no upsert. */
export async function patch(asked: Asked, { set, id }: Resource & { kind: "entity" }): Promise<Reply | Failed> {
  const json = requiredBody(asked.exchange);
  if (isFailed(json)) return json;
  const values = patchBody(json, set, id, readingOf(asked.exchange));
  if (isFailed(values)) return values;
  return write(asked, set, { id, change: { kind: "patch", values } });
}

/** `DELETE /Set('key')`: 204. */
export async function remove(asked: Asked, { set, id }: Resource & { kind: "entity" }): Promise<Reply | Failed> {
  return write(asked, set, { id, change: { kind: "delete" } });
}

/** `POST /Set('key')/Action`: 200 with the entity as it is now. */
export async function act(asked: Asked, resource: Resource & { kind: "action" }): Promise<Reply | Failed> {
  const { set, id, action } = resource;
  const json = parsedBody(asked.exchange);
  if (isFailed(json)) return json;
  const params = actionBody(json, action, set);
  if (isFailed(params)) return params;
  return write(asked, set, { id, change: { kind: "action", action: action.name, params } });
}

interface Change {
  readonly id: string;
  readonly change: Write["change"];
}

async function write(asked: Asked, set: SetRoute, { id, change }: Change): Promise<Reply | Failed> {
  const { exchange, options } = asked;
  const wrong = onlyOptions(options, change.kind === "delete" ? [] : ["select", "format"], `a ${change.kind}`);
  if (wrong !== undefined) return wrong;
  const select = readSelect(options.system.get("select"), set, exchange.host.limits);
  if (isFailed(select)) return select;
  const expected = expectation(exchange.headers, change.kind);
  if (isFailed(expected)) return expected;
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return idempotency;
  const written = await exchange.host.service.write(exchange.context, {
    entityType: set.type.name,
    entityId: id,
    change,
    ...(expected === undefined ? {} : { expectedSequence: expected }),
    ...(idempotency === undefined ? {} : { idempotency }),
  });
  return written.kind === "failed" ? written : writtenReply(asked, set, written, { change: change.kind, select });
}

function writtenReply(
  asked: Asked,
  set: SetRoute,
  written: Written,
  { change, select }: { readonly change: Write["change"]["kind"]; readonly select: Selection },
): Reply {
  const headers: Record<string, string> = {};
  if (written.replayed) headers["idempotency-replayed"] = "true";
  const { row } = written;
  if (change === "delete" || row === undefined) return { status: 204, body: undefined, headers };
  const preferred = change === "action" ? undefined : asked.preferences.return;
  if (preferred !== undefined) headers["preference-applied"] = `return=${preferred}`;
  if (change === "create") headers.location = entityUrl(asked.exchange.serviceRoot, set, row.values);
  if (preferred === "minimal") {
    headers["odata-entityid"] = entityUrl(asked.exchange.serviceRoot, set, row.values);
    return { status: 204, body: undefined, etag: etagOf(row.sequence), headers };
  }
  const { revision } = written;
  return entityReply(change === "create" ? 201 : 200, row, asked, { set, select, revision, headers });
}

/** The sequence number that `If-Match` names. `If-None-Match: *` on what must exist can never hold. */
function expectation(headers: Exchange["headers"], change: Write["change"]["kind"]): number | undefined | Failed {
  const ifMatch = readTags(headerOf(headers, "if-match"), "If-Match");
  if (isFailed(ifMatch)) return ifMatch;
  const ifNoneMatch = readTags(headerOf(headers, "if-none-match"), "If-None-Match");
  if (isFailed(ifNoneMatch)) return ifNoneMatch;
  if (change === "create") {
    if (ifMatch.kind === "absent") return undefined;
    return failed("PreconditionFailed", "what is being created has no entity tag to match", "If-Match");
  }
  if (matches(ifNoneMatch, -1)) {
    return failed("PreconditionFailed", "If-None-Match: * would create, and this request does not", "If-None-Match");
  }
  return expectedSequence(ifMatch);
}

function idempotencyOf({ headers, method, path, body }: Exchange): Write["idempotency"] | Failed {
  const key = headerOf(headers, "idempotency-key");
  if (key === undefined) return undefined;
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    return invalid("Idempotency-Key is 1 to 255 printable ASCII characters", "Idempotency-Key");
  }
  const hash = createHash("sha256").update(`${method} ${path}\n`);
  if (body !== undefined) hash.update(body);
  return { key, requestHash: hash.digest("hex") };
}

function requiredBody(exchange: Exchange): Json | Failed {
  const json = parsedBody(exchange);
  return json === undefined ? failed("InvalidRequest", "the request has no JSON body") : json;
}

/** The body's value; undefined where there is none. */
function parsedBody({ body, headers, host }: Exchange): Json | undefined | Failed {
  if (body === undefined || body.length === 0) return undefined;
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(headerOf(headers, "content-type") ?? "")?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    return failed("UnsupportedMediaType", `the body must be UTF-8, not ${shown(charset)}`, "Content-Type");
  }
  if (!isUtf8(body)) return failed("InvalidRequest", "the body is not UTF-8");
  return parseJson(body.toString("utf8"), host.limits);
}

function readingOf({ headers }: Exchange): JsonReading {
  const type = headerOf(headers, "content-type") ?? "";
  return { ieee754Compatible: /;\s*ieee754compatible\s*=\s*true/i.test(type) };
}
