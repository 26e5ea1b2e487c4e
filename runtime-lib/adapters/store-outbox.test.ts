/** What every store promises about the outbox: it is filled with the commit, leased in order, and emptied once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel } from "../../test/definitions/parcel.ts";
import { adapters, commitOf, entryOf, eventOf } from "../../test/definitions/stores.ts";
import type { Commit, OutboxEntry, OutboxState, Settlement, Store } from "../ports/index.ts";

const webhook: OutboxEntry["deed"] = {
  kind: "webhook",
  url: "https://example.com/",
  method: "POST",
  headers: {},
  body: null,
  timeoutMs: 1,
  attemptsMax: 3,
  onSuccess: null,
  onFailure: null,
};

describe.each(adapters)("the outbox of the store: $name", ({ open }) => {
  let store: Store;
  let sequence = 0;
  let leases = 0;

  beforeEach(async () => {
    sequence = 0;
    store = await open();
    await store.prepare([parcel, depot]);
  });

  afterEach(() => store.close());

  function commit(more: Partial<Commit>) {
    sequence += 1;
    const kind = sequence === 1 ? "created" : "patched";
    return store.append({ ...commitOf({ sequence, kind }), ...more });
  }

  async function lease(now = 100, max = 10): Promise<readonly string[]> {
    leases += 1;
    const leased = await store.lease({ now, until: now + 50, token: `lease ${leases}`, max });
    return leased.map(({ entry, attempts }) => `${entry.key} #${attempts}`);
  }

  function settle(key: string, settlement: Settlement, token = `lease ${leases}`): Promise<boolean> {
    return store.settle(key, token, settlement);
  }

  async function keys(state: OutboxState): Promise<readonly string[]> {
    return (await store.outbox({ tenant: "t", state, top: 10, skip: 0 })).map(({ entry }) => entry.key);
  }

  test("is filled with the commit or not at all", async () => {
    await commit({});
    expect(await store.append({ ...commitOf(), outbox: [entryOf("a")], timers: arm("s", "b") })).toBe("conflict");
    expect([await keys("queued"), await keys("timer")]).toEqual([[], []]);
    expect(await commit({ outbox: [entryOf("a")] })).toBe("committed");
    expect(await store.outbox({ tenant: "t", state: "queued", top: 10, skip: 0 })).toEqual([
      { entry: entryOf("a"), state: "queued", attempts: 0, note: null, dueAt: 100 },
    ]);
    expect(await store.outbox({ tenant: "u", state: "queued", top: 10, skip: 0 })).toEqual([]);
  });

  test("counts its entries by state, over all tenants", async () => {
    await commit({ outbox: [entryOf("a"), entryOf("b", "y", { tenant: "u" })], timers: arm("s", "c") });
    await lease(100, 1);
    await settle("a", { kind: "dead", reason: "no" });
    const counts = new Map((await store.outboxCounts()).map(({ state, count }) => [state, count]));
    expect(counts).toEqual(
      new Map([
        ["dead", 1],
        ["queued", 1],
        ["timer", 1],
      ]),
    );
  });

  test("is leased again from a clock that was ahead, once it has been seen for as long as a lease lasts", async () => {
    await commit({ outbox: [entryOf("a"), entryOf("b", "y")] });
    expect(await lease(3_600_000, 1)).toEqual(["a #1"]);
    expect(await lease(100)).toEqual(["b #1"]);
    expect([await lease(149), await lease(150), await lease(200)]).toEqual([[], ["a #2", "b #2"], ["a #3", "b #3"]]);
    expect(await settle("a", { kind: "dropped" }, "lease 1")).toBe(false);
  });

  test("stays with a server that leases for longer than others do, as long as its lease lasts", async () => {
    await commit({ outbox: [entryOf("a"), entryOf("b", "y")] });
    const long = await store.lease({ now: 100, until: 400, token: "long", max: 1 });
    expect(long.map(({ entry }) => entry.key)).toEqual(["a"]);
    const others = [await lease(101), await lease(151), await lease(202), await lease(399)];
    expect(others).toEqual([["b #1"], ["b #2"], ["b #3"], ["b #4"]]);
    expect(await settle("a", { kind: "dropped" }, "long")).toBe(true);
  });

  test("is leased again from a clock that was ahead as long as that server's lease lasts, whatever one's own", async () => {
    await commit({ outbox: [entryOf("a")] });
    await store.lease({ now: 3_600_000, until: 3_600_120, token: "long", max: 1 });
    expect([await lease(100), await lease(150), await lease(200), await lease(219)]).toEqual([[], [], [], []]);
    expect(await lease(250)).toEqual(["a #2"]);
  });

  test("is leased by one at a time, when due, and again when the lease has run out", async () => {
    await commit({ outbox: [entryOf("a"), entryOf("b", "y", { dueAt: 120 })] });
    expect([await store.nextDue(0), await lease(99), await lease()]).toEqual([100, [], ["a #1"]]);
    expect([await lease(119), await lease(120), await store.nextDue(120)]).toEqual([[], ["b #1"], 150]);
    expect([await lease(149), await lease(150)]).toEqual([[], ["a #2"]]);
  });

  test("keeps the order for one target, also round what waits for its next attempt", async () => {
    await commit({ outbox: [entryOf("a"), entryOf("b", "y"), entryOf("c"), entryOf("hook", "", { deed: webhook })] });
    expect(await lease(100, 1)).toEqual(["a #1"]);
    await settle("a", { kind: "retry", dueAt: 200, reason: "busy" });
    expect(await lease()).toEqual(["b #1", "hook #1"]);
    expect([await lease(199), await store.nextDue(199)]).toEqual([["b #2", "hook #2"], 200]);
    expect((await lease(200))[0]).toBe("a #2");
    await settle("a", { kind: "dead", reason: "no" });
    await settle("c", { kind: "released" });
    expect(await lease(201)).toEqual(["c #1"]);
  });

  test("is emptied by the commit that is the effect, once, and under the present lease only", async () => {
    await commit({ outbox: [entryOf("a")] });
    expect(await commit({ delivers: { key: "a", token: "none" } })).toBe("lease-lost");
    sequence -= 1;
    await lease();
    await lease(150);
    expect(await commit({ delivers: { key: "a", token: `lease ${leases - 1}` } })).toBe("lease-lost");
    sequence -= 1;
    expect(await commit({ delivers: { key: "a", token: `lease ${leases}` } })).toBe("committed");
    expect(await commit({ delivers: { key: "a", token: `lease ${leases}` } })).toBe("lease-lost");
    expect(await settle("a", { kind: "retry", dueAt: 1, reason: "late" })).toBe(false);
    expect([await keys("queued"), (await store.events(eventOf())).length]).toEqual([[], 2]);
  });

  test("keeps the entry where the effect conflicts", async () => {
    await commit({ outbox: [entryOf("a")] });
    await lease();
    sequence = 0;
    expect(await commit({ delivers: { key: "a", token: `lease ${leases}` }, outbox: [entryOf("z")] })).toBe("conflict");
    expect(await keys("queued")).toEqual(["a"]);
    expect(await settle("a", { kind: "dropped" })).toBe(true);
    expect(await keys("queued")).toEqual([]);
  });

  test("puts what is next in the place of what was done", async () => {
    await commit({ outbox: [entryOf("a"), entryOf("b")] });
    await lease(100, 1);
    await commit({ delivers: { key: "a", token: `lease ${leases}`, next: entryOf("a:next") } });
    expect(await lease()).toEqual(["a:next #1", "b #1"]);
  });

  test("keeps dead letters with their reason until somebody retries or drops them", async () => {
    await commit({ outbox: [entryOf("a"), entryOf("b", "y"), entryOf("c", "z", { undeliverable: "no target" })] });
    await lease();
    for (const key of ["a", "b"]) await settle(key, { kind: "dead", reason: "never\u0000" });
    const dead = await store.outbox({ tenant: "t", state: "dead", top: 10, skip: 0 });
    expect(dead.map(({ entry, note, dueAt }) => [entry.key, note?.replace("\0", ""), dueAt])).toEqual([
      ["a", "never", null],
      ["b", "never", null],
      ["c", "no target", null],
    ]);
    expect(await store.outbox({ tenant: "t", state: "dead", top: 1, skip: 1 })).toHaveLength(1);
    expect([await lease(1_000), await store.nextDue(0)]).toEqual([[], undefined]);
    expect([await store.retryDead("u", "a", 300), await store.retryDead("t", "a", 300)]).toEqual([false, true]);
    expect([await store.dropDead("u", "b"), await store.dropDead("t", "b"), await store.dropDead("t", "a")]).toEqual([
      false,
      true,
      false,
    ]);
    expect([await lease(300), await keys("dead")]).toEqual([["a #1"], ["c"]]);
  });

  test("keeps what was done for its time, and what follows from it", async () => {
    await commit({ outbox: [entryOf("hook", "", { deed: webhook })] });
    await lease();
    await settle("hook", { kind: "done", result: "200", keptUntil: 100_000, next: entryOf("hook:next") });
    expect([await keys("done"), await lease()]).toEqual([["hook"], ["hook:next #1"]]);
    await lease(200_000);
    expect(await keys("done")).toEqual([]);
  });

  test("refuses a commit while the tenant has too many entries", async () => {
    await commit({ outbox: [entryOf("a"), entryOf("b")], outboxMax: 2 });
    expect(await commit({ outbox: [entryOf("c")], outboxMax: 2 })).toBe("outbox-full");
    expect((await store.events(eventOf())).length).toBe(1);
    sequence -= 1;
    await lease();
    await settle("a", { kind: "dead", reason: "no" });
    expect(await commit({ outbox: [entryOf("c")], outboxMax: 2 })).toBe("committed");
    expect(await store.append({ ...commitOf({ tenant: "u" }), outbox: [], outboxMax: 2 })).toBe("committed");
  });

  const arm = (slot: string, key: string, dueAt = 500): NonNullable<Commit["timers"]> => [
    { kind: "arm", slot, entry: entryOf(key, "1", { dueAt }) },
  ];

  test("holds one timer a slot: moved, cancelled, gone with its entity, also while it is under way", async () => {
    await commit({ timers: [...arm("s", "a"), ...arm("r", "b", 600)] });
    await commit({ timers: arm("s", "a2", 550) });
    expect([await lease(549), await lease(550), await store.nextDue(550)]).toEqual([[], ["a2 #1"], 600]);
    await commit({ timers: [{ kind: "cancel", slot: "s" }] });
    expect(await settle("a2", { kind: "dead", reason: "late" })).toBe(false);
    expect(await keys("timer")).toEqual(["b"]);
    await commit({ timers: [{ kind: "cancel-all" }] });
    await commit({ timers: arm("s", "c") });
    expect(await keys("timer")).toEqual(["c"]);
    await lease(600);
    await settle("c", { kind: "dead", reason: "refused" });
    await commit({ timers: arm("s", "d") });
    expect([await keys("timer"), await keys("dead")]).toEqual([["d"], ["c"]]);
  });

  test("arms a slot once where that is asked, and replaces only what is there", async () => {
    const timer = (kind: "arm-once" | "replace", slot: string, key: string): NonNullable<Commit["timers"]> => [
      { kind, slot, entry: entryOf(key, "1", { dueAt: 500 }) },
    ];
    await commit({ timers: [...timer("arm-once", "s", "a"), ...timer("replace", "r", "b")] });
    await commit({ timers: timer("arm-once", "s", "c") });
    expect(await keys("timer")).toEqual(["a"]);
    await lease(500);
    await commit({ timers: timer("replace", "s", "d") });
    expect([await keys("timer"), await settle("a", { kind: "dropped" })]).toEqual([["d"], false]);
  });

  test("lets an entry go on as another one in its slot, with no attempts behind it", async () => {
    await commit({ timers: arm("s", "a") });
    await lease(500);
    const entry = entryOf("a", "2", { dueAt: 900 });
    expect(await settle("a", { kind: "advanced", entry })).toBe(true);
    expect([await keys("timer"), await lease(899), await lease(900)]).toEqual([["a"], [], ["a #1"]]);
    await commit({ timers: [{ kind: "cancel", slot: "s" }] });
    expect([await keys("timer"), await settle("a", { kind: "advanced", entry })]).toEqual([[], false]);
  });

  test("lets no timer wait for another entry, nor any entry for a timer", async () => {
    await commit({ outbox: [entryOf("a", "1")], timers: arm("s", "later", 500) });
    expect(await lease(100)).toEqual(["a #1"]);
    await commit({ timers: arm("now", "soon", 100) });
    expect(await lease(101)).toEqual(["soon #1"]);
  });
});
