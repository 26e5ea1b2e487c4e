/** `$each`: a write for each member of a collection, all or none, and for no member that the caller may not read. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../../test/definitions/stores.ts";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

type Method = "POST" | "PATCH" | "DELETE";

describe.each(kinds)("on $name", ({ open }) => {
  let team: ServedTeam;

  beforeAll(async () => {
    team = await serveTeam({ store: await open(), limits: { eachMax: 4 } });
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

  const hours = async () => {
    const { body } = await team.get("root", "Tasks?$select=Hours");
    return body.value.map(({ Hours }) => Hours).join(" ");
  };

  test("a PATCH changes the members that the filter leaves, and answers them", async () => {
    const done = await call("PATCH", "Tasks/$filter(Hours gt 1)/$each?$select=Id,Hours", { Hours: 8 });
    expect(done.status).toBe(200);
    expect(done.body.value.map(({ Id, Hours }: { Id: string; Hours: number }) => [Id, Hours])).toEqual([
      ["t1", 8],
      ["t2", 8],
      ["t5", 8],
    ]);
    expect(await hours()).toBe("8 8 9 -3 8");
    const quiet = await call("PATCH", "People('bob')/Tasks/$each", { Hours: 2 }, { prefer: "return=minimal" });
    expect([quiet.status, await hours()]).toEqual([204, "2 2 9 -3 8"]);
    expect((await call("PATCH", "Tasks/$filter(false)/$each", { Hours: 1 })).body.value).toEqual([]);
  });

  test("where one is refused, none is changed, and the answer says which", async () => {
    const refused = await call("PATCH", "People('bob')/Tasks/$each", { Id: "t1", Hours: 1 });
    expect(refused).toMatchObject({ status: 400, body: { error: { target: "Id" } } });
    await call("POST", "Doors", { Id: "e" });
    expect((await call("POST", "Doors('e')/Open")).status).toBe(200);
    expect((await call("POST", "Doors/$each/Team.Shut")).body.value).toMatchObject([
      { Id: "d", Status: "Shut" },
      { Id: "e", Status: "Shut" },
    ]);
    expect((await call("POST", "Doors/$each/Open", { x: 1 })).status).toBe(400);
    expect(await hours()).toBe("2 2 9 -3 8");
  });

  test("more members than the limit, and conditions that are of one entity, are refused", async () => {
    await call("POST", "People", { Id: "eve", Name: "Eve" });
    const many = await call("PATCH", "People/$each", { Name: "x" });
    expect(many).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining("(eachMax)") } } });
    expect((await call("PATCH", "Doors/$each", {}, { "if-match": "*" })).status).toBe(400);
    expect((await call("PATCH", "Doors/$each?$top=1", {})).status).toBe(400);
    expect((await call("POST", "Doors/$each", {})).status).toBe(405);
  });

  test("an idempotency key tells what was done, and does it to nobody else", async () => {
    const headers = { "idempotency-key": "each" };
    const url = "People/$filter(Name eq 'Dee')/$each";
    const first = await call("PATCH", url, { Name: "D" }, headers);
    expect(first.body.value).toMatchObject([{ Id: "dee", Name: "D" }]);
    await call("PATCH", "People('cy')", { Name: "Dee" });
    const again = await call("PATCH", url, { Name: "D" }, headers);
    expect(again).toMatchObject({ status: 200, body: first.body, headers: { "idempotency-replayed": "true" } });
  });

  test("in a change set it stands before other writes of its set only", async () => {
    const group = { atomicityGroup: "g" };
    const each = { method: "delete", url: "Tasks/$filter(Id eq 't5')/$each" };
    const patch = { method: "patch", url: "Tasks('t1')", body: { Hours: 3 } };
    const ask = async (...requests: readonly object[]) => {
      const listed = requests.map((request, index) => ({ id: String(index), ...group, ...request }));
      const { body } = await call("POST", "$batch", { requests: listed });
      return body.responses.map(({ status }: { status: number }) => status);
    };
    expect(await ask(patch, each)).toEqual([424, 501]);
    expect(await ask(each, patch)).toEqual([204, 200]);
    expect(await hours()).toBe("3 2 9 -3");
  });

  test("paths go on behind a filter of what a navigation property leads to", async () => {
    expect((await team.get("alice", "People('bob')/Tasks/$filter(Hours eq 3)/$count")).body).toMatchObject({
      text: "1",
    });
    const { body } = await team.get("alice", "People('bob')/Tasks/$filter(Hours lt 9)/$filter(Done)?$select=Id");
    expect(body.value).toMatchObject([{ Id: "t2" }]);
    expect((await team.get("alice", "Tasks/$each")).status).toBe(405);
    expect((await team.get("alice", "Tasks/$each/Owner")).status).toBe(501);
  });
});
