/** Limits of the search: each ends it as `unknown` with what was covered, and none hides a violation that was seen. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  overall,
  printVerdicts,
  type Verdict,
  type VerifyOptions,
  verdictRecords,
  verify,
} from "../../verify/index.ts";
import { loaded } from "./loaded.ts";

const pipeline = readFileSync(join(import.meta.dirname, "../../bench/models/pipeline-60.ioa.toml"), "utf8");

/** Goes up and down without end, and is wrong from twelve on. */
const elevator = `
[automaton]
name = "Elevator"
states = ["Moving"]
initial = "Moving"
allow_indefinite_states = ["Moving"]

[[state]]
name = "floor"
type = "counter"
initial = 0

[[action]]
name = "Up"
effect = "floor += 1"

[[action]]
name = "Down"
guard = "floor > 0"
effect = "floor -= 1"

[[action]]
name = "Crash"
guard = "floor * 1 == 12"
effect = "floor = 13"

[[invariant]]
name = "NeverThirteen"
assert = "floor != 13"
`;

async function levelOne(spec: string, options: VerifyOptions = {}): Promise<Verdict> {
  const verdicts = await verify({ ...(await loaded([spec])), ...options });
  const verdict = verdicts.find(({ level }) => level === "L1");
  if (verdict === undefined) throw new Error("there is no verdict of level 1");
  return verdict;
}

test("a limit on states gives unknown, with as many states as the limit", async () => {
  const verdict = await levelOne(pipeline, { limits: { statesMax: 50_000 } });
  expect(verdict.outcome).toMatchObject({ kind: "unknown", facts: { states: 50_000 } });
  expect(printVerdicts([verdict], { color: false })).toContain("because: the limit of 50,000 states was reached");
  expect(overall([verdict])).toBe("unknown");
});

test("a limit on steps gives unknown too", async () => {
  const verdict = await levelOne(pipeline, { limits: { stepsMax: 250_000 } });
  expect(verdict.outcome.kind).toBe("unknown");
  expect(printVerdicts([verdict], { color: false })).toMatch(
    /because: the limit on steps was reached after 250,0\d\d of them/,
  );
});

test("a limit that is exactly the number of states is none", async () => {
  const verdict = await levelOne(pipeline, { limits: { statesMax: 635_376 } });
  expect(verdict.outcome.kind).toBe("held");
});

test("a caller who stops gets what is known by then, and was told of the progress", async () => {
  const seen: number[] = [];
  const verdict = await levelOne(pipeline, {
    onProgress: async ({ states }) => void seen.push(states),
    shouldStop: () => seen.length === 3,
  });
  expect(verdict.outcome.kind).toBe("unknown");
  expect(seen).toHaveLength(3);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test("a violation counts although the search went past its bounds", async () => {
  const verdict = await levelOne(elevator);
  const outcome = verdict.outcome;
  expect(outcome.kind).toBe("violated");
  expect(outcome.kind === "violated" && outcome.counterexamples[0]?.trace.steps).toHaveLength(13);
});

test("a smaller bound is used as it is, and what lies past it is not called held", async () => {
  const verdict = await levelOne(elevator, { bounds: new Map([["Elevator.floor", 4]]) });
  expect(verdict.outcome).toMatchObject({
    kind: "unknown",
    facts: { states: 5, bounds: [{ name: "floor", high: 4 }] },
  });
});

test("what could still be reached past a bound is no trap", async () => {
  const liveness = `
[[liveness]]
name = "Crashes"
from = ["Moving"]
reaches = ["Fallen"]
`;
  const spec = elevator
    .replace('["Moving"]', '["Moving", "Fallen"]')
    .replace('name = "Crash"', 'name = "Crash"\nto = "Fallen"');
  const narrow = await levelOne(spec + liveness, { bounds: new Map([["floor", 4]]) });
  expect(narrow.outcome.kind).toBe("unknown");
});

test("a bound of another automaton's variable changes nothing", async () => {
  const verdict = await levelOne(elevator, { bounds: new Map([["Lift.floor", 4]]) });
  expect(verdict.outcome.kind).toBe("violated");
});

test("levels that lack what they need are not available, in text and as data, and do not make a verdict held", async () => {
  const { program, service } = await loaded([elevator]);
  const verdicts = (await verify({ program, service })).filter(({ level }) => ["L0", "L2", "L3"].includes(level));
  expect(verdictRecords(verdicts).map(({ outcome }) => outcome)).toEqual(Array(3).fill("not-available"));
  expect(printVerdicts(verdicts, { color: false })).not.toMatch(/PASSED|FAILED/);
  expect(overall(verdicts)).toBe("unknown");
});

test("the same program gives the same bytes", async () => {
  const { program, service } = await loaded([elevator]);
  const [one, other] = [await verify({ program, service }), await verify({ program, service })];
  expect(JSON.stringify(verdictRecords(other))).toBe(JSON.stringify(verdictRecords(one)));
});
