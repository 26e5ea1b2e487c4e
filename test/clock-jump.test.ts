/** A served process whose clock is set, by weeks and both ways, while it serves: what has its time has it by the new one, and nothing else minds. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SseReader } from "./definitions/sse.ts";
import { call, keyFor } from "./live/client.ts";
import { freshFolder, type Server, startServer, temperc } from "./live/temperc.ts";

const folder = freshFolder();
const clock = join(folder.path, "clock");
const store = join(folder.path, "lamps.db");
const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

/** A lamp goes out by itself an hour after it was lit. */
const lamp = `[automaton]
name = "Lamp"
states = ["Off", "Lit"]
initial = "Off"
allow_indefinite_states = ["Off"]

[[action]]
name = "Light"
kind = "input"
from = "Off"
to = "Lit"

[[action]]
name = "Fade"
kind = "internal"
from = "Lit"
to = "Off"

[[state_timeout]]
state = "Lit"
after_seconds = 3600
on_timeout = "Fade"
`;

let server: Server;
let [operator, alice, agent] = ["", "", ""];
let stream: SseReader;

beforeAll(async () => {
  const specs = join(folder.path, "lamps");
  mkdirSync(specs);
  writeFileSync(join(specs, "lamp.ioa.toml"), lamp);
  const permits = ["Customer", "System"].map((type) => `permit(principal is ${type}, action, resource);\n`);
  writeFileSync(join(specs, "lamp.cedar"), permits.join(""));
  setClock(0);
  const preloaded = `--import=${new URL("./live/shifted-clock.mjs", import.meta.url).href}`;
  const soon = ["--limit", "outboxIdleMs=100", "--limit", "decisionPollMs=50", "--limit", "feedPollMs=50"];
  const env = { NODE_OPTIONS: preloaded, TEMPERC_TEST_CLOCK: clock };
  server = await startServer(["serve", "--specs-dir", specs, "--store", store, ...soon], { env });
  const { url, operatorKey = "" } = server.ready;
  operator = operatorKey;
  const expiresAt = new Date(Date.now() + 30 * dayMs).toISOString();
  const made = await ask("POST /api/keys", operator, { principal: 'Customer::"alice"', expiresAt });
  expect(made.status, made.text).toBe(201);
  alice = String(made.body.secret);
  agent = await keyFor(url, operator, 'Agent::"lamplighter"');
  stream = new SseReader(`${url}/tdata/$events`, { authorization: `Bearer ${alice}` });
  await stream.until(({ status }) => status === 200);
});

afterAll(async () => {
  stream.close();
  expect(await server.end()).toBe(0);
  folder.remove();
});

/** By rename, so that nobody reads half a number. */
function setClock(offsetMs: number): void {
  writeFileSync(`${clock}~`, String(offsetMs));
  renameSync(`${clock}~`, clock);
}

async function jump(offsetMs: number): Promise<void> {
  setClock(offsetMs);
  await sleep(20);
}

function ask(request: string, key: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  return call(server.ready.url, request, { key, headers, ...(body !== undefined && { body }) });
}

const create = (Id: string) => ask("POST /tdata/Lamps", alice, { Id });
const light = (id: string, key = alice) => ask(`POST /tdata/Lamps('${id}')/Light`, key, {});
const statusOf = async (id: string) => (await ask(`GET /tdata/Lamps('${id}')`, alice)).body.Status;

test("a timer that is an hour away comes when the clock is set an hour on, and none comes twice", async () => {
  for (const id of ["one", "two"]) expect((await create(id)).status).toBe(201);
  expect((await light("one")).status).toBe(200);
  await jump(50 * minuteMs);
  expect((await light("two")).status).toBe(200);
  await sleep(300);
  expect([await statusOf("one"), await statusOf("two")]).toEqual(["Lit", "Lit"]);
  await jump(hourMs + minuteMs);
  await expect.poll(() => statusOf("one")).toBe("Off");
  expect(await statusOf("two")).toBe("Lit");
  await jump(0);
  await jump(2 * hourMs);
  await expect.poll(() => statusOf("two")).toBe("Off");
});

test("an approval and a key end with their time, and are good again where the clock is set back before it", async () => {
  await jump(0);
  expect((await create("three")).status).toBe(201);
  const refused = await light("three", agent);
  const { decisionId } = JSON.parse(refused.text).error.innererror;
  const duration = new Date(Date.now() + 10 * dayMs).toISOString();
  const approve = `POST /api/tenants/default/decisions/${decisionId}/approve`;
  const approved = await ask(approve, operator, { scope: "narrow", duration });
  expect(approved.status, approved.text).toBe(200);
  expect((await light("three", agent)).status).toBe(204);
  expect((await light("three", agent)).status).toBe(409);
  await jump(11 * dayMs);
  expect([(await light("three", agent)).status, (await light("three")).status]).not.toContain(401);
  expect((await light("three", agent)).status).toBe(403);
  await jump(31 * dayMs);
  expect((await ask("GET /tdata/Lamps", alice)).status).toBe(401);
  expect((await ask("GET /api/keys", operator)).status).toBe(200);
  await jump(-dayMs);
  expect((await ask("GET /tdata/Lamps", alice)).status).toBe(200);
  expect((await light("three", agent)).status).not.toBe(403);
});

test("what another process revokes is revoked, though the clock was set back since it was last looked at", async () => {
  await jump(20 * dayMs);
  expect((await ask("GET /tdata/", agent)).status).toBe(200);
  await jump(-dayMs);
  const made = await ask("GET /api/keys", operator);
  const own = Array.isArray(made.body.value)
    ? made.body.value.find(({ principal }) => principal.includes("lamplighter"))
    : {};
  const revoked = await temperc(["keys", "revoke", own.id, "--store", store]);
  expect(revoked.exitCode, revoked.err).toBe(0);
  await expect.poll(async () => (await ask("GET /tdata/", agent)).status).toBe(401);
});

test("a write under a key of its own is answered as before, also by a clock that was set back, and the journal goes on in its order", async () => {
  await jump(2 * dayMs);
  const idempotent = { "idempotency-key": "once" };
  const first = await ask("POST /tdata/Lamps", alice, { Id: "four" }, idempotent);
  await jump(-2 * dayMs);
  const again = await ask("POST /tdata/Lamps", alice, { Id: "four" }, idempotent);
  expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
  expect((await light("four")).status).toBe(200);
  const lit = (await ask("GET /tdata/Lamps('four')", alice, undefined, { prefer: 'include-annotations="*"' })).body;
  expect(lit).toMatchObject({ Status: "Lit", "@Temper.sequence": 2 });
  await jump(-2 * dayMs + hourMs + minuteMs);
  await expect.poll(() => statusOf("four")).toBe("Off");
});

test("streams tell of everything, each once and in the order in which it was done", async () => {
  expect((await create("last")).status).toBe(201);
  await stream.until(({ told }) => told.some(({ data }) => data.key === "last"));
  const places = stream.told.map(({ data }) => `${data.key} ${data.sequence}`);
  expect(new Set(places).size).toBe(places.length);
  for (const id of ["one", "two", "four"]) {
    const own = stream.told.filter(({ data }) => data.key === id).map(({ data }) => data.sequence);
    expect([id, own]).toEqual([id, [1, 2, 3]]);
  }
  expect((await call(server.ready.url, "GET /readyz")).status).toBe(200);
});
