/** Bearer tokens of other issuers: who verified them answers with their claims. */

export type Claims = Readonly<Record<string, unknown>>;

export interface VerifiedToken {
  readonly issuer: string;
  readonly claims: Claims;
  /** How this issuer's claims are read. */
  readonly mapping: TokenMapping;
}

/** Undefined where the token is none of a listed issuer, or its signature, audience or times do not hold. Rejects with `IssuerUnavailable`. */
export type VerifyToken = (token: string) => Promise<VerifiedToken | undefined>;

/** Whether the token is good cannot be said now: the keys of its issuer could not be fetched. */
export class IssuerUnavailable extends Error {
  constructor(issuer: string, options?: ErrorOptions) {
    super(`the keys of the issuer ${issuer} cannot be fetched`, options);
    this.name = "IssuerUnavailable";
  }
}

/** Which claims make the principal. A claim is named, or reached by a path with dots: `realm_access.roles`. */
export interface TokenMapping {
  /** The Cedar entity type of its callers, where no claim says it. */
  readonly type?: string;
  readonly typeClaim?: string;
  readonly idClaim: string;
  /** The tenant of its callers where no claim says it; `default` where neither does. */
  readonly tenant?: string;
  readonly tenantClaim?: string;
  /** A list of texts, or one text with blanks between the roles. */
  readonly rolesClaim?: string;
  /** As `rolesClaim`; where the claim is there, it bounds what the token is good for as the scopes of an API key do. */
  readonly scopesClaim?: string;
  /** Who has this role is an operator of the service. */
  readonly operatorRole?: string;
}
