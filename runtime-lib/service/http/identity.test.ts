/** Entities with keys of several properties, and entities that are contained in others: addressed, made, related and deleted. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ledgerService } from "../../../test/definitions/ledger.ts";
import { type Served, serveDefinition } from "../../../test/definitions/served.ts";
import { SseReader } from "../../../test/definitions/sse.ts";
import { kinds } from "../../../test/definitions/stores.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

describe.each(kinds)("on $name", ({ open }) => {
  let served: Served;
  let keys: Readonly<Record<"alice" | "root", string>>;
  let origin: string;

  beforeAll(async () => {
    served = await serveDefinition(ledgerService(), { store: await open() });
    keys = {
      alice: await served.key({ type: "Customer", id: "alice" }),
      root: await served.key({ type: "Admin", id: "root" }),
    };
    const Lines = [
      { Number: 1, Product: "pen", Day: "2026-01-01", Parts: [{ Code: "cap" }, { Code: "a/b'(c)" }] },
      { Number: 2 },
    ];
    await made("Orders", { Id: "o-1", Owner: "alice", Lines, Invoice: { Total: 9.5 } });
    await made("Orders", { Id: "o-2", Owner: "bob", Lines: [{ Number: 1, Product: "ink" }] });
    await made("Prices", { Product: "pen", Day: "2026-01-01", Amount: 1.5 });
    await made("Prices", { Product: "pen", Day: "2026-01-02", Amount: 2 });
    origin = await served.app.listen({ port: 0 });
  });

  afterAll(() => served.close());

  async function call(method: Method, url: string, payload?: object, who: "alice" | "root" = "alice") {
    const reply = await served.app.inject({
      method,
      url: `/tdata/${url}`,
      headers: { authorization: `Bearer ${keys[who]}` },
      ...(payload && { payload }),
    });
    const isJson = String(reply.headers["content-type"]).includes("json");
    return { status: reply.statusCode, headers: reply.headers, body: isJson ? reply.json() : reply.body };
  }

  async function made(url: string, payload: object) {
    const reply = await call("POST", url, payload, "root");
    expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    return reply;
  }

  describe("a key of several properties", () => {
    const url = "Prices(Product='pen',Day=2026-01-01)";

    test("addresses an entity, in any order, and as segments", async () => {
      const found = await call("GET", url);
      expect(found.body).toEqual({
        "@odata.context": "http://localhost:80/tdata/$metadata#Prices/$entity",
        "@odata.etag": 'W/"1"',
        Product: "pen",
        Day: "2026-01-01",
        Amount: 1.5,
      });
      for (const same of ["Prices(Day=2026-01-01,Product='pen')", "Prices/pen/2026-01-01"]) {
        expect((await call("GET", same)).body).toEqual(found.body);
      }
      expect((await call("GET", "Prices/pen/2026-01-01/Amount/$value")).body).toBe("1.5");
      expect((await call("GET", "Prices(Product='pen',Day=2026-02-01)")).status).toBe(404);
      for (const bad of ["Prices('pen')", "Prices(Product='pen')", "Prices(Product='pen',Day='x')"]) {
        expect((await call("GET", bad)).status).toBe(400);
      }
      expect((await call("GET", "Prices/pen")).status).toBe(404);
    });

    test("is given when the entity is made, and stays", async () => {
      const new1 = await made("Prices", { Product: "a,b=c", Day: "2026-03-01", Amount: 3 });
      expect(new1.headers.location).toBe("http://localhost:80/tdata/Prices(Product='a%2Cb%3Dc',Day=2026-03-01)");
      expect((await call("GET", String(new1.headers.location).split("/tdata/")[1] ?? "")).status).toBe(200);
      expect((await call("POST", "Prices", { Product: "a,b=c", Day: "2026-03-01", Amount: 4 })).status).toBe(409);
      expect((await call("POST", "Prices", { Product: "x", Amount: 4 })).body.error.message).toBe(
        "the key Product, Day is missing",
      );
      const upsert = await call("PUT", "Prices(Product='new',Day=2026-03-02)", { Amount: 5 });
      expect(upsert).toMatchObject({ status: 201, body: { Product: "new", Day: "2026-03-02", Amount: 5 } });
      expect((await call("PATCH", url, { Amount: 1.75, Product: "pen" })).status).toBe(200);
      expect((await call("PATCH", url, { Product: "ink" })).status).toBe(400);
      expect((await call("PUT", url, { Product: "pen", Day: "2026-01-02", Amount: 1 })).status).toBe(400);
    });

    test("is filtered, sorted, paged and searched by, and the id behind it is nobody's to see", async () => {
      const page = await call("GET", "Prices?$filter=Product eq 'pen'&$orderby=Day desc&$select=Day");
      expect(page.body.value).toMatchObject([{ Day: "2026-01-02" }, { Day: "2026-01-01" }]);
      const first = await call("GET", "Prices?$top=9&$count=true");
      expect(first.body["@odata.count"]).toBe(4);
      const paged = await served.app.inject({
        url: "/tdata/Prices",
        headers: { authorization: `Bearer ${keys.alice}`, prefer: "maxpagesize=3" },
      });
      const next = await call("GET", String(paged.json()["@odata.nextLink"]).split("/tdata/")[1] ?? "");
      expect([...paged.json().value, ...next.body.value]).toHaveLength(4);
      for (const hidden of ["$filter=$id eq 'x'", "$select=$id", "$orderby=$id", "$search=2026"]) {
        const { status, body } = await call("GET", `Prices?${hidden}`);
        if (status === 200) expect(body.value).toEqual([]);
        else expect([400, 501]).toContain(status);
      }
      expect((await call("POST", "Prices", { $id: "x", Product: "y", Day: "2026-01-01", Amount: 1 })).status).toBe(400);
    });

    test("is followed by navigation, in both of its properties", async () => {
      const { body } = await call("GET", "Orders('o-1')/Lines?$expand=Price($select=Amount)&$filter=Price/Amount gt 1");
      expect(body.value).toMatchObject([{ Number: 1, Price: { Amount: 1.75 } }]);
      expect((await call("GET", "Orders('o-1')/Lines(1)/Price/$ref")).body["@odata.id"]).toBe(
        "http://localhost:80/tdata/Prices(Product='pen',Day=2026-01-01)",
      );
    });
  });

  describe("what is contained", () => {
    test("is behind the entity around it, under a key of its own there", async () => {
      const lines = await call("GET", "Orders('o-1')/Lines?$select=Number,Count&$orderby=Number desc");
      expect(lines.body).toEqual({
        "@odata.context": "http://localhost:80/tdata/$metadata#Orders('o-1')/Lines(Number,Count)",
        value: [
          { "@odata.etag": 'W/"1"', Number: 2, Count: 1 },
          { "@odata.etag": 'W/"1"', Number: 1, Count: 1 },
        ],
      });
      expect((await call("GET", "Orders('o-1')/Lines(1)")).body).toMatchObject({
        "@odata.context": "http://localhost:80/tdata/$metadata#Orders('o-1')/Lines/$entity",
        Product: "pen",
      });
      expect((await call("GET", "Orders('o-2')/Lines/1/Product")).body.value).toBe("ink");
      expect((await call("GET", "Orders('o-1')/Lines(1)/Order/Owner")).body.value).toBe("alice");
      expect((await call("GET", "Orders('o-1')/Lines/$count")).body).toBe("2");
      expect((await call("GET", "Orders('o-1')/Lines(3)")).status).toBe(404);
      expect((await call("GET", "Orders('none')/Lines(1)")).status).toBe(404);
      expect((await call("GET", "Lines")).status).toBe(404);
    });

    test("goes as deep as it is contained, and alone where it is one", async () => {
      const parts = await call("GET", "Orders('o-1')/Lines(1)/Parts?$expand=*");
      expect(parts.body.value.map(({ Code }: { Code: string }) => Code).sort()).toEqual(["a/b'(c)", "cap"]);
      const refs = await call("GET", "Orders('o-1')/Lines(1)/Parts/$ref");
      const ids = refs.body.value.map((each: Record<string, string>) => each["@odata.id"]).sort();
      expect(ids[0]).toBe("http://localhost:80/tdata/Orders('o-1')/Lines(1)/Parts('a%2Fb''(c)')");
      expect((await call("GET", ids[0].split("/tdata/")[1])).body.Code).toBe("a/b'(c)");
      expect((await call("GET", "Orders('o-1')/Invoice")).body).toMatchObject({
        "@odata.context": "http://localhost:80/tdata/$metadata#Orders('o-1')/Invoice/$entity",
        Total: 9.5,
      });
      expect((await call("GET", "Orders('o-2')/Invoice")).status).toBe(204);
      expect((await call("PUT", "Orders('o-2')/Invoice", { Total: 3 })).status).toBe(201);
      expect((await call("PATCH", "Orders('o-2')/Invoice", { Total: 4 })).body.Total).toBe(4);
      expect((await call("DELETE", "Orders('o-2')/Invoice")).status).toBe(204);
    });

    test("is expanded, filtered by, and counted, as what belongs there", async () => {
      const { body } = await call("GET", "Orders?$expand=Lines($expand=Parts/$count),Invoice&$select=Id&$orderby=Id");
      expect(body.value).toMatchObject([
        { Id: "o-1", Invoice: { Total: 9.5 }, Lines: [{ Number: 1, "Parts@odata.count": 2 }, { Number: 2 }] },
        { Id: "o-2", Invoice: null, Lines: [{ Number: 1 }] },
      ]);
      const pens = await call("GET", "Orders?$filter=Lines/any(l:l/Product eq 'pen' and l/Parts/$count eq 2)");
      expect(pens.body.value).toMatchObject([{ Id: "o-1" }]);
    });

    test("is made and changed there, and cannot be bound from elsewhere", async () => {
      const made3 = await call("POST", "Orders('o-1')/Lines", { Number: 3, Count: 7 });
      expect(made3).toMatchObject({ status: 201, body: { Number: 3 } });
      expect(made3.headers.location).toBe("http://localhost:80/tdata/Orders('o-1')/Lines(3)");
      expect((await call("POST", "Orders('o-1')/Lines", { Number: 3 })).status).toBe(409);
      expect((await call("PUT", "Orders('o-1')/Lines(4)", { Count: 2 })).status).toBe(201);
      expect((await call("PATCH", "Orders('o-1')/Lines(4)", { Number: 5 })).status).toBe(400);
      expect((await call("PUT", "Orders('none')/Lines(4)", { Count: 2 })).status).toBe(404);
      const bind = { "@odata.id": "Orders('o-1')/Lines(4)" };
      expect((await call("POST", "Orders('o-2')/Lines/$ref", bind)).status).toBe(400);
      expect((await call("PATCH", "Orders('o-2')", { Lines: [bind] })).status).toBe(400);
      const rest = { Lines: [{ Number: 1, Count: 9 }, { "@id": "Orders('o-1')/Lines(2)" }, { Number: 8 }] };
      expect((await call("PATCH", "Orders('o-1')", rest)).status).toBe(200);
      const { body } = await call("GET", "Orders('o-1')/Lines?$orderby=Number&$select=Number,Count");
      expect(body.value).toMatchObject([{ Number: 1, Count: 9 }, { Number: 2 }, { Number: 8 }]);
      expect((await call("DELETE", "Orders('o-1')/Lines/$filter(Number eq 8)/$each")).status).toBe(204);
    });

    test("is hidden with the entity around it, and gone with it, however deep", async () => {
      const Lines = [{ Number: 1, Parts: [{ Code: "p" }] }];
      await made("Orders", { Id: "o-9", Secret: true, Lines });
      expect((await call("GET", "Orders('o-9')/Lines(1)")).status).toBe(404);
      expect((await call("POST", "Orders('o-9')/Lines", { Number: 2 })).status).toBe(404);
      expect((await call("GET", "Orders('o-9')/Lines(1)/Parts('p')", undefined, "root")).status).toBe(200);
      expect((await call("DELETE", "Orders('o-9')", undefined, "root")).status).toBe(204);
      await made("Orders", { Id: "o-9" });
      expect((await call("GET", "Orders('o-9')/Lines")).body.value).toEqual([]);
      expect((await call("GET", "Orders('o-9')/Lines(1)/Parts('p')", undefined, "root")).status).toBe(404);
    });

    test("is told of in the stream by its place", async () => {
      await made("Orders('o-2')/Lines", { Number: 77, Parts: [{ Code: "s" }] });
      const reader = new SseReader(`${origin}/tdata/$events?after=start`, { authorization: `Bearer ${keys.root}` });
      await reader.until(({ told }) => told.some(({ data }) => String(data["@odata.id"]).includes("Lines(77)/Parts")));
      reader.close();
      expect(reader.told.find(({ data }) => String(data["@odata.id"]).includes("Lines(77)/Parts"))?.data).toMatchObject(
        {
          set: "Orders('o-2')/Lines(77)/Parts",
          changes: { Code: "s" },
        },
      );
    });

    test("is asked of beforehand as through what is around it", async () => {
      await made("Orders", { Id: "s-3", Secret: true, Lines: [{ Number: 1, Parts: [{ Code: "p" }] }] });
      const asked = async (action: string, id: string) => {
        const headers = { authorization: `Bearer ${keys.alice}` };
        const payload = { action, id };
        const reply = await served.app.inject({ method: "POST", url: "/api/authorize", headers, payload });
        return reply.json().error?.message ?? reply.json();
      };
      const hidden = 'there is no Order "s-3"';
      for (const number of [1, 2]) {
        const line = JSON.stringify(["Order", "Lines", "s-3", number]);
        const part = JSON.stringify(["Line", "Parts", line, "p"]);
        expect(await asked("Line::read", line)).toBe(hidden);
        expect(await asked("Line::create", line)).toBe(hidden);
        expect(await asked("Part::update", part)).toBe(hidden);
      }
      const own = JSON.stringify(["Order", "Lines", "o-1", 1]);
      expect(await asked("Line::read", own)).toEqual({ allowed: true });
    });

    test("is told of in the stream to those only who may read what is around it", async () => {
      const Lines = [{ Number: 1, Parts: [{ Code: "p" }] }];
      await made("Orders", { Id: "s-1", Secret: true, Lines });
      await made("Orders", { Id: "s-2", Secret: true, Lines });
      expect((await call("DELETE", "Orders('s-2')", undefined, "root")).status).toBe(204);
      await made("Orders", { Id: "o-3", Lines: [{ Number: 1, Parts: [{ Code: "last" }] }] });
      const reader = new SseReader(`${origin}/tdata/$events?after=start`, { authorization: `Bearer ${keys.alice}` });
      await reader.until(({ told }) => told.some(({ data }) => data.set === "Orders('o-3')/Lines(1)/Parts"));
      reader.close();
      expect(reader.told.filter(({ data }) => /s-[12]/.test(JSON.stringify(data)))).toEqual([]);
    });
  });
});
