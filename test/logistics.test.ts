/** A spec with every reaction, from its four files to a running service: what the language says happens, happens. */
import { createServer } from "node:http";
import { join } from "node:path";
import type { CallContext, Settlement, Store, Values } from "@temperc/runtime";
import { httpSender } from "@temperc/runtime";
import type { ServiceDefinition } from "@temperc/runtime/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { emit } from "../compiler/index.ts";
import { Workshop } from "./definitions/open-workshop.ts";
import { loadService, programOf, root, templates } from "./emission/load.ts";
import { readTexts } from "./golden/compare.ts";
import { freshFolder } from "./live/temperc.ts";

const received: string[] = [];
const customers = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += String(chunk);
  });
  request.on("end", () => {
    const { authorization, "x-parcel": parcel } = request.headers;
    received.push(`${request.method} ${request.url} ${authorization} ${parcel} ${body}`);
    response.writeHead(request.url === "/nobody" ? 404 : 200).end();
  });
});

let definition: ServiceDefinition;
let host = "";
let shop: Workshop;

beforeAll(async () => {
  await new Promise<void>((resolve) => customers.listen(0, "127.0.0.1", resolve));
  const bound = customers.address();
  host = typeof bound === "object" && bound !== null ? `127.0.0.1:${bound.port}` : "";
  const texts = [...readTexts(`${root}/golden/logistics/spec`)];
  const files = texts.map(([path, text]) => [path, text.replace("https://customers.example", `http://${host}`)]);
  definition = await loadService(emit(programOf(Object.fromEntries(files), "logistics"), templates));
});

afterAll(() => new Promise((resolve) => customers.close(resolve)));

beforeEach(async () => {
  received.length = 0;
  shop = new Workshop(":memory:");
  await shop.open(definition, { http: httpSender({ hosts: [host] }), secrets });
  for (const id of ["north", "south"]) await shop.write("Depot", id, { kind: "create", values: {} }, picker);
  await act("Depot", "north", "PairWith", { peer: "south" });
});

afterEach(async () => {
  expect(shop.errors).toEqual([]);
  await shop.close();
});

const picker: CallContext = {
  principal: { type: "Agent", id: "picker", tenant: "t", roles: [] },
  tenant: "t",
  correlationId: "c",
};
const chief: CallContext = { ...picker, principal: { ...picker.principal, id: "chief", roles: ["chief"] } };

function act(entityType: string, id: string, action: string, params: Values = {}) {
  return shop.write(entityType, id, { kind: "action", action, params }, picker);
}

async function book(id: string): Promise<void> {
  await shop.write("Parcel", id, { kind: "create", values: {} }, picker);
  expect(await act("Parcel", id, "Book", { customer: "bob", depot: "north" })).toMatchObject({ kind: "written" });
}

const secrets = (name: string): string => `the ${name}'s`;

/** The parcel after three tries to hand it over. */
async function tried(id: string): Promise<void> {
  await book(id);
  await act("Parcel", id, "Label", { text: `AB-${id}` });
  await act("Parcel", id, "Store");
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    expect(await act("Parcel", id, "SendOut")).toMatchObject({ kind: "written" });
    await shop.quiet();
    if (attempt < 3) await shop.pass(600);
  }
}

test("entities are asked, made and counted along the way, and the customer is told", async () => {
  await tried("1");
  expect(await shop.values("Depot", "north")).toMatchObject({ load: 1, last: "1" });
  expect(received).toEqual(
    [1, 2, 3].map((n) => `POST /bob Bearer the customers's AB-1 { "parcel": "AB-1", "try": ${n} }`),
  );
  expect(await shop.values("Notice", "bob")).toMatchObject({ text: "This is our last try." });
  expect((await shop.history("Parcel", "1")).filter((line) => line.includes("System"))).toEqual([
    'System::"timer" Return',
    'System::"timer" Return',
  ]);
});

test("what is spawned begins with what it takes over, and the event that is emitted is in the journal", async () => {
  await tried("1");
  await act("Parcel", "1", "HandOver");
  await shop.quiet();
  const parcel = await shop.values("Parcel", "1");
  expect(parcel).toMatchObject({ Status: "Delivered" });
  expect(await shop.values("Receipt", String(parcel?.receipt))).toMatchObject({ Status: "Printed", number: "AB-1" });
  expect(await shop.values("Depot", "north")).toMatchObject({ load: 0 });
  const events = await shop.store.events({ tenant: "t", entityType: "Parcel", entityId: "1" });
  expect(events.at(-1)?.outputs).toEqual(["Arrived"]);
});

test("what is set off keeps the session and what the caller wanted; what a timer does later has neither", async () => {
  await tried("1");
  const told = { sessionId: "s-1", intent: "the customer is at home" };
  const handOver = { kind: "action", action: "HandOver", params: {} } as const;
  await shop.write("Parcel", "1", handOver, { ...picker, ...told });
  await shop.quiet();
  const receipt = String((await shop.values("Parcel", "1"))?.receipt);
  const of = (entityType: string, entityId: string) => shop.store.events({ tenant: "t", entityType, entityId });
  expect((await of("Receipt", receipt))[0]).toMatchObject(told);
  expect((await of("Depot", "north")).at(-1)).toMatchObject(told);
  const returned = (await of("Parcel", "1")).filter(({ action }) => action === "Return");
  expect(returned).toMatchObject([1, 2].map(() => ({ sessionId: null, intent: null })));
});

test("a parcel that nobody stores expires, and a new label gives it another hour", async () => {
  await book("1");
  await shop.pass(3_000);
  await act("Parcel", "1", "Label", { text: "AB-1" });
  await shop.pass(3_000);
  expect(await shop.values("Parcel", "1")).toMatchObject({ Status: "Booked" });
  await shop.pass(600);
  expect(await shop.values("Parcel", "1")).toMatchObject({ Status: "Expired" });
});

test("labels have their form and are not given twice", async () => {
  for (const id of ["1", "2"]) await book(id);
  expect(await act("Parcel", "1", "Label", { text: "one" })).toMatchObject({
    code: "InvalidParameter",
    message: "A label is two letters, a hyphen and up to six digits.",
  });
  expect(await act("Parcel", "1", "Label", { text: "AB-1" })).toMatchObject({ kind: "written" });
  expect(await act("Parcel", "2", "Label", { text: "AB-1" })).toMatchObject({ code: "AlternateKeyTaken" });
});

test("guards and policies look at the depot as it is", async () => {
  await book("1");
  expect(await act("Depot", "north", "Close")).toMatchObject({ kind: "written" });
  expect(await act("Parcel", "1", "Store")).toMatchObject({ code: "GuardFailed" });
  expect(await act("Parcel", "1", "Label", { text: "AB-1" })).toMatchObject({ code: "AuthorizationDenied" });
});

test("two depots are never both closed by hand, and a composite closes one and opens the other together", async () => {
  await act("Depot", "south", "Close");
  expect(await act("Depot", "north", "Close")).toMatchObject({ code: "InvariantViolated" });
  expect(await act("Depot", "north", "HandTo")).toMatchObject({ code: "AuthorizationDenied" });
  expect(await shop.write("Depot", "north", { kind: "action", action: "HandTo", params: {} }, chief)).toMatchObject({
    kind: "written",
  });
  expect([await shop.values("Depot", "north"), await shop.values("Depot", "south")]).toMatchObject([
    { Status: "Closed" },
    { Status: "Open" },
  ]);
});

test("a secret is in the request and nowhere else, and no value of a caller's can ask for one", async () => {
  await shop.write("Parcel", "1", { kind: "create", values: {} }, picker);
  await act("Parcel", "1", "Book", { customer: "{secret:scanner}", depot: "north" });
  await act("Parcel", "1", "Store");
  await act("Parcel", "1", "SendOut");
  await shop.quiet();
  expect(received).toEqual(['POST /%7Bsecret%3Ascanner%7D Bearer the customers\'s  { "parcel": "", "try": 1 }']);
  const kept = await shop.store.outbox({ tenant: "t", state: "done", top: 9, skip: 0 });
  expect(JSON.stringify(kept)).not.toContain("the customers's");
  expect(kept).toHaveLength(1);
});

test("a webhook that nobody is there for takes the route of its failure", async () => {
  await shop.write("Parcel", "1", { kind: "create", values: {} }, picker);
  await act("Parcel", "1", "Book", { customer: "nobody", depot: "north" });
  await act("Parcel", "1", "Store");
  await act("Parcel", "1", "SendOut");
  await shop.quiet();
  expect(await shop.values("Parcel", "1")).toMatchObject({ Status: "Stored", tries: 1 });
});

test("a service that lacks a secret of its spec does not start", async () => {
  const other = new Workshop(":memory:");
  const opened = other.open(definition, { http: httpSender({ hosts: [host] }), secrets: () => undefined });
  await expect(opened).rejects.toThrow("the secrets customers, scanner are not set");
  await other.close();
});

describe("a tour", () => {
  async function tour(...parcels: readonly string[]): Promise<void> {
    await shop.write("Tour", "t", { kind: "create", values: {} }, picker);
    for (const parcel of parcels) await act("Tour", "t", "Plan", { parcel });
  }

  async function stored(id: string): Promise<void> {
    await book(id);
    expect(await act("Parcel", id, "Store")).toMatchObject({ kind: "written" });
    await shop.quiet();
  }

  const statuses = async (...ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await shop.values("Parcel", id))?.Status));

  test("sends out each of its parcels once, and is over when all are on their way", async () => {
    for (const id of ["1", "2", "3"]) await stored(id);
    await tour("1", "2", "3", "2");
    await act("Tour", "t", "Leave");
    await shop.quiet();
    expect(await statuses("1", "2", "3")).toEqual(["Underway", "Underway", "Underway"]);
    expect(await shop.values("Tour", "t")).toMatchObject({ Status: "OnTheWay" });
    expect((await shop.history("Parcel", "1")).filter((line) => line.endsWith("SendOut"))).toHaveLength(1);
    const done = await shop.store.outbox({ tenant: "t", state: "done", top: 99, skip: 0 });
    expect(done.map(({ note }) => note)).toContain("3 of 3 members are done");
  });

  test("tries again what cannot be sent out, and says so in the end", async () => {
    await stored("1");
    await book("2");
    await tour("1", "2");
    await act("Tour", "t", "Leave");
    await shop.quiet();
    expect(await shop.values("Tour", "t")).toMatchObject({ Status: "Leaving" });
    await shop.pass(60);
    expect(await statuses("1", "2")).toEqual(["Underway", "Booked"]);
    expect(await shop.values("Tour", "t")).toMatchObject({ Status: "Short" });
  });

  test("that is called off takes its parcels back", async () => {
    await stored("1");
    await book("2");
    await tour("1", "2");
    await act("Tour", "t", "Leave");
    await shop.quiet();
    await act("Tour", "t", "CallOff");
    await shop.quiet();
    await shop.pass(60);
    expect(await statuses("1", "2")).toEqual(["Stored", "Booked"]);
    expect(await shop.values("Tour", "t")).toMatchObject({ Status: "Called Off" });
    expect(await shop.store.nextDue(0)).toBeDefined();
    expect(await shop.dead()).toEqual([]);
  });

  test("with more parcels than it takes does not leave, and one without any is over at once", async () => {
    await tour("1", "2", "3", "4", "5", "6");
    expect(await act("Tour", "t", "Leave")).toMatchObject({ code: "GuardFailed" });
    await shop.write("Tour", "empty", { kind: "create", values: {} }, picker);
    await act("Tour", "empty", "Leave");
    await shop.quiet();
    expect(await shop.values("Tour", "empty")).toMatchObject({ Status: "OnTheWay" });
  });

  test("whose process is killed before it has noted a round sends out nothing twice", async () => {
    await shop.close();
    const folder = freshFolder();
    shop = new Workshop(join(folder.path, "tour.db"));
    const http = httpSender({ hosts: [host] });
    await shop.open(definition, { http, secrets, through: withoutRounds });
    await shop.write("Depot", "north", { kind: "create", values: {} }, picker);
    for (const id of ["1", "2", "3"]) await stored(id);
    await tour("1", "2", "3");
    await act("Tour", "t", "Leave");
    while ((await statuses("2"))[0] !== "Underway") await new Promise(setImmediate);
    await shop.kill();
    await shop.open(definition, { http, secrets });
    await shop.pass(61);
    const events = await Promise.all(
      ["1", "2", "3"].map((entityId) => shop.store.events({ tenant: "t", entityType: "Parcel", entityId })),
    );
    expect(events.map((own) => own.filter(({ action }) => action === "SendOut").length)).toEqual([1, 1, 1]);
    expect(await shop.values("Tour", "t")).toMatchObject({ Status: "OnTheWay" });
    await shop.close();
    folder.remove();
    shop = new Workshop(":memory:");
  });
});

/** The store of a process that never gets to note that a round is over. */
function withoutRounds(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "settle")
        return (key: string, token: string, settlement: Settlement) =>
          settlement.kind === "advanced" ? new Promise(() => undefined) : target.settle(key, token, settlement);
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

describe("an eventual property", () => {
  async function broken(): Promise<void> {
    await act("Depot", "north", "Close");
    await shop.quiet();
    await shop.write("Depot", "south", { kind: "action", action: "Close", params: {} }, picker);
    await act("Depot", "south", "PairWith", { peer: "north" });
    await shop.quiet();
  }

  test("that is broken for as long as its window is a dead letter, which goes when it holds again", async () => {
    await broken();
    await shop.pass(59);
    expect(await shop.dead()).toEqual([]);
    await shop.pass(2);
    const [why] = await shop.dead();
    expect(why).toMatch(/^OneDepotIsOpenAgain did not hold again within 60000 ms: status != 'Closed'/);
    await shop.write("Depot", "south", { kind: "action", action: "Relieve", params: {} }, picker);
    expect(await shop.dead()).toHaveLength(1);
  });

  test("that holds again in time leaves nothing behind", async () => {
    await broken();
    await shop.pass(30);
    expect(await act("Depot", "south", "PairWith", { peer: "" })).toMatchObject({ kind: "written" });
    await shop.pass(60);
    expect(await shop.dead()).toEqual([]);
  });
});
