/** `/api/tenants/{t}/specs` and `…/revisions`: the specs of a tenant are submitted, verified, shown and rolled back while it is served. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../ports/index.ts";
import { type Attempt, type Authenticate, errorStatus, type Failed, type Identity } from "../call.ts";
import { mayDecide } from "../decisions/decide.ts";
import { principalText } from "../idempotency.ts";
import { failed, isFailed } from "../odata/failure.ts";
import { manageScope } from "../scopes.ts";
import type { OnProgress, SpecAnswer, SpecCaller, SpecPlane } from "../spec-plane.ts";
import { type Attempted, admittedCaller } from "./caller.ts";
import { errorReply, sendReply } from "./replies.ts";
import { defaultSpecLimits, readSpecBody, type SpecLimits, specTypes } from "./spec-body.ts";
import { internalFailure, thrownFailure } from "./thrown.ts";

export interface SpecRouteOptions {
  readonly plane: SpecPlane;
  readonly authenticate: Authenticate;
  readonly limits?: Partial<SpecLimits>;
  /** Told of what was refused; nothing is recorded where it is absent. */
  readonly attempted?: Attempted;
}

/** The role of a key that may submit specs of its tenant without being an operator's; nobody has it unless an operator gives it. */
export const specAuthorRole = "temperc:specs";

type Params = Readonly<Record<string, string>>;

interface Plane {
  readonly plane: SpecPlane;
  readonly authenticate: Authenticate;
  readonly limits: SpecLimits;
  readonly attempted: NonNullable<SpecRouteOptions["attempted"]>;
}

/** Registers the routes. Who asks is of the tenant that the path names, and an operator or, for what changes nothing else, an author of specs. */
export async function specRoutes(app: FastifyInstance, options: SpecRouteOptions): Promise<void> {
  const limits = { ...defaultSpecLimits, ...options.limits };
  const { plane, authenticate, attempted = async () => undefined } = options;
  const own: Plane = { plane, authenticate, limits, attempted };
  const root = "/api/tenants/:tenant";
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    [...specTypes],
    { parseAs: "buffer", bodyLimit: limits.specBodyBytesMax },
    (_request, body, done) => done(null, body),
  );
  app.setErrorHandler((error: Error, request, reply) => {
    const failure = thrownFailure(error, limits.specBodyBytesMax) ?? internalFailure;
    if (failure === internalFailure) request.log.error({ err: error }, "a request failed for a reason of our own");
    return refuse(failure, request, reply);
  });
  const route = (method: "GET" | "POST" | "DELETE", path: string, who: Who, serve: Serve): void => {
    app.route({
      method,
      url: `${root}${path}`,
      handler: (request, reply) => admit(own, who, serve, { request, reply }),
    });
  };
  route(
    "POST",
    "/specs",
    "author",
    submitting(own, (caller, files, tell) => plane.submit(caller, files, tell)),
  );
  route(
    "POST",
    "/specs/validate",
    "author",
    submitting(own, (caller, files, tell) => plane.validate(caller, files, tell)),
  );
  route("GET", "/specs", "author", ({ tenant }) => plane.specs(tenant));
  route("GET", "/specs/:entity", "author", ({ tenant }, { request }) => plane.spec(tenant, param(request, "entity")));
  route("DELETE", "/specs/:entity", "operator", (caller, exchange) =>
    told(exchange, (tell) => plane.remove(caller, param(exchange.request, "entity"), tell)),
  );
  route("GET", "/revisions", "author", ({ tenant }, { request }) => {
    const page = pageOf(request);
    return isFailed(page) ? refused(page) : plane.revisions(tenant, page);
  });
  route("GET", "/revisions/:revision", "author", ({ tenant }, { request }) => {
    const number = numberIn(param(request, "revision"));
    return number === undefined ? refused(noRevision(request)) : plane.revision(tenant, number);
  });
  route("POST", "/revisions/:revision/rollback", "operator", (caller, exchange) => {
    const number = numberIn(param(exchange.request, "revision"));
    if (number === undefined) return refused(noRevision(exchange.request));
    return told(exchange, (tell) => plane.rollback(caller, number, tell));
  });
  route("POST", "/modules/:name", "operator", () =>
    refused(
      failed("NotImplemented", "WASM modules are not implemented by this service: no module can be uploaded yet"),
    ),
  );
}

type Who = "operator" | "author";

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly principal: Principal;
}

/** Undefined where the reply has been streamed. */
type Serve = (caller: SpecCaller, exchange: Exchange) => Promise<SpecAnswer | undefined>;

async function admit(
  { authenticate, attempted }: Plane,
  who: Who,
  serve: Serve,
  { request, reply }: Omit<Exchange, "principal">,
): Promise<FastifyReply> {
  const identity = await admittedCaller(authenticate, reply, attempted);
  if ("code" in identity) return refuse(identity, request, reply);
  const { principal } = identity;
  const tenant = param(request, "tenant");
  const objection = objectionTo(identity, tenant, who);
  if (objection !== undefined) {
    await attempted(principal, attemptOn(tenant === principal.tenant ? "manage" : "reach", tenant, objection));
    return refuse(objection, request, reply);
  }
  const caller = { tenant, by: principalText(principal), mayDecide: mayDecide(identity) };
  const answer = await serve(caller, { request, reply, principal });
  return answer === undefined ? reply : send(answer, request, reply);
}

/** Folded by who, whether it is one's own tenant, and which: not by what exactly was asked. */
function attemptOn(action: "manage" | "reach" | "submit", tenant: string, { message }: Failed): Attempt {
  return { action, entityType: action === "reach" ? "Tenant" : "Spec", entityId: tenant, because: message };
}

function objectionTo({ kind, principal, scopes }: Identity, tenant: string, who: Who): Failed | undefined {
  if (principal.tenant !== tenant) {
    return failed("AuthorizationDenied", "this credential is of another tenant than the path names", "tenant");
  }
  const isAuthor = principal.roles.includes(specAuthorRole) && mayManage(scopes);
  if (kind === "operator" || (who === "author" && isAuthor)) return undefined;
  const needed = who === "author" ? `an operator's key, or one with the role ${specAuthorRole},` : "an operator's key";
  return failed("AuthorizationDenied", `only ${needed} may do this to the specs of a tenant`);
}

/** Scopes take away from what a role gives. */
function mayManage(scopes: readonly string[] = []): boolean {
  return scopes.length === 0 || scopes.includes(manageScope);
}

/** Serves a request whose body is a spec. What is refused of it is recorded. */
function submitting(
  { limits, attempted }: Plane,
  work: (caller: SpecCaller, files: Parameters<SpecPlane["submit"]>[1], tell: OnProgress) => Promise<SpecAnswer>,
): Serve {
  return async (caller, exchange) => {
    const { body, headers } = exchange.request;
    const files = readSpecBody(headers["content-type"] ?? "", Buffer.isBuffer(body) ? body : Buffer.alloc(0), limits);
    const recorded = async (answer: SpecAnswer): Promise<SpecAnswer> => {
      if (answer.kind === "refused") {
        await attempted(exchange.principal, attemptOn("submit", caller.tenant, answer.failure));
      }
      return answer;
    };
    if (isFailed(files)) return recorded({ kind: "refused", failure: files });
    return told(exchange, async (tell) => recorded(await work(caller, files, tell)));
  };
}

/**
 * Does the work and streams its progress where `Accept` asks for lines of JSON or for server-sent events: the status is
 * then 200 whatever comes of it, and the last event, `done` or `refused`, has the status that it would have had.
 */
async function told(
  { request, reply }: Omit<Exchange, "principal">,
  work: (tell: OnProgress) => Promise<SpecAnswer>,
): Promise<SpecAnswer | undefined> {
  const { accept = "" } = request.headers;
  const isEvents = accept.includes("text/event-stream");
  if (!isEvents && !accept.includes("application/x-ndjson")) return work(() => undefined);
  reply.hijack();
  const type = isEvents ? "text/event-stream; charset=utf-8" : "application/x-ndjson; charset=utf-8";
  reply.raw.writeHead(200, { "content-type": type, "cache-control": "no-store", "x-accel-buffering": "no" });
  const tell: OnProgress = (progress) => {
    const line = JSON.stringify(progress);
    reply.raw.write(isEvents ? `event: ${progress.event}\ndata: ${line}\n\n` : `${line}\n`);
  };
  try {
    tell(lastEvent(await work(tell)));
  } catch (error) {
    request.log.error({ err: error }, "a request failed for a reason of our own");
    tell(lastEvent({ kind: "refused", failure: internalFailure }));
  }
  reply.raw.end();
  return undefined;
}

function lastEvent(answer: SpecAnswer): { readonly event: string } & Readonly<Record<string, unknown>> {
  if (answer.kind === "done") return { event: "done", status: 200, ...answer.body };
  const { failure, body } = answer;
  return { event: "refused", status: errorStatus[failure.code], ...bodyOf(failure), ...body };
}

function bodyOf({ code, message, target, details }: Failed): object {
  return { error: { code, message, ...(target && { target }), ...(details && { innererror: details }) } };
}

function send(answer: SpecAnswer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (answer.kind === "done") return reply.code(200).send(answer.body);
  const { failure, body } = answer;
  if (body === undefined) return refuse(failure, request, reply);
  return reply.code(errorStatus[failure.code]).send({ ...bodyOf(failure), ...body });
}

function refuse(failure: Failed, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendReply(errorReply(failure, headers.accept), reply);
}

async function refused(failure: Failed): Promise<SpecAnswer> {
  return { kind: "refused", failure };
}

function noRevision(request: FastifyRequest): Failed {
  return failed("NotFound", `${JSON.stringify(param(request, "revision"))} is no number of a revision`, "revision");
}

function param({ params }: FastifyRequest, name: string): string {
  // Fastify's own: each parameter of the path, decoded.
  return (params as Params)[name] ?? "";
}

function numberIn(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

const pageMax = 100;

function pageOf({ query }: FastifyRequest): { readonly top: number; readonly skip: number } | Failed {
  // Fastify's own: each parameter of the query, decoded.
  const { top = String(pageMax), skip = "0" } = query as Params;
  if (!/^\d{1,9}$/.test(top) || !/^\d{1,9}$/.test(skip)) {
    return failed("InvalidParameter", "top and skip are whole numbers", "top");
  }
  return { top: Math.min(Number(top), pageMax), skip: Number(skip) };
}
