/** Entities whose history cannot be read, on every store: they have no row in tables that are filled, and keep nobody else from theirs. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel } from "../../test/definitions/parcel.ts";
import { adapters, blank, commitOf, eventOf } from "../../test/definitions/stores.ts";
import type { Store } from "../ports/index.ts";

describe.each(adapters)("the quarantine of the store: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
    await store.prepare([parcel, depot]);
  });

  afterEach(() => store.close());

  const ref = { tenant: "t", entityType: "Parcel", entityId: "gap" };
  const stopped = { ...ref, sequence: 3, reason: "event 3 follows event 1" };

  /** An entity without its second event, between two that are whole. */
  async function withGap(): Promise<void> {
    for (const entityId of ["a", "gap", "z"]) await store.append(commitOf({ entityId }));
    const event = eventOf({ entityId: "gap", sequence: 3, kind: "action", delta: { Items: 7 } });
    await store.append({ event, row: { ...blank, Id: "gap", Items: 7 } });
  }

  const live = async () => (await store.entities({ entityType: "Parcel", top: 9 })).map(({ entityId }) => entityId);

  test("is filled when the tables are, and what can be read is there", async () => {
    await withGap();
    await store.rebuild([parcel, depot]);
    expect(await live()).toEqual(["a", "z"]);
    expect(await store.quarantine.find(ref)).toEqual(stopped);
    expect([await store.quarantine.find({ ...ref, entityId: "a" }), await store.quarantine.count()]).toEqual([
      undefined,
      1,
    ]);
    await store.append({ event: eventOf({ entityId: "gap", sequence: 2, kind: "action", delta: {} }), row: null });
    await store.rebuild([parcel, depot]);
    expect([await live(), await store.quarantine.count()]).toEqual([["a", "gap", "z"], 0]);
    expect(await store.row(ref)).toMatchObject({ sequence: 3, values: { Items: 7 } });
  });

  test("keeps what it was told first, by tenant and in pages", async () => {
    await store.quarantine.put(stopped);
    await store.quarantine.put({ ...stopped, reason: "later" });
    await store.quarantine.put({ ...stopped, entityId: "h" });
    await store.quarantine.put({ ...stopped, tenant: "u" });
    const all = { tenant: "t", top: 9, skip: 0 };
    expect(await store.quarantine.list(all)).toEqual([stopped, { ...stopped, entityId: "h" }]);
    expect(await store.quarantine.list({ ...all, skip: 1 })).toEqual([{ ...stopped, entityId: "h" }]);
    expect(await store.quarantine.count()).toBe(3);
    expect(await store.quarantine.find({ ...ref, tenant: "u" })).toEqual({ ...stopped, tenant: "u" });
  });
});
