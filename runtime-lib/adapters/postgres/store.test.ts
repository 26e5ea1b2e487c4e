/** What only the PostgreSQL store has: several servers on one database, and a connection that can be lost at any moment. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel, property } from "../../../test/definitions/parcel.ts";
import { commitOf, entryOf, eventOf, noReactions, reply } from "../../../test/definitions/stores.ts";
import { proxyTo, type Wire } from "../../../test/live/postgres/proxy.ts";
import { asked, freshPostgres } from "../../../test/live/postgres/server.ts";
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import { type Appended, type Commit, OutcomeUnknown, type Store, StoreUnavailable } from "../../ports/index.ts";
import { Connections } from "./connections.ts";
import { openPostgresStore } from "./store.ts";

const keyed: EntityTypeDescriptor = {
  ...parcel,
  reactions: { ...noReactions, keys: [{ name: "ByLabel", properties: ["Label"], isEntityId: false }] },
};

describe("two servers on one PostgreSQL", () => {
  let url: string;
  let one: Store;
  let other: Store;

  beforeEach(async () => {
    url = await freshPostgres();
    one = await openPostgresStore({ url, connectionsMax: 4 });
    other = await openPostgresStore({ url, connectionsMax: 4 });
    for (const store of [one, other]) await store.prepare([keyed, depot]);
  });

  afterEach(async () => {
    await one.close();
    await other.close();
  });

  test("make their tables together when they start together", async () => {
    const place = await freshPostgres();
    const stores = await Promise.all([1, 2, 3].map(() => openPostgresStore({ url: place, connectionsMax: 2 })));
    await Promise.all(stores.map((store) => store.prepare([keyed, depot])));
    const appended = await Promise.all(stores.map((store) => store.append(commitOf())));
    expect(appended.sort()).toEqual(["committed", "conflict", "conflict"]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("give each sequence number, key and alternate key to one of them, however they race", async () => {
    const races = Array.from({ length: 20 }, (_, index): readonly [Commit, Commit] => {
      const id = `e${index}`;
      if (index % 3 === 0) return [commitOf({ entityId: id }), commitOf({ entityId: id })];
      if (index % 3 === 1) {
        const idempotency = reply(id);
        return [
          { ...commitOf({ entityId: id }), idempotency },
          { ...commitOf({ entityId: `${id}b` }), idempotency },
        ];
      }
      return [commitOf({ entityId: id }, { Label: id }), commitOf({ entityId: `${id}b` }, { Label: id })];
    });
    const ends = await Promise.all(
      races.map(async ([mine, yours]) => (await Promise.all([one.append(mine), other.append(yours)])).sort()),
    );
    for (const [index, end] of ends.entries()) {
      expect(end).toEqual(index % 3 === 2 ? ["committed", "key-taken"] : ["committed", "conflict"]);
    }
  });

  test("never both act on what the other one changes", async () => {
    for (const id of ["a", "b"]) await one.append(commitOf({ entityId: id }));
    const step = (writes: string, reads: string, sequence: number): Commit => ({
      ...commitOf({ entityId: writes, sequence: sequence + 1, kind: "patched" }),
      reads: [{ tenant: "t", entityType: "Parcel", entityId: reads, sequence }],
    });
    let sequence = 1;
    for (let round = 0; round < 10; round += 1) {
      const ends = await Promise.all([one.append(step("a", "b", sequence)), other.append(step("b", "a", sequence))]);
      expect([...ends].sort()).toEqual(["committed", "conflict"]);
      const behind = ends[0] === "conflict" ? "a" : "b";
      await one.append(commitOf({ entityId: behind, sequence: sequence + 1, kind: "patched" }));
      sequence += 1;
    }
  });

  test("lease each entry to one of them, and the entries for one target in order", async () => {
    const outbox = Array.from({ length: 40 }, (_, index) => entryOf(`k${index}`, `target ${index % 8}`));
    await one.append({ ...commitOf(), outbox });
    const held = new Map<string, string>();
    const leaser = async (store: Store, name: string): Promise<void> => {
      for (let round = 0; held.size < outbox.length && round < 200; round += 1) {
        const token = `${name} ${round}`;
        for (const { entry } of await store.lease({ now: 100, until: 200, token, max: 3 })) {
          expect(held.has(entry.key)).toBe(false);
          held.set(entry.key, token);
          await store.settle(entry.key, token, { kind: "dropped" });
        }
      }
    };
    await Promise.all([leaser(one, "one"), leaser(other, "other")]);
    const order = [...held.keys()].map((key) => Number(key.slice(1)));
    for (let target = 0; target < 8; target += 1) {
      const own = order.filter((index) => index % 8 === target);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    expect(held.size).toBe(40);
  });

  test("void what is done under a lease that the other one has taken over, whatever their clocks say", async () => {
    await one.append({ ...commitOf(), outbox: [entryOf("k")] });
    await one.lease({ now: 100, until: 200, token: "mine", max: 1 });
    // The other server's clock has jumped ahead, so that it thinks the lease has run out.
    expect(await other.lease({ now: 100_000, until: 100_100, token: "yours", max: 1 })).toHaveLength(1);
    const effect = (id: string, token: string): Commit => ({
      ...commitOf({ entityId: id }),
      delivers: { key: "k", token },
    });
    expect(await one.append(effect("late", "mine"))).toBe("lease-lost");
    expect(await other.append(effect("due", "yours"))).toBe("committed");
    expect(await one.row(eventOf({ entityId: "late" }))).toBeUndefined();
  });

  test("go on together while the tables fit both, and the one that they do not fit says so", async () => {
    await one.append(commitOf({ entityId: "a" }, { Note: "kept" }));
    await other.prepare([keyed, depot, { ...depot, name: "Store" }]);
    expect(await one.append(commitOf({ entityId: "b" }))).toBe("committed");
    const wider = { ...keyed, properties: [...keyed.properties, property("Weight", "Edm.Int32", { defaultValue: 7 })] };
    await other.prepare([wider, depot]);
    expect(await one.append(commitOf({ entityId: "b", sequence: 2 }, { Note: "by one" }))).toBe("committed");
    expect(await one.append(commitOf({ entityId: "c" }))).toBe("committed");
    for (const [entityId, Note] of Object.entries({ a: "kept", b: "by one", c: null })) {
      expect(await other.row(eventOf({ entityId }))).toMatchObject({ values: { Note, Weight: 7 } });
    }
    const otherwise = { ...wider, properties: wider.properties.filter(({ name }) => name !== "Fragile") };
    await other.prepare([otherwise, depot]);
    await expect(one.append(commitOf({ entityId: "d" }))).rejects.toThrow(StoreUnavailable);
    expect(await other.row(eventOf({ entityId: "d" }))).toBeUndefined();
    await one.prepare([otherwise, depot]);
    expect(await one.append(commitOf({ entityId: "d" }))).toBe("committed");
  });
});

describe("a PostgreSQL that goes away", () => {
  let proxy: Wire;
  let store: Store;
  let count = 0;

  beforeAll(async () => {
    proxy = await proxyTo(`${await freshPostgres()}&application_name=cut-off`);
    store = await openPostgresStore({
      url: proxy.url,
      connectionsMax: 4,
      connectTimeoutMs: 1_000,
      outcomeTimeoutMs: 1_000,
    });
    await store.prepare([parcel]);
  });

  afterAll(async () => {
    await store.close();
    await proxy.close();
  });

  function next(): Commit {
    count += 1;
    return commitOf({ entityId: `e${count}` });
  }

  test("refuses while it is away, and serves again as soon as it is back", async () => {
    expect(await store.append(next())).toBe("committed");
    proxy.cut();
    await expect(store.append(next())).rejects.toThrow(StoreUnavailable);
    await expect(store.row(eventOf())).rejects.toThrow(StoreUnavailable);
    await expect(store.lease({ now: 1, until: 2, token: "x", max: 1 })).rejects.toThrow(StoreUnavailable);
    proxy.mend();
    expect(await store.append(next())).toBe("committed");
    expect(await store.row(eventOf({ entityId: "e1" }))).toMatchObject({ sequence: 1 });
  });

  test("tells that a commit was made, though its answer was lost", async () => {
    proxy.cutAtCommit("after");
    const commit = next();
    expect(await store.append(commit)).toBe("committed");
    expect(await store.events(commit.event)).toHaveLength(1);
  });

  test("tells that a commit was not made, because it never arrived", async () => {
    proxy.cutAtCommit("before");
    const commit = next();
    await expect(store.append(commit)).rejects.toThrow(StoreUnavailable);
    expect(await store.events(commit.event)).toEqual([]);
    expect(await store.append(commit)).toBe("committed");
  });

  test("says that nobody can tell, where it does not come back in time", async () => {
    proxy.cutAtCommit("for good");
    await expect(store.append(next())).rejects.toThrow(OutcomeUnknown);
    proxy.mend();
    expect(await store.append(next())).toBe("committed");
  });

  test("makes each write once while its sessions are ended again and again", async () => {
    let [acknowledged, kills] = [0, 0];
    const writer = async (name: number): Promise<void> => {
      for (let n = 0; n < 10; n += 1) {
        const commit = commitOf({ entityId: `w${name}-${n}` });
        let isUnknown = false;
        let appended: Appended | undefined;
        while (appended === undefined) {
          appended = await store.append(commit).catch((error: unknown) => {
            expect(error).toBeInstanceOf(StoreUnavailable);
            isUnknown ||= error instanceof OutcomeUnknown;
            return undefined;
          });
        }
        // Only where nobody could tell may it have been made before.
        expect(isUnknown ? ["committed", "conflict"] : ["committed"]).toContain(appended);
        acknowledged += 1;
        if (acknowledged % 4 === 0 && acknowledged < 40) await kill();
      }
    };
    const kill = async (): Promise<void> => {
      kills += 1;
      await asked("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut-off'");
    };
    await Promise.all([1, 2, 3, 4].map(writer));
    expect(kills).toBe(9);
    for (let n = 0; n < 10; n += 1) expect(await store.events(eventOf({ entityId: `w1-${n}` }))).toHaveLength(1);
  });
});

describe("a PostgreSQL", () => {
  test("is told to keep what it has acknowledged, whatever the role's settings are", async () => {
    const url = new URL(await freshPostgres());
    url.searchParams.set("options", "-c synchronous_commit=off");
    const connections = await Connections.open({ url: url.href });
    expect(await connections.use((session) => session.run("SHOW synchronous_commit"))).toEqual([["on"]]);
    await connections.close();
  });

  test("has no store where none was made, for those who only look", async () => {
    await expect(openPostgresStore({ url: await freshPostgres(), mustExist: true })).rejects.toThrow(
      "there is no store",
    );
  });

  test("is never asked for with its password in the message", async () => {
    const url = "postgres://alice:hunter2@127.0.0.1:1/shop";
    const failure = await openPostgresStore({ url }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreUnavailable);
    expect(String(failure)).not.toMatch(/hunter2|alice/);
    await expect(openPostgresStore({ url: `${url}?schema=a;b` })).rejects.toThrow("cannot be a schema");
  });

  test("keeps apart what is the same in the first 63 bytes of its name", async () => {
    const long = "N".repeat(80);
    const properties = [
      property("Id", "Edm.String", { role: "key" }),
      ...["a", "b"].map((end) => property(`${long}${end}`, "Edm.Int32")),
    ];
    const types = ["1", "2"].map((end) => ({ name: `${long}${end}`, key: "Id", properties, navigations: [] }));
    const store = await openPostgresStore({ url: await freshPostgres() });
    await store.prepare(types);
    const values = { Id: "1", [`${long}a`]: 1, [`${long}b`]: 2 };
    const event = eventOf({ entityType: `${long}1`, delta: values });
    expect(await store.append({ event, row: values })).toBe("committed");
    expect(await store.row(event)).toEqual({ values, sequence: 1 });
    expect(await store.row({ ...event, entityType: `${long}2` })).toBeUndefined();
    await store.close();
  });
});
