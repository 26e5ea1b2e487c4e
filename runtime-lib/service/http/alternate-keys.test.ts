/** Entities addressed by alternate keys, over real HTTP: OData 4.01, URL Conventions 4.3.2. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { depot, parcel, parcelService, property } from "../../../test/definitions/parcel.ts";
import { type Served, serveDefinition } from "../../../test/definitions/served.ts";

const nothing = {
  triggers: [],
  timeouts: [],
  contextEntities: [],
  webhooks: [],
  workflows: [],
  constraints: [],
  composites: [],
};

/** Parcels have a note of their own and a price that no other parcel of their owner has; a depot's id is its code. */
const definition = parcelService([
  {
    ...parcel,
    reactions: {
      ...nothing,
      keys: [
        { name: "ByNote", properties: ["Note"], isEntityId: false },
        { name: "ByPrice", properties: ["Owner", "Price"], isEntityId: false },
      ],
    },
  },
  {
    ...depot,
    properties: [...depot.properties, property("Code", "Edm.Guid", { nullable: true })],
    reactions: { ...nothing, keys: [{ name: "Code", properties: ["Code"], isEntityId: true }] },
  },
]);

let served: Served;
let keys: Readonly<Record<string, string>>;

beforeAll(async () => {
  served = await serveDefinition(definition);
  keys = {
    alice: await served.key({ type: "Customer", id: "alice" }),
    bob: await served.key({ type: "Customer", id: "bob" }),
  };
});

afterAll(() => served.close());

async function call(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object, who = "alice") {
  const headers = { authorization: `Bearer ${keys[who]}`, "content-type": "application/json" };
  const reply = await served.app.inject({
    method,
    url: `/tdata${path}`,
    headers,
    ...(body === undefined ? {} : { payload: body }),
  });
  const json: Record<string, unknown> = reply.body === "" ? {} : reply.json();
  return { status: reply.statusCode, json, text: reply.body, location: reply.headers.location };
}

describe("an entity with alternate keys", () => {
  beforeAll(async () => {
    const mine = { Owner: "alice", Tags: [] };
    await call("POST", "/Parcels", { Id: "1", ...mine, Note: "O'Neil, 7", Price: 12.5 });
    await call("POST", "/Parcels", { Id: "2", ...mine, Note: "other", Price: 8 });
  });

  test.each([
    ["/Parcels(Note='O''Neil, 7')", "1"],
    ["/Parcels(%20Note%20=%20'other'%20)", "2"],
    ["/Parcels(Owner='alice',Price=12.5)", "1"],
    ["/Parcels(Price=8,Owner='alice')", "2"],
    ["/Parcels('1')", "1"],
  ])("is read at %s", async (path, id) => {
    const { status, json } = await call("GET", path);
    expect([status, json.Id]).toEqual([200, id]);
  });

  test("is changed and acted on by them", async () => {
    expect((await call("PATCH", "/Parcels(Note='other')", { Fragile: true })).json).toMatchObject({
      Id: "2",
      Fragile: true,
    });
    expect((await call("POST", "/Parcels(Owner='alice',Price=8)/AddItem")).json).toMatchObject({ Id: "2", Items: 1 });
  });

  test("is not there for one who may not read it, in the words for what does not exist", async () => {
    const forBob = await call("GET", "/Parcels(Note='other')", undefined, "bob");
    const forNobody = await call("GET", "/Parcels(Note='none')", undefined, "bob");
    expect(forBob.status).toBe(404);
    expect(forBob.text).toBe(forNobody.text);
    const below = await call("GET", "/Parcels(Note='other')/Nothing", undefined, "bob");
    expect(below.text).toBe((await call("GET", "/Parcels(Note='none')/Nothing", undefined, "bob")).text);
  });

  test.each([
    ["/Parcels(Owner='alice')", 400, "the key of Parcel is Id or Note or Owner, Price, not Owner"],
    ["/Parcels(Note='a',Owner='b')", 400, "the key of Parcel is Id or Note or Owner, Price, not Note, Owner"],
    ["/Parcels(Note='a',Note='b')", 400, "the key of Parcel is Id or Note or Owner, Price, not Note, Note"],
    ["/Parcels(Owner='a',Price=x)", 400, '"x" is not a number'],
    ["/Parcels(Note='a)", 400, `"'a" is not a string in single quotes`],
    ["/Parcels(Note='')", 404, "there is no Parcel with this alternate key"],
  ])("%s is %i", async (path, status, message) => {
    const reply = await call("GET", path);
    expect(reply.status).toBe(status);
    expect(reply.text).toContain(JSON.stringify(message).slice(1, -1));
  });
});

describe("an entity whose id a property gives", () => {
  const code = "0a000000-0000-4000-8000-00000000000b";

  test("gets it on creation, and is addressed by both", async () => {
    const made = await call("POST", "/Depots", { Code: code.toUpperCase() });
    expect([made.status, made.json.Id, made.json.Code]).toEqual([201, code, code]);
    expect((await call("GET", `/Depots(${code})`)).status).toBe(200);
    expect((await call("GET", `/Depots(Code=${code})`)).json.Id).toBe(code);
  });

  test("has the property where only the id was given", async () => {
    const other = code.replace("b", "c");
    expect((await call("POST", "/Depots", { Id: other })).json.Code).toBe(other);
  });

  test("never has another one", async () => {
    const other = code.replace("b", "d");
    const both = await call("POST", "/Depots", { Id: other, Code: code });
    expect([both.status, both.json.error]).toMatchObject([400, { code: "InvalidParameter", target: "Code" }]);
    const later = await call("PATCH", `/Depots(${code})`, { Code: other });
    expect([later.status, later.json.error]).toMatchObject([400, { code: "InvalidParameter", target: "Code" }]);
  });
});
