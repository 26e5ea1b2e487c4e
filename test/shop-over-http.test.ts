/** The compiled shop as its clients meet it: a checkout over three entities, by the people that the policies name. */
import type { Value } from "@temperc/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, serveDefinition } from "./definitions/served.ts";
import { shopService } from "./definitions/shop.ts";

type Caller = "alice" | "mallory" | "warehouse";

let served: Served;
let root: string;
let keys: Readonly<Record<Caller, string>>;

beforeAll(async () => {
  const functions = { QuoteShipping: ({ Items }: Readonly<Record<string, Value>>) => 4.9 + Number(Items) / 2 };
  served = await serveDefinition(await shopService(), { functions });
  root = `${await served.app.listen({ host: "127.0.0.1", port: 0 })}/tdata`;
  keys = {
    alice: await served.key({ type: "Customer", id: "alice" }),
    mallory: await served.key({ type: "Customer", id: "mallory" }),
    warehouse: await served.key({ type: "Agent", id: "warehouse", roles: ["fulfilment"] }),
  };
});

afterAll(() => served.close());

async function call(caller: Caller, line: string, body?: object): Promise<{ status: number; json: Body }> {
  const [method = "", path = ""] = line.split(/ (.*)/s);
  const reply = await fetch(root + path, {
    method,
    headers: { authorization: `Bearer ${keys[caller]}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, json: text.startsWith("{") ? JSON.parse(text) : { text } };
}

interface Body {
  readonly [name: string]: unknown;
  readonly value?: readonly Readonly<Record<string, unknown>>[];
}

async function ok(caller: Caller, line: string, body?: object): Promise<Body> {
  const { status, json } = await call(caller, line, body);
  expect(status, `${line} ${JSON.stringify(json)}`).toBeLessThan(300);
  return json;
}

test("an order goes from the basket to the doorstep", async () => {
  const owner = { OrderId: "o1", CustomerId: "alice" };
  const order = await ok("alice", "POST /Orders", {
    Id: "o1",
    CustomerId: "alice",
    Total: 25.5,
    PlacedOn: "2026-05-01",
  });
  expect(order).toMatchObject({ Status: "Draft", Currency: "EUR", ItemCount: 0, IsPaid: false, TrackingNumber: "" });
  await ok("alice", "POST /Payments", { Id: "p1", ...owner, Amount: 25.5 });
  await ok("warehouse", "POST /Shipments", { Id: "s1", ...owner });
  await ok("alice", "POST /Orders('o1')/AddItem", { ProductId: "x" });
  await ok("alice", "POST /Orders('o1')/SetAddress", { AddressId: "a" });
  await ok("alice", "POST /Orders('o1')/Shop.SubmitOrder");
  await ok("alice", "POST /Orders('o1')/RequestPayment");
  await ok("alice", "POST /Payments('p1')/Authorize", { AuthorizationCode: "A-77" });
  await ok("alice", "POST /Payments('p1')/Capture");
  await ok("alice", "POST /Orders('o1')/ConfirmPayment", { PaymentId: "p1" });
  await ok("warehouse", "POST /Orders('o1')/StartPicking");
  await ok("warehouse", "POST /Orders('o1')/PickItem");
  await ok("warehouse", "POST /Orders('o1')/Pack");
  await ok("warehouse", "POST /Shipments('s1')/PrintLabel", { Carrier: "DHL" });
  await ok("warehouse", "POST /Shipments('s1')/Dispatch");
  const shipped = await ok("warehouse", "POST /Orders('o1')/ShipOrder", { TrackingNumber: "T-1" });
  expect(shipped).toMatchObject({ Status: "Shipped", TrackingNumber: "T-1", PickedCount: 1, "@odata.etag": 'W/"10"' });
});

test("what the policies do not allow and the automaton does not know is refused, each in its way", async () => {
  await ok("alice", "POST /Orders", { Id: "o2", CustomerId: "alice" });
  const refusals = [
    ["mallory", "GET /Orders('o2')", undefined, 404, "NotFound"],
    ["mallory", "POST /Orders('o2')/AddItem", { ProductId: "x" }, 404, "NotFound"],
    ["mallory", "POST /Orders", { Id: "o3", CustomerId: "alice" }, 403, "AuthorizationDenied"],
    ["alice", "POST /Orders('o2')/StartPicking", undefined, 403, "AuthorizationDenied"],
    ["alice", "POST /Orders('o2')/SubmitOrder", undefined, 409, "GuardFailed"],
    ["alice", "POST /Orders('o2')/ConfirmDelivery", undefined, 409, "ActionNotAllowed"],
    ["alice", "POST /Orders('o2')/AddItem", {}, 400, "InvalidParameter"],
    ["alice", "PATCH /Orders('o2')", { Status: "Paid" }, 400, "InvalidParameter"],
    ["alice", "PATCH /Orders('o2')", { Total: 1.234 }, 400, "InvalidParameter"],
    ["alice", "POST /Orders", { Id: "o2", CustomerId: "alice" }, 409, "EntityExists"],
    ["alice", "GET /$crossjoin(Orders,Customers)", undefined, 501, "NotImplemented"],
  ] as const;
  for (const [caller, line, body, status, code] of refusals) {
    expect(await call(caller, line, body), line).toMatchObject({ status, json: { error: { code } } });
  }
});

test("lists are filtered by the caller's rights and wishes at once", async () => {
  for (const n of [1, 2, 3]) await ok("mallory", "POST /Orders", { Id: `m${n}`, CustomerId: "mallory", Total: n * 10 });
  const list = async (caller: Caller, query: string) =>
    (await ok(caller, `GET /Orders?${query}`)).value?.map(({ Id }) => Id);
  expect(await list("mallory", "$filter=Total gt 10&$orderby=Total desc")).toEqual(["m3", "m2"]);
  expect(await list("mallory", "$filter=Status eq 'Draft' and startswith(Id,'m')&$top=1&$skip=1")).toEqual(["m2"]);
  expect(await list("mallory", "$filter=CustomerId eq 'alice'")).toEqual([]);
  expect(await list("warehouse", "$filter=Status in ('Shipped','Delivered')&$select=Id")).toEqual(["o1"]);
  expect(await list("warehouse", "$filter=Status eq Shop.OrderStatus'Shipped' and PlacedOn lt 2026-06-01")).toEqual([
    "o1",
  ]);
  expect(await ok("mallory", "GET /Orders/$count")).toEqual({ text: "3" });
});

test("the document, the metadata and the function are there", async () => {
  const { value } = await ok("alice", "GET /");
  expect(value?.map(({ name }) => name)).toEqual([
    "Customers",
    "Addresses",
    "Products",
    "Orders",
    "OrderItems",
    "Payments",
    "Shipments",
  ]);
  expect((await ok("alice", "GET /$metadata?$format=json")).$Version).toBe("4.01");
  expect(String((await ok("alice", "GET /$metadata")).text)).toContain('<EntitySet Name="Orders"');
  expect(await ok("alice", "GET /QuoteShipping(Country='DE',Items=2)")).toEqual({
    "@odata.context": `${root}/$metadata#Edm.Decimal`,
    value: 5.9,
  });
});
