/** Who is calling and for which tenant: from the credential, never from a free header. */
import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { IssuerUnavailable, type Principal } from "../../ports/index.ts";
import type { Attempt, Authenticate, CallContext, Credentials, Failed, Identity } from "../call.ts";
import { crossing } from "../decisions/attempts.ts";
import { failed } from "../odata/failure.ts";
import { namesSomebody } from "../trusted-proxies.ts";
import { claimIn } from "./claims.ts";
import { headerOf, type RequestHeaders } from "./exchange.ts";
import { letIn } from "./turnstile.ts";

const loopback = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/**
 * For development: calls from this machine without a credential are this principal, all others need one. A call that a
 * browser makes for a page (`Origin`) needs one too: any page that a developer visits could send it. Who says by an
 * identity header who is calling is not this principal: a proxy may say so, and from others it is refused.
 * Whoever turns this on says so loudly where it starts.
 */
export function insecureDevPrincipal(principal: Principal, otherwise: Authenticate): Authenticate {
  const identity: Identity = { principal, kind: "caller" };
  return (credentials) => {
    const { authorization, origin, remoteAddress } = credentials;
    const isOurs = authorization === undefined && origin === undefined && loopback.test(remoteAddress);
    return isOurs && !namesSomebody(credentials) ? identity : otherwise(credentials);
  };
}

/**
 * What a request shows of its caller. The address is the socket's, never one that a header names, and is asked for only where
 * it matters. A class: an object literal with a getter is slow to make.
 */
export class RequestCredentials implements Credentials {
  readonly authorization: string | undefined;
  readonly origin: string | undefined;
  readonly #request: FastifyRequest;

  constructor(request: FastifyRequest) {
    this.authorization = request.headers.authorization;
    this.origin = request.headers.origin;
    this.#request = request;
  }

  get remoteAddress(): string {
    return this.#request.socket.remoteAddress ?? "";
  }

  get claim(): string | undefined {
    return claimIn(this.#request.raw.rawHeaders);
  }

  readonly header = (name: string): string | undefined => headerOf(this.#request.headers, name);
}

/** Told of an attempt that is refused before it comes to the policies. */
export type Attempted = (principal: Principal, attempt: Attempt) => Promise<void>;

/** Who is calling, and is let in; `Unauthenticated` where nobody is who may, `IssuerUnavailable` where that cannot be told now. */
export async function admittedCaller(
  authenticate: Authenticate,
  reply: FastifyReply,
  attempted?: Attempted,
): Promise<Identity | Failed> {
  try {
    const identity = await authenticate(new RequestCredentials(reply.request));
    if (identity === undefined) return unauthenticated();
    const { principal } = identity;
    const tenant = headerOf(reply.request.headers, "x-tenant-id") ?? principal.tenant;
    if (tenant === principal.tenant) return letIn(principal, reply) ?? identity;
    await attempted?.(principal, crossing(tenant));
    return ofAnotherTenant();
  } catch (error) {
    if (error instanceof IssuerUnavailable) return issuerUnavailable(error);
    throw error;
  }
}

function ofAnotherTenant(): Failed {
  return failed("AuthorizationDenied", "this credential is of another tenant than X-Tenant-Id names", "X-Tenant-Id");
}

export function issuerUnavailable({ message }: IssuerUnavailable): Failed {
  return { ...failed("IssuerUnavailable", message), retryAfterSeconds: 5 };
}

function unauthenticated(): Failed {
  return failed("Unauthenticated", "a valid API key is needed: Authorization: Bearer <key>");
}

/** What every call of a request carries, and how long it is waited for. A credential is good for its own tenant only. */
export function callContext(
  identity: Identity | undefined,
  headers: RequestHeaders,
  waiting: Pick<CallContext, "deadlineAt" | "isGone">,
): CallContext | Failed {
  if (identity === undefined) {
    return unauthenticated();
  }
  const { principal, scopes } = identity;
  const tenant = headerOf(headers, "x-tenant-id") ?? principal.tenant;
  if (tenant !== principal.tenant) {
    return ofAnotherTenant();
  }
  const trace = traceOf(headers);
  const context = { principal, tenant, correlationId: trace?.[1] ?? correlationOf(headers), ...waiting };
  const sessionId = shortText(headerOf(headers, "x-session-id"));
  const intent = shortText(headerOf(headers, "x-intent"));
  if (scopes === undefined && trace === null && sessionId === undefined && intent === undefined) return context;
  return {
    ...context,
    ...(scopes && { scopes }),
    ...(trace && { traceparent: trace[0] }),
    ...(sessionId && { sessionId }),
    ...(intent && { intent }),
  };
}

const textLengthMax = 256;

function shortText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : text.slice(0, textLengthMax);
}

const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/;

/** The `traceparent` of the request (W3C Trace Context) as far as we know it, and its trace id; null where it has none. */
function traceOf(headers: RequestHeaders): RegExpExecArray | null {
  const parent = headerOf(headers, "traceparent");
  return parent === undefined ? null : traceparent.exec(parent);
}

/** `X-Correlation-Id`, else a fresh one; where the request is part of a trace, the id of that is taken instead. */
function correlationOf(headers: RequestHeaders): string {
  const given = headerOf(headers, "x-correlation-id");
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}
