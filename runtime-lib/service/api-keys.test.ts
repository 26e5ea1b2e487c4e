/** API keys: shown once, stored hashed, good until revoked, and managed by operators of the tenant only. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLibsqlStore } from "../adapters/libsql/store.ts";
import type { Store } from "../ports/index.ts";
import { apiKeyAuthenticator, createApiKey, ensureOperatorKey, revokeApiKey } from "./api-keys.ts";
import { apiKeyRoutes } from "./http/api-key-routes.ts";

const grant = { tenant: "t", principalType: "Agent", principalId: "7", roles: ["fulfilment"], kind: "caller" } as const;

let store: Store;

beforeEach(async () => {
  store = await openLibsqlStore({ path: ":memory:" });
});

afterEach(() => store.close());

function openAt(folder: string): Promise<Store> {
  return openLibsqlStore({ path: join(folder, "keys.db") });
}

function authenticate(authorization: string | undefined) {
  return apiKeyAuthenticator(store)({ authorization, remoteAddress: "127.0.0.1" });
}

describe("an API key", () => {
  test("stands for its principal", async () => {
    const { secret, record } = await createApiKey(store, grant);
    expect(secret).toMatch(/^tk_[\w-]{43}$/);
    expect(JSON.stringify(record)).not.toContain(secret.slice(3));
    expect(await authenticate(`Bearer ${secret}`)).toEqual({
      principal: { type: "Agent", id: "7", tenant: "t", roles: ["fulfilment"] },
      kind: "caller",
    });
  });

  test("is not guessed, cut, or sent in another scheme", async () => {
    const { secret } = await createApiKey(store, grant);
    for (const header of [
      undefined,
      "",
      secret,
      `Basic ${secret}`,
      `Bearer ${secret}x`,
      `Bearer ${secret.slice(0, -1)}`,
      "Bearer tk_",
    ]) {
      expect(await authenticate(header)).toBeUndefined();
    }
  });

  test("is worth nothing as soon as it is revoked, by whichever process", async () => {
    const { secret, record } = await createApiKey(store, grant);
    expect(await authenticate(`Bearer ${secret}`)).toBeDefined();
    const revoked = await revokeApiKey(store, record.id);
    expect(await authenticate(`Bearer ${secret}`)).toBeUndefined();
    expect(await revokeApiKey(store, record.id)).toEqual(revoked);
    expect(await revokeApiKey(store, "unknown")).toBeUndefined();
  });

  test("that another process revokes is worth nothing to the requests that come after it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "temperc-keys-"));
    const [ours, theirs] = [await openAt(folder), await openAt(folder)];
    const { secret, record } = await createApiKey(ours, grant);
    const known = apiKeyAuthenticator(ours);
    const identity = async () => known({ authorization: `Bearer ${secret}`, remoteAddress: "127.0.0.1" });
    expect(await Promise.all([identity(), identity()])).toEqual([expect.anything(), expect.anything()]);
    await revokeApiKey(theirs, record.id);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await identity()).toBeUndefined();
    await Promise.all([ours.close(), theirs.close()]);
    rmSync(folder, { recursive: true });
  });

  test("is worth nothing from the instant at which it expires", async () => {
    const at = (ms: number) => ({ ...grant, expiresAt: new Date(Date.now() + ms).toISOString() });
    expect(await authenticate(`Bearer ${(await createApiKey(store, at(60_000))).secret}`)).toBeDefined();
    expect(await authenticate(`Bearer ${(await createApiKey(store, at(0))).secret}`)).toBeUndefined();
  });

  test("of an operator manages nothing where its scopes do not say so", async () => {
    const kindWith = async (scopes: readonly string[]) => {
      const { secret } = await createApiKey(store, { ...grant, kind: "operator", scopes });
      return (await authenticate(`Bearer ${secret}`))?.kind;
    };
    expect([await kindWith([]), await kindWith(["read"]), await kindWith(["read", "manage"])]).toEqual([
      "operator",
      "caller",
      "operator",
    ]);
  });

  test("of an operator is made on the first start only", async () => {
    const secret = await ensureOperatorKey(store);
    expect(await authenticate(`Bearer ${secret}`)).toMatchObject({ kind: "operator", principal: { type: "Admin" } });
    expect(await ensureOperatorKey(store)).toBeUndefined();
  });
});

describe("the routes of API keys", () => {
  let app: FastifyInstance;
  let operator: string;

  beforeEach(async () => {
    app = Fastify();
    await app.register(apiKeyRoutes, { store, authenticate: apiKeyAuthenticator(store) });
    operator = (await createApiKey(store, { ...grant, principalType: "Admin", kind: "operator" })).secret;
  });

  afterEach(() => app.close());

  function request(method: "GET" | "POST" | "DELETE", url: string, secret: string, payload?: object) {
    return app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${secret}` },
      ...(payload === undefined ? {} : { payload }),
    });
  }

  test("make, list and revoke the keys of the operator's tenant, and show a secret once", async () => {
    const made = await request("POST", "/api/keys", operator, { principal: 'Customer::"alice"' });
    expect(made.statusCode).toBe(201);
    const { secret, id } = made.json();
    expect(await authenticate(`Bearer ${secret}`)).toEqual({
      principal: { type: "Customer", id: "alice", tenant: "t", roles: [] },
      kind: "caller",
    });
    const listed = await request("GET", "/api/keys", operator);
    expect(listed.json().value).toHaveLength(2);
    expect(listed.body).not.toMatch(/secret|hash/);
    expect((await request("DELETE", `/api/keys/${id}`, operator)).statusCode).toBe(204);
    expect(await authenticate(`Bearer ${secret}`)).toBeUndefined();
  });

  test("are for operators, and end at the tenant", async () => {
    const caller = await createApiKey(store, grant);
    const elsewhere = await createApiKey(store, { ...grant, tenant: "u" });
    expect((await request("GET", "/api/keys", caller.secret)).statusCode).toBe(403);
    expect((await request("GET", "/api/keys", "tk_")).statusCode).toBe(401);
    expect((await request("DELETE", `/api/keys/${elsewhere.record.id}`, operator)).statusCode).toBe(404);
    expect(await authenticate(`Bearer ${elsewhere.secret}`)).toBeDefined();
  });

  test("refuse a body that says something else", async () => {
    const refused = async (body: object): Promise<unknown> => {
      const reply = await request("POST", "/api/keys", operator, body);
      return [reply.statusCode, reply.json().error.target];
    };
    expect(await refused({})).toEqual([400, "principal"]);
    expect(await refused({ principal: "alice" })).toEqual([400, "principal"]);
    expect(await refused({ principal: 'A B::"alice"' })).toEqual([400, "principal"]);
    expect(await refused({ principal: 'Customer::"alice"', roles: "all" })).toEqual([400, "roles"]);
    expect(await refused({ principal: 'Customer::"alice"', kind: "god" })).toEqual([400, "kind"]);
    expect(await refused({ principal: 'Customer::"alice"', tenant: "u" })).toEqual([400, "tenant"]);
  });
});
