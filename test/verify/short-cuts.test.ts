/** The corpus is hard enough: three short cuts that checkers take answer wrongly about the cases whose heads say so. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Automaton as Emitted, Snapshot } from "@temperc/runtime";
import { afterAll, describe, expect, test } from "vitest";
import { writeScript } from "../../cli/kernel/write-script.ts";
import { startZ3 } from "../../cli/kernel/z3.ts";
import type { Automaton } from "../../compiler/index.ts";
import { satAnswers } from "../../verify/l0-symbolic/answers.ts";
import { obligationsOf } from "../../verify/l0-symbolic/obligations.ts";
import { automatonIn, loadedFolder } from "./loaded.ts";
import { naiveSearch } from "./naive-search.ts";

const folder = join(import.meta.dirname, "../../golden/verify");
const solver = startZ3();
afterAll(solver.end);

/** The rows of the README whose first cell names a case. */
const listed = [
  ...readFileSync(join(folder, "README.md"), "utf8").matchAll(/^\| `([\w-]+)` +\|([^|]+)\|([^|]+)\|$/gm),
].map(([, name = "", truth = "", who = ""]) => ({ name, truth: truth.trim(), who: who.trim() }));

/** A plain checker gives the names of the invariants that it calls broken; the short cut is taken by changing what it is given. */
interface ShortCut {
  readonly check: (program: Checked) => ReadonlySet<string> | Promise<ReadonlySet<string>>;
  readonly cut: (program: Checked) => Checked;
}

interface Checked {
  readonly ir: Automaton;
  readonly emitted: Emitted;
}

const shortCuts: readonly (readonly [words: string, ShortCut])[] = [
  ["counts to two", { check: brokenIn, cut: (program) => refusing(program, isPastTwo) }],
  ["skips self-loops", { check: brokenIn, cut: (program) => refusing(program, stays) }],
  ["ignores guards in induction", { check: notInductive, cut: withoutGuards }],
];

function brokenIn({ emitted }: Checked): ReadonlySet<string> {
  return new Set(naiveSearch(emitted, { numberMax: 9, lengthMax: 3, statesMax: 2_000 }).broken.keys());
}

/** The automaton without the moves that the short cut does not see. */
function refusing({ ir, emitted }: Checked, isUnseen: (before: Snapshot, after: Snapshot) => boolean): Checked {
  const step: Emitted["step"] = (before, action, params) => {
    const outcome = emitted.step(before, action, params);
    if (outcome.kind === "refused" || !isUnseen(before, outcome.after)) return outcome;
    return { kind: "refused", reason: "no-rule-here", detail: before.status };
  };
  return { ir, emitted: { ...emitted, step } };
}

function isPastTwo(_: Snapshot, after: Snapshot): boolean {
  return Object.values(after).some((value) => typeof value === "number" && value > 2);
}

function stays(before: Snapshot, after: Snapshot): boolean {
  return before.status === after.status;
}

function withoutGuards({ ir, emitted }: Checked): Checked {
  return { ir: { ...ir, rules: ir.rules.map(({ guard: _, ...rule }) => rule) }, emitted };
}

async function notInductive({ ir }: Checked): Promise<ReadonlySet<string>> {
  const { text, questions } = obligationsOf(ir, writeScript);
  const session = await solver.open({ work: 1_000_000, ms: 60_000, shouldStop: () => false });
  const answers = satAnswers(await session.run(text), questions.length);
  session.close();
  return new Set(
    questions.flatMap((each, at) => (each.kind === "guard" || answers[at] === "unsat" ? [] : [each.invariant])),
  );
}

/** What the case's golden verdict says: there each invariant that is broken has its run. */
function truthOf(name: string): ReadonlySet<string> {
  const verdict = readFileSync(join(folder, name, "expected/verify.txt"), "utf8");
  return new Set([...verdict.matchAll(/ breaks invariant (\w+) in /g)].map(([, invariant = ""]) => invariant));
}

/** The remark that a spec begins with, on one line. */
function headOf(name: string): string {
  const spec = join(folder, name, "spec");
  const texts = readdirSync(spec).map((file) => readFileSync(join(spec, file), "utf8"));
  return texts.map((text) => /^(?:#.*\n)+/.exec(text)?.[0].replace(/\n?# ?/g, " ") ?? "").join("");
}

describe("the corpus", () => {
  const cases = readdirSync(folder, { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? [each.name] : []));

  test("has at least forty cases, at least ten of them such as a short cut answers wrongly", () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
    const misled = listed.filter(({ who }) => shortCuts.some(([words]) => who.includes(words)));
    expect(misled.length).toBeGreaterThanOrEqual(10);
  });

  test("says in the case itself who is wrong about it", () => {
    const told = cases.flatMap((name) => {
      const who = /Who is wrong: (.+)\.\s*$/.exec(headOf(name))?.[1];
      return who === undefined ? [] : [`${name}: ${who}`];
    });
    expect(told).toEqual(listed.map(({ name, who }) => `${name}: ${who}`).sort());
  });
});

describe.each(shortCuts)("a checker that %s", (words, { check, cut }) => {
  const misleading = listed.filter(({ who }) => new RegExp(`^whoever ${words}|, or ${words}`).test(who));

  test.each(misleading.map(({ name, truth }) => [name, truth]))("is wrong about %s: %s", async (name) => {
    const loadedCase = await loadedFolder(`golden/verify/${name}/spec`);
    const [ir] = loadedCase.program.automata;
    if (ir === undefined) throw new Error(`${name} has no automaton`);
    const program = { ir, emitted: automatonIn(loadedCase, ir.name) };
    expect(await check(program)).toEqual(truthOf(name));
    expect(await check(cut(program))).not.toEqual(truthOf(name));
  });
});
