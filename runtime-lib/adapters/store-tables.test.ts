/** What every store makes of a type that has changed: the rows that are there have what is new as a new entity has it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel, property } from "../../test/definitions/parcel.ts";
import { adapters, blank, commitOf, eventOf, queryOf } from "../../test/definitions/stores.ts";
import type { EntityTypeDescriptor, Value } from "../kernel/index.ts";
import type { Store } from "../ports/index.ts";

/** One property of each kind of column, with a default that is hard to write down. */
const added = [
  property("Weight", "Edm.Int32", { defaultValue: 7 }),
  property("Fee", "Edm.Decimal", { defaultValue: -0.29, scale: 2 }),
  property("Ratio", "Edm.Double", { defaultValue: 1e300 }),
  property("Insured", "Edm.Boolean", { defaultValue: true }),
  property("Words", "Edm.String", { defaultValue: `it's "ü" \\ $1 ?` }),
  property("Since", "Edm.DateTimeOffset", { defaultValue: "2026-02-01T00:00:00.5Z" }),
  property("Marks", "Edm.String", { collection: true, defaultValue: ["a", "b'"] }),
  property("Seen", "Edm.String", { nullable: true }),
];
const news = Object.fromEntries(added.map(({ name, defaultValue = null }): [string, Value] => [name, defaultValue]));
const wider: EntityTypeDescriptor = { ...parcel, properties: [...added, ...parcel.properties] };

describe.each(adapters)("the tables of the store: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
    await store.prepare([parcel, depot]);
    await store.append(commitOf());
  });

  afterEach(() => store.close());

  const values = async (entityId = "1") => (await store.row(eventOf({ entityId })))?.values;

  test("take new properties, which rows that are there have by default", async () => {
    await store.prepare([wider, depot]);
    expect(await values()).toEqual({ ...blank, ...news });
    const filter = {
      kind: "compare",
      operator: "eq",
      left: { kind: "property", property: "Words" },
      right: { kind: "literal", value: news.Words ?? null },
    } as const;
    const { rows } = await store.query({ ...queryOf({ filter }), entityType: wider });
    expect(rows.map((row) => row.values)).toEqual([{ ...blank, ...news }]);
  });

  test("take rows of an earlier revision, which knows nothing of what is new", async () => {
    await store.prepare([wider, depot]);
    expect(await store.append(commitOf({ sequence: 2, kind: "patched" }, { Note: "later" }))).toBe("committed");
    expect(await store.append(commitOf({ entityId: "2" }, { Id: "2" }))).toBe("committed");
    expect(await values()).toEqual({ ...blank, ...news, Note: "later" });
    expect(await values("2")).toEqual({ ...blank, ...news, Id: "2" });
  });

  test("are the same when they are filled from the journal", async () => {
    await store.prepare([wider, depot]);
    await store.append(commitOf({ sequence: 2, kind: "patched", delta: { Note: "later" } }, { Note: "later" }));
    const before = await values();
    await store.rebuild([wider, depot]);
    expect(await values()).toEqual(before);
  });

  const without = (...names: readonly string[]): EntityTypeDescriptor => ({
    ...parcel,
    properties: parcel.properties.filter(({ name }) => !names.includes(name)),
  });

  test("take properties away, indexed ones too", async () => {
    const indexed = parcel.properties.map((each) =>
      each.name === "Note" ? { ...each, isIndexed: true as const } : each,
    );
    await store.prepare([{ ...parcel, properties: indexed }, depot]);
    await store.prepare([without("Fragile", "Note"), depot]);
    const { Note: _note, Fragile: _fragile, ...rest } = blank;
    expect(await values()).toEqual(rest);
    expect(await store.append(commitOf({ entityId: "2" }, { Id: "2" }))).toBe("committed");
  });

  test("have what the journal says of a property that was away, and one of another type", async () => {
    await store.append(commitOf({ sequence: 2, kind: "patched", delta: { Note: "kept" } }, { Note: "kept" }));
    await store.prepare([without("Note"), depot]);
    await store.prepare([parcel, depot]);
    expect(await values()).toEqual({ ...blank, Note: "kept" });
    await store.prepare([wider, depot]);
    await store.append(commitOf({ sequence: 3, kind: "patched", delta: { Weight: 9 } }, { ...news, Weight: 9 }));
    await store.prepare([without("Note"), depot]);
    await store.prepare([wider, depot]);
    expect(await values()).toEqual({ ...blank, ...news, Note: "kept", Weight: 9 });
    const other = [...parcel.properties, property("Ratio", "Edm.String", { nullable: true })];
    await store.prepare([{ ...parcel, properties: other }, depot]);
    expect(await values()).toEqual({ ...blank, Note: "kept", Ratio: null });
  });

  test("index what is to be indexed from now on", async () => {
    const indexed = parcel.properties.map((each) =>
      each.name === "Note" ? { ...each, isIndexed: true as const } : each,
    );
    await store.prepare([{ ...parcel, properties: [...indexed, ...added] }, depot]);
    expect(await values()).toEqual({ ...blank, ...news });
    await store.prepare([wider, depot]);
    expect(await values()).toEqual({ ...blank, ...news });
  });
});
