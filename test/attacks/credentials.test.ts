/** Being somebody else: keys that are none, tokens that are forged, headers that lie. Each is 401, and an operator sees that it was tried. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as jose from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issuersFrom } from "../../runtime-lib/adapters/jwt/issuers.ts";
import { tokenVerifier } from "../../runtime-lib/adapters/jwt/verifier.ts";
import { tokenAuthenticator } from "../../runtime-lib/service/token-identity.ts";
import { addressBlocks, proxyAuthenticator } from "../../runtime-lib/service/trusted-proxies.ts";
import { shopService } from "../definitions/shop.ts";
import { hashOf, type Scene, sceneOf } from "./attackers.ts";

const issuer = "https://login.example";
const folder = mkdtempSync(join(tmpdir(), "temperc-attack-"));

let scene: Scene;
let own: jose.CryptoKey;
let published: jose.JWK;
let stolen: jose.CryptoKey;
let stolenJwk: jose.JWK;

beforeAll(async () => {
  const pair = await jose.generateKeyPair("ES256", { extractable: true });
  const other = await jose.generateKeyPair("ES256", { extractable: true });
  [own, stolen] = [pair.privateKey, other.privateKey];
  published = { ...(await jose.exportJWK(pair.publicKey)), kid: "own", alg: "ES256" };
  stolenJwk = { ...(await jose.exportJWK(other.publicKey)), kid: "own", alg: "ES256" };
  writeFileSync(join(folder, "keys.json"), JSON.stringify({ keys: [published] }));
  const settings = { issuer, audience: "shop", jwks: join(folder, "keys.json"), principal: { type: "Customer" } };
  const issuers = issuersFrom(JSON.stringify([settings]));
  const proxies = addressBlocks(["10.1.0.0/16"]);
  if (typeof issuers === "string" || typeof proxies === "string") throw new Error("the settings are wrong");
  const verify = await tokenVerifier(issuers);
  scene = await sceneOf(await shopService(), {
    known: (byKey) => proxyAuthenticator(proxies, tokenAuthenticator(verify, byKey)),
    serviceLimits: { refusedCredentialsMs: 5 },
  });
});

afterAll(async () => {
  await scene.close();
  rmSync(folder, { recursive: true });
});

interface Forging {
  readonly key?: jose.CryptoKey | Uint8Array;
  readonly header?: jose.JWTHeaderParameters;
  readonly claims?: jose.JWTPayload;
  readonly isEndless?: true;
}

function token({ key = own, header, claims = {}, isEndless }: Forging = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new jose.SignJWT({
    iss: issuer,
    aud: "shop",
    sub: "alice",
    iat: now,
    ...(!isEndless && { exp: now + 300 }),
    ...claims,
  })
    .setProtectedHeader({ alg: "ES256", kid: "own", ...header })
    .sign(key);
}

function unsigned(alg: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: issuer, aud: "shop", sub: "alice", exp: Math.floor(Date.now() / 1_000) + 300 };
  return `${part({ alg, kid: "own" })}.${part(claims)}.`;
}

function hmac(secret: string, kid = "own"): Promise<string> {
  return token({ key: new TextEncoder().encode(secret.padEnd(32, "\0")), header: { alg: "HS256", kid } });
}

/** Sent with these headers by nobody we know: 401, and counted where operators look. */
async function refusedAs(kind: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const before = await timesOf(kind);
  for (const request of ["GET /tdata/Orders('o-1')", "GET /api/keys", "GET /api/tenants/default/decisions"]) {
    const { status, text } = await scene.send({ as: "nobody", request, headers });
    expect([request, status]).toEqual([request, 401]);
    expect(text).not.toContain("25.5");
  }
  await expect.poll(() => timesOf(kind)).toBe(before + 3);
}

async function timesOf(kind: string): Promise<number> {
  const found = (await scene.recorded()).find((each) => each.entityType === "Credential" && each.entityId === kind);
  if (found !== undefined) {
    expect(found).toMatchObject({ state: "refused", principal: 'Nobody::"unknown"', action: "authenticate" });
  }
  return Number(found?.count ?? 0);
}

test("the issuer's own token is good, so that what is refused below is refused for its fault", async () => {
  const headers = { authorization: `Bearer ${await token()}` };
  expect((await scene.send({ as: "nobody", request: "GET /tdata/Orders('o-1')", headers })).json.Total).toBe(25.5);
});

describe("a token", () => {
  test.each<readonly [string, () => string | Promise<string>]>([
    ["with alg=none", () => unsigned("none")],
    ["with alg=NONE", () => unsigned("NONE")],
    ["with an algorithm and no signature", () => unsigned("ES256")],
    ["of a wrong key", () => token({ key: stolen })],
    ["whose key is the published key as a secret", () => hmac(JSON.stringify(published))],
    ["for another audience", () => token({ claims: { aud: "payroll" } })],
    ["for no audience", () => token({ claims: { aud: [] } })],
    ["of another issuer", () => token({ claims: { iss: "https://evil.example" } })],
    ["that has expired", () => token({ claims: { exp: Math.floor(Date.now() / 1_000) - 3_600 } })],
    ["that never expires", () => token({ isEndless: true })],
    ["that is not valid yet", () => token({ claims: { nbf: Math.floor(Date.now() / 1_000) + 3_600 } })],
    ["whose kid is a path to an empty file", () => hmac("", "../../../../../../dev/null")],
    ["whose kid is a path to the keys", () => hmac(JSON.stringify({ keys: [published] }), join(folder, "keys.json"))],
    ["whose kid is SQL", () => hmac("x", "own' UNION SELECT 'x' --")],
    ["whose kid is of an object's own", () => token({ key: stolen, header: { alg: "ES256", kid: "__proto__" } })],
    ["that brings its key along", () => token({ key: stolen, header: { alg: "ES256", kid: "own", jwk: stolenJwk } })],
    [
      "that says where its key is",
      () => token({ key: stolen, header: { alg: "ES256", kid: "own", jku: `file://${folder}/keys.json` } }),
    ],
    [
      "with an extension that must be understood",
      () => `${criticalHead()}.${Buffer.from("{}").toString("base64url")}.x`,
    ],
  ])("%s is refused and recorded", async (_name, make) => {
    await refusedAs("token", { authorization: `Bearer ${await make()}` });
  });
});

function criticalHead(): string {
  return Buffer.from(JSON.stringify({ alg: "ES256", crit: ["b64"], b64: false })).toString("base64url");
}

describe("a key", () => {
  test.each<readonly [string, string, (secret: string) => string]>([
    ["that nobody has", "api-key", () => `Bearer tk_${"A".repeat(43)}`],
    ["that is the hash of one", "api-key", (secret) => `Bearer tk_${hashOf(secret).slice(0, 43)}`],
    ["with one more character", "api-key", (secret) => `Bearer ${secret}A`],
    ["with SQL in it", "api-key", () => "Bearer tk_' OR '1'='1"],
    ["in Basic", "other", (secret) => `Basic ${Buffer.from(`operator:${secret}`).toString("base64")}`],
    ["without its scheme", "other", (secret) => secret],
  ])("%s is refused and recorded", async (_name, kind, credential) => {
    await refusedAs(kind, { authorization: credential(scene.keys.operator) });
  });

  test("that was revoked is refused and recorded", async () => {
    const made = await scene.send({ as: "operator", request: "POST /api/keys", body: { principal: 'Admin::"late"' } });
    await scene.send({ as: "operator", request: `DELETE /api/keys/${made.json.id}` });
    await refusedAs("api-key", { authorization: `Bearer ${made.json.secret}` });
  });

  test("that is tried again and again is one record with their number", async () => {
    const [before, times] = [(await scene.recorded()).length, await timesOf("api-key")];
    for (let index = 0; index < 50; index += 1) {
      const headers = { authorization: `Bearer tk_${String(index).padStart(43, "0")}` };
      expect((await scene.send({ as: "nobody", request: "GET /tdata", headers })).status).toBe(401);
    }
    await expect.poll(() => timesOf("api-key")).toBe(times + 50);
    expect((await scene.recorded()).length).toBe(before);
  });
});

describe("a header that says who is calling", () => {
  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ["alone", { "x-temperc-principal": 'Admin::"operator"' }],
    ["with roles", { "x-temperc-principal": 'Admin::"operator"', "x-temperc-roles": "operator" }],
    ["with an address", { "x-temperc-principal": 'Customer::"alice"', "x-forwarded-for": "10.1.2.3" }],
    ["of roles only", { "x-temperc-roles": "operator" }],
  ])("%s, and is of no listed proxy, is refused and recorded", async (_name, headers) => {
    await refusedAs("identity-header", headers);
  });

  test("beside a key of one's own is refused and recorded too", async () => {
    const before = await timesOf("identity-header");
    const headers = { "x-temperc-principal": 'Customer::"alice"' };
    expect((await scene.send({ as: "mallory", request: "GET /tdata/Orders('o-1')", headers })).status).toBe(401);
    await expect.poll(() => timesOf("identity-header")).toBe(before + 1);
  });
});

test("no credential at all is refused and recorded", () => refusedAs("none", {}));

describe("a key that names another tenant than its own", () => {
  test.each([
    "GET /tdata/Orders",
    "GET /api/keys",

    "GET /api/tenants/default/decisions",
  ])("%s: is refused and recorded", async (request) => {
    const times = await crossings();
    const headers = { "x-tenant-id": "other" };
    expect((await scene.send({ as: "operator", request, headers })).status).toBe(403);
    expect(await crossings()).toBe(times + 1);
  });

  async function crossings(): Promise<number> {
    const found = (await scene.recorded()).find(({ action, entityId }) => action === "reach" && entityId === "other");
    return Number(found?.count ?? 0);
  }
});

test("only operators see what strangers tried, and nobody can approve it", async () => {
  const { json } = await scene.send({ as: "mallory", request: "GET /api/tenants/default/decisions" });
  expect(JSON.stringify(json)).not.toContain("Credential");
  const record = (await scene.recorded()).find(({ entityType }) => entityType === "Credential");
  const request = `POST /api/tenants/default/decisions/${record?.id}/approve`;
  expect((await scene.send({ as: "operator", request, body: { scope: "narrow" } })).status).toBe(409);
});
