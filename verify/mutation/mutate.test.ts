/** Mutation on a small spec: what is caught, what nothing protects and where, and what cannot be told from the original. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadAutomata } from "../../cli/kernel/load-bundle.ts";
import { bundleAutomata, printEffect, printPredicate } from "../../compiler/index.ts";
import { readTexts } from "../../test/golden/compare.ts";
import { loaded } from "../../test/verify/loaded.ts";
import { type MutationProgress, mutate } from "./mutate.ts";
import { printMutation } from "./print.ts";
import type { MutationReport } from "./report.ts";
import { score } from "./report.ts";

/** It burns on its second use, and never comes to that. */
const lamp = `
[automaton]
name = "Lamp"
states = ["Off", "On", "Broken"]
initial = "Off"
terminal = ["Broken"]
allow_indefinite_states = ["Off", "On"]

[[state]]
name = "uses"
type = "counter"
initial = 0

[[action]]
name = "Reset"
from = "Off"
guard = "uses == 0"
effect = "uses = 0"

[[action]]
name = "Switch"
from = "Off"
to = "On"
guard = "uses < 2"
effect = "uses += 1"

[[action]]
name = "Burn"
from = "On"
to = "Broken"
guard = "uses >= 2"

[[invariant]]
name = "AtMostTwice"
assert = "uses <= 2"

[[invariant]]
name = "BrokenWasUsed"
assert = "status == 'Broken' => uses >= 2"

[[invariant]]
name = "OnIsUsed"
assert = "status == 'On' => uses > 0"
`;

const root = join(import.meta.dirname, "../..");
const alias = { "@temperc/runtime/kernel": join(root, "runtime-lib/kernel/index.ts") };
const templates = Object.fromEntries([...readTexts(join(root, "templates"))]);

async function reportOf(text: string, stopAfter = Number.POSITIVE_INFINITY) {
  const { program, service } = await loaded([text]);
  const seen: MutationProgress[] = [];
  const reports = await mutate({
    program,
    service,
    wording: { predicate: printPredicate, effect: printEffect },
    load: async (automata) =>
      loadAutomata(await bundleAutomata({ program, automata, templates }, { resolveDir: root, alias }), "mutants"),
    onMutant: (progress) => void seen.push(progress),
    shouldStop: () => seen.length > stopAfter,
  });
  return { reports, seen };
}

let report: MutationReport | undefined;

beforeAll(async () => {
  [report] = (await reportOf(lamp)).reports;
});

describe("of the mutants of a lamp", () => {
  const changes = (list: MutationReport["survivors"] = []) => list.map(({ action, change }) => `${action}: ${change}`);

  test("those that break an invariant are caught, and those that nothing notices are shown with their lines", () => {
    expect(changes(report?.survivors)).toEqual([
      "Reset: guard negated: uses == 0",
      "Switch: guard negated: uses < 2",
      "Switch: to On redirected: Off",
    ]);
    expect(report?.survivors[0]?.source).toBe("spec-0.ioa.toml:17");
  });

  test("a mutant with the same reachable graph is equivalent, and does not count", () => {
    // Off is never used, so that Reset's guard and effect and the guard of Switch do nothing, and Burn never fires at all.
    expect(report).toMatchObject({ mutants: 12, equivalent: 5, killed: 4, undecided: [], untried: 0 });
    expect(report === undefined ? undefined : score(report)).toBe(4 / 7);
  });
});

test("what was not tried when it was stopped is said", async () => {
  const { reports, seen } = await reportOf(lamp, 2);
  expect(seen.map(({ done }) => done)).toEqual([0, 1, 2]);
  expect(printMutation(reports, { color: false })).toMatch(/more were not tried/);
});
