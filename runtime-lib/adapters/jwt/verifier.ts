/** Verifies JSON Web Tokens (RFC 7519, by the rules of RFC 8725) of listed issuers with `jose`, which is loaded only where there are some. */
import { IssuerUnavailable, type VerifiedToken, type VerifyToken } from "../../ports/index.ts";
import { type Issuer, isUrl } from "./issuers.ts";
import { fileKeys, type KeyOf } from "./key-files.ts";

export interface VerifierLimits {
  /** How long fetched keys are good; they are fetched again when a token names one that is not among them. */
  readonly jwksCacheMs: number;
  /** Keys are not fetched more often, whatever keys tokens name. */
  readonly jwksCooldownMs: number;
  readonly jwksTimeoutMs: number;
  /** The length of a token, in characters. */
  readonly tokenLengthMax: number;
}

export const defaultVerifierLimits: VerifierLimits = {
  jwksCacheMs: 600_000,
  jwksCooldownMs: 30_000,
  jwksTimeoutMs: 5_000,
  tokenLengthMax: 16_384,
};

type Jose = typeof import("jose");

/** The verifier of these issuers. Nothing is fetched before the first token asks for it; a file of keys must be there at once. */
export async function tokenVerifier(
  issuers: readonly Issuer[],
  given: Partial<VerifierLimits> = {},
): Promise<VerifyToken> {
  const limits = { ...defaultVerifierLimits, ...given };
  const jose = await import("jose");
  const keys = new Map<string, KeyOf>();
  for (const { issuer, jwks } of issuers) {
    keys.set(issuer, isUrl(jwks) ? remoteKeys(jose, jwks, limits) : await fileKeys(jose, jwks));
  }
  return async (token) => {
    if (token.length > limits.tokenLengthMax) return undefined;
    const claimed = claimedIssuer(jose, token);
    const issuer = issuers.find((each) => each.issuer === claimed);
    const keysOfIssuer = keys.get(issuer?.issuer ?? "");
    return issuer && keysOfIssuer && verified(jose, token, issuer, keysOfIssuer);
  };
}

function remoteKeys(jose: Jose, url: string, { jwksCacheMs, jwksCooldownMs, jwksTimeoutMs }: VerifierLimits): KeyOf {
  return jose.createRemoteJWKSet(new URL(url), {
    cacheMaxAge: jwksCacheMs,
    cooldownDuration: jwksCooldownMs,
    timeoutDuration: jwksTimeoutMs,
  });
}

/** Believed only as far as to choose whose keys must have signed it. */
function claimedIssuer(jose: Jose, token: string): string | undefined {
  try {
    return jose.decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

async function verified(jose: Jose, token: string, of: Issuer, keys: KeyOf): Promise<VerifiedToken | undefined> {
  const { issuer, audience, algorithms, clockToleranceSeconds } = of;
  try {
    const { payload } = await jose.jwtVerify(token, keys, {
      issuer,
      audience: [...audience],
      algorithms: [...algorithms],
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ["exp"],
    });
    return { issuer, claims: payload, mapping: of.principal };
  } catch (error) {
    if (isRefusal(jose, error)) return undefined;
    throw new IssuerUnavailable(issuer, { cause: error });
  }
}

/** Everything that is wrong with the token itself, or with the key that it names; what is left is a failed fetch. */
function isRefusal(jose: Jose, error: unknown): boolean {
  const { errors } = jose;
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  if (error instanceof errors.JOSEError) return error.code !== "ERR_JOSE_GENERIC";
  return false;
}
