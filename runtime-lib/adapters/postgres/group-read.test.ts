/** What is looked up together: one statement, each its own answer and its own failure. */
import { expect, test } from "vitest";
import { StoreUnavailable } from "../../ports/index.ts";
import { GroupRead } from "./group-read.ts";

/** Doubles numbers; a negative one cannot be looked up. */
function doubling(bounds: { readonly lookedUpMax?: number; readonly underWayMax?: number } = {}) {
  const asked: (readonly number[])[] = [];
  const reads = new GroupRead(async (all: readonly number[]) => {
    asked.push(all);
    if (all.some((each) => each < 0)) throw new RangeError("negative");
    return all.map((each) => each * 2);
  }, bounds);
  return { asked, reads };
}

test("what is asked for in one turn is looked up at once, and answered in order", async () => {
  const { asked, reads } = doubling();
  expect(await Promise.all([1, 2, 3].map((each) => reads.read(each)))).toEqual([2, 4, 6]);
  expect(asked).toEqual([[1, 2, 3]]);
});

test("one that cannot be looked up is no reason to refuse its neighbours", async () => {
  const { reads } = doubling();
  const settled = await Promise.allSettled([1, -2, 3].map((each) => reads.read(each)));
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a store that is away is not asked again for each", async () => {
  let asked = 0;
  const reads = new GroupRead(async (_all: readonly number[]): Promise<readonly number[]> => {
    asked += 1;
    throw new StoreUnavailable("away");
  });
  const settled = await Promise.allSettled([1, 2, 3].map((each) => reads.read(each)));
  expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(asked).toBe(1);
});

test("more than fit into a statement, or come while statements are under way, wait their turn", async () => {
  const { asked, reads } = doubling({ lookedUpMax: 2, underWayMax: 1 });
  expect(await Promise.all([1, 2, 3, 4, 5].map((each) => reads.read(each)))).toEqual([2, 4, 6, 8, 10]);
  expect(asked).toEqual([[1, 2], [3, 4], [5]]);
});
