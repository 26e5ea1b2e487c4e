/** Specs that no checker finishes: each ends within its limits as unknown, with what was covered, and in bounded memory. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeScript } from "../../cli/kernel/write-script.ts";
import { startZ3 } from "../../cli/kernel/z3.ts";
import {
  type Ending,
  type Level,
  overall,
  printVerdicts,
  type Solver,
  type Verdict,
  type VerifyOptions,
  verify,
} from "../../verify/index.ts";
import { loaded } from "./loaded.ts";

const solver = startZ3();
const prover = { solver, write: writeScript };
afterAll(solver.end);

const counters = Array.from({ length: 9 }, (_, index) => `n${index}`);

/** Nine digits that turn by themselves: 10^9 states. */
const odometer = `
[automaton]
name = "Odometer"
states = ["Turning"]
initial = "Turning"
${counters
  .map(
    (name) => `
[[state]]
name = "${name}"
type = "counter"
initial = 0

[[action]]
name = "Turn_${name}"
guard = "${name} < 9"
effect = "${name} += 1"

[[action]]
name = "Reset_${name}"
guard = "${name} == 9"
effect = "${name} = 0"
`,
  )
  .join("")}
[[invariant]]
name = "Digits"
assert = "${counters.map((name) => `${name} <= 9`).join(" && ")}"
`;

/** The sum of the first odd numbers is a square, which takes multiplication to say: three times the root and five is never one. */
const squares = `
[automaton]
name = "Squares"
states = ["Adding"]
initial = "Adding"

[[state]]
name = "root"
type = "counter"
initial = 0

[[state]]
name = "square"
type = "counter"
initial = 0

[[action]]
name = "Add"
effect = ["square += root", "square += root", "square += 1", "root += 1"]

[[invariant]]
name = "NoSuchRoot"
assert = "square != 3 * root + 5"
`;

/** The list takes whatever it is given, for ever, and nothing says how its length and the count go together but both rules. */
const queue = `
[automaton]
name = "Queue"
states = ["Open"]
initial = "Open"

[[state]]
name = "waiting"
type = "list"

[[state]]
name = "last"
type = "string"
initial = ""

[[action]]
name = "Join"
kind = "input"
params = [{ name = "who", type = "string", required = true }]
effect = ["append(waiting, params.who)", "last = params.who"]

[[invariant]]
name = "TheLastIsIn"
assert = "last == '' || last in waiting"

[[action]]
name = "Serve"
kind = "input"
guard = "len(waiting) > 12"
effect = "remove_at(waiting, 0)"
`;

async function verdicts(spec: string, options: VerifyOptions = {}): Promise<readonly Verdict[]> {
  return verify({ ...(await loaded([spec])), prover, ...options });
}

function at(level: Level, all: readonly Verdict[]): Ending | undefined {
  return all.find((verdict) => verdict.level === level)?.outcome;
}

test("of 10^9 states as many are searched as the limit says, and the rest is not called held", async () => {
  const { program, service } = await loaded([odometer]);
  const all = await verify({ program, service, limits: { statesMax: 30_000 } });
  expect(at("L1", all)).toMatchObject({ kind: "unknown", facts: { states: 30_000 } });
  expect(printVerdicts(all, { color: false })).toMatch(
    /the limit of 30,000 states was reached, and [\d,]+ of 30,000 states were not followed/,
  );
  expect(overall(all)).toBe("unknown");
});

test.each([2, 8])("a limit of %i MiB on memory is kept", async (mebibytes) => {
  const bytesMax = mebibytes * 2 ** 20;
  const { program, service } = await loaded([odometer]);
  const found = at("L1", await verify({ program, service, limits: { bytesMax } }));
  if (found?.kind !== "unknown" || found.facts.kind !== "search") throw new Error(`level 1 is ${found?.kind}`);
  expect(found.reasons).toContainEqual(expect.stringMatching(/^the limit on memory was reached/));
  expect(found.facts.storeBytes).toBeLessThanOrEqual(bytesMax);
  expect(found.facts.states).toBeGreaterThan(bytesMax / 1_000);
});

test("an invariant whose reason is hard to say in linear arithmetic is unknown where its proof may take no more work", async () => {
  const all = await verdicts(squares, { limits: { proofWork: 100_000 } });
  expect(at("L0", all)).toMatchObject({ kind: "unknown", facts: { proved: [] } });
  expect(at("L1", all)?.kind).toBe("unknown");
  expect(overall(all)).toBe("unknown");
});

test("a proof that is stopped ends, however much time it has left", async () => {
  let stopped = false;
  const isAsked: Solver = {
    open: async (limits) => {
      // Well after the solver has begun, and an hour before its time is over.
      setTimeout(() => {
        stopped = true;
      }, 300);
      return solver.open(limits);
    },
  };
  const limits = { proofMs: 3_600_000, proofWork: 4_000_000_000 };
  const all = await verify({
    ...(await loaded([squares])),
    prover: { ...prover, solver: isAsked },
    limits,
    shouldStop: () => stopped,
  });
  expect(at("L0", all)).toMatchObject({ kind: "unknown", facts: { proved: [] } });
  expect(stopped).toBe(true);
});

test("a list that grows for ever is followed as far as its bound, and is not called held by that", async () => {
  const { program, service } = await loaded([queue]);
  const found = at("L1", await verify({ program, service, limits: { statesMax: 5_000 } }));
  expect(found?.kind).toBe("unknown");
  expect(overall(await verdicts(queue, { limits: { statesMax: 5_000, proofMs: 1_000 } }))).not.toBe("violated");
});

test("Ctrl-C ends the search with what is known by then", async () => {
  const folder = mkdtempSync(join(tmpdir(), "temperc-endless-"));
  try {
    writeFileSync(join(folder, "odometer.ioa.toml"), odometer);
    const { shown, exitCode } = await interrupted(folder, 1_500);
    expect(shown).toMatch(/L1 Model check {2}UNKNOWN {2}[\d,]+ states, [\d,]+ transitions/);
    expect(shown).toMatch(/because: it was stopped, and [\d,]+ of [\d,]+ states were not followed/);
    expect(exitCode).toBe(3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A process that was interrupted before it began to search is gone: then another one is given twice the time. */
async function interrupted(folder: string, afterMs: number): Promise<{ shown: string; exitCode: number | null }> {
  const main = join(import.meta.dirname, "../../dist/cli/main.js");
  const limits = ["statesMax=1000000000000", "stepsMax=1000000000000", "bytesMax=1000000000000", "proofMs=1"];
  const child = spawn(process.execPath, [main, "verify", folder, ...limits.flatMap((each) => ["--limit", each])]);
  const shown: string[] = [];
  child.stdout.on("data", (text) => shown.push(String(text)));
  const interrupting = setTimeout(() => child.kill("SIGINT"), afterMs);
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(interrupting);
  return exitCode === null && afterMs < 20_000 ? interrupted(folder, 2 * afterMs) : { shown: shown.join(""), exitCode };
}
