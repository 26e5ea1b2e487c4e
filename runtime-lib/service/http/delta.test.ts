/** Delta links: what becomes of a set after it was read, told to those who may know it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kinds } from "../../../test/definitions/stores.ts";
import { type ServedTeam, serveTeam } from "../../../test/definitions/team.ts";

describe.each(kinds)("on $name", ({ open }) => {
  let team: ServedTeam;

  beforeAll(async () => {
    team = await serveTeam({ store: await open(), limits: { deltaEventsMax: 2 } });
  });

  afterAll(() => team.close());

  interface Page {
    readonly status: number;
    readonly applied: unknown;
    readonly value: readonly Readonly<Record<string, unknown>>[];
    readonly context: unknown;
    readonly next: string | undefined;
    readonly delta: string | undefined;
  }

  async function get(url: string, headers: Readonly<Record<string, string>> = {}, who: "alice" | "root" = "alice") {
    const path = `/tdata/${url.replace(/^.*\/tdata\//, "")}`;
    const reply = await team.app.inject({
      url: path,
      headers: { authorization: `Bearer ${team.keys[who]}`, ...headers },
    });
    const body = reply.json();
    const links = { next: body["@odata.nextLink"], delta: body["@odata.deltaLink"], context: body["@odata.context"] };
    return {
      status: reply.statusCode,
      applied: reply.headers["preference-applied"],
      value: body.value,
      ...links,
    } as Page;
  }

  /** The link at the end of a set that is read page by page. */
  async function follow(url: string, who: "alice" | "root" = "alice"): Promise<string> {
    let page = await get(url, { prefer: "track-changes,maxpagesize=2" }, who);
    expect(page.applied).toBe("odata.maxpagesize=2,track-changes");
    while (page.next !== undefined) page = await get(page.next, {}, who);
    return page.delta ?? "no delta link";
  }

  /** All that a delta link tells, over its pages, and the link behind. */
  async function since(link: string, who: "alice" | "root" = "alice", headers = {}) {
    const items: unknown[] = [];
    let page = await get(link, headers, who);
    for (; page.next !== undefined; page = await get(page.next, headers, who)) items.push(...page.value);
    return { items: [...items, ...page.value], delta: page.delta ?? "no delta link", context: page.context };
  }

  async function write(method: "POST" | "PATCH" | "DELETE", url: string, payload?: object): Promise<void> {
    const headers = { authorization: `Bearer ${team.keys.root}` };
    const reply = await team.app.inject({ method, url: `/tdata/${url}`, headers, ...(payload && { payload }) });
    expect(reply.statusCode, reply.body).toBeLessThan(300);
  }

  const task = (Id: string, more = {}) => ({ Id, OwnerId: "cy", Hours: 1, Tags: [], Size: "Small", ...more });

  test("tell what was made, changed and deleted, and what left by its values, each once", async () => {
    await write("POST", "Tasks", task("d1", { Hours: 20 }));
    await write("POST", "Tasks", task("d2", { Hours: 20 }));
    await write("POST", "Tasks", task("d3", { Hours: 20 }));
    const link = await follow("Tasks?$filter=Hours ge 20&$select=Id,Hours&$count=true");
    expect(await since(link)).toMatchObject({ items: [] });
    await write("PATCH", "Tasks('d1')", { Hours: 21 });
    await write("PATCH", "Tasks('d1')", { Hours: 22 });
    await write("PATCH", "Tasks('d2')", { Hours: 2 });
    await write("DELETE", "Tasks('d3')");
    await write("POST", "Tasks", task("d4", { Hours: 30 }));
    await write("POST", "Tasks", task("d5", { Hours: 3 }));
    await write("POST", "Tasks", task("d6", { Hours: 40 }));
    await write("DELETE", "Tasks('d6')");
    const told = await since(link);
    const last = new Map(told.items.map((item) => [Reflect.get(Object(item), "Id"), item]));
    expect([...last.keys()].sort()).toEqual(["d1", "d2", "d3", "d4"]);
    expect(last.get("d1")).toMatchObject({ Hours: 22 });
    expect(last.get("d1")).not.toHaveProperty("OwnerId");
    expect(last.get("d2")).toMatchObject({ "@removed": { reason: "changed" } });
    expect(last.get("d3")).toMatchObject({
      "@removed": { reason: "deleted" },
      "@odata.id": expect.stringMatching(/Tasks\('d3'\)$/),
    });
    expect(told.context).toMatch(/#Tasks\(Id,Hours\)\/\$delta$/);
    expect((await since(told.delta)).items).toEqual([]);
  });

  test("name nothing that was never the caller's to read, and take back what is no longer", async () => {
    await write("POST", "Tasks", task("s1"));
    await write("POST", "Tasks", task("s2", { Secret: true }));
    const [link, all] = [await follow("Tasks"), await follow("Tasks", "root")];
    await write("PATCH", "Tasks('s1')", { Secret: true });
    await write("PATCH", "Tasks('s2')", { Hours: 2 });
    await write("POST", "Tasks", task("s3", { Secret: true }));
    await write("DELETE", "Tasks('s2')");
    const told = await since(link);
    expect(told.items).toEqual([{ "@removed": { reason: "deleted" }, "@odata.id": expect.any(String), Id: "s1" }]);
    const toRoot = (await since(all, "root")).items.map((item) => Reflect.get(Object(item), "Id"));
    expect([...new Set(toRoot)].sort()).toEqual(["s1", "s2", "s3"]);
  });

  test("speak 4.0 with those who speak no more", async () => {
    await write("POST", "People", { Id: "old", Name: "Old" });
    const link = await follow("People");
    await write("DELETE", "People('old')");
    const told = await since(link, "alice", { "odata-maxversion": "4.0" });
    expect(told.items).toEqual([
      {
        "@odata.context": expect.stringMatching(/#People\/\$deletedEntity$/),
        id: expect.stringMatching(/People\('old'\)$/),
        reason: "deleted",
      },
    ]);
  });

  test.each([
    "Tasks?$top=3",
    "Tasks?$expand=Owner",
    "Tasks?$filter=Owner/Name eq 'Bob'",
    "Tasks?$filter=Due lt now()",
    "Tasks?$apply=groupby((Size))",
    "People('bob')/Tasks",
  ])("are not given where the events of the entities do not tell everything: %s", async (url) => {
    const page = await get(url, { prefer: "track-changes" });
    expect(page).toMatchObject({ status: 200, applied: undefined, delta: undefined });
  });

  test.each([
    ["Tasks?$deltatoken=1", 400],
    [`Tasks?$deltatoken=${Buffer.from('["x","revision-1"]').toString("base64url")}`, 400],
    [`Tasks?$deltatoken=${Buffer.from('["0","revision-0"]').toString("base64url")}`, 410],
    [`Tasks?$top=1&$deltatoken=${Buffer.from('["0","revision-1"]').toString("base64url")}`, 400],
    ["People('bob')/Tasks?$deltatoken=1", 501],
    ["Tasks/$count?$deltatoken=1", 400],
  ])("that are not ours are refused: %s", async (url, status) => {
    expect((await get(url)).status).toBe(status);
  });
});
