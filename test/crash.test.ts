/** Kills a real server process in a loop while clients write, and counts: every acknowledged write is there, each once. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openLibsqlStore } from "@temperc/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltService, startBuilt } from "./live/built-service.ts";
import { call, keyFor } from "./live/client.ts";
import { install } from "./live/installed.ts";
import { freshFolder, temperc } from "./live/temperc.ts";

const isLong = process.env.TEMPERC_LONG === "1";
const killsMin = 2;
/** The long run goes on by the clock. */
const lastsMs = isLong ? 120_000 : 0;
const clients = 8;
const itemsPerOrder = 10;
/** What is built is verified elsewhere. */
const few = ["--limit", "cases=1", "--limit", "seeds=1"];
/** A life ends at random, in a short run when so many writes were acknowledged in it, with the other clients' writes on their way. */
const livesWrites = [1, 60, 7, 150, 30, 300];

const folder = freshFolder();
const out = join(folder.path, "shop");
const storePath = join(folder.path, "shop.db");

beforeAll(async () => {
  const { exitCode, err } = await temperc(["build", "examples/ecommerce", "-o", out, ...few]);
  expect(exitCode, err).toBe(0);
  install(out);
});

afterAll(() => folder.remove());

interface Acknowledged {
  readonly order: string;
  readonly idempotencyKey: string;
  readonly sequence: number;
}

/** What the clients share: the present life, and whether there will be another. */
interface World {
  life: Promise<BuiltService>;
  isOver: boolean;
  readonly key: string;
  readonly acknowledged: Acknowledged[];
  retries: number;
}

/** Makes orders and fills them; a write that got no answer is sent again with its idempotency key until it has one. */
async function shop(world: World, client: number): Promise<void> {
  for (let n = 0; !world.isOver; n += 1) {
    const order = `o-${client}-${n}`;
    await write(world, {
      order,
      idempotencyKey: `${order}-create`,
      path: "Orders",
      body: { Id: order, CustomerId: "c" },
    });
    for (let item = 0; item < itemsPerOrder && !world.isOver; item += 1) {
      const path = `Orders('${order}')/AddItem`;
      await write(world, { order, idempotencyKey: `${order}-${item}`, path, body: { ProductId: "p" } });
    }
  }
}

interface Write {
  readonly order: string;
  readonly idempotencyKey: string;
  readonly path: string;
  readonly body: object;
}

async function write(world: World, { order, idempotencyKey, path, body }: Write): Promise<void> {
  for (;;) {
    const answer = await attempt(world, path, { body, headers: { "idempotency-key": idempotencyKey } });
    if (answer !== undefined && answer.status < 503) {
      if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      const sequence = Number(/"(\d+)"/.exec(answer.headers.get("etag") ?? "")?.[1]);
      world.acknowledged.push({ order, idempotencyKey, sequence });
      return;
    }
    world.retries += 1;
    await sleep(1);
  }
}

/** Undefined where no answer came: then nobody knows whether the write was done. */
async function attempt({ life, key }: World, path: string, sent: { body: object; headers: Record<string, string> }) {
  const { url } = await life;
  try {
    return await call(url, `POST /tdata/${path}`, { key, ...sent });
  } catch {
    return undefined;
  }
}

test(
  "a server that is killed again and again loses no acknowledged write and does none twice",
  async () => {
    const first = await startBuilt(out, storePath);
    const key = await keyFor(first.url, first.operatorKey, 'Customer::"c"');
    const world: World = { life: Promise.resolve(first), isOver: false, key, acknowledged: [], retries: 0 };
    const shopping = Promise.all(Array.from({ length: clients }, (_, client) => shop(world, client)));
    const until = Date.now() + lastsMs;
    let kills = 0;
    for (; kills < killsMin || Date.now() < until; kills += 1) {
      const writes = isLong ? Math.ceil(Math.random() * 400) : (livesWrites[kills % livesWrites.length] ?? 1);
      await Promise.race([acknowledgedMore(world, writes), shopping]);
      const life = await world.life;
      world.life = life.end("SIGKILL").then(() => startBuilt(out, storePath));
    }
    await acknowledgedMore(world, clients * itemsPerOrder);
    world.isOver = true;
    await shopping;
    expect(await (await world.life).end("SIGTERM")).toBe(0);

    const { acknowledged, retries } = world;
    expect(retries).toBeGreaterThan(0);
    await expectOnce(acknowledged);
    console.log(
      `${kills} kills: ${acknowledged.length} writes acknowledged after ${retries} retries, none lost, none twice`,
    );
  },
  isLong ? 1_200_000 : 60_000,
);

/** Resolves when so many writes more are acknowledged than now. */
async function acknowledgedMore({ acknowledged }: World, writes: number): Promise<void> {
  const wanted = acknowledged.length + writes;
  while (acknowledged.length < wanted) await sleep(1);
}

/** The journal holds exactly the acknowledged writes, each at the place that its answer named, without gaps. */
async function expectOnce(acknowledged: readonly Acknowledged[]): Promise<void> {
  const store = await openLibsqlStore({ path: storePath });
  const wrong: string[] = [];
  const orders = [...new Set(acknowledged.map(({ order }) => order))];
  for (const order of orders) {
    const writes = acknowledged.filter((each) => each.order === order);
    const events = await store.events({ tenant: "default", entityType: "Order", entityId: order });
    const found = events.map(({ sequence, idempotencyKey }) => `${sequence} ${idempotencyKey}`);
    const expected = writes.map(({ sequence, idempotencyKey }) => `${sequence} ${idempotencyKey}`);
    if (found.join() !== expected.join()) wrong.push(`${order}: acknowledged ${expected}, journal ${found}`);
    if (events.some(({ sequence }, index) => sequence !== index + 1)) wrong.push(`${order}: ${found} has gaps`);
  }
  const counts = (await store.statusCounts()).filter(({ entityType }) => entityType === "Order");
  await store.close();
  expect(wrong).toEqual([]);
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(orders.length);
}
