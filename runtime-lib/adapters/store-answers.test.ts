/** Answers that are fetched later, on every store: kept for their time, for their tenant, and not once nobody wants them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adapters } from "../../test/definitions/stores.ts";
import type { KeptAnswer, Store } from "../ports/index.ts";

describe.each(adapters)("kept answers of the store: $name", ({ open }) => {
  let store: Store;

  beforeEach(async () => {
    store = await open();
  });

  afterEach(() => store.close());

  const at = (minute: string) => `2026-01-01T00:${minute}:00.000Z`;
  const begun: KeptAnswer = {
    tenant: "t",
    id: "1",
    principal: 'Customer::"ä"',
    reply: null,
    lostAt: at("10"),
    expiresAt: at("20"),
  };
  const bounds = { max: 2, now: at("00") };

  test("are begun, finished, and gone when they are dropped", async () => {
    expect(await store.answers.begin(begun, bounds)).toBe(true);
    expect(await store.answers.find("t", "1")).toEqual(begun);
    const finished = { tenant: "t", id: "1", reply: '{"a":"ü"}', expiresAt: at("30") };
    expect(await store.answers.finish(finished)).toBe(true);
    expect(await store.answers.find("t", "1")).toEqual({ ...begun, ...finished });
    expect(await store.answers.drop("t", "1")).toBe(true);
    expect([await store.answers.drop("t", "1"), await store.answers.finish(finished)]).toEqual([false, false]);
    expect(await store.answers.find("t", "1")).toBeUndefined();
  });

  test("are another tenant's under the same id", async () => {
    await store.answers.begin(begun, bounds);
    expect(await store.answers.find("u", "1")).toBeUndefined();
    expect(await store.answers.drop("u", "1")).toBe(false);
    expect(await store.answers.begin({ ...begun, tenant: "u" }, bounds)).toBe(true);
  });

  test("are so many of a principal, of which those count that have not expired", async () => {
    for (const id of ["1", "2"]) expect(await store.answers.begin({ ...begun, id }, bounds)).toBe(true);
    expect(await store.answers.begin({ ...begun, id: "3" }, bounds)).toBe(false);
    expect(await store.answers.begin({ ...begun, id: "3", principal: "other" }, bounds)).toBe(true);
    expect(await store.answers.begin({ ...begun, id: "4", expiresAt: at("50") }, { ...bounds, now: at("20") })).toBe(
      true,
    );
    expect(await store.answers.find("t", "1")).toBeUndefined();
  });
});
