/** A spec with every reaction, from its four files to a running service: what the language says happens, happens. */
import { createServer } from "node:http";
import type { CallContext, Values } from "@temperc/runtime";
import { httpSender } from "@temperc/runtime";
import type { ServiceDefinition } from "@temperc/runtime/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { emit } from "../compiler/index.ts";
import { Workshop } from "./definitions/open-workshop.ts";
import { loadService, programOf, root, templates } from "./emission/load.ts";
import { readTexts } from "./golden/compare.ts";

const received: string[] = [];
const customers = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += String(chunk);
  });
  request.on("end", () => {
    received.push(`${request.method} ${request.url} ${request.headers["x-parcel"]} ${body}`);
    response.writeHead(200).end();
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
  await shop.open(definition, { http: httpSender({ hosts: [host] }) });
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
  expect(received).toEqual([1, 2, 3].map((n) => `POST /bob AB-1 { "parcel": "AB-1", "try": ${n} }`));
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
