/** The journal as one stream, on every store: in commit order, in pages, one tenant's only, and from any position again. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel } from "../../test/definitions/parcel.ts";
import { adapters, commitOf, eventOf } from "../../test/definitions/stores.ts";
import { type FeedPosition, feedStart, type Store } from "../ports/index.ts";

describe.each(adapters)("the feed of the store: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
    await store.prepare([parcel, depot]);
  });

  afterEach(() => store.close());

  /** What follows the position, in pages of `max`, and where that leads. */
  async function readFrom(after: FeedPosition, max: number, tenant = "t") {
    const ids: string[] = [];
    for (let position = after; ; ) {
      const page = await store.feed({ tenant, after: position, max });
      if (page === undefined) throw new Error(`${position} is no position`);
      ids.push(...page.events.map(({ event }) => event.eventId));
      if (page.through === position) return { ids, through: position };
      position = page.through;
    }
  }

  test("is what was committed, in its order, whatever the size of a page", async () => {
    const north = { event: eventOf({ entityType: "Depot", entityId: "n", delta: { Id: "n" } }), row: { Id: "n" } };
    await store.append(commitOf({ entityId: "1" }));
    await store.append({ ...commitOf({ entityId: "2" }), also: [north] });
    expect(await store.append(commitOf({ entityId: "1" }))).toBe("conflict");
    await store.append(commitOf({ entityId: "1", sequence: 2, kind: "patched" }));
    const expected = ["1-1", "2-1", "n-1", "1-2"];
    for (const max of [1, 3, 100]) expect((await readFrom(feedStart, max)).ids).toEqual(expected);
  });

  test("goes on from any position, and from its end", async () => {
    for (const entityId of ["1", "2", "3"]) await store.append(commitOf({ entityId }));
    const first = await store.feed({ tenant: "t", after: feedStart, max: 2 });
    expect((await readFrom(first?.through ?? "", 10)).ids).toEqual(["3-1"]);
    const end = await store.feedEnd();
    expect(await readFrom(end, 10)).toEqual({ ids: [], through: end });
    await store.append(commitOf({ entityId: "4" }));
    expect((await readFrom(end, 10)).ids).toEqual(["4-1"]);
  });

  test("shows a tenant its own events, and gets past those of others", async () => {
    await store.append(commitOf({ entityId: "1", tenant: "u" }));
    await store.append(commitOf({ entityId: "1" }));
    await store.append(commitOf({ entityId: "2", tenant: "u" }));
    expect((await readFrom(feedStart, 1)).ids).toEqual(["1-1"]);
    expect((await readFrom(feedStart, 1, "u")).ids).toEqual(["1-1", "2-1"]);
    expect((await readFrom(feedStart, 1)).through).toBe(await store.feedEnd());
  });

  test("has no position that it never gave", async () => {
    for (const after of ["", "x", "-1", "1.5", "99", "1 OR 1=1"]) {
      expect(await store.feed({ tenant: "t", after, max: 1 })).toBeUndefined();
    }
  });
});
