/** The model checker beside a naive search on random specs: what it calls held has no violation anywhere near, and no shorter run. */
import type { Automaton } from "@temperc/runtime";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Counterexample, type Ending, verify } from "../../verify/index.ts";
import { automatonIn, loaded } from "./loaded.ts";
import { type NaiveResult, naiveSearch } from "./naive-search.ts";
import { randomSpec } from "./random-spec.ts";

const specsPerProgram = 16;
const programs = process.env.TEMPERC_LONG === undefined ? 25 : 500;
const window = { numberMax: 9, lengthMax: 4, statesMax: 2_000 };

/** How many specs ended in which way, to see that each way was tried. */
const outcomes = { held: 0, violated: 0, unknown: 0, "not-available": 0, counted: 0 };

const names = Array.from({ length: specsPerProgram }, (_, index) => `Spec${index}`);
const specs = fc.tuple(...names.map(randomSpec));

test("verdicts and lengths of counterexamples are those of a naive search", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(specs, async (texts) => {
      const program = await loaded(texts);
      const verdicts = await verify({ ...program, limits: { statesMax: 20_000 } });
      for (const [index, name] of names.entries()) {
        const verdict = verdicts.find(({ level, subject }) => level === "L1" && subject === name);
        if (verdict === undefined) throw new Error(`${name} has no verdict`);
        outcomes[verdict.outcome.kind]++;
        const automaton = automatonIn(program, name);
        compare(verdict.outcome, automaton, { text: texts[index] ?? "", targets: targetsIn(texts[index] ?? "") });
      }
    }),
    { numRuns: programs, seed: 20_261_123, endOnFailure: true },
  );
  for (const kind of ["held", "violated", "unknown", "counted"] as const)
    expect(outcomes[kind], JSON.stringify(outcomes)).toBeGreaterThan(10);
});

function targetsIn(text: string): readonly string[] | null {
  return JSON.parse(/reaches = (.*)/.exec(text)?.[1] ?? "null");
}

interface Case {
  readonly text: string;
  readonly targets: readonly string[] | null;
}

function compare(outcome: Ending, automaton: Automaton, { text, targets }: Case): void {
  if (outcome.kind === "not-available") throw new Error("level 1 is available");
  const naive = naiveSearch(automaton, window);
  const expected = shortest(naive, { text, targets });
  // What is inevitable the naive search does not ask: that a run without end comes back to where it was is checked as it is made.
  const all = outcome.kind === "violated" ? outcome.counterexamples : [];
  const counterexamples = all.filter(({ property }) => property.kind !== "eventually");
  const found = new Map(counterexamples.map((each) => [labelOf(each), each.trace.steps.length]));
  const shown = `${text}\n\nfound ${JSON.stringify([...found])}, naive ${JSON.stringify([...expected])}, complete ${naive.complete}`;
  const isExhaustive = outcome.kind === "held" || (outcome.kind === "violated" && outcome.reasons.length === 0);
  for (const [label, length] of found) {
    if (!naive.complete) continue;
    expect(expected.get(label) ?? Number.POSITIVE_INFINITY, `${label}\n${shown}`).toBeLessThanOrEqual(length);
  }
  if (!isExhaustive) return;
  for (const [label, length] of expected) {
    expect(found.get(label) ?? Number.POSITIVE_INFINITY, `${label}\n${shown}`).toBeLessThanOrEqual(length);
  }
  const { facts } = outcome;
  if (facts.kind !== "search") throw new Error("level 1 searches");
  const isPlain = facts.unread.length === 0 && facts.bounds.every(({ past }) => past === "cut");
  if (naive.complete && isPlain && automaton.actions.every(({ params }) => params.length === 0)) {
    expect(facts, shown).toMatchObject({ states: naive.states, transitions: naive.transitions });
    outcomes.counted++;
  }
}

/** What the naive search found broken, under the same labels as a counterexample's. */
function shortest(naive: NaiveResult, { text, targets }: Case): ReadonlyMap<string, number> {
  const found = new Map([...naive.broken].map(([name, depth]) => [`invariant ${name}`, depth]));
  const indefinite: readonly string[] = JSON.parse(/indefinite_states = (.*)/.exec(text)?.[1] ?? "[]");
  for (const [status, depth] of naive.stuck) if (!indefinite.includes(status)) found.set(`deadlock ${status}`, depth);
  const trap = targets === null ? undefined : naive.trap(["S0", "S1"], targets);
  if (trap !== undefined) found.set("reaches L0", trap);
  return found;
}

function labelOf({ property }: Counterexample): string {
  return `${property.kind} ${property.name}`;
}
