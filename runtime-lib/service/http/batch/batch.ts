/** Answers `$batch`: its requests one after the other, as the batch's own caller, and each group of them as one. */

import { createHash, randomUUID } from "node:crypto";
import { named } from "../../../kernel/index.ts";
import type { Attempt, Calls, Failed, TogetherOptions } from "../../call.ts";
import { dereferenced, pathWithin, referredTo } from "../../odata/entity-id.ts";
import { failed, isFailed } from "../../odata/failure.ts";
import { readPreferences } from "../../odata/formats.ts";
import { resourceOf } from "../../odata/path.ts";
import { routesOf } from "../../odata/routes.ts";
import { pathSegments } from "../../odata/url.ts";
import { answer, type Refusal } from "../answer.ts";
import { isClaim } from "../claims.ts";
import { type Exchange, headerOf, type Reply, type RequestHeaders } from "../exchange.ts";
import { errorReply } from "../replies.ts";
import { idempotencyOf } from "../request-bodies.ts";
import { type BatchItem, type BatchRequest, identityHeaders, ownHeaders } from "./batch-request.ts";
import { jsonBatchBody, readJsonBatch } from "./json-batch.ts";
import { type BatchReply, multipartBody, type ReplyItem, readMultipart } from "./multipart.ts";

/** The reply to any request: a batch, or what may stand in one. */
export function answerAny(exchange: Exchange): Promise<Reply | Refusal> {
  return /^\/?(?:\$|%24)batch\/?$/i.test(exchange.path) ? answerBatch(exchange) : answer(exchange);
}

async function answerBatch(exchange: Exchange): Promise<Reply | Refusal> {
  if (exchange.method !== "POST") return { failure: failed("MethodNotAllowed", "$batch is for POST"), allow: ["POST"] };
  const idempotency = idempotencyOf(exchange);
  if (isFailed(idempotency)) return { failure: idempotency };
  const contentType = headerOf(exchange.headers, "content-type") ?? "";
  const isMultipart = /^multipart\/mixed\b/i.test(contentType);
  const items = itemsOf(exchange, contentType);
  if (isFailed(items)) {
    await smuggled(exchange, exchange.host.service, items.message);
    return { failure: items };
  }
  const run = new Run(exchange, idempotency?.key);
  const replies = await run.all(items);
  const headers = run.continues ? { headers: { "preference-applied": "continue-on-error" } } : {};
  const accept = headerOf(exchange.headers, "accept") ?? "*/*";
  const asJson = /application\/json/i.test(accept) || (!isMultipart && !/multipart\/mixed/i.test(accept));
  if (asJson) {
    const all = replies.flatMap((item) => ("changeSet" in item ? item.changeSet : [item]));
    return { status: 200, contentType: "application/json", body: jsonBatchBody(all), ...headers };
  }
  const boundary = `batchresponse_${randomUUID()}`;
  return {
    status: 200,
    contentType: `multipart/mixed;boundary=${boundary}`,
    body: multipartBody(replies, boundary),
    ...headers,
  };
}

function itemsOf({ body, host }: Exchange, contentType: string): readonly BatchItem[] | Failed {
  if (body === undefined || body.length === 0) return failed("InvalidRequest", "the batch has no body");
  if (/^multipart\/mixed\b/i.test(contentType)) return readMultipart(body, contentType, host.limits);
  if (/^application\/json\b/i.test(contentType)) return readJsonBatch(body, host.limits);
  return failed("UnsupportedMediaType", "a batch is multipart/mixed or application/json", "Content-Type");
}

/** What the requests of a batch have come to so far. */
interface Progress {
  /** By a request's id, the path that it came to. */
  readonly paths: Map<string, string>;
  /** By a request's id, the entity tag that it was answered with. */
  readonly etags: Map<string, string>;
  /** Requests and groups that failed. */
  readonly lost: Set<string>;
}

class Run {
  readonly #exchange: Exchange;
  readonly #key: string | undefined;
  readonly #progress: Progress = { paths: new Map(), etags: new Map(), lost: new Set() };
  readonly continues: boolean;

  constructor(exchange: Exchange, key: string | undefined) {
    this.#exchange = exchange;
    this.#key = key;
    this.continues = readPreferences(headerOf(exchange.headers, "prefer")).continueOnError;
  }

  /** The replies in order; behind a failure there are none, unless the caller prefers to go on. */
  async all(items: readonly BatchItem[]): Promise<readonly ReplyItem[]> {
    const replies: ReplyItem[] = [];
    for (const [index, item] of items.entries()) {
      const { item: reply, isLost } =
        item.kind === "single" ? await this.#single(item.request, index) : await this.#group(item, index);
      replies.push(reply);
      if (isLost && !this.continues) break;
    }
    return replies;
  }

  async #single(request: BatchRequest, index: number): Promise<{ readonly item: ReplyItem; readonly isLost: boolean }> {
    const { id } = request;
    const { service } = this.#exchange.host;
    const reply = this.#isBarred(request)
      ? dependencyReply(request)
      : await perform(this.#exchange, request, { service, progress: this.#progress, key: keyOf(this.#key, index) });
    const isLost = reply.status >= 400;
    if (id !== undefined) note(this.#progress, request, reply);
    return { item: { id, reply }, isLost };
  }

  /** Who refers to a request depends on it, whether or not it says so. */
  #isBarred({ dependsOn, url }: BatchRequest): boolean {
    return [...dependsOn, referredTo(url) ?? ""].some((name) => this.#progress.lost.has(name));
  }

  /** All of a group or nothing; what a request of it refers to, and what it is to be told, is known only as far as it holds. */
  async #group(
    item: BatchItem & { kind: "group" },
    index: number,
  ): Promise<{ readonly item: ReplyItem; readonly isLost: boolean }> {
    const { name, requests } = item;
    const barred = requests.find((request) => this.#isBarred(request));
    const done =
      barred === undefined ? await this.#attempt(item, index) : refusedAll(requests, barred, dependencyReply(barred));
    const isLost = done.failure !== undefined;
    const replies = done.replies.map((reply, at): BatchReply => ({ id: requests[at]?.id, group: name, reply }));
    for (const [at, { reply }] of replies.entries()) {
      const request = requests[at];
      if (request !== undefined) note(this.#progress, request, reply);
    }
    if (isLost && name !== undefined) this.#progress.lost.add(name);
    // A change set without a name is of a multipart batch, where one reply stands for all of it that failed.
    const failedOne = replies.find(({ reply }) => reply === done.failure);
    return { isLost, item: name === undefined && failedOne !== undefined ? failedOne : { changeSet: replies } };
  }

  async #attempt({ requests }: BatchItem & { kind: "group" }, index: number): Promise<Done> {
    const { context, host } = this.#exchange;
    const wrong = requests.map(notOfGroup).find((refusal) => refusal !== undefined);
    const [first] = requests;
    if (first === undefined) return { replies: [], failure: undefined };
    if (wrong !== undefined) return refusedAll(requests, wrong.request, errorReply(wrong.failure, undefined));
    const key = keyOf(this.#key, index);
    const options: TogetherOptions = key === undefined ? {} : { idempotency: { key, requestHash: hashOf(requests) } };
    const done = await host.service.together(context, (service) => this.#inOrder(requests, service), options);
    return "kind" in done ? refusedAll(requests, first, errorReply(done, undefined)) : done;
  }

  async #inOrder(requests: readonly BatchRequest[], service: Calls): Promise<{ keep: boolean; value: Done }> {
    const { paths, etags, lost } = this.#progress;
    const progress = { paths: new Map(paths), etags: new Map(etags), lost };
    const replies: Reply[] = [];
    for (const request of requests) {
      const reply = await perform(this.#exchange, request, { service, progress, key: undefined });
      if (reply.status >= 400) return { keep: false, value: refusedAll(requests, request, reply) };
      replies.push(reply);
      note(progress, request, reply);
    }
    return { keep: true, value: { replies, failure: undefined } };
  }
}

interface Done {
  readonly replies: readonly Reply[];
  /** The reply that the group failed for. */
  readonly failure: Reply | undefined;
}

/** The one that failed says why, the others that nothing was done. */
function refusedAll(requests: readonly BatchRequest[], one: BatchRequest, failure: Reply): Done {
  const others = errorReply(
    failed("FailedDependency", `nothing was done, because ${one.place} of the group failed`),
    undefined,
  );
  return { failure, replies: requests.map((request) => (request === one ? failure : others)) };
}

function dependencyReply({ place }: BatchRequest): Reply {
  return errorReply(failed("FailedDependency", `${place}: what it depends on has failed`, place), undefined);
}

const writes = new Set(["POST", "PUT", "PATCH", "DELETE"]);

function notOfGroup(request: BatchRequest): { readonly request: BatchRequest; readonly failure: Failed } | undefined {
  const { method, headers, place } = request;
  if (!writes.has(method)) {
    return { request, failure: failed("InvalidRequest", `${place}: ${method} has no place in a change set`, place) };
  }
  if (headers["idempotency-key"] === undefined) return undefined;
  const message = `${place}: within a change set there is no Idempotency-Key: send it with the batch`;
  return { request, failure: failed("InvalidRequest", message, "Idempotency-Key") };
}

function note({ paths, etags, lost }: Progress, { id, url }: BatchRequest, reply: Reply): void {
  if (id === undefined) return;
  if (reply.status >= 400) lost.add(id);
  const place = reply.headers?.location ?? reply.headers?.["odata-entityid"] ?? dereferenced(url, paths);
  paths.set(id, place.replace(/[?#].*$/s, ""));
  if (reply.etag !== undefined) etags.set(id, reply.etag);
}

interface Performing {
  readonly service: Calls;
  readonly progress: Progress;
  readonly key: string | undefined;
}

async function perform(outer: Exchange, request: BatchRequest, { service, progress, key }: Performing): Promise<Reply> {
  const { place, method, body } = request;
  const { host, serviceRoot } = outer;
  const accept = headerOf(request.headers, "accept");
  const refuse = (failure: Failed): Reply => errorReply(failure, accept);
  const recorded = async (failure: Failed): Promise<Reply> => {
    await smuggled(outer, service, failure.message);
    return refuse(failure);
  };
  if (body !== undefined && body.length > host.limits.bodyBytesMax) {
    return refuse(
      failed("PayloadTooLarge", `${place}: the body is larger than ${host.limits.bodyBytesMax} bytes (bodyBytesMax)`),
    );
  }
  if (request.url.length > host.limits.urlLengthMax) {
    return refuse(
      failed("UriTooLong", `${place}: the URL is longer than ${host.limits.urlLengthMax} characters (urlLengthMax)`),
    );
  }
  const headers = headersFor(outer, request, progress);
  if (isFailed(headers)) return recorded(headers);
  const claim = Object.keys(request.headers).find(isClaim);
  if (claim !== undefined) await smuggled(outer, service, `${place}: ${claim} means nothing here`);
  const url = pathWithin(dereferenced(request.url, progress.paths), serviceRoot);
  if (url === undefined) {
    return recorded(failed("InvalidRequest", `${place}: the URL is not one of this service`, place));
  }
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  if (/^\/?(?:\$|%24)batch\b/i.test(path)) {
    return recorded(failed("InvalidRequest", `${place}: a batch within a batch`, place));
  }
  const answered = await answer({
    ...outer,
    method,
    path,
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers: key === undefined || !writes.has(method) ? headers : { "idempotency-key": key, ...headers },
    body,
    host: { ...host, service },
    references: progress.paths,
  });
  if (!("failure" in answered)) return answered;
  if (isAstray(request.url) && namesNothing(path, outer)) await smuggled(outer, service, answered.failure.message);
  return errorReply(answered.failure, accept, answered.allow);
}

/** From the root, up from here, or with what no URL has in it: a client that follows links sends none that lead to nothing. */
function isAstray(url: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line end would begin another request
  return /^\/|(?:\.|%2e){2}|[\u0000-\u001f]/i.test(url);
}

function namesNothing(path: string, { host }: Exchange): boolean {
  const segments = pathSegments(path);
  return isFailed(segments) || isFailed(resourceOf(segments, routesOf(host.service.definition), host.limits));
}

/** Its own headers, as far as a request of a batch may have some: who is calling is not among them. */
function headersFor(
  { headers: outer }: Exchange,
  { headers, place }: BatchRequest,
  { etags }: Progress,
): RequestHeaders | Failed {
  const forged = identityHeaders.find((name) => headers[name] !== undefined && headers[name] !== outer[name]);
  if (forged !== undefined) {
    return failed("InvalidRequest", `${place}: ${forged} is the batch's to say, and it says something else`, forged);
  }
  const own = named<string>();
  for (const [name, value] of Object.entries(headers)) {
    if (!ownHeaders.has(name) || value === undefined) continue;
    const text = String(value);
    const referred = name.startsWith("if-") && text.startsWith("$") ? etags.get(text.slice(1)) : undefined;
    own[name] = referred ?? text;
  }
  return own;
}

/** Each write of a batch that has an idempotency key has one of its own. */
function keyOf(key: string | undefined, index: number): string | undefined {
  return key === undefined ? undefined : createHash("sha256").update(`${index} ${key}`).digest("hex");
}

function hashOf(requests: readonly BatchRequest[]): string {
  const hash = createHash("sha256");
  for (const { method, url, body } of requests)
    hash
      .update(`${method} ${url}\n`)
      .update(body ?? "")
      .update("\n");
  return hash.digest("hex");
}

/** Records what would be somebody else's request, another service's, or none that a batch may have. */
async function smuggled({ context }: Exchange, service: Calls, because: string): Promise<void> {
  const attempt: Attempt = { action: "smuggle", entityType: "Batch", entityId: null, because };
  await service.attempted?.(context.principal, attempt);
}
