/** Media, on every store: written in the transaction of their event or not at all, and gone with what they belong to. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parcel } from "../../test/definitions/parcel.ts";
import { adapters, commitOf } from "../../test/definitions/stores.ts";
import type { MediaChange, Store } from "../ports/index.ts";

const ref = { tenant: "t", entityType: "Parcel", entityId: "1" };
const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const photo = (hash: string, content: Uint8Array): MediaChange => ({
  property: "Photo",
  content: { hash, bytes: content },
});
const nothing: MediaChange = { property: "Photo", content: null };
const patched = (sequence: number) => commitOf({ sequence, kind: "patched", action: "patched", delta: {} });

describe.each(adapters)("media of the store: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
    await store.prepare([parcel]);
  });

  afterEach(() => store.close());

  const found = async (hash: string, of = ref, property = "Photo") => {
    const content = await store.media.find(of, property, hash);
    return content && [...content];
  };

  test("are found under the hash that they were committed with, whatever bytes they have", async () => {
    expect(await store.append({ ...commitOf(), media: [photo("h1", bytes(0, 255, 92, 0))] })).toBe("committed");
    expect(await found("h1")).toEqual([0, 255, 92, 0]);
    expect([await found("h2"), await found("h1", ref, "$value")]).toEqual([undefined, undefined]);
    expect(await found("h1", { ...ref, tenant: "u" })).toBeUndefined();
    expect(await found("h1", { ...ref, entityId: "2" })).toBeUndefined();
  });

  test("may be empty, and as large as a limit lets them be", async () => {
    const large = new Uint8Array(8_388_608).fill(7);
    await store.append({
      ...commitOf(),
      media: [photo("none", bytes()), { property: "$value", content: { hash: "l", bytes: large } }],
    });
    expect(await found("none")).toEqual([]);
    const back = await store.media.find(ref, "$value", "l");
    expect(back !== undefined && Buffer.compare(back, large)).toBe(0);
  });

  test("take the place of what stood there, and leave it empty", async () => {
    await store.append({ ...commitOf(), media: [photo("h1", bytes(1))] });
    await store.append({ ...patched(2), media: [photo("h2", bytes(2))] });
    expect([await found("h1"), await found("h2")]).toEqual([undefined, [2]]);
    await store.append(patched(3));
    expect(await found("h2")).toEqual([2]);
    await store.append({ ...patched(4), media: [nothing] });
    expect(await found("h2")).toBeUndefined();
  });

  test("are not there where their commit was not made", async () => {
    await store.append({ ...commitOf(), media: [photo("h1", bytes(1))] });
    const late = { ...patched(1), media: [photo("h2", bytes(2))] };
    expect(await store.append(late)).toBe("conflict");
    expect([await found("h1"), await found("h2")]).toEqual([[1], undefined]);
    const other = commitOf({ entityId: "2" });
    expect(await store.append({ ...other, media: [photo("h3", bytes(3))], also: [late] })).toBe("conflict");
    expect([await found("h1"), await found("h3", { ...ref, entityId: "2" })]).toEqual([[1], undefined]);
  });

  test("of one commit come in the order of its parts", async () => {
    const second = { ...patched(2), media: [photo("h2", bytes(2))] };
    await store.append({ ...commitOf(), media: [photo("h1", bytes(1))], also: [second] });
    expect(await found("h2")).toEqual([2]);
  });

  test("outlive their tables being made anew from the journal", async () => {
    await store.append({ ...commitOf(), media: [photo("h1", bytes(1))] });
    await store.rebuild([parcel]);
    expect(await found("h1")).toEqual([1]);
  });
});
