/** `/webhooks/…`: the endpoints that a spec offers to other services, each an action on the entity that the request names. */
import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Secrets } from "../../ports/index.ts";
import { defaultTenant } from "../api-keys.ts";
import type { Authenticate, CallContext, Calls, Failed, Write } from "../call.ts";
import { crossing } from "../decisions/attempts.ts";
import type { Governance } from "../decisions/governance.ts";
import { decoded, type Endpoint, endpointsAt, webhookCall } from "../inbound-webhook.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { defaultODataLimits, type ODataLimits } from "../odata/limits.ts";
import { isSignedBy } from "../secrets.ts";
import type { Refusal } from "./answer.ts";
import { type Attempted, admittedCaller, callContext } from "./caller.ts";
import { headerOf } from "./exchange.ts";
import { errorReply, sendReply } from "./replies.ts";
import { internalFailure, thrownFailure } from "./thrown.ts";
import { letIn } from "./turnstile.ts";

/** What of a service is asked for here. */
type WebhookService = Calls & { readonly governance?: Pick<Governance, "unsigned"> | undefined };

export interface WebhookRouteOptions {
  readonly service: WebhookService;
  /** The service of a tenant that has one of its own, or why it cannot be served. */
  readonly serviceOf?: (tenant: string) => WebhookService | Failed | undefined;
  readonly authenticate: Authenticate;
  /** The tenant that signed requests to the host's own program act in; `default` where absent. */
  readonly tenant?: string;
  readonly secrets: Secrets;
  /** The secrets of a tenant that has a program of its own; none where absent. */
  readonly secretsOf?: (tenant: string) => Secrets;
  readonly limits?: Partial<ODataLimits>;
  /** Where the endpoints are: `/webhooks` where it is not said. */
  readonly path?: string;
}

/**
 * Registers the endpoints of the live revision. One with an HMAC acts as `System::"webhook/<name>"` for whoever has signed the
 * body, and the same signed request twice is the same action once; one without needs a credential like any call. Those of a
 * tenant's own program are below `/api/tenants/{tenant}/webhooks` too: who signs shows no credential that would say whose they are.
 */
export async function webhookRoutes(app: FastifyInstance, options: WebhookRouteOptions): Promise<void> {
  const { bodyBytesMax, deadlineMs } = { ...defaultODataLimits, ...options.limits };
  const { path: root = "/webhooks" } = options;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: bodyBytesMax }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error: Error, request, reply) => {
    const failure = thrownFailure(error, bodyBytesMax) ?? internalFailure;
    if (failure === internalFailure) request.log.error({ err: error }, "a request failed for a reason of our own");
    return refuse(failure, request, reply);
  });
  const answered = (placed: Placed) => async (request: FastifyRequest, reply: FastifyReply) => {
    const asked = await askedOf(options, placed(partsOf(request).path), reply, Date.now() + deadlineMs);
    if ("failure" in asked) return sendReply(errorReply(asked.failure, request.headers.accept, asked.allow), reply);
    const answer = await called(asked, request);
    if (answer.kind === "failed") return refuse(answer, request, reply);
    return reply
      .code(200)
      .send({ entityType: asked.endpoint.entityType, id: answer.entityId, sequence: answer.sequence });
  };
  app.all(
    `${root}/*`,
    answered((path) => ({ path: path.slice(app.prefix.length + root.length) })),
  );
  app.all("/api/tenants/:tenant/webhooks/*", answered(belowTenant));
}

/** An endpoint's path, and the tenant where the request names one. */
interface Place {
  readonly path: string;
  readonly tenant?: string;
}

type Placed = (path: string) => Place;

function belowTenant(url: string): Place {
  const [, name = "", path = ""] = /\/api\/tenants\/([^/]*)\/webhooks(\/.*)$/.exec(url) ?? [];
  return { path, tenant: decoded(name) ?? "" };
}

/** The target as it was sent: nothing of it is resolved, and `..` is a segment like any other. */
function partsOf({ raw: { url = "" } }: FastifyRequest): { readonly path: string; readonly query: string } {
  const mark = url.indexOf("?");
  return mark < 0 ? { path: url, query: "" } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

function refuse(failure: Failed, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendReply(errorReply(failure, headers.accept), reply);
}

type Answered = { readonly kind: "done"; readonly entityId: string; readonly sequence: number } | Failed;

async function called({ service, endpoint, context }: Asked, request: FastifyRequest): Promise<Answered> {
  const body = bodyOf(request);
  if (body.kind === "failed") return body;
  const call = webhookCall(endpoint, {
    inPath: endpoint.inPath,
    query: new URLSearchParams(partsOf(request).query),
    header: (name) => headerOf(request.headers, name),
    body: body.value,
  });
  if (call.kind === "failed") return call;
  const { webhook, entityType } = endpoint;
  const { entityId, params } = call;
  const change = { kind: "action", action: webhook.action, params } as const;
  const once = onceFor(endpoint, request, entityId);
  const written = await service.write(context, { entityType, entityId, change, ...once });
  return written.kind === "failed" ? written : { kind: "done", entityId, sequence: written.sequence };
}

/** What is asked of which service, as whom. */
interface Asked {
  readonly service: Calls;
  readonly endpoint: Endpoint;
  readonly context: CallContext;
}

/** Where a request is served: a program, whose data it acts on, and what its signatures are checked by. */
interface Home {
  readonly service: WebhookService;
  readonly tenant: string;
  readonly secrets: Secrets;
}

async function askedOf(
  options: WebhookRouteOptions,
  { path, tenant }: Place,
  reply: FastifyReply,
  deadlineAt: number,
): Promise<Asked | Refusal> {
  const { request } = reply;
  const home = tenant === undefined ? hostHome(options) : homeNamed(options, tenant);
  if (isFailed(home)) return { failure: home };
  const found = endpointIn(home.service, path, request);
  if ("webhook" in found && found.webhook.hmac !== undefined) return signed(home, found, reply, deadlineAt);
  const isOver = "failure" in found && (tenant !== undefined || request.headers.authorization === undefined);
  if (isOver) return found;
  const attempted: Attempted = async (principal, attempt) => {
    const own = options.serviceOf?.(principal.tenant) ?? options.service;
    if (!isFailed(own)) await own.attempted?.(principal, attempt);
  };
  const identity = await admittedCaller(options.authenticate, reply, attempted);
  if ("code" in identity) return { failure: identity };
  const context = callContext(identity, request.headers, { deadlineAt });
  if ("code" in context) return { failure: context };
  if (tenant !== undefined && tenant !== context.tenant) {
    await attempted(context.principal, crossing(tenant));
    return { failure: foreign };
  }
  const own = homeOf(options, context.tenant);
  if (isFailed(own)) return { failure: own };
  const endpoint = endpointIn(own.service, path, request);
  if ("failure" in endpoint) return endpoint;
  if (endpoint.webhook.hmac !== undefined) return signed(own, endpoint, reply, deadlineAt);
  return { service: own.service, endpoint, context };
}

const foreign = failed("AuthorizationDenied", "this credential is of another tenant than the path names", "tenant");

function hostHome({ service, secrets, tenant = defaultTenant }: WebhookRouteOptions): Home {
  return { service, tenant, secrets };
}

/** Of a tenant that has no program of its own the host's serves what credentials ask for. */
function homeOf(options: WebhookRouteOptions, tenant: string): Home | Failed {
  const own = options.serviceOf?.(tenant);
  if (own === undefined) return { ...hostHome(options), tenant };
  if (isFailed(own)) return own;
  return { service: own, tenant, secrets: options.secretsOf?.(tenant) ?? ((): undefined => undefined) };
}

/** A signature says nothing of the tenant: one under the host's secret is good for the host's tenant alone. */
function homeNamed(options: WebhookRouteOptions, tenant: string): Home | Failed {
  const host = hostHome(options);
  if (tenant === host.tenant) return host;
  return options.serviceOf?.(tenant) === undefined ? noEndpoint : homeOf(options, tenant);
}

const noEndpoint = failed("NotFound", "there is no such endpoint");

function endpointIn({ definition }: Calls, path: string, { method }: FastifyRequest): Endpoint | Refusal {
  const endpoints = endpointsAt(definition, path);
  if (endpoints.length === 0) return { failure: noEndpoint };
  const allow = endpoints.map(({ webhook }) => webhook.method);
  const failure = failed("MethodNotAllowed", `this endpoint takes ${allow.join(", ")}`);
  return endpoints.find(({ webhook }) => webhook.method === method) ?? { failure, allow };
}

function signed(
  { service, secrets, tenant }: Home,
  endpoint: Endpoint,
  reply: FastifyReply,
  deadlineAt: number,
): Asked | Refusal {
  const { name, hmac } = endpoint.webhook;
  const { request } = reply;
  const secret = hmac && secrets(hmac.secret);
  const header = hmac?.header ?? "";
  const signature = headerOf(request.headers, header.toLowerCase());
  if (secret === undefined || signature === undefined || !isSignedBy(secret, rawBody(request), signature)) {
    service.governance?.unsigned(request.socket.remoteAddress ?? "");
    return { failure: failed("Unauthenticated", `the request is not signed in ${header} as it should be`) };
  }
  const principal = { type: "System", id: `webhook/${name}`, tenant, roles: [] };
  const refused = letIn(principal, reply);
  if (refused !== undefined) return { failure: refused };
  const { "x-tenant-id": _claimed, ...headers } = request.headers;
  const context = callContext({ principal, kind: "caller" }, headers, { deadlineAt });
  return "code" in context ? { failure: context } : { service, endpoint, context };
}

/**
 * Who signs sends again what was not answered in time; and whoever has overheard it could send it once more. Where a header names
 * the entity, the same body is another request for each.
 */
function onceFor({ webhook }: Endpoint, request: FastifyRequest, entityId: string): Pick<Write, "idempotency"> {
  const given = headerOf(request.headers, "idempotency-key");
  if (webhook.hmac === undefined && given === undefined) return {};
  const requestHash = createHash("sha256")
    .update(`${request.method} ${request.raw.url}\n${entityId}\n`)
    .update(rawBody(request))
    .digest("hex");
  return { idempotency: { key: webhook.hmac === undefined ? (given ?? "") : requestHash, requestHash } };
}

function rawBody({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** JSON or a form; anything else is nothing that fields could be taken from. */
function bodyOf(request: FastifyRequest): { readonly kind: "read"; readonly value: unknown } | Failed {
  const bytes = rawBody(request);
  const type = request.headers["content-type"] ?? "";
  if (bytes.length === 0) return { kind: "read", value: undefined };
  if (/^application\/x-www-form-urlencoded\b/i.test(type))
    return { kind: "read", value: Object.fromEntries(new URLSearchParams(bytes.toString("utf8"))) };
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) return { kind: "read", value: undefined };
  try {
    return { kind: "read", value: JSON.parse(bytes.toString("utf8")) };
  } catch {
    return failed("InvalidRequest", "the body is no JSON");
  }
}
