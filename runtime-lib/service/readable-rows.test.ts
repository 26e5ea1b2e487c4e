/** Sets whose policies are no query: rows are judged one by one below a bound, above it the set is refused, never widened. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel, parcelService } from "../../test/definitions/parcel.ts";
import { type Served, serveDefinition } from "../../test/definitions/served.ts";
import { openLibsqlStore } from "../adapters/libsql/store.ts";
import type { ServiceDefinition } from "../kernel/index.ts";
import type { Query, Store } from "../ports/index.ts";

/** Cedar can add, a filter of ours cannot: light parcels are everybody's, and their owner's in any case; small depots are everybody's. */
const policies = [
  { id: "owner", text: "permit(principal, action, resource is Parcel) when { resource.Owner == principal.id };" },
  {
    id: "light",
    text: `permit(principal, action in [Action::"Parcel::read", Action::"Parcel::list"], resource is Parcel)
      when { resource.Items + 1 < 2 };`,
  },
  {
    id: "small",
    text: `permit(principal, action in [Action::"Depot::read", Action::"Depot::list"], resource is Depot)
      when { resource.Shelves + 1 < 5 };`,
  },
  { id: "builders", text: 'permit(principal == Customer::"alice", action, resource is Depot);' },
];

const bound = 4;

function definition(): ServiceDefinition {
  const properties = depot.properties.map((each) =>
    each.name === "Id" ? { ...each, type: "Edm.String" as const } : each,
  );
  const service = parcelService([parcel, { ...depot, properties }]);
  return { ...service, authorization: { ...service.authorization, policies } };
}

let served: Served;
let keys: Readonly<Record<"alice" | "bob" | "operator", string>>;

/** What happens as soon as the next query of the type has been answered, before anybody sees the answer. */
let meanwhile: { readonly of: string; readonly happens: () => Promise<unknown> } | undefined;

beforeEach(async () => {
  const store = interrupted(await openLibsqlStore({ path: ":memory:" }));
  served = await serveDefinition(definition(), { store, serviceLimits: { judgedRowsMax: bound } });
  keys = {
    alice: await served.key({ type: "Customer", id: "alice" }),
    bob: await served.key({ type: "Customer", id: "bob" }),
    operator: await served.key({ type: "Admin", id: "root", kind: "operator" }),
  };
  for (const [Id, Note] of [
    ["light", "feather"],
    ["heavy", "anvil"],
    ["other", "feather"],
  ]) {
    await sent("alice", "POST", "/tdata/Parcels", { Id, Owner: "alice", Note });
  }
  await sent("alice", "POST", "/tdata/Parcels('heavy')/AddItem", {});
});

afterEach(() => served.close());

function interrupted(store: Store): Store {
  const query = async (asked: Query) => {
    const page = await store.query(asked);
    if (meanwhile?.of !== asked.entityType.name) return page;
    const { happens } = meanwhile;
    meanwhile = undefined;
    await happens();
    return page;
  };
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = name === "query" ? query : Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

async function sent(
  who: keyof typeof keys,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  url: string,
  payload?: object,
) {
  const headers = { authorization: `Bearer ${keys[who]}` };
  const reply = await served.app.inject({ method, url, headers, ...(payload && { payload }) });
  return { status: reply.statusCode, text: reply.body, json: reply.body.startsWith("{") ? reply.json() : undefined };
}

async function ids(who: keyof typeof keys, query = ""): Promise<readonly string[]> {
  const { json } = await sent(who, "GET", `/tdata/Parcels${query}`);
  return json.value.map(({ Id }: { Id: string }) => Id);
}

describe("a set whose policies are no query", () => {
  test("shows those that its reader may read, filtered, ordered, paged, counted and searched", async () => {
    expect(await ids("alice")).toEqual(["heavy", "light", "other"]);
    expect(await ids("bob")).toEqual(["light", "other"]);
    expect(await ids("bob", "?$orderby=Id desc&$top=1")).toEqual(["other"]);
    expect(await ids("bob", "?$filter=Note eq 'anvil'")).toEqual([]);
    expect(await ids("bob", "?$search=anvil")).toEqual([]);
    expect((await sent("bob", "GET", "/tdata/Parcels/$count")).text).toBe("2");
    expect((await sent("bob", "GET", "/tdata/Parcels?$count=true&$top=0")).json["@odata.count"]).toBe(2);
    const sum = await sent("bob", "GET", "/tdata/Parcels?$apply=aggregate(Items with sum as Sum,$count as Count)");
    expect(sum.json.value).toMatchObject([{ Sum: 0, Count: 2 }]);
    expect((await sent("bob", "GET", "/tdata/Parcels('heavy')")).status).toBe(404);
  });

  test("is refused above the bound, by its name and whatever the filter, and the refusal is a pending decision", async () => {
    for (let more = 0; more < bound; more += 1) {
      await sent("alice", "POST", "/tdata/Parcels", { Id: `more-${more}`, Owner: "alice" });
    }
    for (const query of ["", "?$filter=Id eq 'light'", "?$top=0", "/$count"]) {
      const { status, json } = await sent("bob", "GET", `/tdata/Parcels${query}`);
      expect([status, json.error.code]).toEqual([403, "AuthorizationDenied"]);
      expect(json.error.message).toContain(`more than ${bound} entities`);
      expect(json.error.message).toContain("judgedRowsMax");
      expect(json.error.innererror).toMatchObject({ policies: ["light"], decisionId: expect.stringMatching(/^PD-/) });
    }
    expect((await sent("bob", "GET", "/tdata/Parcels('light')")).status).toBe(200);
    const pending = await sent("operator", "GET", "/api/tenants/default/decisions");
    expect(pending.json.value).toMatchObject([{ action: "list", entityType: "Parcel", entityId: null, count: 4 }]);
  });

  test("shows a row as it was judged, where it is changed before the page is put together", async () => {
    const changing = async (query: string) => {
      await sent("alice", "POST", "/tdata/Parcels", { Id: "third", Owner: "alice", Note: "feather" });
      const happens = async () => {
        await sent("alice", "PATCH", "/tdata/Parcels('third')", { Note: "lead" });
        await sent("alice", "POST", "/tdata/Parcels('third')/AddItem", {});
      };
      meanwhile = { of: "Parcel", happens };
      const answer = await sent("bob", "GET", `/tdata/Parcels${query}`);
      expect(meanwhile).toBeUndefined();
      expect(await ids("bob")).toEqual(["light", "other"]);
      await sent("alice", "DELETE", "/tdata/Parcels('third')");
      return answer;
    };
    const { json } = await changing("?$count=true&$select=Id,Note,Items");
    expect(json["@odata.count"]).toBe(3);
    expect(json.value).toMatchObject([{ Id: "light" }, { Id: "other" }, { Id: "third", Note: "feather", Items: 0 }]);
    expect((await changing("?$filter=Items gt 0")).json.value).toEqual([]);
    expect((await changing("?$filter=Note eq 'lead'")).json.value).toEqual([]);
    expect((await changing("/$count?$filter=Items gt 0")).text).toBe("0");
    const sum = await changing("?$apply=aggregate(Items with sum as Sum,Note with max as Last,$count as Count)");
    expect(sum.json.value).toMatchObject([{ Sum: 0, Last: "feather", Count: 3 }]);
  });

  test("asks of what another set leads to as it was judged, and shows it so", async () => {
    await sent("alice", "POST", "/tdata/Depots", { Id: "alice", Shelves: 3 });
    const growing = async (query: string) => {
      const happens = () => sent("alice", "PATCH", "/tdata/Depots('alice')", { Shelves: 9 });
      meanwhile = { of: "Depot", happens };
      const { json } = await sent("bob", "GET", `/tdata/Parcels?${query}`);
      expect(meanwhile).toBeUndefined();
      expect(await ids("bob", "?$filter=Depot/Shelves gt 0")).toEqual([]);
      await sent("alice", "PATCH", "/tdata/Depots('alice')", { Shelves: 3 });
      return json.value;
    };
    expect(await growing("$filter=Depot/Shelves gt 3")).toEqual([]);
    expect(await growing("$filter=Depot/Shelves eq 3")).toMatchObject([{ Id: "light" }, { Id: "other" }]);
    const shelves = { Depot: { Shelves: 3 } };
    expect(await growing("$expand=Depot")).toMatchObject([shelves, shelves]);
  });
});
