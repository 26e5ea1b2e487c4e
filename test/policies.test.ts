/** Policies that operators put, change and revoke while the service runs, and the question what a caller may do, over HTTP. */
import type { ServiceDefinition } from "@temperc/runtime";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Caller, type GovernedShop, governedShop, policies } from "./definitions/governed-shop.ts";
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

describe("a policy", () => {
  const text = 'permit(principal is Customer, action == Action::"Order::StartPicking", resource is Order);';

  test("that an operator puts is in force at once, is switched off and on, changed, and revoked", async () => {
    expect(await shop.call("operator", `PUT ${policies}/picking`, { text })).toMatchObject({ status: 201 });
    expect(await shop.picks()).toBe(409);
    await shop.ok("operator", `PATCH ${policies}/picking`, { isEnabled: false });
    expect(await shop.picks()).toBe(403);
    await shop.ok("operator", `PATCH ${policies}/picking`, { isEnabled: true, expiresAt: "2026-03-02T00:00:00+01:00" });
    expect(await shop.picks()).toBe(409);
    const forbids = text.replace("permit", "forbid");
    expect(await shop.call("operator", `PUT ${policies}/picking`, { text: forbids })).toMatchObject({ status: 200 });
    const { json } = await shop.call("alice", "POST /tdata/Orders('o-1')/StartPicking");
    expect(json.error).toMatchObject({ message: expect.stringContaining("forbidden by picking") });
    expect(await shop.ok("operator", `GET ${policies}/picking`)).toMatchObject({ version: 4, source: "added" });
    await shop.ok("operator", `DELETE ${policies}/picking`);
    expect((await shop.call("operator", `DELETE ${policies}/picking`)).status).toBe(404);
  });

  test.each([
    ["picking", { text: "permit(principal, action, resource" }, 400, "text"],
    ["picking", { text: `${text}${text}` }, 400, "text"],
    ["picking", { text: "permit(principal == ?principal, action, resource);" }, 400, "text"],
    ["picking", { text: "permit(principal is Nobody, action, resource);" }, 400, "text"],
    ["picking", { text: 'permit(principal, action == Action::"Order::Fly", resource);' }, 400, "text"],
    [
      "picking",
      { text: `permit(principal, action, resource) when { ${"(".repeat(90)}true${")".repeat(90)} };` },
      400,
      "text",
    ],
    ["picking", { text, tenant: "other" }, 400, "tenant"],
    ["picking", { text, expiresAt: "yesterday" }, 400, "expiresAt"],
    ["picking", { text, expiresAt: "2027-04-31T00:00:00Z" }, 400, "expiresAt"],
    ["picking", { text, session: "a b" }, 400, "session"],
    ["customer-owns-orders", { text }, 409, "id"],
    ["PD-1", { text }, 409, "id"],
    ["pick%22ing", { text }, 400, "id"],
  ])("put as %s with %j is refused", async (id, body, status, target) => {
    const reply = await shop.call("operator", `PUT ${policies}/${id}`, body);
    expect([reply.status, reply.json.error]).toMatchObject([status, { target }]);
    expect(await shop.picks()).toBe(403);
  });

  test("of the spec is listed beside those that were added, with its parts; and is changed in the spec only", async () => {
    await shop.ok("operator", `PUT ${policies}/picking`, { text });
    const { value } = await shop.ok("operator", `GET ${policies}/rules`);
    expect(value).toContainEqual({
      id: "picking",
      source: "added",
      effect: "permit",
      principal: "is Customer",
      action: '== Action::"Order::StartPicking"',
      resource: "is Order",
      conditions: "",
    });
    expect(value).toContainEqual(
      expect.objectContaining({
        id: "customer-owns-orders",
        conditions: "when { resource.CustomerId == principal.id };",
      }),
    );
    expect((await shop.call("operator", `DELETE ${policies}/customer-owns-orders`)).status).toBe(409);
  });

  test("is suggested where the same is refused again and again, at the smallest scope that covers it", async () => {
    for (const order of ["o-1", "o-2", "o-2"]) await shop.refused(order);
    const { value } = await shop.ok("operator", `GET ${policies}/suggestions`);
    expect(value).toMatchObject([{ scope: "medium", count: 3, text: expect.stringContaining("resource is Order") }]);
  });

  test("is not suggested where it would not help, because another forbids", async () => {
    const text = 'forbid(principal, action == Action::"Order::StartPicking", resource);';
    await shop.ok("operator", `PUT ${policies}/no-picking`, { text });
    for (let count = 0; count < 3; count += 1) expect(await shop.picks()).toBe(403);
    expect(await shop.ok("operator", `GET ${policies}/suggestions`)).toEqual({ value: [] });
  });

  test("whose evaluation fails denies, though another permits, and is told to the operator and not to the caller", async () => {
    const failing =
      'forbid(principal, action == Action::"Order::AddItem", resource) when { resource.ItemCount + 9223372036854775807 > 0 };';
    await shop.ok("operator", `PUT ${policies}/overflow`, { text: failing });
    await shop.ok("operator", `DELETE ${policies}/overflow`);
    await shop.ok("alice", "POST /tdata/Orders('o-1')/AddItem", { ProductId: "x" });
    await shop.ok("operator", `PUT ${policies}/overflow`, { text: failing });
    const { status, json } = await shop.call("alice", "POST /tdata/Orders('o-1')/AddItem", { ProductId: "x" });
    expect([status, json.error]).toMatchObject([
      403,
      { message: expect.stringContaining("overflow cannot be evaluated"), innererror: { policies: ["overflow"] } },
    ]);
    expect(await shop.listed()).toMatchObject([{ errors: [expect.stringContaining("overflow")] }]);
  });
});

describe("a question beforehand", () => {
  test("is answered as the call would be, and nothing is recorded", async () => {
    const ask = (caller: Caller, body: object) => shop.call(caller, "POST /api/authorize", body);
    expect(await ask("alice", { action: "Order::AddItem", id: "o-1", params: { ProductId: "x" } })).toEqual({
      status: 200,
      json: { allowed: true },
    });
    expect(await ask("alice", { action: "Order::StartPicking", id: "o-1" })).toEqual({
      status: 200,
      json: { allowed: false, because: "no policy permits it", policies: [] },
    });
    expect((await ask("alice", { action: "Order::AddItem", id: "none" })).status).toBe(404);
    expect((await ask("alice", { action: "Order::Fly", id: "o-1" })).status).toBe(404);
    expect((await ask("stray", { action: "Order::list" })).json).toMatchObject({ allowed: false });
    const own = { action: "Order::create", id: "o-9", values: { CustomerId: "alice" } };
    expect((await ask("alice", own)).json).toEqual({ allowed: true });
    expect((await ask("alice", { ...own, values: { CustomerId: "bob" } })).json).toMatchObject({ allowed: false });
    expect(await shop.listed()).toEqual([]);
  });
});
