/** What policies know of a call besides its parameters: its tenant, its session, and whether a credential backs what the caller says it is. */
import { insecureDevPrincipal } from "@temperc/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emit } from "../compiler/index.ts";
import { type Served, serveDefinition } from "./definitions/served.ts";
import { loadService, programOf, templates } from "./emission/load.ts";

const behaviour = `
[automaton]
name = "Task"
states = ["Open", "Done"]
initial = "Open"
allow_indefinite_states = ["Open", "Done"]
${["Finish", "Reopen", "Audit"]
  .map((name) => `[[action]]\nname = "${name}"\nkind = "input"\nparams = [{ name = "Session", required = false }]`)
  .join("\n")}

[[action]]
name = "Hand"
kind = "input"

[[action.triggers]]
name = "note it"
kind = "entity"
target_entity = "Task"
target_action = "Audit"
resolve_target = { type = "same_id" }
`;

const policies = `
permit (principal, action == Action::"Task::create", resource);
permit (principal, action in [Action::"Task::read", Action::"Task::list"], resource)
when { context has session && context.session == "night shift" };
permit (principal, action == Action::"Task::Finish", resource)
when { context.agentTypeVerified };
permit (principal, action == Action::"Task::Reopen", resource)
when { context.tenant == "other" };
permit (principal, action == Action::"Task::Hand", resource);
`;

let served: Served;
let key = "";
let other = "";
let operator = "";

beforeAll(async () => {
  const files = { "task.ioa.toml": behaviour, "task.cedar": policies };
  const claimed = { type: "Agent", id: "dev", tenant: "default", roles: [], isTypeVerified: false } as const;
  served = await serveDefinition(await loadService(emit(programOf(files), templates)), {
    known: (byKey) => insecureDevPrincipal(claimed, byKey),
  });
  key = await served.key({ type: "Agent", id: "a" });
  other = await served.key({ type: "Agent", id: "a", tenant: "other" });
  operator = await served.key({ type: "Admin", id: "o", kind: "operator" });
  for (const bearer of [key, other]) expect((await call("POST /Tasks", bearer, {}, { Id: "t-1" })).status).toBe(201);
});

afterAll(() => served.close());

async function call(request: string, bearer: string, headers: object = {}, payload?: object) {
  const [method = "", path = ""] = request.split(" ");
  const reply = await served.app.inject({
    method: method === "POST" ? "POST" : "GET",
    url: `/tdata${path}`,
    headers: { ...(bearer !== "" && { authorization: `Bearer ${bearer}` }), ...headers },
    ...(payload && { payload }),
  });
  return { status: reply.statusCode, value: reply.body === "" ? undefined : reply.json().value };
}

describe("the session of a call", () => {
  test.each([
    ["that is permitted", { "x-session-id": "night shift" }, 200, 1],
    ["that is another", { "x-session-id": "day shift" }, 404, 0],
    ["that is none", {}, 404, 0],
  ])(
    "%s: one entity and a list say the same, in whatever order they are asked",
    async (_name, headers, status, count) => {
      expect((await call("GET /Tasks('t-1')", key, headers)).status).toBe(status);
      expect((await call("GET /Tasks", key, headers)).value).toHaveLength(count);
      expect((await call("GET /Tasks('t-1')", key, headers)).status).toBe(status);
    },
  );
});

test("whether a credential backs the caller's type: a key does, a claim without one does not", async () => {
  expect((await call("POST /Tasks('t-1')/Finish", key)).status).toBe(204);
  expect((await call("POST /Tasks('t-1')/Finish", "")).status).toBe(403);
});

test("the tenant of a call is the credential's", async () => {
  expect((await call("POST /Tasks('t-1')/Reopen", other)).status).toBe(204);
  expect((await call("POST /Tasks('t-1')/Reopen", key)).status).toBe(403);
});

test("a policy that is added while it runs sees the same", async () => {
  const text = 'permit (principal, action == Action::"Task::Audit", resource) when { context.session like "audit-*" };';
  const put = await served.app.inject({
    method: "PUT",
    url: "/api/tenants/default/policies/audits",
    headers: { authorization: `Bearer ${operator}` },
    payload: { text: text.replace("context.session like", "context has session && context.session like") },
  });
  expect(put.statusCode, put.body).toBe(201);
  expect((await call("POST /Tasks('t-1')/Audit", key, { "x-session-id": "audit-7" })).status).toBe(204);
  expect((await call("POST /Tasks('t-1')/Audit", key, { "x-session-id": "night shift" })).status).toBe(403);
  expect((await call("POST /Tasks('t-1')/Audit", key, {}, { Session: "audit-7" })).status).toBe(403);
});

test("what an action sets off is of its session too", async () => {
  const audited = async (session: string) => {
    expect((await call("POST /Tasks('t-1')/Hand", key, { "x-session-id": session })).status).toBeLessThan(300);
    await served.service.quiet();
    return served.service.deadLetters("default", { top: 10, skip: 0 });
  };
  expect(await audited("audit-8")).toEqual([]);
  expect(await audited("night shift")).toMatchObject([{ note: expect.stringContaining("AuthorizationDenied: Audit") }]);
});
