/** Limits of the proof: each ends it as `unknown`, in time, and what it shows past the bounds of the search is replayed. */
import { afterAll, expect, test } from "vitest";
import { writeScript } from "../../cli/kernel/write-script.ts";
import { startZ3 } from "../../cli/kernel/z3.ts";
import { type Ending, overall, type Verdict, type VerifyOptions, verify } from "../../verify/index.ts";
import { loaded } from "./loaded.ts";

const solver = startZ3();
const prover = { solver, write: writeScript };
afterAll(solver.end);

/** Two counters rise on their own, and a guard weighs them against each other: no search sees the whole of it. */
const scales = (weight: number, fault: string): string => `
[automaton]
name = "Scales"
states = ["Level", "Tipped"]
initial = "Level"
terminal = ["Tipped"]
allow_indefinite_states = ["Level"]

[[state]]
name = "left"
type = "counter"
initial = 0

[[state]]
name = "right"
type = "counter"
initial = 0

[[action]]
name = "Load"
from = "Level"
effect = ["left += 1", "right += ${weight}"]

[[action]]
name = "Tip"
from = "Level"
to = "Tipped"
guard = "${fault}"

[[invariant]]
name = "NeverTips"
assert = "status != 'Tipped'"
`;

async function verdicts(spec: string, options: VerifyOptions = {}): Promise<readonly Verdict[]> {
  return verify({ ...(await loaded([spec])), prover, ...options });
}

function levelZero(all: readonly Verdict[]): Ending | undefined {
  return all.find(({ level }) => level === "L0")?.outcome;
}

test("a proof whose time is over is unknown, and says of what", async () => {
  const all = await verdicts(scales(2, "left > right"), { limits: { proofMs: 0 } });
  expect(levelZero(all)).toMatchObject({
    kind: "unknown",
    facts: { kind: "proof", proved: [] },
    reasons: [
      "NeverTips is neither proved nor broken (spec-0.ioa.toml:32)",
      "whether the guard of Tip can be true was not decided (spec-0.ioa.toml:24)",
    ],
  });
  expect(overall(all)).toBe("unknown");
});

test("a proof whose work is over is unknown, and ends at the same place however long it may take", async () => {
  const ended = async (proofWork: number) =>
    levelZero(await verdicts(scales(2, "left > right"), { limits: { proofWork, proofMs: 60_000 } }));
  expect(await ended(1)).toMatchObject({ kind: "unknown", facts: { proved: [] } });
  // Some of these end in the midst of a proof: each does so twice in the same way.
  for (const work of [100, 1_000, 10_000]) expect(await ended(work)).toEqual(await ended(work));
  expect(await ended(1_000_000)).toMatchObject({ kind: "held" });
});

test("a proof that is stopped is unknown", async () => {
  expect(levelZero(await verdicts(scales(2, "left > right"), { shouldStop: () => true }))?.kind).toBe("unknown");
});

test("what is proved for counters of any size completes a search that stopped at its bounds", async () => {
  const all = await verdicts(scales(2, "left > right"));
  expect(levelZero(all)).toMatchObject({ kind: "held", facts: { proved: [{ how: "strengthened" }] } });
  expect(all.find(({ level }) => level === "L1")?.outcome).toMatchObject({ kind: "held", facts: { states: 2 } });
  expect(overall(all)).toBe("held");
});

test("a fault past the bounds of the search is shown by the shortest run", async () => {
  const all = await verdicts(scales(2, "right > left + 6"));
  const found = levelZero(all);
  if (found?.kind !== "violated") throw new Error(`level 0 is ${found?.kind}`);
  const [counterexample] = found.counterexamples;
  expect(counterexample?.trace.steps.map(({ action }) => action)).toEqual([...Array(7).fill("Load"), "Tip"]);
  expect(counterexample?.trace.steps.at(-1)?.before).toEqual({ status: "Level", left: 7, right: 14 });
});
