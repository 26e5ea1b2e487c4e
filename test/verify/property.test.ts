/** Level 3 on the real request path: what it finds, what it shows, and that it is the same each time. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as runtime from "@temperc/runtime/simulated";
import { describe, expect, test } from "vitest";
import { printVerdicts, type Verdict, type VerifyOptions, verdictRecords, verify } from "../../verify/index.ts";
import { loaded } from "./loaded.ts";
import { type Fault, runtimeWith } from "./planted.ts";

/** Wrong from eight on, which a search that stops at three does not see. */
const counting = `
[automaton]
name = "Gate"
states = ["Open", "Shut"]
initial = "Open"
allow_indefinite_states = ["Open", "Shut"]

[[state]]
name = "guests"
type = "counter"

[[state]]
name = "last"
type = "string"

[[action]]
name = "Enter"
kind = "input"
from = "Open"
params = [{ name = "name", type = "string" }]
guard = "params.name != ''"
effect = ["guests += 1", "last = params.name"]

[[action]]
name = "Close"
kind = "input"
from = "Open"
to = "Shut"

[[invariant]]
name = "RoomForAll"
assert = "guests <= 7"

[[state_timeout]]
state = "Shut"
after_seconds = 60
on_timeout = "Reopen"

[[action]]
name = "Reopen"
kind = "internal"
from = "Shut"
to = "Open"
`;

const sound = counting.replace("guests <= 7", "guests >= 0 || last != ''");

async function levelThree(spec: string, options: VerifyOptions = {}): Promise<Verdict> {
  const verdicts = await verify({ ...(await loaded([spec])), runtime, ...options });
  const verdict = verdicts.find(({ level }) => level === "L3");
  if (verdict === undefined) throw new Error("there is no level 3");
  return verdict;
}

test("an invariant that breaks past the bounds of the search is broken by the fewest requests", async () => {
  const options = { bounds: new Map([["guests", 3]]), limits: { cases: 100 }, command: "temperc verify gate" };
  const verdict = await levelThree(counting, options);
  const [record] = verdictRecords([verdict]);
  expect(record?.outcome).toBe("violated");
  expect(record?.counterexamples?.map(({ property, steps }) => [property.name, steps.length])).toEqual([
    ["RoomForAll", 8],
  ]);
  expect(record?.notes).toEqual([
    "the same requests come again with temperc verify gate --seed 1 --limit cases=100 --bound guests=3",
  ]);
  expect(printVerdicts([verdict], { color: false })).toContain("Gate breaks invariant RoomForAll in 8 steps");
});

test("a sound spec holds, with requests that were accepted and some that were not", async () => {
  const { outcome } = await levelThree(sound);
  if (outcome.kind !== "held" || outcome.facts.kind !== "cases") return expect.fail(JSON.stringify(outcome));
  const { cases, requests, accepted } = outcome.facts;
  expect(cases).toBe(40);
  expect(accepted).toBeGreaterThan(200);
  expect(requests).toBeGreaterThan(accepted);
});

test("the same seed sends the same requests, and another seed others", async () => {
  const [one, same, other] = [await levelThree(sound), await levelThree(sound), await levelThree(sound, { seed: 2 })];
  expect(same).toEqual(one);
  expect(other).not.toEqual(one);
});

test("who stops it is told how far it came", async () => {
  const asked: true[] = [];
  const { outcome } = await levelThree(sound, { shouldStop: () => asked.push(true) > 10 });
  expect(outcome).toMatchObject({
    kind: "unknown",
    reasons: [expect.stringMatching(/^it was stopped after \d+ of 40/)],
  });
});

describe("a fault in the service is shown by the fewest requests:", () => {
  const faults: readonly [string, Fault, RegExp, number][] = [
    [
      "a variable is not written",
      {
        file: "service/evaluate.ts",
        find: "for (const { name } of automaton.variables) moved",
        replace: "for (const { name } of automaton.variables.slice(1)) moved",
      },
      /another result than that of its step/,
      1,
    ],
    [
      "a sequence number is left out",
      {
        file: "service/parts.ts",
        find: "sequence: present.sequence + 1,",
        replace: "sequence: present.sequence + (present.sequence === 2 ? 2 : 1),",
      },
      /event 4 follows event 2/,
      1,
    ],
    [
      "the row lags behind the journal",
      {
        file: "adapters/memory/store.ts",
        find: "else this.#rows.set(key, { ref: event, row:",
        replace: "else if (event.sequence !== 3) this.#rows.set(key, { ref: event, row:",
      },
      /what is read is not what the recorded actions lead to/,
      2,
    ],
    [
      "a call that is refused is an exception",
      {
        file: "service/evaluate.ts",
        find: 'if (outcome.kind === "refused") return refusal(type, snapshot.status, action, outcome);',
        replace: 'if (outcome.kind === "refused") throw new Error("out of order");',
      },
      /the service answered InternalError: out of order/,
      1,
    ],
  ];

  test.each(faults)("%s", async (_, fault, message, steps) => {
    const folder = mkdtempSync(join(import.meta.dirname, "../../node_modules/.planted-"));
    try {
      const { outcome } = await levelThree(sound, { runtime: await runtimeWith(fault, folder) });
      if (outcome.kind !== "violated") return expect.fail(`it is ${outcome.kind}`);
      const [found] = outcome.counterexamples;
      expect(found?.property).toMatchObject({ kind: "agreement", text: expect.stringMatching(message) });
      expect(found?.trace.steps.length).toBeLessThanOrEqual(steps);
      expect(outcome.notes.join()).toContain("--seed 1");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
