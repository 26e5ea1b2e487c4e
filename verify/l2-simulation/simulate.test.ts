/** The storm: the runtime as it is keeps its promises in it, and one seed is one run. */
import * as runtime from "@temperc/runtime";
import { describe, expect, test } from "vitest";
import { stormy } from "../../test/definitions/stormy.ts";
import { faultNames } from "./faults.ts";
import { defaultSimulation, simulate } from "./simulate.ts";
import { storm } from "./storm.ts";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const storms = { definition: stormy, runtime, steps: 150, faults: new Set(faultNames), refuted: new Set<string>() };

describe("a simulation", () => {
  test("finds nothing in the runtime as it is, while processes crash, messages repeat and revisions change", async () => {
    const { failure, counts, seeds: made } = await simulate({ definition: stormy, runtime }, defaultSimulation);
    expect(failure).toBeUndefined();
    expect(made).toBe(defaultSimulation.seeds);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(5);
  });

  test("is the same run for the same seed, byte for byte, and another one for another", async () => {
    const texts = await Promise.all(
      [...seeds, ...seeds].map(async (seed) => (await storm({ ...storms, seed })).log.join("\n")),
    );
    expect(texts.slice(seeds.length)).toEqual(texts.slice(0, seeds.length));
    expect(new Set(texts).size).toBe(seeds.length);
  });

  test("puts in no fault that it is not asked for", async () => {
    const { failure, counts } = await simulate({ definition: stormy, runtime }, { ...defaultSimulation, faults: [] });
    expect(failure).toBeUndefined();
    expect(counts).toMatchObject({ crashes: 0, swaps: 0 });
  });

  test.runIf(process.env.TEMPERC_LONG)("finds nothing in three hundred seeds of a thousand steps", async () => {
    const budget = { ...defaultSimulation, seeds: 300, steps: 1_000 };
    expect((await simulate({ definition: stormy, runtime }, budget)).failure).toBeUndefined();
  });
});
