/** A search with others that help: what comes of it is the same as of one that is alone, to the last note and index. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { searchCrew } from "../../cli/kernel/search-crew.ts";
import {
  type Crew,
  expandBlocks,
  expanderFor,
  type OpenCrew,
  type Round,
  type Verdict,
  type VerifyInput,
  type VerifyOptions,
  verify,
} from "../../verify/index.ts";
import { automatonIn, type Loaded, loaded } from "./loaded.ts";

const root = join(import.meta.dirname, "../..");
const model = (name: string): string => readFileSync(join(root, "bench/models", `${name}.ioa.toml`), "utf8");

/** Members on this thread that share the first half of each round, block by block in turn; the rest is the search's own. */
function crewHere(input: Loaded, members: number): { readonly crew: Crew; readonly rounds: () => number } {
  let rounds = 0;
  const open: Crew["open"] = async (task) => {
    const expanders = Array.from({ length: members }, () => expanderFor(task, automatonIn(input, task.automaton.name)));
    return {
      expand: (round) => {
        rounds++;
        const half = Math.ceil(round.keys.length / round.blockStates / 2);
        round.next[0] = half;
        return expanders.map(async (expander, member) => {
          const own = Array.from({ length: half }, (_, number) => number).filter((each) => each % members === member);
          return own.flatMap((number) => expandBlocks(expander, onlyBlock(number, round)));
        });
      },
      close: async () => {},
    };
  };
  return { crew: { open }, rounds: () => rounds };
}

function onlyBlock(number: number, round: Round): Round {
  return { ...round, next: Uint32Array.of(number), keys: round.keys.subarray(0, (number + 1) * round.blockStates) };
}

const quick: VerifyOptions["limits"] = { jointStatesMax: 1 };

async function levelOnes(input: VerifyInput): Promise<readonly Verdict[]> {
  return (await verify(input)).filter(({ level }) => level === "L1");
}

/** Three counters, so that many snapshots wait at a time, and one of everything that a search can find. */
const everything = `
[automaton]
name = "Everything"
states = ["Filling", "Resting", "Stuck", "Never", "Done"]
initial = "Filling"
terminal = ["Done"]

[[state]]
name = "oil"
type = "counter"
initial = 0

[[state]]
name = "water"
type = "counter"
initial = 0

[[state]]
name = "sand"
type = "counter"
initial = 0

[[action]]
name = "Oil"
from = "Filling"
guard = "oil < 7"
effect = "oil += 1"

[[action]]
name = "Water"
from = "Filling"
guard = "water < 7"
effect = "water += 1"

[[action]]
name = "Sand"
from = ["Filling", "Done"]
effect = "sand += 1"

[[action]]
name = "Rest"
from = "Filling"
guard = "oil > 2 && water > 2"
to = "Resting"

[[action]]
name = "Wake"
from = "Resting"
to = "Filling"

[[action]]
name = "Jam"
from = "Filling"
guard = "oil == 6 && water == 6"
to = "Stuck"

[[action]]
name = "Finish"
from = "Filling"
guard = "water == 7"
to = "Done"

[[action]]
name = "Impossible"
from = "Filling"
guard = "oil > 7"

[[invariant]]
name = "NotBothFull"
assert = "oil < 7 || water < 7"

[[invariant]]
name = "LittleSand"
assert = "sand <= 3"

[[invariant]]
name = "SaysNothing"
when = ["Never"]
assert = "oil == 3"

[[liveness]]
name = "Ends"
from = ["Filling"]
reaches = ["Done"]

[[liveness]]
name = "EndsInAnyCase"
from = ["Filling"]
eventually = ["Done", "Stuck"]
`;

test.each([
  { what: "whatever can be found", text: everything, limits: {} },
  { what: "with further runs", text: everything, limits: {}, examples: 4 },
  { what: "five managers", text: model("two-phase-commit-5"), limits: {} },
  { what: "a limit on states", text: model("two-phase-commit-5"), limits: { statesMax: 4_321 } },
  { what: "a limit on steps", text: model("two-phase-commit-5"), limits: { stepsMax: 77_777 } },
  { what: "a limit on memory", text: model("two-phase-commit-5"), limits: { bytesMax: 6_540_000 } },
])("$what: others change nothing", async ({ text, limits, examples = 1 }) => {
  const input = await loaded([text]);
  const { crew, rounds } = crewHere(input, 3);
  const alone = await levelOnes({ ...input, examples, limits: { ...quick, ...limits } });
  const together = await levelOnes({ ...input, examples, crew, limits: { ...quick, ...limits, aloneMax: 100 } });
  expect(together).toEqual(alone);
  expect(rounds()).toBeGreaterThan(3);
});

/** The same threads, which the search waits for before it goes on alone. */
function awaited(threads: Crew) {
  let opening: Promise<OpenCrew> | undefined;
  let rounds = 0;
  const open: Crew["open"] = async (task) => {
    opening = threads.open(task);
    const opened = await opening;
    return {
      ...opened,
      expand: (round) => {
        rounds++;
        return opened.expand(round);
      },
    };
  };
  const onProgress = async (): Promise<void> => {
    await opening?.catch(() => {});
  };
  return { crew: { open }, onProgress, rounds: () => rounds };
}

test("threads come to the verdict of one", async () => {
  const input = await loaded([model("two-phase-commit-5")]);
  const { rounds, ...help } = awaited(searchCrew(input.bundle, "two-phase-commit-5", 2));
  const alone = await levelOnes({ ...input, limits: quick });
  const together = await levelOnes({ ...input, ...help, limits: { ...quick, aloneMax: 1_000 } });
  expect(together).toEqual(alone);
  expect(rounds()).toBeGreaterThan(3);
});

test("a thread that cannot begin is an error of the search", async () => {
  const input = await loaded([model("two-phase-commit-5")]);
  const { rounds, ...help } = awaited(searchCrew("throw new Error('no such bundle');", "broken", 1));
  const limits = { ...quick, aloneMax: 1_000 };
  await expect(levelOnes({ ...input, ...help, limits })).rejects.toThrow("no such bundle");
  expect(rounds()).toBe(0);
});
