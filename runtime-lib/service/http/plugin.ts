/** The Fastify plugin: the whole OData service under one prefix, without touching the host's routes, parsers or errors. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authenticate, CallContext, Calls, Failed, Identity } from "../call.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { negotiatedVersion } from "../odata/formats.ts";
import { defaultODataLimits, type ODataLimits } from "../odata/limits.ts";
import { answer } from "./answer.ts";
import { callContext } from "./caller.ts";
import { type Host, headerOf, type Reply } from "./exchange.ts";
import { fastifyFailure, internalFailure } from "./fastify-errors.ts";
import type { Functions } from "./functions.ts";
import { errorReply } from "./replies.ts";

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
  /** The length of the path to the service root, without its closing slash. */
  readonly prefixLength: number;
  readonly prefix: string;
  readonly contexts: WeakMap<FastifyRequest, CallContext>;
}

/** Mounts a service: `app.register(odataPlugin, { prefix: "/tdata", service, authenticate })`. It never listens itself. */
export async function odataPlugin(app: FastifyInstance, options: ODataPluginOptions): Promise<void> {
  const limits = { ...defaultODataLimits, ...options.limits };
  const mount: Mount = {
    host: { service: options.service, limits, functions: options.functions ?? {} },
    authenticate: options.authenticate,
    publicUrl: options.publicUrl?.replace(/\/*$/, "/"),
    prefix: app.prefix,
    prefixLength: app.prefix.length,
    contexts: new WeakMap(),
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer", bodyLimit: limits.bodyBytesMax },
    (_request, body, done) => done(null, body),
  );
  app.setErrorHandler((error: Error, request, reply) => sendError(mount, error, request, reply));
  app.addHook("onRequest", (request, reply) => admit(mount, request, reply));
  const route = {
    method: ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"],
    exposeHeadRoute: false,
    handler: (request: FastifyRequest, reply: FastifyReply) => serve(mount, request, reply),
  };
  app.route({ ...route, url: "/" });
  app.route({ ...route, url: "/*" });
}

/** Before the body is read: the URL's length, the versions, the caller and its tenant. */
async function admit(mount: Mount, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const { limits } = mount.host;
  const url = request.raw.url ?? "";
  if (url.length > limits.urlLengthMax) {
    const message = `the URL is longer than ${limits.urlLengthMax} characters (urlLengthMax)`;
    return sendFailure(mount, failed("UriTooLong", message), request, reply);
  }
  const identity = await identify(mount, request);
  const context = callContext(identity, request.headers, Date.now() + limits.deadlineMs);
  if (isFailed(context)) return sendFailure(mount, context, request, reply);
  const version = negotiatedVersion(
    headerOf(request.headers, "odata-version"),
    headerOf(request.headers, "odata-maxversion"),
  );
  if (isFailed(version)) return sendFailure(mount, version, request, reply);
  reply.header("odata-version", version);
  mount.contexts.set(request, context);
  return undefined;
}

function identify(mount: Mount, request: FastifyRequest): Identity | undefined | Promise<Identity | undefined> {
  const { authorization } = request.headers;
  return mount.authenticate({ authorization, remoteAddress: request.ip });
}

async function serve(mount: Mount, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const context = mount.contexts.get(request);
  if (context === undefined) return sendFailure(mount, internalFailure, request, reply);
  const url = request.raw.url ?? "";
  const mark = url.indexOf("?");
  const outcome = await answer({
    method: request.method,
    path: url.slice(mount.prefixLength, mark < 0 ? undefined : mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : undefined,
    serviceRoot: serviceRootOf(mount, request),
    context,
    host: mount.host,
  });
  if (!("failure" in outcome)) return send(mount, outcome, reply);
  if (outcome.allow !== undefined) reply.header("allow", outcome.allow.join(", "));
  return sendFailure(mount, outcome.failure, request, reply);
}

/** As the caller addressed it; a `Host` that is no host name is not repeated. */
function serviceRootOf(mount: Mount, request: FastifyRequest): string {
  if (mount.publicUrl !== undefined) return mount.publicUrl;
  const { host } = request;
  const origin = /^[\w.:[\]-]{1,255}$/.test(host) ? `${request.protocol}://${host}` : "";
  return `${origin}${mount.prefix}/`;
}

function send(mount: Mount, { status, headers, body }: Reply, reply: FastifyReply): FastifyReply {
  return reply.code(status).header("temperc-revision", mount.host.service.revision).headers(headers).send(body);
}

function sendFailure(mount: Mount, failure: Failed, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!reply.hasHeader("odata-version")) reply.header("odata-version", "4.01");
  return send(mount, errorReply(failure, headerOf(request.headers, "accept")), reply);
}

function sendError(mount: Mount, error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = fastifyFailure(error, mount.host.limits.bodyBytesMax);
  if (known === undefined) request.log.error({ err: error }, "a request failed for a reason of our own");
  return sendFailure(mount, known ?? internalFailure, request, reply);
}
