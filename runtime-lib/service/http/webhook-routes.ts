/** `/webhooks/…`: the endpoints that a spec offers to other services, each an action on the entity that the request names. */
import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Secrets } from "../../ports/index.ts";
import { defaultTenant } from "../api-keys.ts";
import type { Authenticate, CallContext, Calls, Failed, Write } from "../call.ts";
import { type Endpoint, endpointsAt, webhookCall } from "../inbound-webhook.ts";
import { failed } from "../odata/failure.ts";
import { defaultODataLimits, type ODataLimits } from "../odata/limits.ts";
import { isSignedBy } from "../secrets.ts";
import { admittedCaller, callContext } from "./caller.ts";
import { headerOf } from "./exchange.ts";
import { errorReply, sendReply } from "./replies.ts";
import { internalFailure, thrownFailure } from "./thrown.ts";
import { letIn } from "./turnstile.ts";

export interface WebhookRouteOptions {
  readonly service: Calls;
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
    const endpoints = endpointsAt(options.service.definition, partsOf(request).path.slice(root.length));
    if (endpoints.length === 0) return refuse(failed("NotFound", "there is no such endpoint"), request, reply);
    const endpoint = endpoints.find(({ webhook }) => webhook.method === request.method);
    if (endpoint === undefined) {
      const allow = endpoints.map(({ webhook }) => webhook.method);
      const failure = failed("MethodNotAllowed", `this endpoint takes ${allow.join(", ")}`);
      return sendReply(errorReply(failure, request.headers.accept, allow), reply);
    }
    const answer = await called(options, endpoint, reply, Date.now() + deadlineMs);
    if (answer.kind === "failed") return refuse(answer, request, reply);
    return reply.code(200).send({ entityType: endpoint.entityType, id: answer.entityId, sequence: answer.sequence });
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

async function called(
  options: WebhookRouteOptions,
  endpoint: Endpoint,
  reply: FastifyReply,
  deadlineAt: number,
): Promise<Answered> {
  const { service } = options;
  const { request } = reply;
  const context = await callerOf(options, endpoint, reply, deadlineAt);
  if ("code" in context) return context;
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

async function callerOf(
  { authenticate, secrets }: WebhookRouteOptions,
  { webhook: { name, hmac } }: Endpoint,
  reply: FastifyReply,
  deadlineAt: number,
): Promise<CallContext | Failed> {
  const { request } = reply;
  if (hmac === undefined) {
    const identity = await admittedCaller(authenticate, reply);
    return "code" in identity ? identity : callContext(identity, request.headers, deadlineAt);
  }
  const secret = secrets(hmac.secret);
  const signature = headerOf(request.headers, hmac.header.toLowerCase());
  if (secret === undefined || signature === undefined || !isSignedBy(secret, rawBody(request), signature))
    return failed("Unauthenticated", `the request is not signed in ${hmac.header} as it should be`);
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
