/** The issuers whose tokens are taken, as JSON says them: parsed once, with the sentence that says what is wrong. */
import type { TokenMapping } from "../../ports/index.ts";

export interface Issuer {
  /** As it stands in `iss`, character by character. */
  readonly issuer: string;
  /** At least one of them must be in `aud`. */
  readonly audience: readonly string[];
  /** Where its keys are: an `https` URL (`http` on this machine only), or the path of a file. */
  readonly jwks: string;
  readonly algorithms: readonly Algorithm[];
  readonly clockToleranceSeconds: number;
  readonly principal: TokenMapping;
}

/** Signatures by a private key only: a secret that both sides hold could be any public key (RFC 8725, section 2.1). */
export const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;

export type Algorithm = (typeof algorithms)[number];

const issuersMax = 32;
const toleranceMax = 300;

/** The issuers in the text of a JSON list, or what is wrong with it. */
export function issuersFrom(text: string): readonly Issuer[] | string {
  const parsed = parsedJson(text);
  if (!Array.isArray(parsed) || parsed.length === 0 || parsed.length > issuersMax) {
    return `the issuers are a JSON list of 1 to ${issuersMax} objects`;
  }
  const issuers: Issuer[] = [];
  for (const each of parsed) {
    const issuer = issuerFrom(each);
    if (typeof issuer === "string") return `issuer ${issuers.length + 1}: ${issuer}`;
    if (issuers.some((other) => other.issuer === issuer.issuer)) return `${issuer.issuer} is listed twice`;
    issuers.push(issuer);
  }
  return issuers;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const known = ["issuer", "audience", "jwks", "algorithms", "clockToleranceSeconds", "principal"];

function issuerFrom(value: unknown): Issuer | string {
  const fields = fieldsOf(value);
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) return `there is no setting ${JSON.stringify(unknown)}; there are ${known.join(", ")}`;
  const { issuer, jwks, clockToleranceSeconds = 30 } = fields;
  const audience = typeof fields.audience === "string" ? [fields.audience] : fields.audience;
  if (!isText(issuer)) return "issuer is the text that stands in iss";
  if (!areTexts(audience))
    return "audience is a text or a list of texts: without it, tokens for other services would do";
  if (!isText(jwks)) return "jwks is where its keys are: an https URL, or the path of a file";
  if (isInsecure(jwks)) return `jwks is ${jwks}: keys are fetched by https, or by http from this machine only`;
  const chosen = algorithmsFrom(fields.algorithms);
  if (typeof chosen === "string") return chosen;
  const tolerance = Number(clockToleranceSeconds);
  if (!(tolerance >= 0 && tolerance <= toleranceMax))
    return `clockToleranceSeconds is a number from 0 to ${toleranceMax}`;
  const principal = mappingFrom(fieldsOf(fields.principal));
  if (typeof principal === "string") return principal;
  return { issuer, audience, jwks, algorithms: chosen, clockToleranceSeconds: tolerance, principal };
}

function algorithmsFrom(value: unknown): readonly Algorithm[] | string {
  if (value === undefined) return ["RS256", "PS256", "ES256", "EdDSA"];
  if (!areTexts(value)) return "algorithms is a list of names";
  const wrong = value.find((name) => !algorithms.some((each) => each === name));
  if (wrong !== undefined) return `the algorithm ${wrong} is not taken; there are ${algorithms.join(", ")}`;
  return algorithms.filter((name) => value.includes(name));
}

const mappingNames = [
  "type",
  "typeClaim",
  "idClaim",
  "tenant",
  "tenantClaim",
  "rolesClaim",
  "scopesClaim",
  "operatorRole",
];

function mappingFrom(fields: Readonly<Record<string, unknown>>): TokenMapping | string {
  for (const [name, value] of Object.entries(fields)) {
    if (!mappingNames.includes(name))
      return `principal has no ${JSON.stringify(name)}; it has ${mappingNames.join(", ")}`;
    if (!isText(value)) return `principal.${name} is a text`;
  }
  const { type, typeClaim, idClaim, tenant, tenantClaim, rolesClaim, scopesClaim, operatorRole } = fields;
  if (!isText(type) && !isText(typeClaim)) return "principal says which Cedar type its callers have: type or typeClaim";
  return {
    idClaim: isText(idClaim) ? idClaim : "sub",
    ...(isText(type) && { type }),
    ...(isText(typeClaim) && { typeClaim }),
    ...(isText(tenant) && { tenant }),
    ...(isText(tenantClaim) && { tenantClaim }),
    ...(isText(rolesClaim) && { rolesClaim }),
    ...(isText(scopesClaim) && { scopesClaim }),
    ...(isText(operatorRole) && { operatorRole }),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

/** True for what looks like a URL, in place of a path. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(text);
}

function isInsecure(jwks: string): boolean {
  if (!isUrl(jwks)) return false;
  if (!URL.canParse(jwks)) return true;
  const { protocol, hostname } = new URL(jwks);
  return protocol !== "https:" && !(protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
