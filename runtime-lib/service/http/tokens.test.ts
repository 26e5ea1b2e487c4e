/** JSON Web Tokens as credentials: whose are taken, which are not, and whom they stand for; with keys behind a real server. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as jose from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";
import { issuersFrom } from "../../adapters/jwt/issuers.ts";
import { tokenVerifier, type VerifierLimits } from "../../adapters/jwt/verifier.ts";
import { tokenAuthenticator } from "../token-identity.ts";

interface Key {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: jose.CryptoKey;
  readonly jwk: jose.JWK;
}

const folder = mkdtempSync(join(tmpdir(), "temperc-jwks-"));
const published: Key[] = [];
let fetches = 0;
let server: Server;
let served: ServedParcels;
let first: Key;
let filed: Key;

async function keyPair(kid: string, algorithm: string): Promise<Key> {
  const { privateKey, publicKey } = await jose.generateKeyPair(algorithm, { extractable: true });
  return { kid, algorithm, privateKey, jwk: { ...(await jose.exportJWK(publicKey)), kid, alg: algorithm } };
}

function serveKeys(): Promise<Server> {
  return new Promise((resolve) => {
    const listening = createServer((_request, response) => {
      fetches += 1;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
    }).listen(0, "127.0.0.1", () => resolve(listening));
  });
}

/** Of all issuers, with nothing fetched yet. */
async function verifierOf(limits: Partial<VerifierLimits>) {
  const { port } = server.address() as AddressInfo;
  const principal = { type: "Customer", rolesClaim: "realm_access.roles", scopesClaim: "scp", operatorRole: "ops" };
  const settings = [
    {
      issuer: "https://login.example",
      audience: "orders",
      jwks: `http://127.0.0.1:${port}/jwks`,
      principal: { type: "Customer" },
    },
    { issuer: "https://file.example", audience: ["orders"], jwks: join(folder, "keys.json"), principal },
    {
      issuer: "https://down.example",
      audience: "orders",
      jwks: "http://127.0.0.1:9/jwks",
      principal: { typeClaim: "kind", idClaim: "https://down.example/id", tenantClaim: "org" },
    },
  ];
  const issuers = issuersFrom(JSON.stringify(settings));
  if (typeof issuers === "string") throw new Error(issuers);
  return { verify: await tokenVerifier(issuers, limits) };
}

beforeAll(async () => {
  first = await keyPair("first", "ES256");
  filed = await keyPair("filed", "RS256");
  published.push(first);
  writeFileSync(join(folder, "keys.json"), JSON.stringify({ keys: [filed.jwk] }));
  server = await serveKeys();
  const { verify } = await verifierOf({});
  served = await serveParcels({ known: (byKey) => tokenAuthenticator(verify, byKey) });
  await served.app.inject({
    method: "POST",
    url: "/tdata/Parcels",
    headers: { authorization: `Bearer ${served.keys.alice}` },
    payload: { Id: "p", Owner: "alice" },
  });
});

afterAll(async () => {
  await served.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

interface Wish {
  readonly key?: Key;
  readonly issuer?: string;
  readonly audience?: string;
  readonly subject?: string;
  readonly expires?: string | number;
  readonly claims?: jose.JWTPayload;
}

function token({ key = first, issuer = "https://login.example", audience = "orders", ...rest }: Wish = {}) {
  const { subject = "alice", expires = "5m", claims = {} } = rest;
  return new jose.SignJWT(claims)
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key.privateKey);
}

async function read(bearer: string) {
  const reply = await served.app.inject({ url: "/tdata/Parcels/p", headers: { authorization: `Bearer ${bearer}` } });
  return reply.statusCode;
}

const now = (): number => Math.floor(Date.now() / 1_000);

/** Signed with an HMAC whose secret is the public key that everybody knows. */
async function confused(): Promise<string> {
  const secret = new TextEncoder().encode(JSON.stringify(first.jwk));
  return new jose.SignJWT({})
    .setProtectedHeader({ alg: "HS256", kid: first.kid })
    .setIssuer("https://login.example")
    .setAudience("orders")
    .setSubject("alice")
    .setExpirationTime("5m")
    .sign(secret);
}

function unsigned(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: "https://login.example", aud: "orders", sub: "alice", exp: now() + 300 };
  return `${part({ alg: "none" })}.${part(claims)}.`;
}

describe("a token", () => {
  test("of a listed issuer stands for its subject", async () => {
    expect(await read(await token())).toBe(200);
    expect(await read(await token({ subject: "bob" }))).toBe(404);
    expect(await read(await token({ key: filed, issuer: "https://file.example", claims: { scp: "read" } }))).toBe(200);
  });

  test.each<[string, () => string | Promise<string>]>([
    ["of another issuer", () => token({ issuer: "https://evil.example" })],
    ["for another audience", () => token({ audience: "payroll" })],
    ["that has expired, beyond the tolerance", () => token({ expires: now() - 31 })],
    ["without a signature", unsigned],
    ["signed with the public key as a secret", confused],
    ["of one issuer signed with the key of another", () => token({ key: filed })],
    ["that was changed", async () => (await token()).replace(/\.[^.]+\./, (part) => `${part.slice(0, -2)}A.`)],
    [
      "without an expiry",
      () =>
        new jose.SignJWT({ sub: "alice" })
          .setProtectedHeader({ alg: "ES256", kid: "first" })
          .setIssuer("https://login.example")
          .setAudience("orders")
          .sign(first.privateKey),
    ],
    ["whose subject is empty", () => token({ subject: "" })],
    ["of enormous length", () => token({ claims: { filler: "x".repeat(20_000) } })],
  ])("%s is refused", async (_name, make) => {
    expect(await read(await make())).toBe(401);
  });

  test("is good a little longer than it says, for clocks differ", async () => {
    expect(await read(await token({ expires: now() - 5 }))).toBe(200);
  });

  test("of a key that was published since is taken, once the last fetch is long enough ago", async () => {
    const next = await keyPair("next", "ES256");
    const { verify } = await verifierOf({ jwksCooldownMs: 0 });
    expect(await verify(await token())).toBeDefined();
    expect(await verify(await token({ key: next }))).toBeUndefined();
    published.push(next);
    expect(await verify(await token({ key: next }))).toMatchObject({ claims: { sub: "alice" } });
  });

  test("that names a key of nobody's does not make us fetch again and again", async () => {
    const { verify } = await verifierOf({ jwksCooldownMs: 3_600_000 });
    const before = fetches;
    const unknown = await token({ key: await keyPair("unknown", "ES256") });
    for (let index = 0; index < 20; index += 1) expect(await verify(unknown)).toBeUndefined();
    expect(await verify(await token())).toBeDefined();
    expect(fetches - before).toBe(1);
  });

  test("is answered 503 where the keys of its issuer cannot be fetched", async () => {
    const claims = { kind: "Customer", org: "default", "https://down.example/id": "alice" };
    const bearer = await token({ issuer: "https://down.example", claims });
    const reply = await served.app.inject({ url: "/tdata/Parcels/p", headers: { authorization: `Bearer ${bearer}` } });
    expect([reply.statusCode, reply.json().error.code, reply.headers["retry-after"]]).toEqual([
      503,
      "IssuerUnavailable",
      "5",
    ]);
  });

  test("carries roles, of which one makes an operator, and scopes that bound it", async () => {
    const issuer = "https://file.example";
    const of = (claims: jose.JWTPayload) => token({ key: filed, issuer, claims });
    const keys = async (bearer: string) =>
      (await served.app.inject({ url: "/api/keys", headers: { authorization: `Bearer ${bearer}` } })).statusCode;
    expect(await keys(await of({ realm_access: { roles: ["ops"] }, scp: "manage" }))).toBe(200);
    expect(await keys(await of({ realm_access: { roles: ["ops"] }, scp: "read" }))).toBe(403);
    expect(await keys(await of({ realm_access: { roles: ["clerk"] }, scp: "manage" }))).toBe(403);
    expect(await read(await of({ scp: "openid profile" }))).toBe(404);
    expect(await read(await of({ scp: ["Parcel::read"] }))).toBe(200);
  });
});

describe("the issuers", () => {
  const good = { issuer: "i", audience: "a", jwks: "https://i.example/jwks", principal: { type: "Customer" } };

  test.each([
    ["{}", "a JSON list"],
    [JSON.stringify([good, good]), "listed twice"],
    [JSON.stringify([{ ...good, audience: undefined }]), "audience is"],
    [JSON.stringify([{ ...good, algorithms: ["HS256"] }]), "the algorithm HS256 is not taken"],
    [JSON.stringify([{ ...good, algorithms: ["none"] }]), "the algorithm none is not taken"],
    [JSON.stringify([{ ...good, jwks: "http://i.example/jwks" }]), "by https"],
    [JSON.stringify([{ ...good, principal: {} }]), "type or typeClaim"],
    [JSON.stringify([{ ...good, principal: { type: "Customer", role: "x" } }]), 'principal has no "role"'],
    [JSON.stringify([{ ...good, secret: "x" }]), 'there is no setting "secret"'],
    [JSON.stringify([{ ...good, clockToleranceSeconds: 9_999 }]), "clockToleranceSeconds"],
  ])("%s: %s", (text, said) => {
    expect(issuersFrom(text)).toContain(said);
  });
});
