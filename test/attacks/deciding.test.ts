/** Getting past the people who decide: self-approval, deciding twice, policies written through names, keys and headers that lie. */
import type { ServiceDefinition } from "@temperc/runtime";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { shopService } from "../definitions/shop.ts";
import { hashOf, type Outcome, type Scene, sceneOf, type Who } from "./attackers.ts";

const decisions = "/api/tenants/default/decisions";
const policies = "/api/tenants/default/policies";

const narrow = { scope: "narrow" };

let shop: ServiceDefinition;
let scene: Scene;

beforeAll(async () => {
  shop = await shopService();
});

/** The decision that waits because of what that caller has tried. */
async function pendingOf(as: Who, request: string, body: object = {}): Promise<string> {
  await scene.send({ as, request, body });
  const pending = (await scene.recorded()).filter(({ state }) => state === "pending");
  return String(pending.at(-1)?.id);
}

function refusedBy(by: string, what: object) {
  return expect.objectContaining({ state: "refused", principal: by, ...what });
}

describe("deciding", () => {
  beforeEach(async () => {
    scene = await sceneOf(shop);
  });

  afterEach(() => scene.close());

  test.each<readonly [string, Who, Who, "approve" | "deny", string]>([
    ["a caller approves its own", "mallory", "mallory", "approve", 'Customer::"mallory"'],
    ["a caller denies another's", "alice", "mallory", "deny", 'Customer::"mallory"'],
    ["an agent approves its own", "agent", "agent", "approve", 'Agent::"mallory"'],
    ["an agent with an operator's key approves another's", "alice", "agentOperator", "approve", 'Agent::"boss"'],
    ["an agent with an operator's key denies another's", "alice", "agentOperator", "deny", 'Agent::"boss"'],
    ["an operator approves its own", "operator", "operator", "approve", 'Admin::"operator"'],
    ["an operator denies its own", "operator", "operator", "deny", 'Admin::"operator"'],
  ])("%s: refused, recorded, and nothing is decided", async (_name, asker, decider, verb, by) => {
    const id = await pendingOf(asker, "POST /tdata/Orders('o-1')/StartPicking");
    const body = verb === "approve" ? narrow : {};
    const { status, json } = await scene.send({ as: decider, request: `POST ${decisions}/${id}/${verb}`, body });
    expect([status, json.error]).toMatchObject([403, { code: "AuthorizationDenied" }]);
    const all = await scene.recorded();
    expect(all).toContainEqual(refusedBy(by, { action: verb, entityType: "Decision", entityId: id }));
    expect(all).toContainEqual(expect.objectContaining({ id, state: "pending" }));
    expect((await scene.send({ as: "second", request: `GET ${decisions}/audit` })).json.value).toEqual([]);
  });

  test.each<readonly [string, "approve" | "deny", "approve" | "deny"]>([
    ["an approval is approved", "approve", "approve"],
    ["an approval is denied", "approve", "deny"],
    ["a denial is approved", "deny", "approve"],
    ["a denial is denied", "deny", "deny"],
  ])("%s again: the first stands", async (_name, first, again) => {
    const id = await pendingOf("alice", "POST /tdata/Orders('o-1')/StartPicking");
    const bodyOf = (verb: string) => (verb === "approve" ? narrow : {});
    await scene.send({ as: "operator", request: `POST ${decisions}/${id}/${first}`, body: bodyOf(first) });
    const before = (await scene.recorded()).find((each) => each.id === id);
    const late = await scene.send({ as: "second", request: `POST ${decisions}/${id}/${again}`, body: bodyOf(again) });
    expect([late.status, late.json.error]).toMatchObject([409, { code: "Conflict" }]);
    const all = await scene.recorded();
    expect(all.find((each) => each.id === id)).toEqual(before);
    expect(all).toContainEqual(refusedBy('Admin::"second"', { action: again, entityId: id }));
  });

  test("two operators at the same moment: one decides", async () => {
    const id = await pendingOf("alice", "POST /tdata/Orders('o-1')/StartPicking");
    const both = await Promise.all(
      (["operator", "second"] as const).map((as) =>
        scene.send({ as, request: `POST ${decisions}/${id}/approve`, body: narrow }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { json } = await scene.send({ as: "operator", request: `GET ${decisions}/audit` });
    expect(json.value).toHaveLength(1);
  });

  test.each<readonly [string, Who, string, object]>([
    ["a caller puts a policy", "mallory", "PUT", { text: "permit(principal, action, resource);" }],
    [
      "an agent with an operator's key puts one",
      "agentOperator",
      "PUT",
      { text: "permit(principal, action, resource);" },
    ],
    ["a caller changes one", "mallory", "PATCH", { isEnabled: true }],
    ["an agent with an operator's key revokes one", "agentOperator", "DELETE", {}],
  ])("%s: refused and recorded", async (_name, as, method, body) => {
    const { status } = await scene.send({ as, request: `${method} ${policies}/mine`, body });
    expect(status).toBe(403);
    expect(await scene.recorded()).toContainEqual(
      expect.objectContaining({ state: "refused", entityType: "Policy", entityId: "mine" }),
    );
  });

  test.each<readonly [string, string]>([
    ["for everybody", "permit(principal, action, resource);"],
    ["for its type", 'permit(principal is Admin, action == Action::"Order::StartPicking", resource);'],
    ["for itself by name", 'permit(principal == Admin::"operator", action in [Action::"StartPicking"], resource);'],
    ["under a condition", 'permit(principal, action, resource is Order) when { principal.id == "operator" };'],
  ])("an operator permits itself what it was refused, %s: another has to", async (_name, text) => {
    await pendingOf("operator", "POST /tdata/Orders('o-1')/StartPicking");
    const own = await scene.send({ as: "operator", request: `PUT ${policies}/mine`, body: { text } });
    expect([own.status, own.json.error]).toMatchObject([403, { innererror: { decisionId: expect.any(String) } }]);
    expect(await scene.recorded()).toContainEqual(refusedBy('Admin::"operator"', { action: "put", entityId: "mine" }));
    expect((await scene.send({ as: "operator", request: "POST /tdata/Orders('o-1')/StartPicking" })).status).toBe(403);
    expect((await scene.send({ as: "second", request: `PUT ${policies}/mine`, body: { text } })).status).toBe(201);
  });

  test("a record of what was refused can be approved by nobody", async () => {
    const id = await pendingOf("alice", "POST /tdata/Orders('o-1')/StartPicking");
    await scene.send({ as: "mallory", request: `POST ${decisions}/${id}/approve`, body: narrow });
    const record = (await scene.recorded()).find(({ state }) => state === "refused");
    const { status } = await scene.send({
      as: "operator",
      request: `POST ${decisions}/${record?.id}/approve`,
      body: narrow,
    });
    expect(status).toBe(409);
  });
});

describe("names and ids", () => {
  beforeAll(async () => {
    scene = await sceneOf(shop);
  });

  afterAll(() => scene.close());

  const hostile = [
    'x"); permit(principal, action, resource); //',
    'x" || true || resource == Order::"y',
    "x\\",
    'x\\"',
    "*",
    "?resource",
    "#{text}",
    "\u2028",
    "__proto__",
  ];

  test.each(hostile)("an entity called %j: its policy is about that entity, and one policy", async (Id) => {
    const body = { Id, CustomerId: "alice" };
    expect((await scene.send({ as: "alice", request: "POST /tdata/Orders", body })).status).toBe(201);
    const url = `/tdata/Orders(${encodeURIComponent(`'${Id.replaceAll("'", "''")}'`)})/StartPicking`;
    const id = await pendingOf("alice", `POST ${url}`);
    const { status, json } = await scene.send({
      as: "operator",
      request: `POST ${decisions}/${id}/approve`,
      body: narrow,
    });
    expect([status, json.error]).toEqual([200, undefined]);
    expect(await rulesOf(id)).toMatchObject([
      {
        effect: "permit",
        principal: '== Customer::"alice"',
        action: '== Action::"Order::StartPicking"',
        conditions: "",
      },
    ]);
    const allowed = await Promise.all(
      [url, "/tdata/Orders('o-1')/StartPicking"].map((each) => scene.send({ as: "alice", request: `POST ${each}` })),
    );
    expect(allowed.map(({ status }) => status)).toEqual([409, 403]);
    expect((await scene.send({ as: "mallory", request: "POST /tdata/Orders('m-1')/StartPicking" })).status).toBe(403);
  });

  const unstorable = ["x\n}; permit(principal, action, resource);", "\u0001\u007f", "\ud800"];

  test.each(unstorable)("an entity called %j is not made at all", async (Id) => {
    const made = await scene.send({ as: "alice", request: "POST /tdata/Orders", body: { Id, CustomerId: "alice" } });
    expect(made.status).toBe(400);
  });

  test.each([...hostile, "x\n}; permit(principal, action, resource);"])(
    "a caller called %j: its policy is about that caller, and one policy",
    async (name) => {
      const key = await scene.served.key({ type: "Customer", id: name });
      const product = { Id: hashOf(name), Name: "thing", Price: 1, Currency: "EUR" };
      const make = (as: Who, bearer: string) => {
        const headers = bearer === "" ? {} : { authorization: `Bearer ${bearer}` };
        return scene.send({ as, request: "POST /tdata/Products", headers, body: product });
      };
      expect((await make("nobody", key)).status).toBe(403);
      const own = `Customer::${JSON.stringify(name)}`;
      const mine = (await scene.recorded()).filter(({ principal, state }) => principal === own && state === "pending");
      expect(mine).toMatchObject([{ action: "create", entityType: "Product", entityId: product.Id }]);
      const id = String(mine[0]?.id);
      const approval = {
        as: "operator",
        request: `POST ${decisions}/${id}/approve`,
        body: { scope: "medium" },
      } as const;
      expect((await scene.send(approval)).json.error).toBeUndefined();
      expect(await rulesOf(id)).toMatchObject([{ principal: `== ${own}`, action: '== Action::"Product::create"' }]);
      expect((await make("mallory", "")).status).toBe(403);
      expect((await make("nobody", key)).status).toBe(201);
    },
  );

  test("a role with a policy in it stays a text in the policy", async () => {
    const id = await pendingOf("agent", "GET /tdata/Orders");
    const cell = { principal: "agents_with_role", action: "this_action", resource: "any_of_type" };
    const { json } = await scene.send({ as: "operator", request: `POST ${decisions}/${id}/approve`, body: cell });
    expect(json.error).toBeUndefined();
    const [rule] = await rulesOf(id);
    expect(rule?.conditions).toBe(
      'when { (principal has roles) && principal.roles.contains("night\\"]) || true //") };',
    );
    const stranger = await scene.served.key({ type: "Agent", id: "stranger", roles: ["night"] });
    const listed = await scene.send({
      as: "nobody",
      request: "GET /tdata/Orders",
      headers: { authorization: `Bearer ${stranger}` },
    });
    expect(listed.json.value).toEqual([]);
  });
});

async function rulesOf(id: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { json } = await scene.send({ as: "operator", request: `GET ${policies}/rules` });
  const rules = Array.isArray(json.value) ? json.value : [];
  return rules.filter((rule) => rule.id === id);
}

describe("who one is", () => {
  beforeAll(async () => {
    scene = await sceneOf(shop);
  });

  afterAll(() => scene.close());

  const forged: readonly (readonly [string, string])[] = [
    ["x-principal", 'Admin::"operator"'],
    ["x-principal-id", "alice"],
    ["x-principal-type", "Admin"],
    ["x-user", "alice"],
    ["x-forwarded-user", "alice"],
    ["x-remote-user", "alice"],
    ["x-agent-type", "Admin"],
    ["x-roles", "operator,fulfilment"],
    ["x-kind", "operator"],
    ["x-operator", "true"],
    ["x-temper-principal", 'Admin::"operator"'],
    ["x-original-url", "/api/keys"],
    ["x-http-method-override", "DELETE"],
    ["x-forwarded-for", "127.0.0.1"],
    ["forwarded", "for=127.0.0.1;by=operator"],
    ["cookie", "tk_operator"],
  ];

  /** What every proxy and every browser sends is no attempt. */
  const harmless = new Set(["x-forwarded-for", "forwarded", "cookie"]);

  test.each(forged)("is not in the header %s: %s", async (name, value) => {
    const isRead = !harmless.has(name);
    const own = await scene.send({ as: "mallory", request: "GET /tdata/Orders('o-1')" });
    const lying = await scene.send({ as: "mallory", request: "GET /tdata/Orders('o-1')", headers: { [name]: value } });
    expect([lying.status, lying.text]).toEqual([own.status, own.text]);
    const keys = await scene.send({ as: "mallory", request: "GET /api/keys", headers: { [name]: value } });
    expect(keys.status).toBe(403);
    const all = await scene.recorded();
    expect(all).toContainEqual(refusedBy('Customer::"mallory"', { action: "manage", entityType: "Key" }));
    if (isRead) expect(all).toContainEqual(refusedBy('Customer::"mallory"', { action: "claim", entityId: name }));
    const bare = await scene.send({ as: "nobody", request: "GET /tdata/Orders", headers: { [name]: value } });
    expect(bare.status).toBe(401);
  });

  const confused: readonly (readonly [string, (secret: string) => string])[] = [
    ["the hash of a key", (secret) => `Bearer ${hashOf(secret)}`],
    ["the hash with a key's prefix", (secret) => `Bearer tk_${hashOf(secret).slice(0, 43)}`],
    ["a key in Basic", (secret) => `Basic ${Buffer.from(`operator:${secret}`).toString("base64")}`],
    ["a key without its scheme", (secret) => secret],
    ["a key and another", (secret) => `Bearer ${secret}, Bearer ${secret}`],
    ["a key with one more character", (secret) => `Bearer ${secret}A`],
    ["a key with one fewer", (secret) => `Bearer ${secret.slice(0, -1)}`],
    ["a key in other letters", (secret) => `Bearer ${secret.toUpperCase()}`],
    ["a key with a wildcard", () => "Bearer tk_%"],
    ["a key with SQL in it", () => "Bearer tk_' OR '1'='1"],
    ["an unsigned token", () => "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJvcGVyYXRvciJ9."],
    ["nothing", () => "Bearer "],
  ];

  test.each(confused)("is not shown by %s", async (_name, credential) => {
    const headers = { authorization: credential(scene.keys.operator) };
    for (const request of ["GET /tdata", "GET /api/keys", `GET ${decisions}`, "POST /api/authorize"]) {
      const outcome: Outcome = await scene.send({
        as: "nobody",
        request,
        headers,
        ...(request.startsWith("POST") && { body: {} }),
      });
      expect([request, outcome.status]).toEqual([request, 401]);
    }
  });

  test("a key in the URL, in the body or in a cookie is none", async () => {
    const secret = scene.keys.operator;
    const attempts = [
      { request: `GET /api/keys?key=${secret}&access_token=${secret}` },
      { request: "POST /api/keys", body: { principal: 'Admin::"me"', kind: "operator", key: secret } },
      { request: "GET /api/keys", headers: { cookie: `authorization=Bearer ${secret}` } },
    ];
    for (const attempt of attempts) expect((await scene.send({ as: "nobody", ...attempt })).status).toBe(401);
  });

  test("an agent is not made an operator", async () => {
    const body = { principal: 'Agent::"mallory"', kind: "operator" };
    const { status, json } = await scene.send({ as: "operator", request: "POST /api/keys", body });
    expect([status, json.error]).toMatchObject([400, { target: "kind" }]);
  });

  test.each([
    ["POST /api/keys", { principal: 'Admin::"puppet"', kind: "operator" }],
    ["POST /api/keys", { principal: 'Agent::"boss"', roles: ["fulfilment"] }],
    ["GET /api/keys", undefined],
    ["DELETE /api/keys/ID", undefined],
  ])("an agent whose token makes it an operator is not somebody else by %s %j", async (request, body) => {
    const { json } = await scene.send({ as: "operator", request: "GET /api/keys" });
    const id = /"id":"([^"]*)"/.exec(JSON.stringify(json))?.[1] ?? "";
    const attempt = { as: "agentOperator", request: request.replace("ID", id) } as const;
    const outcome = await scene.send({ ...attempt, ...(body && { body }) });
    expect(outcome).toMatchObject({ status: 403, json: { error: { code: "AuthorizationDenied" } } });
    const attempted = { action: "manage", entityType: "Key", because: "agents manage no API keys, whatever their own" };
    expect(await scene.recorded()).toContainEqual(refusedBy('Agent::"boss"', attempted));
  });
});
