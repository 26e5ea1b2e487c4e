/** The log of revisions, on each adapter: what is staged, what becomes live, and what is told of whom. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel } from "../../test/definitions/parcel.ts";
import { adapters, blank, commitOf, eventOf } from "../../test/definitions/stores.ts";
import { type EntityCommit, type RevisionRecord, StaleMigration, type Store } from "../ports/index.ts";

function record(changes: Partial<RevisionRecord> = {}): RevisionRecord {
  return {
    tenant: "t",
    number: 1,
    state: "staged",
    name: "Shop",
    specHash: "s",
    verifiedHash: "v",
    verifierVersion: "1.0.0",
    bounds: { Items: 3 },
    outcome: "held",
    origin: "submitted",
    by: 'Admin::"operator"',
    at: "2026-01-01T00:00:00.000Z",
    files: [{ path: "a/order.ioa.toml", text: "ünïcode 😀 ' \" \n" }],
    ...changes,
  };
}

describe.each(adapters)("the log of revisions: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
    await store.prepare([parcel, depot]);
  });

  afterEach(() => store.close());

  test("gives back what was staged, as it was, and to its tenant only", async () => {
    expect(await store.stageRevision(record())).toBe(true);
    expect(await store.revision("t", 1)).toEqual(record());
    expect(await store.revision("u", 1)).toBeUndefined();
    expect(await store.revisions("u", { top: 9, skip: 0 })).toEqual([]);
    expect(await store.revisionTenants()).toEqual(["t"]);
  });

  test("has one revision of a number, however many are staged at once", async () => {
    const rivals = ["a", "b", "c"].map((specHash) => store.stageRevision(record({ specHash })));
    expect((await Promise.all(rivals)).filter((isFirst) => isFirst)).toHaveLength(1);
  });

  test("lists the newest first, page by page and without files; what is dropped is not there", async () => {
    for (const number of [1, 2, 3]) await store.stageRevision(record({ number }));
    await store.settleRevision("t", 1, "live");
    await store.settleRevision("t", 2, "dropped");
    const { files: _files, ...summary } = record();
    const listed = await store.revisions("t", { top: 9, skip: 0 });
    expect(listed).toEqual([
      { ...summary, number: 3 },
      { ...summary, number: 1, state: "live" },
    ]);
    expect(await store.revisions("t", { top: 1, skip: 1 })).toEqual(listed.slice(1));
  });

  test("is no part of the journal, whose newest events are told in order", async () => {
    for (const entityId of ["1", "2", "3"]) await store.append(commitOf({ entityId }));
    await store.append(commitOf({ tenant: "u" }));
    expect((await store.recentEvents("t", 2)).events.map(({ entityId }) => entityId)).toEqual(["2", "3"]);
    expect(await store.recentEvents("none", 2)).toEqual({ events: [], unreadable: [] });
  });

  const moved = (entityId: string, sequence: number): EntityCommit => ({
    ...commitOf({ entityId, sequence, kind: "migrated", action: "migrated", delta: { Status: "Packed" } }),
    timers: [],
  });

  test("goes with the entities that it maps: all of them and the tables, or nothing", async () => {
    for (const entityId of ["1", "2"]) await store.append(commitOf({ entityId, delta: { ...blank, Id: entityId } }));
    await store.prepare([parcel, depot], [moved("1", 2), moved("2", 2)]);
    expect(await store.row(eventOf({ entityId: "2" }))).toMatchObject({ values: { Status: "Packed" }, sequence: 2 });
    expect((await store.events(eventOf({ entityId: "1" }))).map(({ kind }) => kind)).toEqual(["created", "migrated"]);
    await expect(store.prepare([parcel, depot], [moved("1", 3), moved("2", 2)])).rejects.toThrow(StaleMigration);
    expect(await store.row(eventOf({ entityId: "1" }))).toMatchObject({ sequence: 2 });
    expect(await store.events(eventOf({ entityId: "1" }))).toHaveLength(2);
  });

  test("looks through what lives page by page, of every tenant, and by status", async () => {
    for (const tenant of ["t", "u"]) {
      for (const entityId of ["1", "2"])
        await store.append(commitOf({ tenant, entityId, delta: { ...blank, Id: entityId } }, { Id: entityId }));
    }
    await store.append(commitOf({ entityId: "3" }, { Id: "3", Status: "Sent" }));
    const [first, ...rest] = await store.entities({ entityType: "Parcel", top: 9 });
    expect([first, ...rest]).toHaveLength(5);
    expect(first).toMatchObject({ entityType: "Parcel", sequence: 1, values: { Items: 0 } });
    if (first === undefined) throw new Error("there is a first one");
    expect(await store.entities({ entityType: "Parcel", after: first, top: 9 })).toEqual(rest);
    const sent = await store.entities({ entityType: "Parcel", status: "Sent", top: 9 });
    expect(sent.map(({ tenant, entityId }) => [tenant, entityId])).toEqual([["t", "3"]]);
    expect(await store.entities({ entityType: "Unknown", top: 9 })).toEqual([]);
  });
});
