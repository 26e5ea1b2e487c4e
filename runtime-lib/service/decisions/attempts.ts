/** What is tried that no policy could permit, as it is recorded. */
import type { Principal } from "../../ports/index.ts";
import type { Attempt } from "../call.ts";

/** What was shown in vain. */
export type CredentialKind = "none" | "api-key" | "token" | "identity-header" | "signature" | "other";

/** Whoever is not known; of the host's own tenant, whose operators are to see it. */
export function nobody(tenant: string): Principal {
  return { type: "Nobody", id: "unknown", tenant, roles: [] };
}

const why: Readonly<Record<CredentialKind, string>> = {
  none: "no credential was shown",
  "api-key": "no such key is in force",
  token: "no listed issuer has signed it for this service, or it is over",
  "identity-header": "who is calling is in a header from listed proxies only",
  signature: "the request is not signed as the endpoint wants it",
  other: "this is no key and no token",
};

export function credentialAttempt(kind: CredentialKind, address: string): Attempt {
  const because = `${why[kind]}; last from ${address}`;
  return { action: "authenticate", entityType: "Credential", entityId: kind, because };
}

export function claimAttempt(header: string): Attempt {
  const because = "this header means nothing here: who is calling, and what is asked, is not in it";
  return { action: "claim", entityType: "Header", entityId: header, because };
}

/** Of a credential that names another tenant than its own. */
export function crossing(tenant: string): Attempt {
  const because = "a credential reaches its own tenant only";
  return { action: "reach", entityType: "Tenant", entityId: tenant, because };
}
