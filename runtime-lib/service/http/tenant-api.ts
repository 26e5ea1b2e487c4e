/** What the routes below `/api` of one tenant have in common: who asks, of which tenant, and how a refusal is sent. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { canonicalInstant } from "../../kernel/index.ts";
import type { Authenticate, CallContext, Failed, Identity } from "../call.ts";
import type { Governance } from "../decisions/governance.ts";
import { failed, isFailed } from "../odata/failure.ts";
import type { Preflight } from "../preflight.ts";
import { callContext, RequestCredentials } from "./caller.ts";
import { errorReply, sendReply } from "./replies.ts";
import { internalFailure, thrownFailure } from "./thrown.ts";
import { letIn } from "./turnstile.ts";

/** What of a service is asked for here. */
export interface Governed {
  readonly governance: Governance | undefined;
  readonly preflight: Preflight;
}

export interface TenantApi {
  readonly authenticate: Authenticate;
  /** The service of a tenant, or why it has none now. */
  readonly serviceOf: (tenant: string) => Governed | Failed;
}

/** A request whose caller is known and belongs to the tenant that it names. */
export interface ApiCall extends TenantApi {
  readonly service: Governed;
  readonly governance: Governance;
  readonly identity: Identity;
  readonly context: CallContext;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** What the path names behind the collection; empty where it names nothing. */
  readonly id: string;
}

/** What is sent as JSON, or why not; undefined where the handler sends its reply itself. */
export type ApiAnswer = { readonly kind: "json"; readonly status: number; readonly body?: object } | Failed | undefined;

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** A handler for callers of the tenant in the path. Another tenant is refused, and the attempt recorded where the caller is at home. */
export function forTenant(api: TenantApi, handle: (call: ApiCall) => ApiAnswer | Promise<ApiAnswer>): Handler {
  return async (request, reply) => {
    const admitted = await admit(api, request, reply);
    const answer = isFailed(admitted) ? admitted : await handle(admitted);
    if (answer === undefined) return reply;
    if (answer.kind === "failed") return refuse(answer, request, reply);
    return reply.code(answer.status).header("cache-control", "no-store").send(answer.body);
  };
}

async function admit(api: TenantApi, request: FastifyRequest, reply: FastifyReply): Promise<ApiCall | Failed> {
  const identity = await api.authenticate(new RequestCredentials(request));
  if (identity === undefined) return failed("Unauthenticated", "a valid API key is needed");
  const { principal } = identity;
  const service = api.serviceOf(principal.tenant);
  const refused = letIn(principal, reply);
  if (refused !== undefined) return refused;
  if (isFailed(service)) return service;
  const { governance } = service;
  if (governance === undefined) throw new Error("a tenant's service was opened without `governance`");
  const context = callContext(identity, request.headers, {});
  if (isFailed(context)) {
    await governance.crossed(principal, String(request.headers["x-tenant-id"]));
    return context;
  }
  const { tenant, id = "" } = namesIn(request);
  if (tenant === undefined || tenant === principal.tenant) {
    return { ...api, service, governance, identity, context, request, reply, id };
  }
  await governance.crossed(principal, tenant);
  return failed("AuthorizationDenied", "this credential is of another tenant than the path names", "tenant");
}

/** Looking at what is everybody's asks for an operator's key; whoever tries without is recorded. */
export async function lookerFault(
  { governance, identity: { kind, principal } }: ApiCall,
  entityType: "Policy" | "Audit",
): Promise<Failed | undefined> {
  if (kind === "operator") return undefined;
  const because = "only an operator's key may look at this";
  await governance.refused(principal, { action: "look", entityType, entityId: null, because });
  return failed("AuthorizationDenied", because);
}

function namesIn({ params }: FastifyRequest): { readonly tenant?: string; readonly id?: string } {
  const names: Partial<Record<string, unknown>> = typeof params === "object" && params !== null ? { ...params } : {};
  const { tenant, id } = names;
  return { ...(typeof tenant === "string" && { tenant }), ...(typeof id === "string" && { id }) };
}

/** Sends what goes wrong below the routes in the shape of every other refusal. */
export function sendFailures(app: FastifyInstance): void {
  app.setErrorHandler((error: Error, request, reply) => {
    const failure = thrownFailure(error, Number.MAX_SAFE_INTEGER) ?? internalFailure;
    if (failure === internalFailure) request.log.error({ err: error }, "a request failed for a reason of our own");
    return refuse(failure, request, reply);
  });
}

function refuse(failure: Failed, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendReply(errorReply(failure, headers.accept), reply);
}

export type Fields = Partial<Record<string, unknown>>;

/** The body's members; a body that is no object, or has others than these, is refused. */
export function fieldsOf(body: unknown, known: readonly string[]): ({ readonly kind: "fields" } & Fields) | Failed {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return failed("InvalidRequest", "the body is a JSON object");
  }
  const other = Object.keys(body).find((name) => !known.includes(name));
  if (other !== undefined) {
    const message = `there is no ${JSON.stringify(other)} here: ${known.join(", ")}`;
    return failed("InvalidParameter", message, other);
  }
  return { ...body, kind: "fields" };
}

/** A time as RFC 3339 has it, in the one spelling that times are kept in; undefined where it is none, or of a day that no month has. */
export function instantOf(value: unknown): string | undefined {
  const instant = typeof value === "string" ? canonicalInstant(value) : undefined;
  return instant === undefined ? undefined : new Date(instant).toISOString();
}
