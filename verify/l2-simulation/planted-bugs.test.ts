/** Faults planted into copies of the runtime's own files: each is found within the budget that `temperc verify` has by default. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stormy } from "../../test/definitions/stormy.ts";
import { runtimeWith } from "../../test/verify/planted.ts";
import { runtimeBugs } from "../../test/verify/runtime-bugs.ts";
import { defaultSimulation, simulate } from "./simulate.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "temperc-planted-"));
});

afterAll(() => rm(folder, { recursive: true }));

test.for(runtimeBugs)("$name: found by seed $found.0", async (bug) => {
  const [seed, oracle] = bug.found;
  expect(seed).toBeLessThan(defaultSimulation.seed + defaultSimulation.seeds);
  const input = { definition: stormy, runtime: await runtimeWith(bug, folder) };
  const there = await simulate(input, { ...defaultSimulation, seed, seeds: 1 });
  // A change of the runtime may move a fault to another seed: to one of the default budget.
  const { failure } = there.failure === undefined ? await simulate(input, defaultSimulation) : there;
  expect(failure?.oracle).toBe(oracle);
});
