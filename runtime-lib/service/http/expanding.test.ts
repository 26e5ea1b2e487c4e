/** `$expand` over HTTP: related entities come along, as far as the caller may read them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

let team: ServedTeam;

beforeAll(async () => {
  team = await serveTeam({ limits: { expandedMax: 6, expandDepthMax: 3, expandItemsMax: 4 } });
});

afterAll(() => team.close());

/** Without control information, as a caller asks for it; the caller is a customer. */
async function value(url: string, who: "alice" | "root" = "alice"): Promise<unknown> {
  const { status, body } = await team.get(who, `${url}&$format=application/json;metadata=none`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.value ?? body;
}

test("a single navigation property brings its entity, or null where it leads nowhere", async () => {
  expect(await value("Tasks?$expand=Owner($select=Name)&$select=Id&$filter=Id in ('t1','t5')")).toEqual([
    { Id: "t1", Owner: { Name: "Bob" } },
    { Id: "t5", Owner: null },
  ]);
  expect(await value("People('ada')?$expand=Boss&$select=Id")).toEqual({ Id: "ada", Boss: null });
});

test("a collection brings what leads back by its partner, for each entity its own", async () => {
  expect(await value("People?$select=Id&$expand=Reports($select=Id)")).toEqual([
    { Id: "ada", Reports: [{ Id: "bob" }, { Id: "dee" }] },
    { Id: "bob", Reports: [{ Id: "cy" }] },
    { Id: "cy", Reports: [] },
    { Id: "dee", Reports: [] },
  ]);
});

test("what the caller may not read does not come along, and is not counted", async () => {
  const url = "People('bob')?$select=Id&$expand=Tasks($select=Id;$count=true)";
  expect(await value(url)).toEqual({ Id: "bob", "Tasks@odata.count": 2, Tasks: [{ Id: "t1" }, { Id: "t2" }] });
  expect(await value(url, "root")).toMatchObject({ "Tasks@odata.count": 3 });
});

test("$filter, $orderby, $top, $skip and $count are of each collection by itself", async () => {
  const nested = "$select=Id;$filter=Hours gt 1;$orderby=Hours desc;$skip=1;$top=1;$count=true";
  expect(await value(`People?$select=Id&$filter=Id in ('bob','cy')&$expand=Tasks(${nested})`, "root")).toEqual([
    { Id: "bob", "Tasks@odata.count": 3, Tasks: [{ Id: "t1" }] },
    { Id: "cy", "Tasks@odata.count": 0, Tasks: [] },
  ]);
  expect(await value("People('bob')?$select=Id&$expand=Tasks($top=0;$count=true)")).toEqual({
    Id: "bob",
    "Tasks@odata.count": 2,
    Tasks: [],
  });
});

test("$levels follows a navigation property again and again", async () => {
  const third = { Id: "cy", Reports: [] };
  expect(await value("People('ada')?$select=Id&$expand=Reports($select=Id;$levels=3;$filter=Id ne 'dee')")).toEqual({
    Id: "ada",
    Reports: [{ Id: "bob", Reports: [third] }],
  });
  expect(await value("People('ada')?$select=Id&$expand=Reports($select=Id;$levels=max;$filter=Id ne 'dee')")).toEqual({
    Id: "ada",
    Reports: [{ Id: "bob", Reports: [third] }],
  });
});

test("expands nest, and a cast to the very type changes nothing", async () => {
  const url = "Tasks('t1')?$select=Id&$expand=Owner/Team.Person($select=Id;$expand=Boss($select=Name))";
  expect(await value(url)).toEqual({ Id: "t1", Owner: { Id: "bob", Boss: { Name: "Ada" } } });
});

test("$ref brings references, $count a number, a star all that can be followed", async () => {
  const { body } = await team.get("alice", "People('ada')?$select=Id&$expand=Reports/$ref,Tasks/$count");
  expect(body).toMatchObject({
    Reports: [{ "@odata.id": expect.stringMatching(/People\('bob'\)$/) }, { "@odata.id": expect.any(String) }],
    "Tasks@odata.count": 0,
  });
  expect(body).not.toHaveProperty("Tasks");
  expect(await value("People('bob')?$expand=*&$select=Id")).toMatchObject({
    Boss: { Id: "ada" },
    Reports: [{ Id: "cy" }],
    Tasks: [{ Id: "t1" }, { Id: "t2" }],
  });
});

test("what is computed of the entities that come along is shown, filtered and sorted by", async () => {
  const nested = "$compute=Hours mul 2 as Twice;$filter=Twice gt @least;$orderby=Twice desc;$select=Id,Twice;@least=3";
  expect(await value(`People('bob')?$select=Id&$expand=Tasks(${nested})&@least=30`)).toEqual({
    Id: "bob",
    Tasks: [
      { Id: "t1", Twice: 10 },
      { Id: "t2", Twice: 4 },
    ],
  });
});

test("a single entity has computed properties too, as far as it may be read", async () => {
  expect(await value("Tasks('t1')?$compute=Owner/Boss/Name as Head&$select=Id,Head&$expand=Owner($select=Id)")).toEqual(
    {
      Id: "t1",
      Head: "Ada",
      Owner: { Id: "bob" },
    },
  );
  expect((await team.get("alice", "Tasks('t3')?$compute=Hours as H")).status).toBe(404);
});

test("items of a collection are searched, and aliases may stand beside the other options of an item", async () => {
  expect(await value("Tasks('t1')?$select=Tags($search=OO)")).toEqual({ Tags: ["wood"] });
  expect(await value("Tasks('t1')?$select=Tags($filter=$this eq @t;@t='red')&@t='wood'")).toEqual({ Tags: ["red"] });
});

test("links and operations may be selected, of which minimal metadata shows nothing", async () => {
  expect(await value("People('bob')?$select=Id,Boss,Tasks")).toEqual({ Id: "bob" });
  expect(await value("Doors('d')?$select=Id,Team.Open")).toEqual({ Id: "d" });
});

test("the context tells what is expanded, and every entity has its tag", async () => {
  const { body } = await team.get("alice", "People('bob')?$select=Id&$expand=Tasks($select=Id;$top=1)");
  expect(body["@odata.context"]).toMatch(/#People\(Id,Tasks\(Id\)\)\/\$entity$/);
  expect(body.Tasks).toEqual([{ "@odata.etag": 'W/"1"', Id: "t1" }]);
});

test.each([
  ["People?$expand=Friends", 501, "NotImplemented", "Friends, for which the contract has no referential constraint"],
  ["People?$expand=Tasks,Reports($expand=Tasks)", 400, "InvalidParameter", "more than 6 entities (expandedMax)"],
  ["People?$expand=Boss($expand=Boss($expand=Boss($expand=Boss)))", 400, "InvalidParameter", "(expandDepthMax)"],
  ["People?$expand=Boss,Reports,Tasks($expand=Owner($expand=Boss))", 400, "InvalidParameter", "(expandItemsMax)"],
  ["People?$expand=Tasks($filter=Nope eq 1)", 400, "InvalidParameter", "$expand, character 15"],
  ["People?$expand=Boss($top=1)", 400, "InvalidParameter", "$top is for collections"],
  ["People?$expand=Tasks($top=1;$top=2)", 400, "InvalidParameter", "$top stands twice"],
])("%s: %i %s %s", async (url, status, code, message) => {
  const reply = await team.get("root", url);
  expect([reply.status, reply.body]).toMatchObject([
    status,
    { error: { code, message: expect.stringContaining(message) } },
  ]);
});
