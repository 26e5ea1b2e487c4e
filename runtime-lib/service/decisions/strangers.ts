/** Who shows no credential, one that nobody is known by, or a header that claims to be somebody: what of it is recorded. */
import type { Principal } from "../../ports/index.ts";
import type { Attempt, Authenticate, Credentials, Identity } from "../call.ts";
import { principalHeader, rolesHeader } from "../trusted-proxies.ts";
import { type CredentialKind, claimAttempt, credentialAttempt, nobody } from "./attempts.ts";

type Count = (principal: Principal, attempt: Attempt) => void;

/** The same callers are known; who is none, and who claims to be somebody else besides, is counted. */
export function watching(authenticate: Authenticate, tenant: string, count: Count): Authenticate {
  const stranger = nobody(tenant);
  const seen = (credentials: Credentials, identity: Identity | undefined): Identity | undefined => {
    if (identity === undefined) count(stranger, credentialAttempt(kindOf(credentials), credentials.remoteAddress));
    else if (credentials.claim !== undefined) count(identity.principal, claimAttempt(credentials.claim));
    return identity;
  };
  return (credentials) => {
    const known = authenticate(credentials);
    return known instanceof Promise ? known.then((identity) => seen(credentials, identity)) : seen(credentials, known);
  };
}

function kindOf({ authorization, header, claim }: Credentials): CredentialKind {
  if (header?.(principalHeader) !== undefined || header?.(rolesHeader) !== undefined) return "identity-header";
  if (authorization === undefined) return claim === undefined ? "none" : "identity-header";
  if (/^Bearer +tk_/i.test(authorization)) return "api-key";
  return /^Bearer +[\w-]+\.[\w-]+\.[\w-]*$/i.test(authorization) ? "token" : "other";
}
