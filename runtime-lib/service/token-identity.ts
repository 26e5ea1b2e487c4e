/** From the claims of a verified token to who is calling. */
import type { Claims, TokenMapping, VerifyToken } from "../ports/index.ts";
import { defaultTenant } from "./api-keys.ts";
import type { Authenticate, Identity } from "./call.ts";
import { isScope } from "./scopes.ts";

const textLengthMax = 256;
const rolesMax = 256;

const bearer = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Knows callers by `Authorization: Bearer` and a signed token (RFC 7519); every other credential is for `otherwise`. */
export function tokenAuthenticator(verify: VerifyToken, otherwise: Authenticate): Authenticate {
  return async (credentials) => {
    const token = bearer.exec(credentials.authorization ?? "")?.[1];
    if (token === undefined) return otherwise(credentials);
    const verified = await verify(token);
    return verified && identityFrom(verified.claims, verified.mapping);
  };
}

/** Undefined where a claim that is needed is missing, or is no text that can be a name. */
export function identityFrom(claims: Claims, mapping: TokenMapping): Identity | undefined {
  const type = mapping.typeClaim === undefined ? mapping.type : claimAt(claims, mapping.typeClaim);
  const id = claimAt(claims, mapping.idClaim);
  const tenant =
    mapping.tenantClaim === undefined ? (mapping.tenant ?? defaultTenant) : claimAt(claims, mapping.tenantClaim);
  const roles = mapping.rolesClaim === undefined ? [] : textsAt(claims, mapping.rolesClaim);
  if (!isName(type) || !/^[A-Za-z_]\w*$/.test(type) || !isName(id) || !isName(tenant)) return undefined;
  const isOperator = mapping.operatorRole !== undefined && roles.includes(mapping.operatorRole);
  const identity: Identity = { principal: { type, id, tenant, roles }, kind: isOperator ? "operator" : "caller" };
  return mapping.scopesClaim === undefined ? identity : scoped(identity, textsAt(claims, mapping.scopesClaim));
}

/** A token whose claim names no scope of ours is good for nothing, which `-`, the scope of nothing, says. */
function scoped(identity: Identity, claimed: readonly string[]): Identity {
  const scopes = claimed.filter(isScope);
  const kind = scopes.includes("manage") ? identity.kind : "caller";
  return { ...identity, kind, scopes: scopes.length === 0 ? ["-"] : scopes };
}

/** The claim of that name, or what a path with dots leads to. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split(".").reduce<unknown>((within, name) => {
    return typeof within === "object" && within !== null && Object.hasOwn(within, name)
      ? Object.entries(within).find(([each]) => each === name)?.[1]
      : undefined;
  }, claims);
}

function textsAt(claims: Claims, path: string): readonly string[] {
  const claim = claimAt(claims, path);
  const texts: readonly unknown[] = typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [];
  return texts.filter(isName).slice(0, rolesMax);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= textLengthMax && !value.includes("\0");
}
