/** What stands in the way and may not be read: an id, an alternate key, a reference. The reply is that of a policy, and operators see why. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emit } from "../../compiler/index.ts";
import { type Served, serveDefinition } from "../definitions/served.ts";
import { loadService, programOf, templates } from "../emission/load.ts";

const key = '<Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.String" Nullable="false"/>';
const text = (name: string): string => `<Property Name="${name}" Type="Edm.String"/>`;

const files = {
  "rooms.csdl.xml": `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.01"><edmx:DataServices>
<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Rooms">
<EntityType Name="Room">${key}${text("Owner")}</EntityType>
<EntityType Name="Badge">${key}${["Status", "Owner", "Number", "RoomId"].map(text).join("")}
<NavigationProperty Name="Room" Type="Rooms.Room"><ReferentialConstraint Property="RoomId" ReferencedProperty="Id"/>
</NavigationProperty></EntityType>
<Action Name="Wear" IsBound="true"><Parameter Name="badge" Type="Rooms.Badge"/></Action>
<EntityContainer Name="Container">
<EntitySet Name="Rooms" EntityType="Rooms.Room"/><EntitySet Name="Badges" EntityType="Rooms.Badge"/>
</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`,
  "badge.ioa.toml": `
[automaton]
name = "Badge"
states = ["New", "Worn"]
initial = "New"
allow_indefinite_states = ["New", "Worn"]

[[action]]
name = "Wear"
kind = "input"
from = "New"
to = "Worn"

[[key]]
name = "ByNumber"
properties = ["Number"]
`,
  "cross-invariants.toml": 'version = 1\ndefault_delete_policy = "restrict"\n',
  "rooms.cedar": `
permit (principal, action, resource is Badge) when { resource has Owner && resource.Owner == principal.id };
permit (principal, action, resource is Room) when { resource has Owner && resource.Owner == principal.id };
permit (principal is Agent, action in [Action::"read", Action::"list"], resource);
`,
};

let served: Served;
const keys: Record<string, string> = {};

beforeAll(async () => {
  served = await serveDefinition(await loadService(emit(programOf(files), templates)));
  for (const id of ["alice", "mallory"]) keys[id] = await served.key({ type: "Customer", id });
  keys.operator = await served.key({ type: "Admin", id: "operator", kind: "operator" });
  for (const [who, set, body] of [
    ["mallory", "Rooms", { Id: "hall" }],
    ["mallory", "Rooms", { Id: "cellar" }],
    ["mallory", "Badges", { Id: "own" }],
    ["alice", "Badges", { Id: "b-1", Number: "7", RoomId: "hall" }],
  ] as const) {
    expect((await call(who, `POST /tdata/${set}`, { Owner: who, ...body })).status).toBe(201);
  }
});

afterAll(() => served.close());

async function call(who: string, request: string, body?: object) {
  const [method = "", url = ""] = request.split(" ");
  const headers = { authorization: `Bearer ${keys[who]}` };
  const reply = await served.app.inject({ method: method as "GET", url, headers, ...(body && { payload: body }) });
  const text = reply.body.replace(/PD-[0-9a-f-]+/g, "PD");
  return { status: reply.statusCode, text, json: reply.body.startsWith("{") ? reply.json() : {} };
}

/** What is said of an action on a type that no policy permits. */
const denial = (action: string, type = "Badge") => ({
  error: {
    code: "AuthorizationDenied",
    message: `${action} on ${type} is not allowed: no policy permits it`,
    innererror: { action, policies: [], decisionId: expect.stringMatching(/^PD-/) },
  },
});

type Way = readonly [name: string, request: string, body: object | undefined, said: object, open: string];

const ways: readonly Way[] = [
  ["the id of a new entity", "POST /tdata/Badges", { Id: "b-1", Owner: "mallory" }, denial("create"), "EntityExists"],
  ["the id in a PUT", "PUT /tdata/Badges('b-1')", { Owner: "mallory" }, denial("create"), "AuthorizationDenied"],
  ["an alternate key", "PATCH /tdata/Badges('own')", { Number: "7" }, denial("update"), "AlternateKeyTaken"],
  ["a reference", "DELETE /tdata/Rooms('hall')", undefined, denial("delete", "Room"), "EntityReferenced"],
];

describe.each(ways)("%s", (_name, request, body, said) => {
  test("is denied as by a policy", async () => {
    const { status, json } = await call("mallory", request, body);
    expect([status, json]).toEqual([403, said]);
  });

  test("is denied as by a policy in a group of writes too", async () => {
    const [method = "", path = ""] = request.split(" /tdata/");
    const part = { id: "1", atomicityGroup: "g", method, url: path, ...(body && { body }) };
    const { json } = await call("mallory", "POST /tdata/$batch", { requests: [part] });
    expect(json.responses).toMatchObject([{ status: 403, body: said }]);
  });

  test("is not said in the caller's own list, and is in an operator's", async () => {
    await call("mallory", request, body);
    const decisions = "GET /api/tenants/default/decisions";
    const own = await call("mallory", decisions);
    expect(own.json.value).toContainEqual(
      expect.objectContaining({ because: "no policy permits it", state: "pending" }),
    );
    expect(own.text).not.toMatch(/already|another|other entities|alice/);
    const { json } = await call("operator", decisions);
    expect(JSON.stringify(json)).toContain("which the caller may not read: to permit it would change nothing");
  });
});

test("beforehand it is said as it would be afterwards", async () => {
  const asked = (who: string) =>
    call(who, "POST /api/authorize", { action: "Badge::create", id: "b-1", values: { Owner: who } });
  expect((await asked("mallory")).json).toEqual({ allowed: false, because: "no policy permits it", policies: [] });
  expect((await asked("alice")).json).toMatchObject({ error: { code: "EntityExists" } });
});

test("whoever may read what stands in the way is told what it is", async () => {
  const owner = keys.mallory ?? "";
  keys.mallory = await served.key({ type: "Agent", id: "mallory" });
  try {
    for (const [, request, body, , code] of ways) {
      expect((await call("mallory", request, body)).json.error).toMatchObject({ code });
    }
  } finally {
    keys.mallory = owner;
  }
});

test("what nobody stands in the way of is done", async () => {
  expect((await call("mallory", "PATCH /tdata/Badges('own')", { Number: "8" })).status).toBe(200);
  expect((await call("mallory", "DELETE /tdata/Rooms('cellar')")).status).toBe(204);
});

describe("whoever may act on an entity and not read it", () => {
  beforeAll(async () => {
    const text = 'permit (principal == Customer::"mallory", action == Action::"Badge::Wear", resource);';
    const request = "PUT /api/tenants/default/policies/wear";
    expect((await call("operator", request, { text })).status).toBe(201);
  });

  test("is shown nothing of it by having done so", async () => {
    expect(await call("mallory", "POST /tdata/Badges('b-1')/Wear")).toEqual({ status: 204, text: "", json: {} });
    const part = { id: "1", atomicityGroup: "g", method: "POST", url: "Badges('b-1')/Wear" };
    const { text } = await call("mallory", "POST /tdata/$batch", { requests: [part] });
    expect(text).not.toMatch(/alice|hall|"7"/);
  });

  test("is not told how it is by what is not possible", async () => {
    const { json } = await call("mallory", "POST /tdata/Badges('b-1')/Wear");
    const error = { code: "ActionNotAllowed", message: "Wear is not possible now", innererror: { action: "Wear" } };
    expect(json).toEqual({ error });
    const own = await call("alice", "POST /tdata/Badges('b-1')/Wear");
    expect(own.json.error).toMatchObject({ innererror: { status: "Worn" } });
  });
});
