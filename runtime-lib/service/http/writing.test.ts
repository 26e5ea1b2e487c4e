/** Writes beyond one entity at a time: upserts, entities within entities, references, and single properties. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServedParcels, serveParcels } from "../../../test/definitions/served-parcels.ts";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

let team: ServedTeam;
let parcels: ServedParcels;

beforeAll(async () => {
  team = await serveTeam();
  parcels = await serveParcels();
});

afterAll(async () => {
  await team.close();
  await parcels.close();
});

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Headers = Readonly<Record<string, string>>;

async function call(method: Method, url: string, payload?: unknown, headers: Headers = {}) {
  return sent(team.app, team.keys.alice, { method, url, payload, headers });
}

async function sent(
  app: ServedTeam["app"],
  key: string,
  { method, url, payload, headers }: { method: Method; url: string; payload?: unknown; headers: Headers },
) {
  const json = payload === undefined ? {} : { "content-type": "application/json" };
  const reply = await app.inject({
    method,
    url: `/tdata/${url}`,
    headers: { authorization: `Bearer ${key}`, ...json, ...headers },
    ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
  });
  const body = reply.body === "" ? undefined : reply.json();
  return { status: reply.statusCode, headers: reply.headers, body };
}

describe("durations, times of day and octets", () => {
  test("come back in their one spelling", async () => {
    const body = { Start: "07:05", Takes: "PT36H0.250S", Seal: "_-8=" };
    const patched = await call("PATCH", "Tasks('t2')", body);
    expect(patched).toMatchObject({ status: 200, body: { Start: "07:05:00", Takes: "P1DT12H0.25S", Seal: "_-8" } });
    const takes = await team.app.inject({
      url: "/tdata/Tasks('t2')/Takes/$value",
      headers: { authorization: `Bearer ${team.keys.alice}` },
    });
    expect(takes.body).toBe("P1DT12H0.25S");
    expect(await call("PATCH", "Tasks('t2')", { Takes: "-PT0.000001S" })).toMatchObject({
      body: { Takes: "-PT0.000001S" },
    });
  });

  test.each([
    [{ Start: "24:00" }, "Start", "is not a time of day"],
    [{ Takes: "1 hour" }, "Takes", "is not a duration"],
    [{ Takes: 90 }, "Takes", "90 is not a string"],
    [{ Takes: "P1Y" }, "Takes", "is not a duration"],
    [{ Takes: "PT0.0000001S" }, "Takes", "has at most 6 digits after the point of its seconds"],
    [{ Takes: "P12000D" }, "Takes", "less than 31 years"],
    [{ Seal: "AQIDBAU" }, "Seal", "has at most 4 octets"],
    [{ Seal: "AB" }, "Seal", "is not base64url"],
    [{ Seal: "not base64" }, "Seal", "is not base64url"],
  ])("%o is refused", async (body, target, message) => {
    const refused = await call("PATCH", "Tasks('t2')", body);
    expect(refused).toMatchObject({ status: 400, body: { error: { target } } });
    expect(refused.body.error.message).toContain(message);
  });

  test("are read back from the journal as they were", async () => {
    expect(await call("GET", "Tasks('t1')")).toMatchObject({ body: { Start: "09:30:00", Takes: "PT1H30M" } });
    expect(await call("GET", "Tasks?$compute=Takes as Long&$filter=Id eq 't1'&$select=Long")).toMatchObject({
      body: { value: [{ Long: "PT1H30M" }] },
    });
    expect(await call("GET", "Tasks?$apply=aggregate(Takes with sum as All,Start with max as Last)")).toMatchObject({
      body: { value: [{ All: expect.stringContaining("P"), Last: "18:00:00.25" }] },
    });
  });
});

describe("PUT", () => {
  test("makes what is not there, and says where it is", async () => {
    const made = await call("PUT", "People('eve')", { Name: "Eve" });
    expect(made).toMatchObject({ status: 201, body: { Id: "eve", Name: "Eve", BossId: null } });
    expect(made.headers.location).toMatch(/\/tdata\/People\('eve'\)$/);
    const quiet = await call("PUT", "People('fay')", { Name: "Fay" }, { prefer: "return=minimal" });
    expect(quiet.status).toBe(204);
    expect(quiet.headers["odata-entityid"]).toMatch(/People\('fay'\)$/);
  });

  test("replaces what is there: what it leaves out goes back to its default", async () => {
    await call("PUT", "People('gus')", { Name: "Gus", BossId: "ada" });
    expect(await call("PUT", "People('gus')", { Name: "Gustav" })).toMatchObject({
      status: 200,
      body: { Name: "Gustav", BossId: null },
    });
    expect(await call("PUT", "People('gus')", {})).toMatchObject({ status: 400, body: { error: { target: "Name" } } });
  });

  test("makes nothing with If-Match, and changes nothing with If-None-Match: *", async () => {
    expect((await call("PUT", "People('nobody')", { Name: "N" }, { "if-match": "*" })).status).toBe(404);
    expect((await call("PUT", "People('ada')", { Name: "N" }, { "if-none-match": "*" })).status).toBe(412);
    expect((await call("PATCH", "People('hal')", { Name: "Hal" }, { "if-none-match": "*" })).status).toBe(201);
    expect((await call("PATCH", "People('nobody')", { Name: "N" })).status).toBe(404);
  });

  test("leaves status and variables as they are, and refuses others", async () => {
    const as = (method: Method, url: string, payload?: unknown) =>
      sent(parcels.app, parcels.keys.alice, { method, url, payload, headers: {} });
    await as("POST", "Parcels", { Id: "p", Owner: "alice", Tags: [] });
    await as("POST", "Parcels('p')/AddItem");
    const { body } = await as("GET", "Parcels('p')");
    expect(body).toMatchObject({ Status: "Open", Items: 1 });
    expect(await as("PUT", "Parcels('p')", { ...body, Note: "n" })).toMatchObject({
      status: 200,
      body: { Status: "Open", Items: 1, Note: "n" },
    });
    expect(await as("PUT", "Parcels('p')", { Owner: "alice", Tags: [], Items: 7 })).toMatchObject({
      status: 400,
      body: { error: { target: "Items" } },
    });
    expect((await as("PUT", "Parcels('q')", { Owner: "alice", Tags: [], Status: "Sent" })).status).toBe(400);
    expect((await as("PUT", "Parcels('q')", { Owner: "alice", Tags: [], Status: "Open" })).status).toBe(201);
    expect(await as("PUT", "Parcels('q')", { Owner: "bob", Tags: [] })).toMatchObject({ status: 403 });
  });
});

const task = { Hours: 1, Tags: [], Size: "Small" };

describe("entities within entities", () => {
  test("are made with the one around them, and come back in the answer", async () => {
    const made = await call("POST", "People", {
      Id: "ida",
      Name: "Ida",
      Boss: { Id: "jo", Name: "Jo", "Boss@odata.bind": "People('ada')" },
      Tasks: [
        { ...task, Id: "d1" },
        { ...task, Id: "d2" },
      ],
    });
    expect(made).toMatchObject({
      status: 201,
      body: {
        Id: "ida",
        BossId: "jo",
        Boss: { Id: "jo", BossId: "ada" },
        Tasks: [
          { Id: "d1", OwnerId: "ida" },
          { Id: "d2", OwnerId: "ida" },
        ],
      },
    });
    expect((await call("GET", "People('ida')/Tasks/$count")).body).toBe(2);
  });

  test("are brought along with what is written where $expand asks for them", async () => {
    const made = await call("POST", "Tasks?$expand=Owner($select=Name)&$select=Id", {
      ...task,
      Id: "x1",
      OwnerId: "bob",
    });
    expect(made).toMatchObject({ status: 201, body: { Id: "x1", Owner: { Name: "Bob" } } });
    expect(made.body["@odata.context"]).toMatch(/#Tasks\(Id,Owner\(Name\)\)\/\$entity$/);
    const moved = await call("PATCH", "Tasks('x1')?$expand=Owner", { OwnerId: "cy" });
    expect(moved).toMatchObject({ status: 200, body: { Owner: { Id: "cy" } } });
    expect((await call("PATCH", "Tasks('x1')?$expand=Nobody", { Hours: 9 })).status).toBe(400);
    expect((await call("GET", "Tasks('x1')")).body.Hours).toBe(1);
    expect((await call("POST", "Doors('d')/Open?$expand=Nobody")).body.error.target).toBe("$expand");
    expect((await call("DELETE", "Tasks('x1')?$expand=Owner")).body.error.message).toContain("to a DELETE");
    expect((await call("DELETE", "Tasks('x1')")).status).toBe(204);
  });

  test("are all made, or none is", async () => {
    const payload = {
      Id: "kim",
      Name: "Kim",
      Tasks: [
        { ...task, Id: "k1" },
        { ...task, Id: "t1" },
      ],
    };
    expect(await call("POST", "People", payload)).toMatchObject({
      status: 409,
      body: { error: { code: "EntityExists" } },
    });
    expect((await call("GET", "People('kim')")).status).toBe(404);
    expect((await call("GET", "Tasks('k1')")).status).toBe(404);
  });

  test("are not more than the limit, and no stranger's", async () => {
    const Tasks = Array.from({ length: 101 }, (_, index) => ({ ...task, Id: `m${index}` }));
    const many = await call("POST", "People", { Id: "lea", Name: "Lea", Tasks });
    expect(many).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining("deepInsertMax") } } });
    const bound = { Id: "mia", Name: "Mia", "Tasks@odata.bind": ["Tasks('t3')"] };
    expect((await call("POST", "People", bound)).status).toBe(400);
    expect((await call("GET", "People('mia')")).status).toBe(404);
  });

  test("belong to the entity whose navigation property they are posted to", async () => {
    expect(await call("POST", "People('dee')/Tasks", { ...task, Id: "n1" })).toMatchObject({
      status: 201,
      body: { Id: "n1", OwnerId: "dee" },
    });
    expect((await call("POST", "People('dee')/Tasks", { ...task, Id: "n2", OwnerId: "bob" })).status).toBe(400);
    expect((await call("POST", "People('nobody')/Tasks", { ...task, Id: "n3" })).status).toBe(404);
    expect((await call("GET", "Tasks('n3')")).status).toBe(404);
  });
});

describe("$ref", () => {
  test("says what belongs together", async () => {
    expect((await call("GET", "Tasks('t1')/Owner/$ref")).body["@odata.id"]).toMatch(/People\('bob'\)$/);
    expect((await call("GET", "People('ada')/Boss/$ref")).status).toBe(204);
    const { body } = await call("GET", "People('bob')/Tasks/$ref?$top=1&$count=true");
    expect(body["@odata.context"]).toMatch(/\$metadata#Collection\(\$ref\)$/);
    expect(body["@odata.count"]).toBe(2);
    expect(body.value).toEqual([{ "@odata.id": expect.stringMatching(/Tasks\('t1'\)$/) }]);
  });

  test("changes it, from either side, as an update of the entity that keeps it", async () => {
    await call("POST", "People", { Id: "oz", Name: "Oz" });
    const id = { "@odata.id": "People('ada')" };
    expect((await call("PUT", "People('oz')/Boss/$ref", id)).status).toBe(204);
    expect((await call("GET", "People('oz')")).body.BossId).toBe("ada");
    expect((await call("DELETE", "People('ada')/Reports('oz')/$ref")).status).toBe(204);
    expect((await call("GET", "People('oz')")).body.BossId).toBe(null);
    const back = { "@id": "http://localhost:80/tdata/People('oz')" };
    expect((await call("POST", "People('ada')/Reports/$ref", back)).status).toBe(204);
    expect((await call("DELETE", "People('ada')/Reports/$ref?$id=../../People('oz')")).status).toBe(204);
    expect((await call("DELETE", "People('ada')/Reports/$ref?$id=People('oz')")).status).toBe(404);
    expect((await call("DELETE", "Tasks('t1')/Owner/$ref")).status).toBe(400);
    expect((await call("PUT", "People('oz')/Boss/$ref", { "@odata.id": "Tasks('t1')" })).status).toBe(400);
    expect(
      (await call("PUT", "People('oz')/Boss/$ref", { "@odata.id": "https://else.where/People('x')" })).status,
    ).toBe(400);
    expect((await call("POST", "People('oz')/Tasks/$ref", { "@odata.id": "Tasks('t3')" })).status).toBe(400);
  });
});

test("a single property is put, and deleted where it may be null", async () => {
  await call("POST", "People", { Id: "pia", Name: "Pia", BossId: "ada" });
  expect((await call("PUT", "People('pia')/Name", { value: "Pi" })).status).toBe(204);
  expect((await call("DELETE", "People('pia')/BossId")).status).toBe(204);
  expect((await call("GET", "People('pia')")).body).toMatchObject({ Name: "Pi", BossId: null });
  expect((await call("DELETE", "People('pia')/Name")).status).toBe(400);
  expect((await call("PUT", "People('pia')/Name", {})).status).toBe(400);
});

test("an item is added to the end of a collection, once", async () => {
  const headers = { "idempotency-key": "item" };
  for (const tag of ["soft", "soft"]) {
    expect((await call("POST", "Tasks('t2')/Tags", { value: tag }, headers)).status).toBe(204);
  }
  expect((await call("POST", "Tasks('t2')/Tags", "odd")).status).toBe(204);
  expect((await call("GET", "Tasks('t2')/Tags")).body.value).toEqual(["soft", "odd"]);
  expect((await call("POST", "Tasks('t2')/Tags", { value: 7 })).status).toBe(400);
  expect((await call("POST", "Tasks('t2')/Title", { value: "x" })).status).toBe(405);
  expect((await call("POST", "Tasks('t3')/Tags", { value: "x" })).status).toBe(404);
});

test("$entity answers the entity that $id names", async () => {
  expect((await call("GET", "$entity?$id=People('bob')")).body).toMatchObject({ Id: "bob" });
  expect((await call("GET", "$entity?$id=http://localhost:80/tdata/Tasks('t1')&$select=Id")).body.Id).toBe("t1");
  expect((await call("GET", "$entity")).status).toBe(400);
  expect((await call("GET", "$entity?$id=$entity")).status).toBe(400);
});

test("a path goes over as many entities as the limit allows", async () => {
  expect((await call("GET", "Tasks('t1')/Owner/Boss/Reports('bob')/Tasks/t2/Owner/Name")).body.value).toBe("Bob");
  expect((await call("GET", `Tasks('t1')/Owner${"/Boss/Reports('bob')".repeat(5)}/Name`)).status).toBe(400);
});

test("a group's idempotency key gives the same answer again and writes once", async () => {
  const payload = { Id: "quy", Name: "Quy", Tasks: [{ ...task, Id: "q1" }] };
  const headers = { "idempotency-key": "once" };
  expect((await call("POST", "People", payload, headers)).status).toBe(201);
  const again = await call("POST", "People", payload, headers);
  expect(again).toMatchObject({ status: 201, body: { Tasks: [{ Id: "q1" }] } });
  expect(again.headers["idempotency-replayed"]).toBe("true");
  expect((await call("POST", "People", { ...payload, Id: "r" }, headers)).status).toBe(422);
});
