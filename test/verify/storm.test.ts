/** Level 2 as a user meets it: a fault of the runtime is shown as a run, under the faults that it takes, with the command that makes it again. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { faultNames, printVerdicts, verdictRecords } from "../../verify/index.ts";
import { stormCheck } from "../../verify/l2-simulation/check.ts";
import { defaultSimulation, simulate } from "../../verify/l2-simulation/simulate.ts";
import type { Verdict } from "../../verify/verdict.ts";
import { stormy } from "../definitions/stormy.ts";
import { runtimeWith } from "./planted.ts";
import { runtimeBugs } from "./runtime-bugs.ts";

const folder = mkdtempSync(join(import.meta.dirname, "../../node_modules/.planted-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a run that fails is shown as a table, under no more faults than it takes, and comes again by its options", async () => {
  const bug = runtimeBugs.find(({ name }) => name === "the idempotency key is looked at after the step");
  if (bug === undefined) return expect.fail("there is no such bug");
  const runtime = await runtimeWith(bug, folder);
  const outcome = await stormCheck({
    ...{ definition: stormy, runtime, verdicts: [], seed: 1, faults: faultNames },
    limits: { seeds: defaultSimulation.seeds, steps: defaultSimulation.steps },
    rerun: { command: "temperc verify shop", chosen: [] },
  });
  if (outcome.kind !== "violated" || outcome.storm === undefined) return expect.fail(`it is ${outcome.kind}`);
  const { seed, steps, faults, oracle, message, lines } = outcome.storm;
  expect(oracle).toBe("replay-equal");
  expect(faults.length).toBeLessThan(faultNames.length / 2);
  expect(outcome.notes).toEqual([
    `the same run comes again with temperc verify shop --seed ${seed} --limit seeds=1 --limit steps=${steps} --faults ${faults.join(",")}`,
  ]);
  const verdict: Verdict = { level: "L2", subject: "Job", outcome };
  const text = printVerdicts([verdict], { color: false });
  expect(text).toContain(`The service breaks replay-equal in the run of seed ${seed}, under ${faults.join(", ")}`);
  expect(text).toMatch(/\n +\d+ ms {2}(north|south) +answers request-\d+/);
  expect(text).toContain(`✗ ${message}`);
  expect(verdictRecords([verdict])[0]?.storm?.lines).toEqual(lines);
  const again = await simulate({ definition: stormy, runtime }, { seed, seeds: 1, steps, faults });
  expect(again.failure).toMatchObject({ oracle, message, log: lines });
});
