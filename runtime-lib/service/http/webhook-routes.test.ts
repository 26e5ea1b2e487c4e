/** Inbound webhooks over HTTP: who is believed, which entity is meant, and what a request twice is. */
import { createHmac } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Served, serveDefinition } from "../../../test/definitions/served.ts";
import { workshop } from "../../../test/definitions/workshop.ts";
import type { InboundWebhookDescriptor } from "../../kernel/index.ts";
import { webhookRoutes } from "./webhook-routes.ts";

const hmac = { secret: "bank", header: "X-Signature" };
const webhooks: readonly InboundWebhookDescriptor[] = [
  {
    name: "signed",
    path: "/bank/{job}",
    method: "POST",
    action: "HireAs",
    lookup: { kind: "path-param", name: "job" },
    extract: [{ param: "By", path: "data.lines.0.by" }],
    hmac,
  },
  {
    name: "known",
    path: "/bank/known",
    method: "PUT",
    action: "Ask",
    lookup: { kind: "query-param", name: "job" },
    extract: [],
  },
  {
    name: "form",
    path: "/form",
    method: "POST",
    action: "HireAs",
    lookup: { kind: "body-field", name: "job" },
    extract: [{ param: "By", path: "by" }],
  },
  {
    name: "header",
    path: "/header",
    method: "GET",
    action: "Ask",
    lookup: { kind: "header", name: "X-Job" },
    extract: [],
  },
];

const signedForHeader: InboundWebhookDescriptor = {
  name: "signed for a header",
  path: "/bank",
  method: "POST",
  action: "Ask",
  lookup: { kind: "header", name: "X-Job" },
  extract: [],
  hmac,
};

let served: Served;
let key = "";

beforeEach(async () => {
  served = await serveDefinition(workshop({ webhooks: [...webhooks, signedForHeader] }));
  key = await served.key({ type: "Customer", id: "alice" });
  await create("a b");
});

async function create(id: string): Promise<void> {
  await served.app.inject({
    method: "POST",
    url: "/tdata/Jobs",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    payload: { Id: id },
  });
}

afterEach(() => served.close());

const body = JSON.stringify({ data: { lines: [{ by: "bank" }] } });

function signature(text: string, secret = "the secret bank"): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

interface Sent {
  readonly method?: "GET" | "POST" | "PUT";
  readonly headers?: Record<string, string>;
  readonly payload?: string;
}

async function send(url: string, { method = "POST", headers = {}, payload = body }: Sent = {}) {
  const type = { "content-type": "application/json" };
  const content = method === "GET" ? {} : { payload };
  const answer = await served.app.inject({ method, url, headers: { ...type, ...headers }, ...content });
  const parsed: { error?: { code: string; message: string }; sequence?: number; id?: string } = answer.json();
  return { status: answer.statusCode, code: parsed.error?.code, ...parsed, headers: answer.headers };
}

async function job(id = "a%20b"): Promise<{ Count: number; By: string }> {
  const answer = await served.app.inject({ url: `/tdata/Jobs('${id}')`, headers: { authorization: `Bearer ${key}` } });
  return answer.json();
}

describe("a signed endpoint", () => {
  test("acts on the entity of the path with what the body says, for hexadecimal, prefixed and base64 signatures", async () => {
    const hex = signature(body);
    expect(await send("/webhooks/bank/a%20b", { headers: { "x-signature": hex } })).toMatchObject({
      status: 200,
      entityType: "Job",
      id: "a b",
      sequence: 2,
    });
    expect(await job()).toMatchObject({ Count: 1, By: "bank" });
    const base64 = Buffer.from(hex, "hex").toString("base64");
    for (const [query, text] of [["?1", `sha256=${hex}`] as const, ["?2", base64] as const])
      expect((await send(`/webhooks/bank/a%20b${query}`, { headers: { "x-signature": text } })).status).toBe(200);
    expect((await job()).Count).toBe(3);
  });

  test("believes nobody else, and does not say what was wrong", async () => {
    const wrong = [
      {},
      { "x-signature": "" },
      { "x-signature": signature(body, "another secret") },
      { "x-signature": signature(`${body} `) },
      { "x-signature": "sha256=zz" },
      { authorization: `Bearer ${key}` },
    ];
    const answers = await Promise.all(wrong.map((headers) => send("/webhooks/bank/a%20b", { headers })));
    expect(answers.map(({ status }) => status)).toEqual(wrong.map(() => 401));
    expect(new Set(answers.map(({ error }) => error?.message)).size).toBe(1);
    expect((await job()).Count).toBe(0);
    await served.service.close();
    const page = { tenant: "default", now: new Date().toISOString(), top: 10 };
    expect(await served.service.governance?.world.store.decisions.decisions(page)).toMatchObject([
      { state: "refused", principal: { type: "Nobody" }, entityId: "signature", count: wrong.length },
    ]);
  });

  test("takes the same request once, and a header does not move it to another tenant", async () => {
    const headers = { "x-signature": signature(body), "x-tenant-id": "other" };
    for (let turn = 0; turn < 3; turn += 1)
      expect(await send("/webhooks/bank/a%20b", { headers })).toMatchObject({ status: 200, sequence: 2 });
    expect((await job()).Count).toBe(1);
  });

  test("takes the same body for two entities that a header names, each once", async () => {
    await create("c");
    const headers = { "x-signature": signature(body) };
    for (const id of ["a b", "c", "c"])
      expect(await send("/webhooks/bank", { headers: { ...headers, "x-job": id } })).toMatchObject({ status: 200, id });
    expect([(await job()).Count, (await job("c")).Count]).toEqual([1, 1]);
  });

  test("says what is wrong with a signed request that names no entity, no value or no JSON", async () => {
    const ask = (path: string, text: string) =>
      send(path, { headers: { "x-signature": signature(text) }, payload: text });
    expect(await ask("/webhooks/bank/nobody", body)).toMatchObject({ status: 404 });
    expect(await ask("/webhooks/bank/a%20b", '{"data":{"lines":[{"by":{}}]}}')).toMatchObject({ status: 400 });
    expect(await ask("/webhooks/bank/a%20b", "{")).toMatchObject({ status: 400, code: "InvalidRequest" });
    expect(await ask("/webhooks/bank/a%20b", '{"data":{"__proto__":{"lines":[{"by":"x"}]}}}')).toMatchObject({
      status: 200,
    });
    expect((await job()).By).toBe("");
  });
});

describe("an endpoint without a signature", () => {
  test("needs a credential like any call, and finds the entity in query, form or header", async () => {
    const authorization = `Bearer ${key}`;
    expect((await send("/webhooks/bank/known?job=a%20b", { method: "PUT" })).status).toBe(401);
    const known = await send("/webhooks/bank/known?job=a+b", { method: "PUT", headers: { authorization } });
    expect(known.status).toBe(200);
    const form = { authorization, "content-type": "application/x-www-form-urlencoded" };
    expect((await send("/webhooks/form", { headers: form, payload: "job=a+b&by=form" })).status).toBe(200);
    const header = { authorization, "x-job": "a b" };
    expect((await send("/webhooks/header", { method: "GET", headers: header })).status).toBe(200);
    expect(await job()).toMatchObject({ Count: 3, By: "form" });
    expect(await send("/webhooks/header", { method: "GET", headers: { authorization } })).toMatchObject({
      status: 400,
      error: { message: "the request names no entity: the header X-Job is missing" },
    });
  });
});

describe("a tenant that has a program of its own", () => {
  const eve = { principal: { type: "Customer", id: "eve", tenant: "other", roles: [] }, tenant: "other" };
  let own: Served;
  let app: FastifyInstance;

  beforeEach(async () => {
    own = await serveDefinition(workshop({ webhooks: webhooks.filter(({ name }) => name !== "header") }));
    app = Fastify();
    await app.register(webhookRoutes, {
      service: served.service,
      serviceOf: (tenant) => (tenant === "other" ? own.service : undefined),
      authenticate: ({ authorization }) =>
        authorization === undefined ? undefined : { principal: eve.principal, kind: "caller" },
      secrets: () => "the secret bank",
      secretsOf: (tenant) => (name) => (name === "bank" ? `the bank of ${tenant}` : undefined),
    });
    const create = { entityType: "Job", entityId: "a b", change: { kind: "create", values: {} } } as const;
    expect((await own.service.write({ ...eve, correlationId: "c" }, create)).kind).toBe("written");
  });

  afterEach(async () => {
    await app.close();
    await own.close();
  });

  const json = { "content-type": "application/json" };

  test("is found by its callers, who find the endpoints of its program and reach no other", async () => {
    const ask = async (method: "GET" | "POST", url: string) => {
      const headers = { ...json, authorization: "Bearer x", "x-job": "a b" };
      const payload = JSON.stringify({ job: "a b", by: "eve" });
      return (await app.inject({ method, url, headers, ...(method === "POST" && { payload }) })).statusCode;
    };
    expect(await ask("POST", "/webhooks/form")).toBe(200);
    expect(await ask("GET", "/webhooks/header")).toBe(404);
    expect(await ask("POST", "/api/tenants/other/webhooks/form")).toBe(200);
    expect(await ask("POST", "/api/tenants/default/webhooks/form")).toBe(403);
    expect(await job()).toMatchObject({ Count: 0, By: "" });
  });

  test("is signed to below its name, under its own secret and under no other", async () => {
    const ask = async (tenant: string, secret: string) => {
      const headers = { ...json, "x-signature": signature(body, secret) };
      const url = `/api/tenants/${tenant}/webhooks/bank/a%20b`;
      return (await app.inject({ method: "POST", url, headers, payload: body })).statusCode;
    };
    expect(await ask("other", "the secret bank")).toBe(401);
    expect(await ask("default", "the bank of other")).toBe(401);
    expect(await ask("third", "the secret bank")).toBe(404);
    expect(await ask("other", "the bank of other")).toBe(200);
    expect(await job()).toMatchObject({ Count: 0, By: "" });
    const found = await own.service.read({ ...eve, correlationId: "c" }, "Job", "a b");
    expect(found).toMatchObject({ row: { values: { Count: 1, By: "bank" } } });
    expect(await ask("default", "the secret bank")).toBe(200);
    expect((await job()).Count).toBe(1);
  });
});

test("unknown paths, other methods and bodies that are too large are told as such", async () => {
  expect((await send("/webhooks/other")).status).toBe(404);
  expect((await send("/webhooks/bank/%ff")).status).toBe(400);
  const wrong = await send("/webhooks/header");
  expect([wrong.status, wrong.headers.allow]).toEqual([405, "GET"]);
  expect((await send("/webhooks/bank/a", { payload: "x".repeat(2_000_000) })).status).toBe(413);
});
