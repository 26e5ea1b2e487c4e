/** The storm: the runtime as it is keeps its promises in it, it meets every fault there is, and one seed is one run. */
import * as runtime from "@temperc/runtime";
import { describe, expect, test } from "vitest";
import { stormy } from "../../test/definitions/stormy.ts";
import { faultNames } from "../simulated/faults.ts";
import { untried } from "./counts.ts";
import { defaultSimulation, simulate } from "./simulate.ts";
import { storm } from "./storm.ts";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const storms = { definition: stormy, runtime, steps: 150, faults: new Set(faultNames), refuted: new Set<string>() };

describe("a simulation", () => {
  test("finds nothing in the runtime as it is, and meets every fault and every way in its default budget", async () => {
    const { failure, counts, seeds: made } = await simulate({ definition: stormy, runtime }, defaultSimulation);
    expect(failure).toBeUndefined();
    expect(made).toBe(defaultSimulation.seeds);
    const { faults, ...ways } = counts;
    expect(Object.entries({ ...ways, ...faults }).filter(([, count]) => count === 0)).toEqual([]);
    expect(untried(counts, faultNames, stormy)).toBeUndefined();
  });

  test("is the same run for the same seed, byte for byte, and another one for another", async () => {
    const texts = await Promise.all(
      [...seeds, ...seeds].map(async (seed) => JSON.stringify(await storm({ ...storms, seed }))),
    );
    expect(texts.slice(seeds.length)).toEqual(texts.slice(0, seeds.length));
    expect(new Set(texts).size).toBe(seeds.length);
  });

  test("puts in no fault that it is not asked for", async () => {
    const budget = { ...defaultSimulation, seeds: 3 };
    const { failure, counts } = await simulate({ definition: stormy, runtime }, { ...budget, faults: [] });
    expect(failure).toBeUndefined();
    expect(counts).toMatchObject({ crashes: 0, swaps: 0 });
    expect(Object.values(counts.faults).every((count) => count === 0)).toBe(true);
  });

  test("says what it never tried", async () => {
    const faults = ["torn-batch", "call-fails"] as const;
    const { counts } = await simulate(
      { definition: stormy, runtime },
      { ...defaultSimulation, seeds: 1, steps: 3, faults },
    );
    expect(untried(counts, faults, stormy)).toBe(
      "never came up: torn-batch, call-fails, a webhook, a trigger, a timer",
    );
    const quiet = { ...stormy, entityTypes: [] };
    expect(untried(counts, faults, quiet)).toBe(
      "never came up: torn-batch, call-fails (the spec calls nobody outside)",
    );
  });
});
