/** Deliveries through crashes: whatever instant a process ends at, what was acknowledged takes effect, and exactly once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workshop } from "../../test/definitions/open-workshop.ts";
import { fillTrigger, workshop } from "../../test/definitions/workshop.ts";
import { type Commit, type Store, StoreUnavailable } from "../ports/index.ts";

const definition = workshop({ triggers: [fillTrigger()] });

let folder: string;
let shop: Workshop;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "temperc-outbox-"));
  shop = new Workshop(join(folder, "store.db"));
});

afterEach(async () => {
  await shop.close();
  expect(shop.clock.sleepers).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

/** A job and a shelf, and an acknowledged question that nobody has dealt with yet. */
async function asked(): Promise<void> {
  await shop.open(definition, { delivers: false });
  await shop.create("Shelf", "a");
  await shop.create("Job", "1", { Peer: "a" });
  expect(await shop.act("Job", "1", "Ask")).toMatchObject({ kind: "written" });
  await shop.close();
}

/** The store, with another way of doing some things. */
function storeWith(store: Store, changes: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const own = Reflect.get(changes, name);
      const member: unknown = own ?? Reflect.get(target, name);
      return typeof member === "function" && own === undefined ? member.bind(target) : member;
    },
  });
}

const never = new Promise<never>(() => undefined);

describe("a process that ends", () => {
  test("between commit and dispatch leaves the delivery to the next", async () => {
    await asked();
    await shop.open(definition);
    await shop.quiet();
    expect([await shop.count("Shelf", "a"), await shop.dead()]).toEqual([1, []]);
  });

  test("with a delivery leased leaves it until the lease runs out", async () => {
    await asked();
    const hang = (store: Store) => storeWith(store, { append: () => never });
    await shop.open(definition, { through: hang });
    await shop.leased();
    await shop.kill();
    await shop.open(definition);
    await shop.quiet();
    expect(await shop.count("Shelf", "a")).toBe(0);
    await shop.pass(60);
    expect(await shop.count("Shelf", "a")).toBe(1);
  });

  test("after the effect is committed, before it hears of it, does it once", async () => {
    await asked();
    const deaf = (store: Store) =>
      storeWith(store, {
        append: async (commit: Commit) => {
          await store.append(commit);
          return never;
        },
      });
    await shop.open(definition, { through: deaf });
    await shop.leased();
    await shop.kill();
    await shop.open(definition);
    await shop.pass(600);
    expect([await shop.count("Shelf", "a"), await shop.dead()]).toEqual([1, []]);
  });
});

describe("a delivery that is taken over", () => {
  test("is made by one of the two, however late the other is", async () => {
    await asked();
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const slow = (store: Store) =>
      storeWith(store, { append: (commit: Commit) => gate.then(() => store.append(commit)) });
    const other = new Workshop(shop.path);
    await shop.open(definition, { through: slow });
    await shop.leased();
    await other.open(definition);
    await other.pass(90);
    expect(await other.count("Shelf", "a")).toBe(1);
    go();
    await shop.quiet();
    expect([await shop.count("Shelf", "a"), await shop.dead()]).toEqual([1, []]);
    await other.close();
  });
});

describe("a store that is away for a while", () => {
  test("is asked again, with waits that grow up to their cap", async () => {
    await asked();
    const tries: number[] = [];
    const away = (store: Store) =>
      storeWith(store, {
        append: async () => {
          tries.push(shop.clock.now());
          throw new StoreUnavailable("away");
        },
      });
    await shop.open(definition, { through: away, random: () => 1 - 2 ** -53 });
    await shop.quiet();
    await shop.pass(3_600);
    const waits = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
    expect(waits).toEqual([
      200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 102_400, 204_800, 300_000, 300_000, 300_000,
    ]);
    expect(await shop.dead()).toEqual(["StoreUnavailable: away"]);
  });

  test("loses nothing where it is also away when a lease is asked for", async () => {
    await asked();
    let isAway = true;
    const away = (store: Store) =>
      storeWith(store, {
        lease: async (request: Parameters<Store["lease"]>[0]) => {
          if (isAway) throw new StoreUnavailable("away");
          return store.lease(request);
        },
      });
    await shop.open(definition, { through: away });
    await shop.pass(10);
    isAway = false;
    await shop.pass(1);
    expect([await shop.count("Shelf", "a"), shop.errors]).toEqual([1, []]);
  });
});

describe("deliveries for one entity", () => {
  test("arrive in the order in which they were asked for, from however many sources", async () => {
    const ordered = workshop({ triggers: [fillTrigger({ params: [{ param: "By", field: "Id" }] })] });
    await shop.open(ordered, { limits: { deliveriesMax: 3 } });
    await shop.create("Shelf", "a");
    const ids = Array.from({ length: 40 }, (_, index) => `j${index}`);
    for (const id of ids) await shop.create("Job", id, { Peer: "a" });
    const asked: string[] = [];
    await Promise.all(ids.map((id) => shop.act("Job", id, "Ask").then(() => asked.push(id))));
    await shop.quiet();
    const events = await shop.store.events({ tenant: "t", entityType: "Shelf", entityId: "a" });
    expect(events.slice(1).map(({ params }) => params.By)).toEqual(asked);
  });
});

describe("an end", () => {
  test("waits for what is under way, gives back the rest, and leaves nothing that ticks", async () => {
    await asked();
    await shop.open(definition);
    await shop.service.close();
    expect(shop.clock.sleepers).toBe(0);
    const left = await shop.store.outbox({ tenant: "t", state: "queued", top: 10, skip: 0 });
    expect(left.filter(({ dueAt }) => dueAt === null)).toEqual([]);
    await shop.close();
    await shop.open(definition);
    await shop.quiet();
    expect(await shop.count("Shelf", "a")).toBe(1);
  });
});
