/** Long storms and long sequences of requests, over all examples and over a definition that asks all there is of the world. */

import type { ServiceDefinition } from "@temperc/runtime";
import * as runtime from "@temperc/runtime/simulated";
import { describe, expect, test, vi } from "vitest";
import { untried } from "../../verify/l2-simulation/counts.ts";
import { defaultSimulation, simulate } from "../../verify/l2-simulation/simulate.ts";
import { verify } from "../../verify/verify.ts";
import { stormy } from "../definitions/stormy.ts";
import { loadedFolder } from "./loaded.ts";

vi.setConfig({ testTimeout: 600_000 });

const folders = ["examples/ecommerce", "examples/readers-writers", "golden/logistics/spec"];

async function quietUnder(definition: ServiceDefinition, seeds: number, steps: number): Promise<void> {
  const { failure, counts } = await simulate({ definition, runtime }, { ...defaultSimulation, seeds, steps });
  console.log(JSON.stringify(counts), untried(counts, defaultSimulation.faults, definition) ?? "");
  expect(failure && { ...failure, log: failure.log.slice(-60) }).toBeUndefined();
}

describe.runIf(process.env.TEMPERC_LONG)("finds nothing in the runtime as it is", () => {
  test("in three hundred storms of a thousand steps over all that a spec can ask of the world", () =>
    quietUnder(stormy, 300, 1_000));

  test.for(folders)("in a hundred storms of eight hundred steps over %s", async (folder) =>
    quietUnder((await loadedFolder(folder)).service, 100, 800),
  );

  test.for(folders)("in two hundred sequences of four hundred requests each to %s", async (folder) => {
    const limits = { cases: 200, caseRequestsMax: 400, seeds: 1, jointStepsMax: 1 };
    const verdicts = await verify({ ...(await loadedFolder(folder)), runtime, limits });
    const outcomes = verdicts.flatMap(({ level, outcome }) => (level === "L3" ? [outcome.kind] : []));
    expect(outcomes).toEqual(outcomes.map(() => "held"));
  });
});
