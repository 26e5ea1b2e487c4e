/** The Fastify plugin: the whole OData service under one prefix, without touching the host's routes, parsers or errors. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Telemetry } from "../../ports/index.ts";
import type { Authenticate, CallContext, Calls, EventSource, Failed, Identity, Serving } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { negotiatedVersion } from "../odata/formats.ts";
import { defaultODataLimits, type ODataLimits } from "../odata/limits.ts";
import { routesOf } from "../odata/routes.ts";
import type { Refusal } from "./answer.ts";
import { AsyncRequests, patienceOf } from "./async-requests.ts";
import { answerAny } from "./batch/batch.ts";
import { callContext, RequestCredentials } from "./caller.ts";
import { EventStreams } from "./event-stream.ts";
import { type Exchange, type Host, headerOf, type Reply, wrongHeader } from "./exchange.ts";
import type { Actions, Functions } from "./functions.ts";
import { type MediaPlace, takeMediaBodies } from "./media-bodies.ts";
import type { Outgoing } from "./outgoing.ts";
import { errorReply, sendReply } from "./replies.ts";
import { internalFailure, thrownFailure } from "./thrown.ts";
import { tracedCall } from "./traced-call.ts";
import { defaultTrafficLimits, type TrafficLimits } from "./traffic-limits.ts";
import { Turnstile, turnstileOf } from "./turnstile.ts";

export interface ODataPluginOptions {
  readonly service: Serving & EventSource;
  /** The service of a tenant that has one of its own, or why it cannot be served; `service` serves all others, and wherever it is absent all of them. */
  readonly serviceOf?: (tenant: string) => (Serving & EventSource) | Failed | undefined;
  readonly authenticate: Authenticate;
  /** Gives each request a span of its trace, where it has spans. */
  readonly telemetry?: Telemetry;
  /** Code for the unbound functions of the CSDL, by name; one without code is 501. */
  readonly functions?: Functions;
  /** The same for the actions that the CSDL binds to nothing. */
  readonly actions?: Actions;
  readonly limits?: Partial<ODataLimits & TrafficLimits>;
  /** The service root as clients see it, where that is not what the request says: behind a proxy that renames paths. */
  readonly publicUrl?: string;
}

interface Mount {
  readonly host: Omit<Host, "service">;
  /** By tenant; `service` for all that have none of their own. */
  readonly serviceOf: (tenant: string) => (Serving & EventSource) | Failed;
  readonly service: Serving;
  readonly authenticate: Authenticate;
  readonly telemetry: Telemetry | undefined;
  readonly turnstile: Turnstile;
  readonly streams: EventStreams;
  readonly async: AsyncRequests;
  readonly publicUrl: string | undefined;
  /** The path to the service root, without its closing slash. */
  readonly prefix: string;
  /** Where a request keeps who is calling, between the hook and the handler. */
  readonly caller: symbol;
}

interface Admitted {
  readonly context: CallContext;
  readonly version: "4.0" | "4.01";
  readonly reply: FastifyReply;
}

/** Mounts a service: `app.register(odataPlugin, { prefix: "/tdata", service, authenticate })`. It never listens itself. */
export async function odataPlugin(app: FastifyInstance, options: ODataPluginOptions): Promise<void> {
  const limits = { ...defaultODataLimits, ...defaultTrafficLimits, ...options.limits };
  const mount: Mount = {
    host: { limits, functions: options.functions ?? {}, actions: options.actions ?? {} },
    service: options.service,
    serviceOf: (tenant) => options.serviceOf?.(tenant) ?? options.service,
    authenticate: options.authenticate,
    telemetry: options.telemetry,
    turnstile: turnstileOf(app) ?? new Turnstile(limits),
    streams: new EventStreams(limits),
    async: new AsyncRequests(),
    publicUrl: options.publicUrl?.replace(/\/*$/, "/"),
    prefix: app.prefix,
    caller: Symbol("caller"),
  };
  app.decorateRequest(mount.caller, null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer", bodyLimit: limits.bodyBytesMax },
    (_request, body, done) => done(null, body),
  );
  app.addContentTypeParser("multipart/mixed", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  takeMediaBodies(app, { limits, placeOf: (request) => placeOf(mount, request) });
  app.setErrorHandler((error: Error, request, reply) => sendError(mount, error, request, reply));
  app.addHook("onRequest", (request, reply, done) => admit(mount, request, reply, done));
  app.setNotFoundHandler((request, reply) => {
    sendFailure(mount, failed("MethodNotAllowed", `${request.method} is not for this service`), request, reply);
  });
  const route = {
    method: ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"],
    exposeHeadRoute: false,
    handler: (request: FastifyRequest, reply: FastifyReply): void => serve(mount, request, reply),
  };
  app.route({ ...route, url: "/" });
  app.route({ ...route, url: "/$batch", bodyLimit: limits.batchBytesMax });
  app.route({ ...route, method: ["GET"], url: "/$events", handler: (request, reply) => stream(mount, request, reply) });
  app.route({
    ...route,
    method: ["GET", "DELETE"],
    url: "/$async/:id",
    handler: (request, reply) => monitor(mount, request, reply),
  });
  app.route({ ...route, url: "/*" });
  app.addHook("onClose", () => mount.async.ended());
  app.addHook("preClose", (done) => {
    mount.streams.close();
    done();
  });
}

/**
 * Before the body is read: the URL's length, the versions, the caller and its tenant. Callbacks, because a promise more
 * on every request can be measured.
 */
function admit(mount: Mount, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  const refuse = (failure: Failed): void => sendFailure(mount, failure, request, reply);
  const { urlLengthMax } = mount.host.limits;
  if ((request.raw.url ?? "").length > urlLengthMax) {
    refuse(failed("UriTooLong", `the URL is longer than ${urlLengthMax} characters (urlLengthMax)`));
    return;
  }
  const wrong = wrongHeader(request.raw);
  if (wrong !== undefined) {
    refuse(wrong);
    return;
  }
  const enter = (identity: Identity | undefined): void => {
    const admitted = admission(mount, identity, { request, reply });
    if (!isFailed(admitted)) {
      request.setDecorator(mount.caller, admitted);
      done();
    } else if (identity !== undefined && admitted.target === "X-Tenant-Id") {
      crossed(mount, identity, request).then(() => refuse(admitted), done);
    } else refuse(admitted);
  };
  const identity = mount.authenticate(new RequestCredentials(request));
  if (identity instanceof Promise) identity.then(enter).catch(done);
  else enter(identity);
}

/** The attempt to reach another tenant is recorded before it is refused. */
async function crossed({ serviceOf }: Mount, { principal }: Identity, { headers }: FastifyRequest): Promise<void> {
  const service = serviceOf(principal.tenant);
  if (!("kind" in service)) await service.crossed?.(principal, headerOf(headers, "x-tenant-id") ?? "");
}

function admission(mount: Mount, identity: Identity | undefined, { request, reply }: Passing): Admitted | Failed {
  const { headers } = request;
  const context = callContext(identity, headers, {
    deadlineAt: Date.now() + mount.host.limits.deadlineMs,
    isGone: () => request.raw.socket.destroyed,
  });
  if (isFailed(context)) return context;
  const tooFast = mount.turnstile.rate(context.principal, Date.now());
  if (tooFast !== undefined) return tooFast;
  const version = negotiatedVersion(headerOf(headers, "odata-version"), headerOf(headers, "odata-maxversion"));
  return isFailed(version) ? version : { context, version, reply };
}

function serve(mount: Mount, request: FastifyRequest, reply: FastifyReply): void {
  const admitted = request.getDecorator<Admitted>(mount.caller);
  const service = mount.serviceOf(admitted.context.tenant);
  if ("kind" in service) {
    sendFailure(mount, service, request, reply);
    return;
  }
  const full = mount.turnstile.enter(admitted.context.principal);
  const patienceMs = patienceOf(headerOf(request.headers, "prefer"));
  if (full !== undefined) sendFailure(mount, full, request, reply);
  else if (patienceMs === undefined) void answerBy(service, mount, admitted, { request, reply });
  else void answerLater(service, mount, admitted, { request, reply, patienceMs });
}

interface Passing {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Answers a request that was let in; never rejects. */
async function answerBy(
  service: Serving,
  mount: Mount,
  { context: admitted, version }: Admitted,
  { request, reply }: Passing,
): Promise<void> {
  const { context, ended } = tracedCall(mount.telemetry, { context: admitted }, request);
  let { revision } = service;
  try {
    const served = await service.serving((calls) => {
      revision = calls.revision;
      return answerAny(exchangeOf(mount, request, { context, calls }));
    });
    send(replyOf(served, request), { version, revision }, reply);
  } catch (error) {
    sendError(mount, error instanceof Error ? error : new Error(String(error)), request, reply);
  } finally {
    mount.turnstile.leave(admitted.principal);
    ended?.(reply.statusCode);
  }
}

function replyOf(served: Reply | Refusal | Failed, { headers }: FastifyRequest): Reply {
  const refusal = "kind" in served ? { failure: served } : served;
  return "failure" in refusal ? errorReply(refusal.failure, headers.accept, refusal.allow) : refusal;
}

/** The same for a request whose caller does not wait; where no answers are kept, it waits all the same. */
async function answerLater(
  service: Serving,
  mount: Mount,
  admitted: Admitted,
  { request, reply, patienceMs }: Passing & { readonly patienceMs: number },
): Promise<void> {
  const { kept } = service;
  if (kept === undefined) return answerBy(service, mount, admitted, { request, reply });
  const { context, ended } = tracedCall(mount.telemetry, admitted, request);
  const usual = { version: admitted.version, revision: service.revision };
  const work = async (signal: AbortSignal): Promise<Outgoing> => {
    const unwaited = { ...context, deadlineAt: Date.now() + kept.runMs, isGone: () => signal.aborted };
    let { revision } = service;
    const answered = await service
      .serving((calls) => {
        revision = calls.revision;
        return answerAny(exchangeOf(mount, request, { context: unwaited, calls }));
      })
      .then((served) => replyOf(served, request))
      .catch((error: Error) => replyOf(failureOf(mount, error, request), request));
    mount.turnstile.leave(context.principal);
    ended?.(answered.status);
    return { reply: answered, version: usual.version, revision };
  };
  const bytesMax = mount.host.limits.asyncAnswerBytesMax;
  const run = { kept, context, patienceMs, serviceRoot: serviceRootOf(mount, request), bytesMax, work };
  const outgoing = await mount.async.begin(run);
  send(outgoing.reply, { ...usual, ...outgoing }, reply);
}

/** The monitor of a request whose caller does not wait. */
async function monitor(mount: Mount, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { context, version } = request.getDecorator<Admitted>(mount.caller);
  const service = mount.serviceOf(context.tenant);
  const kept = "kind" in service ? undefined : service.kept;
  if ("kind" in service || kept === undefined) {
    sendFailure(mount, "kind" in service ? service : failed("NotFound", "no answers are kept"), request, reply);
    return;
  }
  const [path = ""] = targetOf(request).split("?");
  const id = path.slice(path.lastIndexOf("/") + 1);
  const isMessage = version === "4.0" || (request.headers.accept?.includes("application/http") ?? false);
  const asked = { kept, context, id, serviceRoot: serviceRootOf(mount, request), isMessage };
  const outgoing = await (request.method === "DELETE" ? mount.async.cancel(asked) : mount.async.read(asked));
  send(outgoing.reply, { version, revision: service.revision, ...outgoing }, reply);
}

function exchangeOf(
  mount: Mount,
  request: FastifyRequest,
  { context, calls }: { readonly context: CallContext; readonly calls: Calls },
): Exchange {
  const url = targetOf(request);
  const mark = url.indexOf("?");
  const { limits, functions, actions } = mount.host;
  return {
    method: request.method,
    path: pathOf(mount, url, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : undefined,
    serviceRoot: serviceRootOf(mount, request),
    context,
    host: { limits, functions, actions, service: calls },
  };
}

/** The path and query as they were sent; what is meant for a proxy has scheme and host in front (RFC 9112, 3.2.2). */
function targetOf({ raw: { url = "" } }: FastifyRequest): string {
  return url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?]*/i, "");
}

/** The raw path behind the service root; `mark` is where the query begins. */
function pathOf({ prefix }: Mount, url: string, mark: number): string {
  return url.slice(prefix.length, mark < 0 ? undefined : mark);
}

/** Where a request that was let in leads to. */
function placeOf(mount: Mount, request: FastifyRequest): MediaPlace | Failed {
  const { context, reply } = request.getDecorator<Admitted>(mount.caller);
  const service = mount.serviceOf(context.tenant);
  if ("kind" in service) return service;
  const url = targetOf(request);
  const path = pathOf(mount, url, url.indexOf("?"));
  return { routes: routesOf(service.definition), path, onAnswered: (then) => reply.raw.once("close", then) };
}

/** Answers with the stream, or with why there is none. */
async function stream(mount: Mount, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { context } = request.getDecorator<Admitted>(mount.caller);
  const isStillKnown = async (): Promise<boolean> => {
    const identity = await mount.authenticate(new RequestCredentials(request));
    return identity !== undefined && !isFailed(callContext(identity, request.headers, {}));
  };
  const serviceRoot = serviceRootOf(mount, request);
  const service = mount.serviceOf(context.tenant);
  if ("kind" in service) {
    sendFailure(mount, service, request, reply);
    return reply;
  }
  const refused = await mount.streams.serve({ service, request, reply, context, serviceRoot, isStillKnown });
  if (refused !== undefined) sendFailure(mount, refused, request, reply);
  return reply;
}

/** As the caller addressed it; a `Host` that is no host name is not repeated. */
function serviceRootOf(mount: Mount, request: FastifyRequest): string {
  if (mount.publicUrl !== undefined) return mount.publicUrl;
  const { host } = request;
  const origin = /^[\w.:[\]-]{1,255}$/.test(host) ? `${request.protocol}://${host}` : "";
  return `${origin}${mount.prefix}/`;
}

interface ServedAs {
  readonly version: string;
  readonly revision: string;
}

function send(answered: Reply, { version, revision }: ServedAs, reply: FastifyReply): void {
  reply.header("odata-version", version).header("temperc-revision", revision);
  sendReply(answered, reply);
}

function sendFailure(mount: Mount, failure: Failed, request: FastifyRequest, reply: FastifyReply): void {
  const { revision } = mount.service;
  send(errorReply(failure, headerOf(request.headers, "accept")), { version: "4.01", revision }, reply);
}

function sendError(mount: Mount, error: Error, request: FastifyRequest, reply: FastifyReply): void {
  sendFailure(mount, failureOf(mount, error, request), request, reply);
}

function failureOf(mount: Mount, error: Error, request: FastifyRequest): Failed {
  const known = knownFailure(mount, error, request);
  if (known === undefined) request.log.error({ err: error }, "a request failed for a reason of our own");
  return known ?? internalFailure;
}

/** The refusal behind an error; undefined where the error is our own. */
function knownFailure({ host: { limits } }: Mount, error: Error, request: FastifyRequest): Failed | undefined {
  const isBatch = request.routeOptions.url?.endsWith("/$batch") ?? false;
  return isBatch
    ? thrownFailure(error, limits.batchBytesMax, "batchBytesMax")
    : thrownFailure(error, limits.bodyBytesMax);
}
