/** Who is calling and for which tenant: from the credential, never from a free header. */
import { randomUUID } from "node:crypto";
import type { Principal } from "../../ports/index.ts";
import type { Authenticate, CallContext, Failed, Identity } from "../call.ts";
import { failed } from "../odata/failure.ts";
import { headerOf, type RequestHeaders } from "./exchange.ts";

const loopback = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/**
 * For development: calls from this machine without a credential are this principal, all others need one. A call that a
 * browser makes for a page (`Origin`) needs one too: any page that a developer visits could send it.
 * Whoever turns this on says so loudly where it starts.
 */
export function insecureDevPrincipal(principal: Principal, otherwise: Authenticate): Authenticate {
  const identity: Identity = { principal, kind: "caller" };
  return (credentials) => {
    const { authorization, origin, remoteAddress } = credentials;
    const isOurs = authorization === undefined && origin === undefined && loopback.test(remoteAddress);
    return isOurs ? identity : otherwise(credentials);
  };
}

/** What every call of a request carries. A credential is good for its own tenant only. */
export function callContext(
  identity: Identity | undefined,
  headers: RequestHeaders,
  deadlineAt: number,
): CallContext | Failed {
  if (identity === undefined) {
    return failed("Unauthenticated", "a valid API key is needed: Authorization: Bearer <key>");
  }
  const { principal, scopes } = identity;
  const tenant = headerOf(headers, "x-tenant-id") ?? principal.tenant;
  if (tenant !== principal.tenant) {
    return failed("AuthorizationDenied", "this credential is of another tenant than X-Tenant-Id names", "X-Tenant-Id");
  }
  const context = { principal, tenant, correlationId: correlationOf(headers), deadlineAt };
  return scopes === undefined ? context : { ...context, scopes };
}

/** The trace id of `traceparent` (W3C Trace Context), else `X-Correlation-Id`, else a fresh one. */
function correlationOf(headers: RequestHeaders): string {
  const parent = headerOf(headers, "traceparent");
  const trace = parent === undefined ? null : /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(parent);
  if (trace?.[1] !== undefined) return trace[1];
  const given = headerOf(headers, "x-correlation-id");
  return given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID();
}
