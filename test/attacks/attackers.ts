/** The shop under attack: two tenants behind one server, what everybody holds, and one way to send anything as anybody. */
import { createHash } from "node:crypto";
import { openLibsqlStore, type ServiceDefinition } from "@temperc/runtime";
import { type Served, type ServedOptions, serveDefinition } from "../definitions/served.ts";

/** Alice owns order `o-1` and payment `p-1`; mallory is the attacker, an agent and a customer of the same tenant; eve is of another. */
export type Who =
  | "alice"
  | "mallory"
  | "agent"
  | "eve"
  | "operator"
  | "second"
  | "agentOperator"
  | "otherOperator"
  | "nobody";

export interface Attempt {
  readonly as: Who;
  /** `GET /tdata/Orders`. */
  readonly request: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Scene {
  readonly served: Served;
  readonly keys: Readonly<Record<Who, string>>;
  readonly send: (attempt: Attempt) => Promise<Outcome>;
  /** What was recorded of refusals in the tenant. */
  readonly recorded: (tenant?: "default" | "other") => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly close: () => Promise<void>;
}

export async function sceneOf(shop: ServiceDefinition, options: ServedOptions = {}): Promise<Scene> {
  const store = await openLibsqlStore({ path: ":memory:" });
  const served = await serveDefinition(shop, { store, ...options });
  const keys = {
    alice: await served.key({ type: "Customer", id: "alice" }),
    mallory: await served.key({ type: "Customer", id: "mallory" }),
    agent: await served.key({ type: "Agent", id: "mallory", roles: ['night"]) || true //'] }),
    eve: await served.key({ type: "Customer", id: "alice", tenant: "other" }),
    operator: await served.key({ type: "Admin", id: "operator", kind: "operator" }),
    second: await served.key({ type: "Admin", id: "second", kind: "operator" }),
    agentOperator: await served.key({ type: "Agent", id: "boss", kind: "operator" }),
    otherOperator: await served.key({ type: "Admin", id: "operator", kind: "operator", tenant: "other" }),
    nobody: "",
  };
  const send = (attempt: Attempt): Promise<Outcome> => sent(served, keys[attempt.as], attempt);
  const recorded = async (tenant: "default" | "other" = "default") => {
    const as = tenant === "default" ? "operator" : "otherOperator";
    const { json } = await send({ as, request: `GET /api/tenants/${tenant}/decisions` });
    return Array.isArray(json.value) ? json.value : [];
  };
  const scene = { served, keys, send, recorded, close: () => served.close() };
  await furnished(scene);
  return scene;
}

async function sent(served: Served, key: string, { request, body, headers = {} }: Attempt): Promise<Outcome> {
  const [method = "GET", url = ""] = request.split(/ (.*)/s);
  const reply = await served.app.inject({
    // Only methods that light-my-request knows are written in this folder.
    method: method as "GET",
    url,
    headers: {
      ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { payload: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const isJson = reply.body.startsWith("{");
  return { status: reply.statusCode, text: reply.body, json: isJson ? reply.json() : {}, headers: reply.headers };
}

async function furnished({ send }: Pick<Scene, "send">): Promise<void> {
  const order = { Id: "o-1", CustomerId: "alice", Total: 25.5, PlacedOn: "2026-05-01" };
  const bodies: readonly [Who, string, object][] = [
    ["alice", "Orders", order],
    ["alice", "Payments", { Id: "p-1", OrderId: "o-1", CustomerId: "alice", Amount: 25.5 }],
    ["mallory", "Orders", { Id: "m-1", CustomerId: "mallory" }],
    ["eve", "Orders", { Id: "e-1", CustomerId: "alice" }],
  ];
  for (const [as, set, body] of bodies) {
    const { status, text } = await send({ as, request: `POST /tdata/${set}`, body });
    if (status !== 201) throw new Error(`the scene lacks its ${set}: ${text}`);
  }
}

/** What is stored of a key in place of it. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
