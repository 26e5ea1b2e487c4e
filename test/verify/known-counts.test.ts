/** The models of `bench/models`: their reachable states are known from papers and formulas, and must come out exactly. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { overall, type Verdict, verify } from "../../verify/index.ts";
import { loaded } from "./loaded.ts";

const models = join(import.meta.dirname, "../../bench/models");

async function check(model: string): Promise<readonly Verdict[]> {
  return verify(await loaded([readFileSync(join(models, `${model}.ioa.toml`), "utf8")]));
}

function levelOne(verdicts: readonly Verdict[]): Verdict["outcome"] {
  const verdict = verdicts.find(({ level }) => level === "L1");
  if (verdict === undefined) throw new Error("there is no verdict of level 1");
  return verdict.outcome;
}

test.each([
  { model: "pipeline-10", states: 1_001 },
  { model: "pipeline-60", states: 635_376 },
  { model: "coffee-can", states: 5_150 },
  { model: "two-phase-commit-3", states: 288 },
  { model: "two-phase-commit-5", states: 8_832 },
])("$model has exactly $states states and holds", async ({ model, states }) => {
  const verdicts = await check(model);
  expect(levelOne(verdicts)).toMatchObject({ kind: "held", facts: { states } });
  expect(overall(verdicts)).toBe("held");
});

test("die-hard has exactly 16 states, and the shortest way to four gallons takes six steps", async () => {
  const verdicts = await check("die-hard");
  expect(levelOne(verdicts)).toMatchObject({ kind: "violated", facts: { states: 16 } });
  const outcome = levelOne(verdicts);
  const [counterexample] = outcome.kind === "violated" ? outcome.counterexamples : [];
  expect(counterexample?.property.name).toBe("NeverFour");
  expect(counterexample?.trace.steps).toHaveLength(6);
  expect(counterexample?.trace.steps.at(-1)?.after).toMatchObject({ big: 4 });
  expect(overall(verdicts)).toBe("violated");
});
