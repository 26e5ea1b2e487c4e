/** `temperc serve` on the shop, through a real socket: what a client may rely on, and what survives a restart. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, keyFor, type Sent, values } from "./live/client.ts";
import { freshFolder, type Server, startServer } from "./live/temperc.ts";

const folder = freshFolder();
const args = ["serve", "--specs-dir", "examples/ecommerce", "--store", join(folder.path, "shop.db")];

let server: Server;
let operator = "";
let alice = "";
let bob = "";
let picker = "";

const ask = (request: string, sent: Sent = {}) => call(server.ready.url, request, { key: alice, ...sent });

beforeAll(async () => {
  server = await startServer(args);
  const { url, operatorKey = "" } = server.ready;
  operator = operatorKey;
  alice = await keyFor(url, operator, 'Customer::"alice"');
  bob = await keyFor(url, operator, 'Customer::"bob"');
  picker = await keyFor(url, operator, 'Agent::"picker"', ["fulfilment"]);
});

afterAll(async () => {
  expect(await server.end()).toBe(0);
  folder.remove();
});

/** An order of alice's with that id. */
async function order(id: string, fields: object = {}): Promise<void> {
  const { status, text } = await ask("POST /tdata/Orders", { body: { Id: id, CustomerId: "alice", ...fields } });
  expect(status, text).toBe(201);
}

function act(path: string, body: object = {}, key = alice) {
  return ask(`POST /tdata/${path}`, { body, key });
}

describe("what the service says of itself", () => {
  test("the service document names every entity set", async () => {
    const names = values(await ask("GET /tdata/")).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["Customers", "Orders", "Payments", "Shipments"]));
  });

  test("$metadata is XML by default and JSON on request", async () => {
    const xml = await ask("GET /tdata/$metadata");
    expect(xml.headers.get("content-type")).toMatch(/^application\/xml/);
    expect(xml.text).toContain('<EntityType Name="Order">');
    const json = await ask("GET /tdata/$metadata?$format=json");
    expect(json.body.$Version).toBe("4.01");
  });

  test("health and readiness need no key", async () => {
    expect((await call(server.ready.url, "GET /healthz")).body).toEqual({ status: "live" });
    expect((await call(server.ready.url, "GET /readyz")).body).toEqual({ status: "ready" });
  });

  test("every reply names the revision that served it", async () => {
    expect((await ask("GET /tdata/Orders")).headers.get("temperc-revision")).toBe(server.ready.revision);
  });
});

describe("an order", () => {
  test("goes from the basket to the doorstep by bound actions, over three entities", async () => {
    await order("o-life");
    await ask("POST /tdata/Payments", { body: { Id: "p-life", OrderId: "o-life", CustomerId: "alice", Amount: 12.5 } });
    const shipment = { Id: "s-life", OrderId: "o-life", CustomerId: "alice" };
    expect((await ask("POST /tdata/Shipments", { body: shipment, key: picker })).status).toBe(201);
    const steps: readonly [string, object, string][] = [
      ["Orders('o-life')/AddItem", { ProductId: "p-1" }, alice],
      ["Orders('o-life')/SetAddress", { AddressId: "a-1" }, alice],
      ["Orders('o-life')/SubmitOrder", {}, alice],
      ["Orders('o-life')/RequestPayment", {}, alice],
      ["Payments('p-life')/Authorize", { AuthorizationCode: "A-77" }, alice],
      ["Payments('p-life')/Capture", {}, alice],
      ["Orders('o-life')/ConfirmPayment", { PaymentId: "p-life" }, alice],
      ["Orders('o-life')/StartPicking", {}, picker],
      ["Orders('o-life')/PickItem", {}, picker],
      ["Orders('o-life')/Pack", {}, picker],
      ["Shipments('s-life')/PrintLabel", { Carrier: "DHL" }, picker],
      ["Shipments('s-life')/Dispatch", {}, picker],
      ["Orders('o-life')/ShipOrder", { TrackingNumber: "T-1" }, picker],
      ["Orders('o-life')/ConfirmDelivery", {}, alice],
    ];
    for (const [path, body, key] of steps) {
      const { status, text } = await act(path, body, key);
      expect(`${path} ${status}`, text).toBe(`${path} 200`);
    }
    const { body } = await ask("GET /tdata/Orders('o-life')");
    expect(body).toMatchObject({
      Status: "Delivered",
      ItemCount: 1,
      PickedCount: 1,
      IsPaid: true,
      TrackingNumber: "T-1",
    });
  });

  test("refuses an action that its status does not allow, and says which are", async () => {
    await order("o-early");
    const { status, body } = await act("Orders('o-early')/ConfirmDelivery");
    expect(status).toBe(409);
    expect(body.error).toMatchObject({ code: "ActionNotAllowed" });
    expect(JSON.stringify(body.error)).toContain("AddItem");
  });

  test("refuses an action whose guard is false", async () => {
    await order("o-empty");
    const { status, body } = await act("Orders('o-empty')/SubmitOrder");
    expect([status, body.error]).toMatchObject([409, { code: "GuardFailed" }]);
  });

  test("takes PATCH of its fields, and never of its status or variables", async () => {
    await order("o-patch");
    const patched = await ask("PATCH /tdata/Orders('o-patch')", { body: { Note: "ring twice" } });
    expect([patched.status, patched.body.Note]).toEqual([200, "ring twice"]);
    expect((await ask("PATCH /tdata/Orders('o-patch')", { body: { Status: "Paid" } })).status).toBe(400);
    expect((await ask("PATCH /tdata/Orders('o-patch')", { body: { ItemCount: 7 } })).status).toBe(400);
    expect((await ask("GET /tdata/Orders('o-patch')")).body).toMatchObject({ Status: "Draft", ItemCount: 0 });
  });

  test("is not found by an unknown id, and not created by acting on one", async () => {
    expect((await ask("GET /tdata/Orders('o-none')")).status).toBe(404);
    expect((await act("Orders('o-none')/AddItem", { ProductId: "p" })).status).toBe(404);
    expect((await ask("GET /tdata/Orders('o-none')")).status).toBe(404);
  });

  test("is made once: an id that exists is 409", async () => {
    await order("o-twice");
    expect((await ask("POST /tdata/Orders", { body: { Id: "o-twice", CustomerId: "alice" } })).status).toBe(409);
  });

  test("may have an id with quotes and slashes", async () => {
    await order("it's/odd");
    const { status, body } = await ask("GET /tdata/Orders('it''s%2Fodd')");
    expect([status, body.Id]).toEqual([200, "it's/odd"]);
  });

  test("a write with a known idempotency key is answered as before and done once; another body is 422", async () => {
    await order("o-once");
    const sent = { body: { ProductId: "p-1" }, headers: { "idempotency-key": "once-1" } };
    const first = await ask("POST /tdata/Orders('o-once')/AddItem", sent);
    const second = await ask("POST /tdata/Orders('o-once')/AddItem", sent);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect((await ask("GET /tdata/Orders('o-once')")).body.ItemCount).toBe(1);
    const other = await ask("POST /tdata/Orders('o-once')/AddItem", { ...sent, body: { ProductId: "p-2" } });
    expect([other.status, other.body.error]).toMatchObject([422, { code: "IdempotencyMismatch" }]);
  });

  test("a write on a stale etag is 412", async () => {
    await order("o-stale");
    await act("Orders('o-stale')/AddItem", { ProductId: "p-1" });
    const headers = { "if-match": 'W/"1"' };
    expect((await ask("PATCH /tdata/Orders('o-stale')", { body: { Note: "late" }, headers })).status).toBe(412);
  });
});

describe("a list", () => {
  beforeAll(async () => {
    for (const [id, note, total] of [
      ["l-1", "red apples", 10],
      ["l-2", "green apples", 20],
      ["l-3", "red pears", 30],
      ["l-4", null, 40],
    ]) {
      await order(String(id), { Note: note, Total: total });
    }
    await act("Orders('l-3')/AddItem", { ProductId: "p-1" });
  });

  const cases: readonly [string, readonly string[]][] = [
    ["$filter=Total gt 10 and Total le 30", ["l-2", "l-3"]],
    ["$filter=Total lt 20 or Total ge 40", ["l-1", "l-4"]],
    ["$filter=not (Total ne 20)", ["l-2"]],
    ["$filter=contains(Note,'apples')", ["l-1", "l-2"]],
    ["$filter=startswith(Note,'red')", ["l-1", "l-3"]],
    ["$filter=endswith(Note,'pears')", ["l-3"]],
    ["$filter=Note eq null", ["l-4"]],
    ["$filter=ItemCount eq 1", ["l-3"]],
    ["$filter=Status eq Shop.OrderStatus'Draft' and Total eq 40", ["l-4"]],
    ["$orderby=Total desc", ["l-4", "l-3", "l-2", "l-1"]],
    ["$orderby=Total&$top=2&$skip=1", ["l-2", "l-3"]],
  ];

  test.each(cases)("%s", async (query, ids) => {
    const own = "startswith(Id,'l-')";
    const both = query.startsWith("$filter=")
      ? query.replace("$filter=", `$filter=${own} and (`)
      : `${query}&$filter=${own} and (true`;
    const answer = await ask(`GET /tdata/Orders?${encodeURI(`${both})`)}`);
    expect(
      values(answer).map(({ Id }) => Id),
      answer.text,
    ).toEqual(ids);
  });

  test("$select gives the properties asked for and $count how many match", async () => {
    const answer = await ask(
      `GET /tdata/Orders?${encodeURI("$select=Id,Total&$count=true&$top=1&$filter=startswith(Id,'l-')")}`,
    );
    expect(answer.body["@odata.count"]).toBe(4);
    const [first = {}] = values(answer);
    expect(Object.keys(first).filter((name) => !name.startsWith("@"))).toEqual(["Id", "Total"]);
  });

  test("an option that is not supported is refused by its name, not ignored", async () => {
    const { status, text } = await ask("GET /tdata/Orders?$index=1");
    expect([status, text]).toEqual([501, expect.stringContaining("$index")]);
  });
});

describe("who may do what", () => {
  test("nobody without a key, and nobody with a wrong one", async () => {
    expect((await call(server.ready.url, "GET /tdata/Orders")).status).toBe(401);
    expect((await ask("GET /tdata/Orders", { key: `tk_${"x".repeat(43)}` })).status).toBe(401);
  });

  test("a customer sees and moves their own orders only", async () => {
    await order("o-private");
    expect((await ask("GET /tdata/Orders('o-private')", { key: bob })).status).toBe(404);
    expect(values(await ask("GET /tdata/Orders", { key: bob }))).toEqual([]);
    expect((await act("Orders('o-private')/AddItem", { ProductId: "p" }, bob)).status).toBe(404);
    expect((await ask("POST /tdata/Orders", { body: { Id: "o-stolen", CustomerId: "alice" }, key: bob })).status).toBe(
      403,
    );
  });

  test("what no policy permits is denied, to an operator too", async () => {
    expect((await ask("POST /tdata/Orders", { body: { Id: "o-op", CustomerId: "x" }, key: operator })).status).toBe(
      403,
    );
  });

  test("a key of a caller makes no keys, and a revoked one opens nothing", async () => {
    const body = { principal: 'Customer::"eve"' };
    expect((await ask("POST /api/keys", { body, key: alice })).status).toBe(403);
    const made = await ask("POST /api/keys", { body, key: operator });
    const key = String(made.body.secret);
    expect((await ask("GET /tdata/Orders", { key })).status).toBe(200);
    expect((await ask(`DELETE /api/keys/${made.body.id}`, { key: operator })).status).toBe(204);
    expect((await ask("GET /tdata/Orders", { key })).status).toBe(401);
  });
});

describe("after the process has ended", () => {
  test.each(["SIGTERM", "SIGKILL"] as const)(
    "by %s, what was acknowledged is there and the keys are good",
    async (signal) => {
      const id = `o-${signal}`;
      await order(id);
      await act(`Orders('${id}')/AddItem`, { ProductId: "p-1" });
      expect(await server.end(signal)).toBe(signal === "SIGTERM" ? 0 : null);
      server = await startServer(args);
      expect(server.ready.operatorKey).toBeUndefined();
      expect((await ask(`GET /tdata/Orders('${id}')`)).body).toMatchObject({ Id: id, ItemCount: 1 });
      expect((await act(`Orders('${id}')/AddItem`, { ProductId: "p-2" })).body.ItemCount).toBe(2);
    },
  );
});
