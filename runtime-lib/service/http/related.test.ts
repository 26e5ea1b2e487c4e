/** Paths behind an entity over HTTP: related entities, their count, properties and raw values. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

let team: ServedTeam;

beforeAll(async () => {
  team = await serveTeam();
});

afterAll(() => team.close());

const plain = "$format=application/json;metadata=none";

test("a collection of related entities takes what a set takes", async () => {
  const { body } = await team.get("alice", `People('bob')/Tasks?$select=Id&$orderby=Hours&$count=true&${plain}`);
  expect(body).toEqual({ "@odata.count": 2, value: [{ Id: "t2" }, { Id: "t1" }] });
  expect((await team.get("root", "People('bob')/Tasks/$count")).body).toMatchObject({ text: "3" });
  expect((await team.get("root", "People('bob')/Tasks/$count?$filter=Done")).body).toMatchObject({ text: "1" });
  const sums = await team.get("root", `People('bob')/Tasks?$apply=aggregate(Hours with sum as H)&${plain}`);
  expect(sums.body.value).toEqual([{ H: 16 }]);
});

test("pages of related entities follow each other along the same path", async () => {
  const headers = { authorization: `Bearer ${team.keys.root}`, prefer: "odata.maxpagesize=2" };
  const first = (await team.app.inject({ url: "/tdata/People('bob')/Tasks?$select=Id", headers })).json();
  const next = String(first["@odata.nextLink"]);
  expect(next).toContain("/tdata/People('bob')/Tasks?");
  const second = (await team.app.inject({ url: next.replace(/^.*\/tdata/, "/tdata"), headers })).json();
  expect([...first.value, ...second.value].map(({ Id }: { Id: string }) => Id)).toEqual(["t1", "t2", "t3"]);
});

test("a single related entity is read, and is 204 where there is none", async () => {
  expect((await team.get("alice", `Tasks('t1')/Owner?$select=Name&$expand=Boss($select=Id)&${plain}`)).body).toEqual({
    Name: "Bob",
    Boss: { Id: "ada" },
  });
  expect((await team.get("alice", "People('ada')/Boss")).status).toBe(204);
  expect((await team.get("alice", "Tasks('t5')/Owner")).status).toBe(204);
});

test("a property is read as JSON or raw, and is 204 where it is null", async () => {
  const { body } = await team.get("alice", "Tasks('t1')/Cost");
  expect(body).toEqual({ "@odata.context": expect.stringMatching(/\$metadata#Tasks\('t1'\)\/Cost$/), value: 10.5 });
  expect((await team.get("alice", "Tasks('t1')/Tags")).body.value).toEqual(["red", "wood"]);
  expect((await team.get("alice", "Tasks('t1')/Cost/$value")).body).toMatchObject({ text: "10.5" });
  expect((await team.get("alice", "Tasks('t4')/Title")).status).toBe(204);
});

test.each([
  ["Tasks('t3')/Title", 404],
  ["Tasks('t3')/Owner", 404],
  ["Tasks('nope')/Owner", 404],
  ["People('ada')/Friends", 501],
  ["People('ada')/Reports('bob')", 200],
  ["People('ada')/Reports('cy')", 404],
  ["People('ada')/Reports/bob/Tasks/t1", 200],
  ["People('bob')/Tasks('t3')", 404],
  ["People('ada')/Boss/Name", 404],
  ["Tasks('t1')/Owner/Name", 200],
  ["Team.Person", 404],
  ["People/Team.Person('bob')", 404],
  ["People('bob')/Team.Person/Boss/Team.Person/Name", 200],
  ["Tasks('t1')/Tags/$value", 400],
  ["Tasks('t1')/Title/x", 404],
  ["Tasks('t1')/Title?$filter=true", 400],
])("%s is %i for a customer", async (url, status) => {
  expect((await team.get("alice", url)).status).toBe(status);
});
