/** Refused, asked, decided: pending decisions, scopes, policies in force at once and no longer, and the trail, over HTTP. */
import type { ServiceDefinition } from "@temperc/runtime";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { decisions, type GovernedShop, governedShop, type Json, policies } from "./definitions/governed-shop.ts";
import { shopService } from "./definitions/shop.ts";

let definition: ServiceDefinition;
let shop: GovernedShop;

beforeAll(async () => {
  definition = await shopService();
});

beforeEach(async () => {
  shop = await governedShop(definition);
});

afterEach(() => shop.close());

describe("a refusal", () => {
  test("is one pending decision however often it comes, with who, what, on what, why and how often", async () => {
    const id = await shop.refused("o-1", { "x-intent": "to hurry", "x-session-id": "s-1" });
    shop.clock.advance(60_000, async () => undefined);
    expect(await shop.refused()).toBe(id);
    expect(await shop.listed()).toEqual([
      {
        id,
        tenant: "default",
        state: "pending",
        principal: 'Customer::"alice"',
        roles: [],
        entityType: "Order",
        action: "StartPicking",
        entityId: "o-1",
        because: "no policy permits it",
        policies: [],
        errors: [],
        intent: "to hurry",
        session: null,
        count: 2,
        firstSeenAt: "2026-03-01T00:00:00.000Z",
        lastSeenAt: "2026-03-01T00:01:00.000Z",
        expiresAt: "2026-03-01T00:17:40.000Z",
        mark: 2,
        verdict: null,
      },
    ]);
  });

  test("of a read, a list, a creation, an update and a deletion is recorded too, and a hidden entity stays hidden", async () => {
    const hidden = await shop.call("picker", "GET /tdata/Payments('p-1')");
    await shop.ok("alice", "POST /tdata/Payments", { Id: "p-1", OrderId: "o-1", CustomerId: "alice", Amount: 1 });
    expect(await shop.call("picker", "GET /tdata/Payments('p-1')")).toEqual(hidden);
    expect(await shop.listed()).toMatchObject([{ action: "read", entityType: "Payment", entityId: "p-1" }]);
    expect((await shop.ok("stray", "GET /tdata/Orders")).value).toEqual([]);
    await shop.call("stray", "POST /tdata/Orders", { Id: "o-9", CustomerId: "stray" });
    await shop.call("stray", "PATCH /tdata/Orders('o-1')", { Currency: "USD" });
    await shop.call("picker", "DELETE /tdata/Orders('o-1')");
    const all = (await shop.listed()).map(({ principal, action, entityId }) => `${principal} ${action} ${entityId}`);
    expect(all.sort()).toEqual([
      'Agent::"picker" delete o-1',
      'Agent::"picker" read p-1',
      'Agent::"stray" create o-9',
      'Agent::"stray" list null',
      'Agent::"stray" update o-1',
    ]);
  });

  test("is no longer recorded where a principal has as many as it may, and says so; old ones make room", async () => {
    for (const action of ["StartPicking", "PickItem", "Pack"])
      await shop.call("alice", `POST /tdata/Orders('o-1')/${action}`, {});
    const { json } = await shop.call("alice", "POST /tdata/Orders('o-2')/StartPicking");
    expect(json.error).toMatchObject({ message: expect.stringContaining("decisionsPerPrincipalMax") });
    expect(json.error).not.toHaveProperty("innererror.decisionId");
    expect(await shop.listed()).toHaveLength(3);
    await shop.clock.advance(1_000_000, async () => undefined);
    expect(await shop.listed()).toEqual([]);
    await shop.refused("o-2");
    expect(await shop.listed()).toHaveLength(1);
  });
});

describe("an approval", () => {
  test("shows each scope's policy first, adds the one that was shown, and is in force at once and after a restart", async () => {
    const id = await shop.refused();
    const shown = (await shop.ok("operator", `GET ${decisions}/${id}`)).scopes as Record<string, { text: string }>;
    expect(shown.narrow?.text).toBe(
      'permit (\n  principal == Customer::"alice",\n  action == Action::"Order::StartPicking",\n  resource == Order::"o-1"\n);',
    );
    expect(shown.medium?.text).toContain("resource is Order");
    expect(shown.broad?.text).toContain('Action::"Order::RefundOrder"');
    const another = { scope: "narrow", text: shown.medium?.text };
    expect((await shop.call("operator", `POST ${decisions}/${id}/approve`, another)).status).toBe(409);
    const preview = await shop.ok("operator", `POST ${decisions}/${id}/approve`, { scope: "narrow", preview: true });
    expect([preview, await shop.picks()]).toMatchObject([{ policy: { text: shown.narrow?.text } }, 403]);
    await shop.ok("operator", `POST ${decisions}/${id}/approve`, {
      scope: "narrow",
      text: shown.narrow?.text,
      note: "fine",
    });
    expect([await shop.picks("o-1"), await shop.picks("o-2")]).toEqual([409, 403]);
    await shop.restart();
    expect([await shop.picks("o-1"), await shop.picks("o-2")]).toEqual([409, 403]);
    expect((await shop.listed("?state=approved"))[0]).toMatchObject({
      id,
      verdict: { by: 'Admin::"operator"', scope: "narrow", policyId: id, note: "fine" },
    });
  });

  test.each([
    [{ scope: "medium" }, "resource is Order"],
    [{ scope: "broad" }, 'Action::"Order::update"'],
    [{ principal: "agents_of_type", action: "this_action", resource: "this_resource" }, "principal is Customer"],
    [{ principal: "this_agent", action: "all_actions_on_type", resource: "this_resource" }, 'Order::"o-1"'],
  ])("as %j permits the order, and its policy says %s", async (cell, part) => {
    const id = await shop.refused();
    const { policy } = await shop.ok("operator", `POST ${decisions}/${id}/approve`, cell);
    expect((policy as { text: string }).text).toContain(part);
    expect(await shop.picks()).toBe(409);
  });

  test("of a role asks whether the caller has roles, and covers whoever has it", async () => {
    await shop.call("stray", "GET /tdata/Products");
    const [{ id } = { id: "" }] = await shop.listed();
    const role = { principal: "agents_with_role", action: "this_action", resource: "any_of_type" };
    expect(await shop.call("operator", `POST ${decisions}/${id}/approve`, role)).toMatchObject({
      status: 400,
      json: { error: { target: "role", message: expect.stringContaining("night, day") } },
    });
    const { policy } = await shop.ok("operator", `POST ${decisions}/${id}/approve`, { ...role, role: "night" });
    expect((policy as { text: string }).text).toContain('(principal has roles) && principal.roles.contains("night")');
    await shop.ok("picker", "POST /tdata/Products", { Id: "x", Name: "thing", Price: 1, Currency: "EUR" });
    expect((await shop.ok("stray", "GET /tdata/Products")).value).toHaveLength(1);
  });

  test.each([
    [{}, "principal"],
    [{ scope: "everything" }, "scope"],
    [{ scope: "narrow", resource: "this_resource" }, "scope"],
    [{ principal: "any_agent", action: "this_action", resource: "this_resource" }, "principal"],
    [{ principal: "agents_of_type", action: "all_actions_on_type", resource: "any_of_type" }, "principal"],
    [{ principal: "agents_with_role", action: "this_action", resource: "this_resource" }, "role"],
    [{ principal: "this_agent", action: "any", resource: "this_resource" }, "action"],
    [{ principal: "this_agent", action: "this_action", resource: "any" }, "resource"],
    [{ scope: "narrow", duration: "session" }, "duration"],
    [{ scope: "narrow", duration: "2020-01-01T00:00:00Z" }, "duration"],
    [{ scope: "narrow", duration: "soon" }, "duration"],
    [{ scope: "narrow", duration: "2027-02-30T00:00:00Z" }, "duration"],
    [{ scope: "narrow", duration: "2027-02-28T24:00:00Z" }, "duration"],
    [{ scope: "narrow", policyId: "mine" }, "policyId"],
    [{ scope: "narrow", note: 1 }, "note"],
  ])("as %j is refused because of %s, and nothing is decided", async (body, target) => {
    const id = await shop.refused();
    const { status, json } = await shop.call("operator", `POST ${decisions}/${id}/approve`, body);
    expect([status, json.error]).toMatchObject([400, { target }]);
    expect(await shop.listed("?state=pending")).toHaveLength(1);
  });

  test("of what is about no one entity permits everything to everybody under no name of a cell", async () => {
    await shop.call("stray", "GET /tdata/Products");
    const [{ id } = { id: "" }] = await shop.listed();
    for (const principal of ["any_agent", "agents_of_type"]) {
      const cell = { principal, action: "all_actions_on_type", resource: "this_resource" };
      const { status, json } = await shop.call("operator", `POST ${decisions}/${id}/approve`, cell);
      expect([status, json.error]).toMatchObject([400, { message: expect.stringContaining("to everybody") }]);
    }
    expect(await shop.listed("?state=pending")).toHaveLength(1);
  });

  test("ends with its time, at the moment of the call and after a restart", async () => {
    const id = await shop.refused();
    await shop.ok("operator", `POST ${decisions}/${id}/approve`, { scope: "narrow", duration: "2026-03-01T00:01:00Z" });
    await shop.clock.advance(59_999, async () => undefined);
    expect(await shop.picks()).toBe(409);
    await shop.clock.advance(1, async () => undefined);
    expect(await shop.picks()).toBe(403);
    await shop.restart();
    expect(await shop.picks()).toBe(403);
  });

  test("for a session is in force in that session only", async () => {
    const id = await shop.refused("o-1", { "x-session-id": "s-1" });
    await shop.ok("operator", `POST ${decisions}/${id}/approve`, { scope: "narrow", duration: "session" });
    expect([
      await shop.picks("o-1", { "x-session-id": "s-1" }),
      await shop.picks("o-1", { "x-session-id": "s-2" }),
    ]).toEqual([409, 403]);
    expect(await shop.picks()).toBe(403);
  });

  test("of what is forbidden says before and after by which clause: it permits nothing as long as that is in force", async () => {
    const text = 'forbid (principal, action == Action::"Order::StartPicking", resource);';
    await shop.ok("operator", `PUT ${policies}/no-picking`, { text });
    expect([await shop.picks("o-1"), await shop.picks("o-2")]).toEqual([403, 403]);
    const [id, other] = (await shop.listed()).map((each) => each.id);
    const forbids = [{ id: "no-picking", text }];
    expect(await shop.ok("operator", `GET ${decisions}/${id}`)).toMatchObject({ forbids });
    expect((await shop.call("alice", `GET ${decisions}/${id}`)).json).not.toHaveProperty("forbids");
    const approve = `POST ${decisions}/${id}/approve`;
    expect(await shop.ok("operator", approve, { scope: "medium", preview: true })).toMatchObject({ forbids });
    expect(await shop.ok("operator", approve, { scope: "narrow" })).toMatchObject({ state: "approved", forbids });
    expect(await shop.picks("o-1")).toBe(403);
    await shop.ok("operator", `DELETE ${policies}/no-picking`);
    expect(await shop.ok("operator", `GET ${decisions}/${other}`)).toMatchObject({ forbids: [] });
    expect(await shop.ok("operator", `POST ${decisions}/${other}/approve`, { scope: "narrow" })).toMatchObject({
      forbids: [],
    });
    expect(await shop.picks("o-2")).toBe(409);
  });

  test("of a list that is forbidden says so too", async () => {
    const text = 'forbid (principal is Agent, action == Action::"Order::read", resource);';
    await shop.ok("operator", `PUT ${policies}/no-agents`, { text });
    for (let times = 0; times < 3; times += 1) expect((await shop.ok("stray", "GET /tdata/Orders")).value).toEqual([]);
    const [{ id, because } = { id: "", because: "" }] = await shop.listed();
    expect(because).toBe("forbidden by no-agents");
    expect(await shop.ok("operator", `GET ${decisions}/${id}`)).toMatchObject({ forbids: [{ id: "no-agents", text }] });
    expect((await shop.ok("operator", `GET ${policies}/suggestions`)).value).toEqual([]);
  });

  test("is over when its policy is revoked, and the next refusal asks anew", async () => {
    const id = await shop.refused();
    await shop.ok("operator", `POST ${decisions}/${id}/approve`, { scope: "narrow" });
    expect(await shop.picks()).toBe(409);
    await shop.ok("operator", `DELETE ${policies}/${id}`);
    expect(await shop.picks()).toBe(403);
    expect(await shop.refused()).not.toBe(id);
    const { value } = await shop.ok("operator", `GET ${decisions}/audit`);
    expect(value).toMatchObject([
      { kind: "policy-revoked", by: 'Admin::"operator"', policyId: id, at: "2026-03-01T00:00:00.000Z" },
      {
        kind: "approved",
        by: 'Admin::"operator"',
        decisionId: id,
        facts: { scope: "narrow", text: expect.any(String) },
      },
    ]);
  });

  test("lets sets be listed that were empty", async () => {
    await shop.call("stray", "GET /tdata/Orders");
    const [{ id } = { id: "" }] = await shop.listed();
    await shop.ok("operator", `POST ${decisions}/${id}/approve`, { scope: "narrow" });
    expect((await shop.ok("stray", "GET /tdata/Orders?$count=true"))["@odata.count"]).toBe(2);
  });
});

test("a denial stands for the same refusals, which ask nobody again", async () => {
  const id = await shop.refused();
  await shop.ok("operator", `POST ${decisions}/${id}/deny`, { note: "no" });
  expect(await shop.refused()).toBe(id);
  expect(await shop.listed("?state=pending")).toEqual([]);
  expect(await shop.listed("?state=denied")).toMatchObject([{ id, count: 2, verdict: { note: "no", policyId: null } }]);
});

test("a caller sees its own decisions and no others; operators see all", async () => {
  const id = await shop.refused();
  await shop.call("stray", "GET /tdata/Orders");
  expect((await shop.listed("", "alice")).map((each) => each.id)).toEqual([id]);
  expect((await shop.call("alice", `GET ${decisions}/${id}`)).json).not.toHaveProperty("scopes");
  const [{ id: other } = { id: "" }] = await shop.listed("", "stray");
  expect(await shop.call("alice", `GET ${decisions}/${other}`)).toMatchObject({ status: 404 });
  expect(await shop.listed()).toHaveLength(2);
});

test("the stream tells what is there, and each change, and goes on after the last event", async () => {
  const url = await shop.served().app.listen({ host: "127.0.0.1", port: 0 });
  const id = await shop.refused();
  const first = await streamed(url, {}, 2, async () => {
    await shop.ok("operator", `POST ${decisions}/${id}/deny`);
  });
  expect(first.map(({ data }) => [data.id, data.state])).toEqual([
    [id, "pending"],
    [id, "denied"],
  ]);
  const last = { "last-event-id": first.at(-1)?.id ?? "" };
  const next = await streamed(url, last, 1, async () => void (await shop.refused("o-2")));
  expect(next[0]?.data).toMatchObject({ entityId: "o-2", state: "pending" });
});

/** The first so many events of the stream, while something is done. */
async function streamed(url: string, headers: Record<string, string>, wanted: number, work: () => Promise<void>) {
  const ending = new AbortController();
  const response = await fetch(`${url}${decisions}/stream`, {
    headers: { authorization: `Bearer ${shop.keys.operator}`, ...headers },
    signal: ending.signal,
  });
  const working = work();
  const events: { id: string; data: Json }[] = [];
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString("utf8");
    const found = [...text.matchAll(/^id: (\d+)\nevent: decision\ndata: (.*)\n\n/gm)];
    if (found.length < wanted) continue;
    events.push(...found.map(([, id = "", data = ""]) => ({ id, data: JSON.parse(data) })));
    break;
  }
  ending.abort();
  await working;
  return events;
}
