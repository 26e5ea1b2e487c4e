/** Further counterexamples: as many as are asked for, none twice, the shorter first. */
import { expect, test } from "vitest";
import { loaded } from "../../test/verify/loaded.ts";
import type { Counterexample, Verdict } from "../verdict.ts";
import { verify } from "../verify.ts";

/** It can be filled by one or by two at a time, and overflows past three. */
const tank = `
[automaton]
name = "Tank"
states = ["Filling", "Full"]
initial = "Filling"
allow_indefinite_states = ["Filling"]

[[state]]
name = "level"
type = "counter"
initial = 0

[[action]]
name = "One"
from = "Filling"
effect = "level += 1"

[[action]]
name = "Two"
from = "Filling"
effect = "level += 2"

[[action]]
name = "Close"
from = "Filling"
to = "Full"
guard = "level == 2"

[[invariant]]
name = "NoOverflow"
assert = "level <= 3"
`;

async function runsOf(examples: number) {
  const { program, service } = await loaded([tank]);
  const verdicts: readonly Verdict[] = await verify({ program, service, examples });
  const outcome = verdicts.find(({ level }) => level === "L1")?.outcome;
  if (outcome?.kind !== "violated") throw new Error("the tank overflows");
  const of = (kind: string) => outcome.counterexamples.filter(({ property }) => property.kind === kind).map(rules);
  return { overflows: of("invariant"), deadlocks: of("deadlock"), notes: outcome.notes };
}

function rules({ trace }: Counterexample): string {
  return trace.steps.map(({ action }) => action).join(" ");
}

test("one run is shown where nothing else is asked", async () => {
  expect(await runsOf(1)).toMatchObject({ overflows: ["Two Two"], deadlocks: ["Two Close"] });
});

test("runs by other rules follow, the shorter first, and it is said where there are no more", async () => {
  const { overflows, deadlocks, notes } = await runsOf(4);
  expect(overflows).toEqual(["Two Two", "One One Two", "One Two One", "One Two Two"]);
  expect(deadlocks).toEqual(["Two Close", "One One Close"]);
  expect(notes).toContain("Full: 2 of 4 different runs found, of up to 12 steps");
});
