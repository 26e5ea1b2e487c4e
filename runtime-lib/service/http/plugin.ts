/** The Fastify plugin: the whole OData service under one prefix, without touching the host's routes, parsers or errors. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authenticate, CallContext, Calls, Credentials, Failed, Identity } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { negotiatedVersion } from "../odata/formats.ts";
import { defaultODataLimits, type ODataLimits } from "../odata/limits.ts";
import { answerAny } from "./batch/batch.ts";
import { callContext } from "./caller.ts";
import { type Host, headerOf, type Reply } from "./exchange.ts";
import { fastifyFailure, internalFailure } from "./fastify-errors.ts";
import type { Functions } from "./functions.ts";
import { errorReply, sendReply } from "./replies.ts";

export interface ODataPluginOptions {
  readonly service: Calls;
  readonly authenticate: Authenticate;
  /** Code for the unbound functions of the CSDL, by name; one without code is 501. */
  readonly functions?: Functions;
  readonly limits?: Partial<ODataLimits>;
  /** The service root as clients see it, where that is not what the request says: behind a proxy that renames paths. */
  readonly publicUrl?: string;
}

interface Mount {
  readonly host: Host;
  readonly authenticate: Authenticate;
  readonly publicUrl: string | undefined;
  /** The path to the service root, without its closing slash. */
  readonly prefix: string;
  /** Where a request keeps who is calling, between the hook and the handler. */
  readonly caller: symbol;
}

interface Admitted {
  readonly context: CallContext;
  readonly version: "4.0" | "4.01";
}

/** Mounts a service: `app.register(odataPlugin, { prefix: "/tdata", service, authenticate })`. It never listens itself. */
export async function odataPlugin(app: FastifyInstance, options: ODataPluginOptions): Promise<void> {
  const limits = { ...defaultODataLimits, ...options.limits };
  const mount: Mount = {
    host: { service: options.service, limits, functions: options.functions ?? {} },
    authenticate: options.authenticate,
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
  app.route({ ...route, url: "/*" });
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
  const enter = (identity: Identity | undefined): void => {
    const admitted = admission(mount, identity, request);
    if (!isFailed(admitted)) request.setDecorator(mount.caller, admitted);
    if (isFailed(admitted)) refuse(admitted);
    else done();
  };
  const identity = mount.authenticate(new RequestCredentials(request));
  if (identity instanceof Promise) identity.then(enter).catch(done);
  else enter(identity);
}

/** The address is asked of the socket only where it matters. A class: an object literal with a getter is slow to make. */
class RequestCredentials implements Credentials {
  readonly authorization: string | undefined;
  readonly origin: string | undefined;
  readonly #request: FastifyRequest;

  constructor(request: FastifyRequest) {
    this.authorization = request.headers.authorization;
    this.origin = request.headers.origin;
    this.#request = request;
  }

  get remoteAddress(): string {
    return this.#request.ip;
  }
}

function admission(mount: Mount, identity: Identity | undefined, request: FastifyRequest): Admitted | Failed {
  const { headers } = request;
  const context = callContext(identity, headers, Date.now() + mount.host.limits.deadlineMs);
  if (isFailed(context)) return context;
  const version = negotiatedVersion(headerOf(headers, "odata-version"), headerOf(headers, "odata-maxversion"));
  return isFailed(version) ? version : { context, version };
}

function serve(mount: Mount, request: FastifyRequest, reply: FastifyReply): void {
  const { context, version } = request.getDecorator<Admitted>(mount.caller);
  const url = request.raw.url ?? "";
  const mark = url.indexOf("?");
  answerAny({
    method: request.method,
    path: url.slice(mount.prefix.length, mark < 0 ? undefined : mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : undefined,
    serviceRoot: serviceRootOf(mount, request),
    context,
    host: mount.host,
  }).then(
    (outcome) => {
      const { accept } = request.headers;
      send(mount, "failure" in outcome ? errorReply(outcome.failure, accept, outcome.allow) : outcome, version, reply);
    },
    (error: Error) => sendError(mount, error, request, reply),
  );
}

/** As the caller addressed it; a `Host` that is no host name is not repeated. */
function serviceRootOf(mount: Mount, request: FastifyRequest): string {
  if (mount.publicUrl !== undefined) return mount.publicUrl;
  const { host } = request;
  const origin = /^[\w.:[\]-]{1,255}$/.test(host) ? `${request.protocol}://${host}` : "";
  return `${origin}${mount.prefix}/`;
}

function send(mount: Mount, answered: Reply, version: string, reply: FastifyReply): void {
  reply.header("odata-version", version).header("temperc-revision", mount.host.service.revision);
  sendReply(answered, reply);
}

function sendFailure(mount: Mount, failure: Failed, request: FastifyRequest, reply: FastifyReply): void {
  send(mount, errorReply(failure, headerOf(request.headers, "accept")), "4.01", reply);
}

function sendError(mount: Mount, error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { limits } = mount.host;
  const isBatch = request.routeOptions.url?.endsWith("/$batch") ?? false;
  const known = isBatch
    ? fastifyFailure(error, limits.batchBytesMax, "batchBytesMax")
    : fastifyFailure(error, limits.bodyBytesMax);
  if (known === undefined) request.log.error({ err: error }, "a request failed for a reason of our own");
  sendFailure(mount, known ?? internalFailure, request, reply);
}
