/** Commits that touch more than one entity, on every store: whole or nothing, on what was read, under alternate keys. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { depot, parcel } from "../../test/definitions/parcel.ts";
import { adapters, commitOf, eventOf, noReactions } from "../../test/definitions/stores.ts";
import type { EntityTypeDescriptor } from "../kernel/index.ts";
import { DuplicateKeys, type EntityCommit, type Store } from "../ports/index.ts";

describe.each(adapters)("the store: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
    await store.prepare([parcel, depot]);
  });

  afterEach(() => store.close());

  describe("a commit of several parts", () => {
    const depotAt = (entityId: string, sequence = 1): EntityCommit => ({
      event: eventOf({ entityType: "Depot", entityId, sequence, delta: { Id: entityId } }),
      row: { Id: entityId },
    });

    test("is whole or nothing", async () => {
      expect(await store.append({ ...commitOf(), also: [depotAt("north")] })).toBe("committed");
      expect(await store.append({ ...commitOf({ entityId: "2" }), also: [depotAt("north")] })).toBe("conflict");
      expect(await store.events(eventOf({ entityId: "2" }))).toEqual([]);
      expect(await store.row(eventOf({ entityId: "2" }))).toBeUndefined();
    });

    test("is a conflict where what was read has moved, come or gone", async () => {
      await store.append(depotAt("north"));
      const read = (entityId: string, sequence: number | null) => [
        { tenant: "t", entityType: "Depot", entityId, sequence },
      ];
      expect(await store.append({ ...commitOf(), reads: read("north", 2) })).toBe("conflict");
      expect(await store.append({ ...commitOf(), reads: read("north", null) })).toBe("conflict");
      expect(await store.append({ ...commitOf(), reads: read("south", 1) })).toBe("conflict");
      expect(await store.append({ ...commitOf(), reads: [...read("north", 1), ...read("south", null)] })).toBe(
        "committed",
      );
    });

    test("is refused where something refers to what must have no reference", async () => {
      await store.append(commitOf({ entityId: "1" }, { Owner: "alice" }));
      const ofOwner = (owner: string) => [{ tenant: "t", entityType: "Parcel", property: "Owner", value: owner }];
      expect(await store.append({ ...depotAt("a"), unreferenced: ofOwner("alice") })).toBe("referenced");
      expect(await store.row(depotAt("a").event)).toBeUndefined();
      expect(await store.append({ ...depotAt("a"), unreferenced: ofOwner("bob") })).toBe("committed");
    });
  });

  describe("an alternate key", () => {
    const keyed: EntityTypeDescriptor = {
      ...parcel,
      reactions: {
        ...noReactions,
        keys: [{ name: "ByOwner", properties: ["Owner", "Label"], isEntityId: false }],
      },
    };

    test("belongs to one entity of a tenant, until that one gives it up", async () => {
      await store.prepare([keyed]);
      const first = commitOf({ entityId: "1" }, { Label: "x" });
      expect(await store.append(first)).toBe("committed");
      expect(await store.append(commitOf({ entityId: "2" }, { Label: "x" }))).toBe("key-taken");
      expect(await store.events(eventOf({ entityId: "2" }))).toEqual([]);
      expect(await store.append(commitOf({ entityId: "2", tenant: "u" }, { Label: "x" }))).toBe("committed");
      expect(await store.append(commitOf({ entityId: "1", sequence: 2, kind: "patched" }, { Label: "y" }))).toBe(
        "committed",
      );
      expect(await store.append(commitOf({ entityId: "2" }, { Label: "x" }))).toBe("committed");
    });

    test("that is not set belongs to nobody, so several entities are without it", async () => {
      await store.prepare([keyed]);
      expect(await store.append(commitOf({ entityId: "1" }, { Label: "" }))).toBe("committed");
      expect(await store.append(commitOf({ entityId: "2" }, { Label: "" }))).toBe("committed");
      expect(await store.append(commitOf({ entityId: "3" }, { Label: "x", Owner: null }))).toBe("committed");
      expect(await store.append(commitOf({ entityId: "4" }, { Label: "x", Owner: null }))).toBe("committed");
    });

    test("cannot be declared over entities that share it", async () => {
      await store.append(commitOf({ entityId: "1" }, { Label: "x" }));
      await store.append(commitOf({ entityId: "2" }, { Label: "x" }));
      await expect(store.prepare([keyed])).rejects.toThrow(DuplicateKeys);
      expect(await store.row(eventOf({ entityId: "2" }))).toMatchObject({ sequence: 1 });
    });
  });
});
