/** Updates with entities within: all that is to be there, or a delta of it, each time as one commit (OData 4.01 part 1, section 11.4.3.1). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../../test/definitions/stores.ts";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const task = { Hours: 1, Tags: [], Size: "Small" };

describe.each(kinds)("on $name", ({ open }) => {
  let team: ServedTeam;

  beforeAll(async () => {
    team = await serveTeam({ store: await open(), limits: { deepInsertMax: 6 } });
  });

  afterAll(() => team.close());

  async function call(method: Method, url: string, payload?: object, headers: Readonly<Record<string, string>> = {}) {
    const reply = await team.app.inject({
      method,
      url: `/tdata/${url}`,
      headers: { authorization: `Bearer ${team.keys.alice}`, ...headers },
      ...(payload && { payload }),
    });
    return { status: reply.statusCode, body: reply.body === "" ? undefined : reply.json(), headers: reply.headers };
  }

  const names = async (url: string) =>
    (await call("GET", url)).body.value.map(({ Id }: { Id: string }) => Id).join(" ");

  /** A boss with three reports of their own for each test. */
  async function boss(id: string): Promise<string> {
    const Reports = ["1", "2", "3"].map((n) => ({ Id: `${id}${n}`, Name: n }));
    expect((await call("POST", "People", { Id: id, Name: id, Reports })).status).toBe(201);
    return `People('${id}')`;
  }

  test("a collection in a PATCH is all that there is afterwards: changed, made, bound, and the rest let go", async () => {
    const url = await boss("a");
    const Reports = [{ Id: "a1", Name: "One" }, { Id: "a4", Name: "4" }, { "@id": "People('dee')" }];
    const done = await call("PATCH", url, { Name: "A", Reports });
    expect(done).toMatchObject({ status: 200, body: { Name: "A", Reports: [{ Name: "One" }, { Id: "a4" }] } });
    expect(await names(`${url}/Reports`)).toBe("a1 a4 dee");
    expect((await call("GET", "People('a2')")).body).toMatchObject({ Name: "2", BossId: null });
    expect((await call("PATCH", url, { Reports: [] })).status).toBe(200);
    expect(await names(`${url}/Reports`)).toBe("");
  });

  test("a delta of a set makes, changes and deletes what it names, all of it or nothing", async () => {
    const url = await boss("s");
    const delta = (...value: readonly object[]) => ({ "@context": "#$delta", value });
    const gone = { "@removed": { reason: "deleted" }, "@id": "People('s2')" };
    const changes = [{ Id: "s1", Name: "One" }, gone, { Id: "s4", Name: "4", "Boss@odata.bind": url }];
    expect((await call("PATCH", "People", delta(...changes))).status).toBe(204);
    expect(await names(`${url}/Reports`)).toBe("s1 s3 s4");
    expect((await call("GET", "People('s1')")).body).toMatchObject({ Name: "One", BossId: "s" });
    const late = { "@odata.etag": 'W/"1"', Id: "s1", Name: "Too late" };
    const refused = await call("PATCH", "People", delta({ Id: "s5", Name: "5" }, late));
    expect(refused).toMatchObject({
      status: 412,
      body: { error: { message: expect.stringMatching(/^value\[1\]: /) } },
    });
    expect((await call("GET", "People('s5')")).status).toBe(404);
    const released = { ...gone, "@removed": { reason: "changed" }, "@id": "People('s3')" };
    for (const body of [delta(released), delta(gone), { value: [] }, [], delta({ Id: "s1", Names: "x" })])
      expect((await call("PATCH", "People", body)).status, JSON.stringify(body)).toBe(400);
    expect((await call("PATCH", "People", delta(), { "if-match": "*" })).status).toBe(400);
  });

  test("a delta changes what it names, and lets go or deletes what it says is removed", async () => {
    const url = await boss("b");
    const delta = [
      { Id: "b1", Name: "One" },
      { "@removed": { reason: "changed" }, "@id": "People('b2')" },
      { "@odata.removed": { reason: "deleted" }, Id: "b3" },
      { Id: "b4", Name: "4" },
    ];
    expect((await call("PATCH", url, { "Reports@delta": delta })).status).toBe(200);
    expect(await names(`${url}/Reports`)).toBe("b1 b4");
    expect((await call("GET", "People('b2')")).body.BossId).toBe(null);
    expect((await call("GET", "People('b3')")).status).toBe(404);
    const stranger = { "Reports@delta": [{ "@removed": {}, Id: "ada" }] };
    expect((await call("PATCH", url, stranger)).status).toBe(404);
  });

  test("a PUT puts what is within it too, and goes as deep as its body", async () => {
    const url = await boss("c");
    const put = {
      Name: "C",
      Reports: [{ Id: "c1", Name: "One", Reports: [{ Id: "c2", Name: "Two", Tasks: [{ ...task, Id: "ct" }] }] }],
    };
    expect((await call("PATCH", "People('c1')", { Home: { City: "Rome" } })).status).toBe(200);
    expect((await call("PUT", url, put)).status).toBe(200);
    expect((await call("GET", "People('c1')")).body).toMatchObject({ Name: "One", Home: null });
    expect([await names(`${url}/Reports`), await names("People('c1')/Reports")]).toEqual(["c1", "c2"]);
    expect((await call("GET", "Tasks('ct')")).body.OwnerId).toBe("c2");
  });

  test("an entity that a single property leads to is changed, or is another one from then on", async () => {
    const url = await boss("d");
    expect((await call("PATCH", "People('d1')", { Boss: { Name: "D" } })).status).toBe(200);
    expect((await call("GET", url)).body.Name).toBe("D");
    const made = await call("PATCH", "People('d1')", { Boss: { Id: "d9", Name: "Nine" } });
    expect(made).toMatchObject({ status: 200, body: { BossId: "d9", Boss: { Name: "Nine" } } });
    expect((await call("PATCH", "People('d1')", { Boss: null })).body.BossId).toBe(null);
    expect((await call("PATCH", "People('d1')", { Boss: { Name: "x" } })).status).toBe(400);
  });

  test("all of it is done or nothing", async () => {
    const url = await boss("e");
    const stale = { Name: "E", Reports: [{ Id: "e1", Name: "One", "@etag": 'W/"7"' }] };
    expect((await call("PATCH", url, stale)).status).toBe(412);
    const many = { "Reports@delta": ["4", "5", "6", "7", "8", "9"].map((n) => ({ Id: `e${n}`, Name: n })) };
    expect((await call("PATCH", url, many)).body.error.message).toContain("deepInsertMax");
    expect((await call("PATCH", "People('bob')", { Tasks: [] })).body.error).toMatchObject({ target: "Tasks" });
    expect((await call("GET", `${url}?$expand=Reports/$count`)).body).toMatchObject({
      Name: "e",
      "Reports@odata.count": 3,
    });
    expect(await names("People('bob')/Tasks")).toBe("t1 t2");
  });

  test("what the caller may not read stays where it is", async () => {
    const delta = { "Tasks@delta": [{ "@removed": {}, Id: "t3" }] };
    expect((await call("PATCH", "People('bob')", delta)).status).toBe(400);
    const bound = { "Tasks@delta": [{ "@id": "Tasks('t3')" }] };
    expect((await call("PATCH", "People('dee')", bound)).status).toBe(400);
    expect((await team.get("root", "Tasks('t3')")).body.OwnerId).toBe("bob");
  });

  test("an idempotency key gives the same answer, and changes nothing of what came later", async () => {
    const url = await boss("f");
    const headers = { "idempotency-key": "deep" };
    const payload = { Reports: [{ Id: "f1", Name: "One" }, { "@id": "People('f2')" }, { Id: "f5", Name: "5" }] };
    const first = await call("PATCH", url, payload, headers);
    await call("POST", `${url}/Reports`, { Id: "f6", Name: "6" });
    await call("PATCH", "People('f2')", { BossId: null });
    const again = await call("PATCH", url, payload, headers);
    expect(again).toMatchObject({ status: 200, body: first.body, headers: { "idempotency-replayed": "true" } });
    expect(await names(`${url}/Reports`)).toBe("f1 f5 f6");
  });

  test("in a change set, what the requests before it did counts", async () => {
    const url = await boss("g");
    const group = { atomicityGroup: "g", method: "patch" };
    const requests = [
      { id: "1", ...group, url: "People('g1')", body: { BossId: null } },
      { id: "2", atomicityGroup: "g", method: "post", url: `${url}/Reports`, body: { Id: "g4", Name: "4" } },
      { id: "3", ...group, url, body: { Reports: [{ Id: "g2", Name: "Two" }] } },
    ];
    const { body } = await call("POST", "$batch", { requests });
    expect(body.responses.map(({ status }: { status: number }) => status)).toEqual([200, 201, 200]);
    expect(await names(`${url}/Reports`)).toBe("g2");
    expect((await call("GET", "People('g4')")).body.BossId).toBe(null);
  });

  test("$ref to a collection is put and deleted as a whole", async () => {
    const url = await boss("h");
    const value = [{ "@odata.id": "People('h1')" }, { "@odata.id": "People('g2')" }];
    expect((await call("PUT", `${url}/Reports/$ref`, { value })).status).toBe(204);
    expect(await names(`${url}/Reports`)).toBe("g2 h1");
    expect((await call("PUT", `${url}/Reports/$ref`, { value: ["People('h2')"] })).status).toBe(400);
    expect((await call("DELETE", `${url}/Reports/$ref`)).status).toBe(204);
    expect(await names(`${url}/Reports`)).toBe("");
    expect((await call("DELETE", "People('bob')/Tasks/$ref")).status).toBe(400);
  });
});
