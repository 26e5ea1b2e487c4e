/** The life of entities over real HTTP: created, read, listed, changed, acted on, deleted. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";

let served: ServedParcels;
let root: string;

beforeAll(async () => {
  served = await serveParcels({ limits: { pageSizeDefault: 3, pageSizeMax: 4 } });
  const address = await served.app.listen({ host: "127.0.0.1", port: 0 });
  root = `${address}/tdata`;
});

afterAll(() => served.close());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Body;
}

interface Body {
  readonly [name: string]: unknown;
  readonly value: readonly Readonly<Record<string, unknown>>[];
  readonly "@odata.nextLink"?: string;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const reply = await fetch(path.startsWith("http") ? path : `${root}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${served.keys.alice}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  const isJson = reply.headers.get("content-type")?.includes("json") ?? false;
  return { status: reply.status, headers: reply.headers, text, json: JSON.parse(isJson && text !== "" ? text : "{}") };
}

const parcel = { Owner: "alice", Tags: ["a"] };

async function created(id: string, more: object = {}): Promise<Answer> {
  return call("POST", "/Parcels", { Id: id, ...parcel, ...more });
}

describe("an entity", () => {
  test("is created with its defaults, its initial status and where it is", async () => {
    const { status, headers, json } = await created("new/one's", { Price: 12.5 });
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`${root}/Parcels('new%2Fone''s')`);
    expect(headers.get("etag")).toBe('W/"1"');
    expect(headers.get("odata-version")).toBe("4.01");
    expect(headers.get("temperc-revision")).toBe("revision-1");
    expect(json).toEqual({
      "@odata.context": `${root}/$metadata#Parcels/$entity`,
      "@odata.etag": 'W/"1"',
      Id: "new/one's",
      Owner: "alice",
      Note: null,
      Price: 12.5,
      Due: null,
      Fragile: false,
      Tags: ["a"],
      Status: "Open",
      Items: 0,
      Label: "",
    });
    expect((await call("GET", headers.get("location") ?? "")).json).toEqual(json);
  });

  test("is created without a body in the answer where that is preferred", async () => {
    const { status, headers, text } = await call(
      "POST",
      "/Parcels",
      { Id: "quiet", ...parcel },
      { prefer: "return=minimal" },
    );
    expect([status, text]).toEqual([204, ""]);
    expect(headers.get("odata-entityid")).toBe(`${root}/Parcels('quiet')`);
    expect(headers.get("preference-applied")).toBe("return=minimal");
  });

  test("is created once", async () => {
    await created("twice");
    expect(await created("twice")).toMatchObject({ status: 409, json: { error: { code: "EntityExists" } } });
  });

  test("is read by key in each of the spellings, whole or in part", async () => {
    await created("sp elt", { Note: 'a "quote" and\n😀' });
    for (const path of ["/Parcels('sp%20elt')", "/Parcels(Id='sp%20elt')", "/Parcels/sp%20elt"]) {
      expect((await call("GET", path)).json.Note).toBe('a "quote" and\n😀');
    }
    const part = await call("GET", "/Parcels('sp%20elt')?$select=Status,Id");
    expect(part.json).toEqual({
      "@odata.context": `${root}/$metadata#Parcels(Id,Status)/$entity`,
      "@odata.etag": 'W/"1"',
      Id: "sp elt",
      Status: "Open",
    });
  });

  test("tells by its etag whether it has changed", async () => {
    await created("tagged");
    const get = (headers: Record<string, string>) => call("GET", "/Parcels('tagged')", undefined, headers);
    expect(await get({ "if-none-match": 'W/"1"' })).toMatchObject({ status: 304, text: "" });
    expect((await get({ "if-none-match": 'W/"2"' })).status).toBe(200);
    expect((await get({ "if-match": 'W/"2"' })).status).toBe(412);
    expect((await get({ "if-match": '"1"' })).status).toBe(200);
    expect((await get({ "if-none-match": '"x", W/"2" , W/"1"' })).status).toBe(304);
    expect((await get({ "if-match": ',W/"2",,"1",' })).status).toBe(200);
    expect((await get({ "if-match": 'W/"2", "3"' })).status).toBe(412);
    expect((await get({ "if-match": 'W/"2" "1"' })).status).toBe(400);
  });

  test("changes by PATCH where the caller has seen it last", async () => {
    await created("patched");
    const patch = (body: unknown, headers = {}) => call("PATCH", "/Parcels('patched')", body, headers);
    expect(await patch({ Note: "x", Id: "patched" }, { "if-match": 'W/"1"' })).toMatchObject({
      status: 200,
      json: { Note: "x", Owner: "alice", "@odata.etag": 'W/"2"' },
    });
    expect(await patch({ Note: "y" }, { "if-match": 'W/"1"' })).toMatchObject({ status: 412 });
    expect(await patch({ Note: "y" }, { "if-match": '"unknown"' })).toMatchObject({ status: 412 });
    expect(await patch({ Note: "y" }, { "if-none-match": "*" })).toMatchObject({ status: 412 });
    expect(await patch({ Note: "y" }, { "if-match": 'W/"1", "3"' })).toMatchObject({ status: 412 });
    expect(await patch({ Note: "y" }, { "if-none-match": 'W/"1", W/"2"' })).toMatchObject({
      status: 412,
      json: { error: { target: "If-None-Match" } },
    });
    expect(await patch({ Note: "z" }, { "if-match": 'W/"1", "2"', "if-none-match": '"1"' })).toMatchObject({
      status: 200,
    });
    expect(await patch({ Note: null }, { "if-match": "*", prefer: "return=minimal" })).toMatchObject({ status: 204 });
    expect((await call("GET", "/Parcels('patched')")).json.Note).toBe(null);
  });

  test("is deleted, and then is not there", async () => {
    await created("gone");
    expect(await call("DELETE", "/Parcels('gone')")).toMatchObject({ status: 204, text: "" });
    for (const method of ["GET", "DELETE"]) {
      expect(await call(method, "/Parcels('gone')")).toMatchObject({
        status: 404,
        json: { error: { code: "NotFound" } },
      });
    }
    expect((await call("PATCH", "/Parcels('gone')", { Note: "x" })).status).toBe(404);
  });

  test("answers HEAD as GET, without the body", async () => {
    await created("headed");
    const head = await call("HEAD", "/Parcels('headed')");
    expect([head.status, head.headers.get("etag")]).toEqual([200, 'W/"1"']);
    expect((await call("HEAD", "/Parcels('nobody')")).status).toBe(404);
  });

  test("writes Int64 and Decimal as strings for a caller that asks", async () => {
    await created("wide", { Price: 1.5 });
    const { headers, json } = await call("GET", "/Parcels('wide')", undefined, {
      accept: "application/json;IEEE754Compatible=true;odata.metadata=none",
    });
    expect(json).toMatchObject({ Price: "1.5", Items: "0" });
    expect(Object.keys(json)[0]).toBe("Id");
    expect(headers.get("content-type")).toContain("IEEE754Compatible=true");
  });
});

describe("an action", () => {
  test("answers the entity as it is now, by bare and by qualified name", async () => {
    await created("packed");
    const first = await call("POST", "/Parcels('packed')/AddItem", {});
    expect(first).toMatchObject({ status: 200, json: { Items: 1, Status: "Open", "@odata.etag": 'W/"2"' } });
    const packed = await call("POST", "/Parcels/packed/Parcels.Pack?$select=Status", undefined, {
      prefer: 'odata.include-annotations="*"',
    });
    expect(packed.json).toEqual({
      "@odata.context": `${root}/$metadata#Parcels(Status)/$entity`,
      "@odata.etag": 'W/"3"',
      Status: "Packed",
      "@Temper.availableActions": ["Send"],
      "@Temper.sequence": 3,
      "@Temper.revision": "revision-1",
    });
    const sent = await call("POST", "/Parcels('packed')/Send", { Label: "L" });
    expect(sent.json).toMatchObject({ Status: "Sent", Label: "L" });
  });

  test("that is not possible says which are", async () => {
    await created("early");
    expect((await call("POST", "/Parcels('early')/Send", { Label: "L" })).json).toEqual({
      error: {
        code: "ActionNotAllowed",
        message: expect.stringContaining("Open"),
        innererror: { status: "Open", action: "Send", possible: ["AddItem", "Pack"] },
      },
    });
    expect(await call("POST", "/Parcels('early')/Pack", {})).toMatchObject({
      status: 409,
      json: { error: { code: "GuardFailed", innererror: { guard: "Items > 0" } } },
    });
  });

  test("with an idempotency key is done once", async () => {
    await created("once");
    const add = (key: string, body: object = {}) =>
      call("POST", "/Parcels('once')/AddItem", body, { "idempotency-key": key });
    const first = await add("k1");
    const again = await add("k1");
    expect(again.json).toEqual(first.json);
    expect([first, again].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    expect((await add("k2")).json.Items).toBe(2);
    const other = await call("POST", "/Parcels('once')/Pack", {}, { "idempotency-key": "k1" });
    expect(other).toMatchObject({ status: 422, json: { error: { code: "IdempotencyMismatch" } } });
  });
});

describe("a set", () => {
  beforeAll(async () => {
    for (let number = 1; number <= 8; number += 1) {
      const Id = `0a000000-0000-4000-8000-00000000000${number}`;
      const Load = number % 3 === 0 ? null : number % 3;
      const { status } = await call("POST", "/Depots", { Id, Shelves: number, Load, Opened: "2026-01-01" });
      expect(status).toBe(201);
    }
  });

  async function shelves(query: string, headers = {}): Promise<{ numbers: readonly unknown[]; json: Answer["json"] }> {
    const { json, status, text } = await call("GET", `/Depots?${query}`, undefined, headers);
    expect(status, text).toBe(200);
    return { numbers: json.value.map((row) => row.Shelves), json };
  }

  test("comes in pages that follow each other without gap or repetition, in every order", async () => {
    for (const order of ["", "&$orderby=Load", "&$orderby=Load desc,Shelves desc", "&orderby=Opened,Id desc"]) {
      const seen: unknown[] = [];
      let path = `/Depots?$count=true${order}`;
      for (let page = 1; path !== ""; page += 1) {
        const { json } = await call("GET", path);
        expect(json["@odata.count"]).toBe(8);
        expect(json.value.length).toBe(page < 3 ? 3 : 2);
        seen.push(...json.value.map((row) => row.Shelves));
        path = json["@odata.nextLink"] ?? "";
      }
      expect([...seen].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      if (order === "&$orderby=Load") expect(seen).toEqual([3, 6, 1, 4, 7, 2, 5, 8]);
      if (order.startsWith("&$orderby=Load desc")) expect(seen).toEqual([8, 5, 2, 7, 4, 1, 6, 3]);
    }
  });

  test("gives as many as are asked for, over pages where they are many", async () => {
    expect((await shelves("$top=2&$skip=1&$orderby=Shelves")).numbers).toEqual([2, 3]);
    expect((await shelves("$top=0&$count=true")).json).toMatchObject({ "@odata.count": 8, value: [] });
    const first = await shelves("$top=6&$orderby=Shelves desc&$select=Shelves");
    expect(first.numbers).toEqual([8, 7, 6, 5]);
    const next = await call("GET", first.json["@odata.nextLink"] ?? "");
    expect(next.json.value.map((row) => row.Shelves)).toEqual([4, 3]);
    expect(next.json["@odata.nextLink"]).toBeUndefined();
    expect((await shelves("", { prefer: "odata.maxpagesize=1" })).json.value.length).toBe(1);
  });

  test("is filtered in the database", async () => {
    const sorted = "&$orderby=Shelves&$top=4";
    expect((await shelves(`$filter=Shelves gt 2 and not (Shelves in (4,5))${sorted}`)).numbers).toEqual([3, 6, 7, 8]);
    expect((await shelves(`FILTER=Load%20eq%20null${sorted}`)).numbers).toEqual([3, 6]);
    expect((await shelves(`$filter=Load+ne+1${sorted}`)).numbers).toEqual([2, 3, 5, 6]);
    expect((await shelves(`$filter=Id eq 0A000000-0000-4000-8000-000000000004`)).numbers).toEqual([4]);
    expect((await shelves(`$filter=Shelves eq @n&@n=7`)).numbers).toEqual([7]);
    expect((await call("GET", "/Depots/$count?$filter=Shelves lt 4")).text).toBe("3");
  });

  test("shows only what the caller may read", async () => {
    await created("of-alice");
    const bob = { authorization: `Bearer ${served.keys.bob}` };
    expect((await call("GET", "/Parcels", undefined, bob)).json.value).toEqual([]);
    expect((await call("GET", "/Parcels/$count", undefined, bob)).text).toBe("0");
    expect((await call("GET", "/Parcels('of-alice')", undefined, bob)).status).toBe(404);
    const act = await call("POST", "/Parcels('of-alice')/AddItem", {}, bob);
    expect(act).toMatchObject({ status: 404, json: { error: { code: "NotFound" } } });
  });
});

describe("the service", () => {
  test("describes itself", async () => {
    expect((await call("GET", "/")).json.value).toEqual([
      { name: "Parcels", kind: "EntitySet", url: "Parcels" },
      { name: "Depots", kind: "EntitySet", url: "Depots" },
      { name: "Unwritten", kind: "FunctionImport", url: "Unwritten" },
    ]);
    expect((await call("GET", "/$metadata")).headers.get("content-type")).toContain("application/xml");
    for (const [path, accept] of [
      ["/$metadata?$format=json", "*/*"],
      ["/$metadata", "application/json"],
    ] as const) {
      expect((await call("GET", path, undefined, { accept })).json).toEqual({ $Version: "4.01" });
    }
  });

  test.each([
    ["application/json;q=0.5, application/xml;q=0.9", "application/xml"],
    ["application/xml;q=0.5, application/json", "application/json"],
    ["application/json, application/xml", "application/json"],
    ["text/html, application/xml;q=0.9, */*;q=0.8", "application/xml"],
    ["application/xml;q=0, */*;q=0.1", "application/json"],
  ])("weighs the formats of $metadata: %s is %s", async (accept, type) => {
    const { headers } = await call("GET", "/$metadata", undefined, { accept });
    expect(headers.get("content-type")).toContain(type);
  });

  test("takes of several ranges of JSON the one that is wanted most", async () => {
    const accept = "application/json;odata.metadata=full;q=0.2, application/json;odata.metadata=none";
    expect((await call("GET", "/Depots?$top=0", undefined, { accept })).json).toEqual({ value: [] });
  });

  test("calls functions with parameters inline, aliased and by name", async () => {
    for (const path of [
      "/Quote(Country='DE',Items=2)",
      "/Quote(Country=@c,Items=@i)?@c='DE'&@i=2",
      "/Quote?Country='DE'&Items=2",
    ]) {
      expect((await call("GET", path)).json).toEqual({
        "@odata.context": `${root}/$metadata#Edm.Decimal`,
        value: 6.5,
      });
    }
    expect((await call("GET", "/Quote(Country='a,b''c)')")).json.value).toBe(9);
  });

  test("says without a credential whether it lives and is ready", async () => {
    const origin = root.replace("/tdata", "");
    expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: "live" });
    expect(await (await fetch(`${origin}/readyz`)).json()).toEqual({ status: "ready" });
  });

  test("answers in the older version to a client that knows no other", async () => {
    const { headers } = await call("GET", "/", undefined, { "odata-maxversion": "4.0" });
    expect(headers.get("odata-version")).toBe("4.0");
  });
});
