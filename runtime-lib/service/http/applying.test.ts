/** `$apply` and `$search` over HTTP: groups, aggregates and words, of what the caller may read. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../../test/definitions/stores.ts";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

describe.each(kinds)("on $name", ({ open }) => {
  let team: ServedTeam;

  beforeAll(async () => {
    team = await serveTeam({ store: await open() });
  });

  afterAll(() => team.close());

  async function value(url: string, who: "alice" | "root" = "alice"): Promise<unknown> {
    const { status, body } = await team.get(who, `${url}&$format=application/json;metadata=none`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.value;
  }

  test("entities are aggregated as a whole, without those that the caller may not read", async () => {
    const all =
      "aggregate($count as N,Hours with sum as H,Hours with average as Mean,Hours with min as Least," +
      "Title with max as Last,OwnerId with countdistinct as Owners)";
    expect(await value(`Tasks?$apply=${all}`)).toEqual([
      { N: 4, H: 11, Mean: 2.75, Least: -3, Last: "sweep", Owners: 3 },
    ]);
    expect(await value(`Tasks?$apply=${all}`, "root")).toMatchObject([{ N: 5, H: 20, Owners: 3 }]);
  });

  test("decimals are summed exactly, and nulls are left out", async () => {
    const sums = "aggregate(Cost with sum as S,Cost with max as M,Cost with average as A,Cost mul 2 with sum as D)";
    expect(await value(`Tasks?$apply=filter(Hours lt 6)/${sums}`)).toEqual([{ S: 10.6, M: 10.5, A: 5.3, D: 21.2 }]);
    expect(await value(`Tasks?$apply=filter(Hours gt 99)/${sums}`)).toEqual([{ S: null, M: null, A: null, D: null }]);
  });

  test("groups have their properties, also of related entities, and are selected, sorted and counted", async () => {
    expect(await value("Tasks?$apply=groupby((Done))")).toEqual([{ Done: false }, { Done: true }]);
    const byOwner = "groupby((Owner/Name,Owner/Boss/Name),aggregate($count as N,Hours with sum as H))";
    const nobody = { Name: null, Boss: { Name: null } };
    const [bob, cy] = [
      { Name: "Bob", Boss: { Name: "Ada" } },
      { Name: "Cy", Boss: { Name: "Bob" } },
    ];
    expect(await value(`Tasks?$apply=${byOwner}`)).toEqual([
      { Owner: nobody, N: 1, H: 7 },
      { Owner: bob, N: 2, H: 7 },
      { Owner: cy, N: 1, H: -3 },
    ]);
    expect(await value(`Tasks?$apply=${byOwner}&$orderby=H desc,Owner/Name desc&$top=1`)).toEqual([
      { Owner: bob, N: 2, H: 7 },
    ]);
    expect(await value(`Tasks?$apply=${byOwner}/filter(N gt 1)&$select=N`)).toEqual([{ N: 2 }]);
    const { body } = await team.get("alice", `Tasks?$apply=${byOwner}&$filter=Owner/Name ne null&$count=true`);
    expect(body).toMatchObject({
      "@odata.context": expect.stringMatching(/#Tasks\(Owner\(Name,Boss\(Name\)\),N,H\)$/),
      "@odata.count": 2,
    });
  });

  test("groups come in pages that follow each other", async () => {
    let url = "Tasks?$apply=groupby((OwnerId),aggregate($count as N))&$orderby=N desc&$count=true";
    const seen: unknown[] = [];
    for (let page = 0; page < 9 && url !== ""; page += 1) {
      const headers = { authorization: `Bearer ${team.keys.root}`, prefer: "odata.maxpagesize=1" };
      const body = (await team.app.inject({ url: `/tdata/${url}`, headers })).json();
      seen.push([body["@odata.count"], ...body.value]);
      url = String(body["@odata.nextLink"] ?? "").replace(/^.*\/tdata\//, "");
    }
    expect(seen).toEqual([
      [3, { OwnerId: "bob", N: 3 }],
      [3, { OwnerId: "gone", N: 1 }],
      [3, { OwnerId: "cy", N: 1 }],
    ]);
  });

  test("$apply that only filters leaves entities as they are", async () => {
    expect(await value("Tasks?$apply=filter(Done)/identity&$select=Id")).toEqual([{ Id: "t2" }]);
  });

  test.each([
    ["door", "t1"],
    ["PAINT", "t1"],
    ["door sweep", ""],
    ["door OR sweep", "t1 t2"],
    ["NOT door", "t2 t4 t5"],
    ['"the door"', "t1"],
    ["(door OR drift) AND NOT paint", "t5"],
    ["plot", ""],
  ])("the words %s are in the tasks %s", async (words, found) => {
    const { body } = await team.get("alice", `Tasks?$search=${encodeURIComponent(words)}`);
    expect(body.value.map(({ Id }) => Id).join(" ")).toBe(found);
  });

  test("computed properties are shown, selected, filtered and sorted by, and used by further ones", async () => {
    const computed = "$compute=Hours mul 2 as Twice,Twice add 1 as More,Owner/Name as Who,Cost as Price";
    expect(await value(`Tasks?${computed}&$select=Id,More,Who,Price&$filter=Twice gt 4&$orderby=More desc`)).toEqual([
      { Id: "t5", More: 15, Who: null, Price: 2.25 },
      { Id: "t1", More: 11, Who: "Bob", Price: 10.5 },
    ]);
    expect(await value(`Tasks?${computed}&$filter=Id eq 't2'`)).toMatchObject([{ Id: "t2", Twice: 4, Price: 0.1 }]);
    const { body } = await team.get("alice", `Tasks?${computed}&$select=Id,Twice&$top=1`);
    expect(body["@odata.context"]).toMatch(/#Tasks\(Id,Twice\)$/);
  });

  test("words narrow a filter, a count and what $apply begins with", async () => {
    expect(await value("Tasks?$search=door OR sweep&$filter=Hours gt 2&$select=Id")).toEqual([{ Id: "t1" }]);
    expect((await team.get("alice", "Tasks/$count?$search=door OR sweep")).body).toMatchObject({ text: "2" });
    expect(await value("Tasks?$apply=search(door)/aggregate($count as N)")).toEqual([{ N: 1 }]);
  });
});
