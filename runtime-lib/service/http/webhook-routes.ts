/** `/webhooks/…`: the endpoints that a spec offers to other services, each an action on the entity that the request names. */
import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Secrets } from "../../ports/index.ts";
import { defaultTenant } from "../api-keys.ts";
import type { Authenticate, CallContext, Calls, Failed, Write } from "../call.ts";
import { type Endpoint, endpointsAt, webhookCall } from "../inbound-webhook.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { defaultODataLimits, type ODataLimits } from "../odata/limits.ts";
import { isSignedBy } from "../secrets.ts";
import type { Refusal } from "./answer.ts";
import { admittedCaller, callContext } from "./caller.ts";
import { headerOf } from "./exchange.ts";
import { errorReply, sendReply } from "./replies.ts";
import { internalFailure, thrownFailure } from "./thrown.ts";
import { letIn } from "./turnstile.ts";

export interface WebhookRouteOptions {
  readonly service: Calls;
  /** The service of a tenant that has one of its own, or why it cannot be served. */
  readonly serviceOf?: (tenant: string) => Calls | Failed | undefined;
  readonly authenticate: Authenticate;
  readonly secrets: Secrets;
  readonly limits?: Partial<ODataLimits>;
  /** Where the endpoints are: `/webhooks` where it is not said. */
  readonly path?: string;
}

/**
 * Registers the endpoints of the live revision. One with an HMAC acts as `System::"webhook/<name>"` for whoever has signed the
 * body, and the same signed request twice is the same action once; one without needs a credential like any call.
 */
export async function webhookRoutes(app: FastifyInstance, options: WebhookRouteOptions): Promise<void> {
  const { bodyBytesMax, deadlineMs } = { ...defaultODataLimits, ...options.limits };
  const root = options.path ?? "/webhooks";
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: bodyBytesMax }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error: Error, request, reply) => {
    const failure = thrownFailure(error, bodyBytesMax) ?? internalFailure;
    if (failure === internalFailure) request.log.error({ err: error }, "a request failed for a reason of our own");
    return refuse(failure, request, reply);
  });
  app.all(`${root}/*`, async (request, reply) => {
    const path = partsOf(request).path.slice(root.length);
    const asked = await askedOf(options, path, reply, Date.now() + deadlineMs);
    if ("failure" in asked) return sendReply(errorReply(asked.failure, request.headers.accept, asked.allow), reply);
    const answer = await called(asked, request);
    if (answer.kind === "failed") return refuse(answer, request, reply);
    return reply
      .code(200)
      .send({ entityType: asked.endpoint.entityType, id: answer.entityId, sequence: answer.sequence });
  });
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
  const written = await service.write(context, { entityType, entityId, change, ...onceFor(endpoint, request) });
  return written.kind === "failed" ? written : { kind: "done", entityId, sequence: written.sequence };
}

/** What is asked of which service, as whom. */
interface Asked {
  readonly service: Calls;
  readonly endpoint: Endpoint;
  readonly context: CallContext;
}

/** A signature is of the host's own program, which alone has secrets; every other caller is served by that of its tenant. */
async function askedOf(
  options: WebhookRouteOptions,
  path: string,
  reply: FastifyReply,
  deadlineAt: number,
): Promise<Asked | Refusal> {
  const { request } = reply;
  const found = endpointIn(options.service, path, request);
  if ("webhook" in found && found.webhook.hmac !== undefined) {
    const context = signerOf(options, found, reply, deadlineAt);
    return "code" in context ? { failure: context } : { service: options.service, endpoint: found, context };
  }
  if ("failure" in found && request.headers.authorization === undefined) return found;
  const identity = await admittedCaller(options.authenticate, reply);
  if ("code" in identity) return { failure: identity };
  const context = callContext(identity, request.headers, deadlineAt);
  if ("code" in context) return { failure: context };
  const service = options.serviceOf?.(context.tenant) ?? options.service;
  if (isFailed(service)) return { failure: service };
  const endpoint = endpointIn(service, path, request);
  if ("failure" in endpoint) return endpoint;
  return endpoint.webhook.hmac === undefined ? { service, endpoint, context } : { failure: unsigned };
}

const unsigned = failed(
  "NotImplemented",
  "signed endpoints of a tenant's own program are not served: it has no secrets",
);

function endpointIn({ definition }: Calls, path: string, { method }: FastifyRequest): Endpoint | Refusal {
  const endpoints = endpointsAt(definition, path);
  if (endpoints.length === 0) return { failure: failed("NotFound", "there is no such endpoint") };
  const allow = endpoints.map(({ webhook }) => webhook.method);
  const failure = failed("MethodNotAllowed", `this endpoint takes ${allow.join(", ")}`);
  return endpoints.find(({ webhook }) => webhook.method === method) ?? { failure, allow };
}

function signerOf(
  { secrets }: WebhookRouteOptions,
  { webhook: { name, hmac } }: Endpoint,
  reply: FastifyReply,
  deadlineAt: number,
): CallContext | Failed {
  const { request } = reply;
  const secret = hmac && secrets(hmac.secret);
  const header = hmac?.header ?? "";
  const signature = headerOf(request.headers, header.toLowerCase());
  if (secret === undefined || signature === undefined || !isSignedBy(secret, rawBody(request), signature))
    return failed("Unauthenticated", `the request is not signed in ${header} as it should be`);
  const principal = { type: "System", id: `webhook/${name}`, tenant: defaultTenant, roles: [] };
  const refused = letIn(principal, reply);
  if (refused !== undefined) return refused;
  const { "x-tenant-id": _claimed, ...headers } = request.headers;
  return callContext({ principal, kind: "caller" }, headers, deadlineAt);
}

/** Who signs sends again what was not answered in time; and whoever has overheard it could send it once more. */
function onceFor({ webhook }: Endpoint, request: FastifyRequest): Pick<Write, "idempotency"> {
  const given = headerOf(request.headers, "idempotency-key");
  if (webhook.hmac === undefined && given === undefined) return {};
  const requestHash = createHash("sha256")
    .update(`${request.method} ${request.raw.url}\n`)
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
