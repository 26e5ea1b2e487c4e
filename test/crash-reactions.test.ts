/** Kills real servers in a loop while their clients' actions trigger others, and counts: each acknowledged one took effect, once. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type JournalEvent, openStore, type Store } from "@temperc/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltService, startBuilt } from "./live/built-service.ts";
import { call, keyFor } from "./live/client.ts";
import { writeOneFile } from "./live/one-file.ts";
import { freshPostgres } from "./live/postgres/server.ts";
import { freshFolder } from "./live/temperc.ts";

const isLong = process.env.TEMPERC_LONG === "1";
const killsMin = 2;
/** The long run goes on by the clock. */
const lastsMs = isLong ? 120_000 : 0;
const clients = 8;
/** A life ends at random, in a short run when so many calls were acknowledged in it, with what they triggered on its way. */
const livesCalls = [1, 90, 17, 150, 40];
const tenant = "default";

const folder = freshFolder();

const places = [
  { name: "a server on libSQL", servers: 1, place: async () => join(folder.path, "workshop.db") },
  { name: "two servers on one PostgreSQL", servers: 2, place: freshPostgres },
];

/** As `runService` does it, but for leases short enough to wait for. */
const main = `
  import { apiKeyAuthenticator, apiKeyRoutes, buildServer, cedarAuthorizer, ensureOperatorKey, openStore, Service,
    systemClock, uuidv7Ids } from "./runtime-lib/index.ts";
  import { fillTrigger, workshop } from "./test/definitions/workshop.ts";
  const store = await openStore(process.env.TEMPERC_STORE);
  const service = await Service.open(workshop({ triggers: [fillTrigger()] }), "r1", {
    store, authorizer: cedarAuthorizer, clock: systemClock, ids: uuidv7Ids, onInternalError: console.error,
    limits: { leaseMs: 400, webhookTimeoutMaxMs: 100, deliveriesMax: 16 },
  });
  const authenticate = apiKeyAuthenticator(store);
  const app = await buildServer({ service, authenticate });
  await app.register(apiKeyRoutes, { store, authenticate });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  const operatorKey = await ensureOperatorKey(store);
  if (operatorKey !== undefined) console.log("operator key, shown this once: " + operatorKey);
  console.log("listens on " + address + "/tdata");
  process.once("SIGTERM", async () => {
    await app.close();
    await service.close();
    await store.close();
  });`;

beforeAll(() => writeOneFile(main, folder.path));

afterAll(() => folder.remove());

interface World {
  /** The present life of each server. */
  readonly lives: Promise<BuiltService>[];
  isOver: boolean;
  readonly key: string;
  /** Jobs of which every call was acknowledged. */
  readonly done: string[];
  acknowledged: number;
  asked: number;
  retries: number;
}

/** Job after job asks twice, hires, and lets a timer fire; a call without an answer is sent again with its key. */
async function work(world: World, client: number): Promise<void> {
  await post(world, "Shelfs", { Id: `shelf-${client}` });
  for (let n = 0; !world.isOver; n += 1) {
    const job = `job-${client}-${n}`;
    await post(world, "Jobs", { Id: job, Peer: `shelf-${client}`, Owner: job });
    await post(world, `Jobs('${job}')/Ask`, {});
    await post(world, `Jobs('${job}')/Hire`, {});
    await post(world, `Jobs('${job}')/SnoozeUntil`, { By: "2026-01-01T00:00:00Z" });
    await post(world, `Jobs('${job}')/Ask`, {}, "again");
    world.done.push(job);
  }
}

async function post(world: World, path: string, body: object, more = ""): Promise<void> {
  const headers = { "idempotency-key": `${path} ${JSON.stringify(body)} ${more}` };
  for (;;) {
    const { url } = await serverOf(world);
    const answer = await call(url, `POST /tdata/${path}`, { key: world.key, body, headers }).catch(() => undefined);
    if (answer !== undefined && answer.status < 300) break;
    const isOvertaken = answer?.status === 409 && answer.text.includes('"Conflict"');
    if (answer !== undefined && answer.status < 503 && !isOvertaken)
      throw new Error(`${path}: ${answer.status} ${answer.text}`);
    world.retries += 1;
    await sleep(1);
  }
  world.acknowledged += 1;
}

/** One server after the other, so that each entity is written by all of them. */
function serverOf(world: World): Promise<BuiltService> {
  world.asked += 1;
  const life = world.lives[world.asked % world.lives.length];
  if (life === undefined) throw new Error("there is no server");
  return life;
}

/** Resolves when so many calls more are acknowledged than now. */
async function acknowledgedMore(world: World, calls: number): Promise<void> {
  const wanted = world.acknowledged + calls;
  while (world.acknowledged < wanted) await sleep(1);
}

test.each(places)(
  "$name, killed again and again, do once what each acknowledged action triggered",
  async ({ name, servers, place }) => {
    const where = await place();
    const first = await startBuilt(folder.path, where);
    const key = await keyFor(first.url, first.operatorKey, 'Customer::"c"');
    const others = Array.from({ length: servers - 1 }, () => startBuilt(folder.path, where));
    const lives = [Promise.resolve(first), ...others];
    const world: World = { lives, isOver: false, key, done: [], acknowledged: 0, asked: 0, retries: 0 };
    const working = Promise.all(Array.from({ length: clients }, (_, client) => work(world, client)));
    const until = Date.now() + lastsMs;
    let kills = 0;
    for (; kills < killsMin || Date.now() < until; kills += 1) {
      const calls = isLong ? Math.ceil(Math.random() * 200) : (livesCalls[kills % livesCalls.length] ?? 1);
      await Promise.race([acknowledgedMore(world, calls), working]);
      const mortal = kills % servers;
      const life = await lives[mortal];
      lives[mortal] = (life ?? first).end("SIGKILL").then(() => startBuilt(folder.path, where));
    }
    await acknowledgedMore(world, 100);
    world.isOver = true;
    await working;
    const store = await openStore(where);
    await emptied(store);
    for (const life of await Promise.all(lives)) expect(await life.end("SIGTERM")).toBe(0);
    expect([world.retries > 0, world.done.length > clients]).toEqual([true, true]);
    await expectOnce(store, world.done);
    await store.close();
    const { acknowledged, retries } = world;
    console.log(
      `${name}: ${kills} kills, ${acknowledged} calls acknowledged after ${retries} retries, none lost, each effect once`,
    );
  },
  isLong ? 1_200_000 : 240_000,
);

async function emptied(store: Store): Promise<void> {
  const left = async (): Promise<number> => {
    const waiting = ["queued", "timer"] as const;
    const pages = waiting.map((state) => store.outbox({ tenant, state, top: 1, skip: 0 }));
    return (await Promise.all(pages)).flat().length;
  };
  while ((await left()) > 0) await sleep(20);
  expect(await store.outbox({ tenant, state: "dead", top: 10, skip: 0 })).toEqual([]);
}

/** Every question of a job has one filling that it caused, every hired shelf was made and filled once, every timer fired once. */
async function expectOnce(store: Store, jobs: readonly string[]): Promise<void> {
  const fillings: JournalEvent[] = [];
  for (let client = 0; client < clients; client += 1) {
    fillings.push(...(await eventsOf(store, "Shelf", `shelf-${client}`)).slice(1));
  }
  const wrong: string[] = [];
  let asked = 0;
  for (const job of jobs) {
    const events = await eventsOf(store, "Job", job);
    const questions = events.filter(({ action }) => action === "Ask");
    asked += questions.length;
    for (const { eventId } of questions) {
      const caused = fillings.filter(({ causationId }) => causationId === eventId);
      if (caused.length !== 1) wrong.push(`${job} caused ${caused.length} fillings by ${eventId}`);
    }
    const actions = events.map(({ action }) => action).sort();
    if (actions.join() !== "Ask,Ask,Hire,SnoozeUntil,Wake,created") wrong.push(`${job}: ${actions}`);
  }
  expect(wrong).toEqual([]);
  expect(fillings.length).toBe(asked);
  expect(await store.statusCounts()).toContainEqual({
    entityType: "Shelf",
    status: "Free",
    count: clients + jobs.length,
  });
}

function eventsOf(store: Store, entityType: string, entityId: string): Promise<readonly JournalEvent[]> {
  return store.events({ tenant, entityType, entityId });
}
