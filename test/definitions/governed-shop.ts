/** The shop, governed: its callers, an operator and a clock, for tests of what is refused, decided and added while it runs. */
import { openLibsqlStore, type ServiceDefinition, type Store } from "@temperc/runtime";
import { expect } from "vitest";
import { compilePolicies } from "../../cli/kernel/compile-policies.ts";
import { type Served, serveDefinition } from "./served.ts";
import { SimulatedClock } from "./simulated-clock.ts";

export type Json = Readonly<Record<string, unknown>>;
export type Caller = "alice" | "picker" | "stray" | "operator";
export type Headers = Readonly<Record<string, string>>;

export interface Reply {
  readonly status: number;
  readonly json: Json;
}

export const decisions = "/api/tenants/default/decisions";
export const policies = "/api/tenants/default/policies";

export interface GovernedShop {
  readonly clock: SimulatedClock;
  readonly keys: Readonly<Record<Caller, string>>;
  readonly served: () => Served;
  /** Another service on the same store: what it knows of decisions is what was durable. */
  readonly restart: () => Promise<void>;
  readonly call: (caller: Caller, request: string, body?: object, headers?: Headers) => Promise<Reply>;
  /** The answer of a call that succeeds. */
  readonly ok: (caller: Caller, request: string, body?: object) => Promise<Json>;
  /** The decision that waits because alice, who may read her order, wants to pick it. */
  readonly refused: (order?: string, headers?: Headers) => Promise<string>;
  /** 409 where a policy permits it: the order is no draft that could be picked. */
  readonly picks: (order?: string, headers?: Headers) => Promise<number>;
  readonly listed: (query?: string, caller?: Caller) => Promise<readonly Json[]>;
  readonly close: () => Promise<void>;
}

/** Alice has two orders; `picker` fulfils, `stray` is an agent that nothing is permitted to. */
export async function governedShop(shop: ServiceDefinition): Promise<GovernedShop> {
  const store = await openLibsqlStore({ path: ":memory:" });
  const clock = new SimulatedClock(Date.parse("2026-03-01T00:00:00.000Z"));
  let served = await opened(shop, store, clock);
  const keys = {
    alice: await served.key({ type: "Customer", id: "alice" }),
    picker: await served.key({ type: "Agent", id: "picker", roles: ["fulfilment"] }),
    stray: await served.key({ type: "Agent", id: "stray", roles: ["night", "day"] }),
    operator: await served.key({ type: "Admin", id: "operator", kind: "operator" }),
  };
  const calls = callsTo(() => served, keys);
  for (const Id of ["o-1", "o-2"]) await calls.ok("alice", "POST /tdata/Orders", { Id, CustomerId: "alice" });
  return {
    clock,
    keys,
    served: () => served,
    ...calls,
    restart: async () => {
      await served.close();
      served = await opened(shop, store, clock);
    },
    close: async () => {
      await served.close();
      await store.close();
    },
  };
}

function opened(shop: ServiceDefinition, store: Store, clock: SimulatedClock): Promise<Served> {
  const kept = new Proxy(store, { get: (of, name) => (name === "close" ? async () => undefined : bound(of, name)) });
  const serviceLimits = { decisionsPerPrincipalMax: 3, policiesFreshMs: 0, decisionTtlMs: 1_000_000 };
  return serveDefinition(shop, { store: kept, clock, compilePolicies, serviceLimits });
}

function bound(of: Store, name: string | symbol): unknown {
  const member: unknown = Reflect.get(of, name);
  return typeof member === "function" ? member.bind(of) : member;
}

type Calls = Pick<GovernedShop, "call" | "ok" | "refused" | "picks" | "listed">;

function callsTo(served: () => Served, keys: Readonly<Record<Caller, string>>): Calls {
  const call: Calls["call"] = async (caller, request, body, headers = {}) => {
    const [method, url = ""] = request.split(/ (.*)/s);
    const reply = await served().app.inject({
      // Only methods that light-my-request knows are written in the tests.
      method: method as "GET",
      url,
      headers: { authorization: `Bearer ${keys[caller]}`, ...headers },
      ...(body && { payload: body }),
    });
    return { status: reply.statusCode, json: reply.body === "" ? {} : reply.json() };
  };
  const ok: Calls["ok"] = async (caller, request, body) => {
    const { status, json } = await call(caller, request, body);
    expect(status, `${request} ${JSON.stringify(json)}`).toBeLessThan(300);
    return json;
  };
  const picking = (order: string, headers: Headers): Promise<Reply> =>
    call("alice", `POST /tdata/Orders('${order}')/StartPicking`, undefined, headers);
  return {
    call,
    ok,
    refused: async (order = "o-1", headers = {}) => {
      const { status, json } = await picking(order, headers);
      const expected = { innererror: { action: "StartPicking", policies: [], decisionId: expect.any(String) } };
      expect([status, json.error]).toMatchObject([403, expected]);
      return /"decisionId":"([^"]*)"/.exec(JSON.stringify(json))?.[1] ?? "";
    },
    picks: async (order = "o-1", headers = {}) => (await picking(order, headers)).status,
    listed: async (query = "", caller = "operator") => {
      const { value } = await ok(caller, `GET ${decisions}${query}`);
      return Array.isArray(value) ? value : [];
    },
  };
}
