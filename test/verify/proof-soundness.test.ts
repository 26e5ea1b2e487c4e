/** The proofs of level 0 beside a naive search on random specs: what is proved is broken nowhere near, and no guard that moves is called dead. */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { writeScript } from "../../cli/kernel/write-script.ts";
import { startZ3 } from "../../cli/kernel/z3.ts";
import { type ProofFacts, verify } from "../../verify/index.ts";
import { obligationsOf } from "../../verify/l0-symbolic/obligations.ts";
import { automatonIn, loaded } from "./loaded.ts";
import { naiveSearch } from "./naive-search.ts";
import { randomSpec } from "./random-spec.ts";

const specsPerProgram = 16;
const programs = process.env.TEMPERC_LONG === undefined ? 3 : 40;
const window = { numberMax: 9, lengthMax: 4, statesMax: 2_000 };
const names = Array.from({ length: specsPerProgram }, (_, index) => `Spec${index}`);
const solver = startZ3();
const prover = { solver, write: writeScript };
afterAll(solver.end);

/** How many invariants were proved in which way, to see that each way was tried. */
const proved = { inductive: 0, strengthened: 0, searched: 0 };

test("no invariant that is proved is broken by a naive search", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.tuple(...names.map(randomSpec)), async (texts) => {
      const program = await loaded(texts);
      const verdicts = await verify({ ...program, prover, limits: { statesMax: 200, proofMs: 1_000 } });
      for (const [index, name] of names.entries()) {
        const facts = verdicts.find(({ level, subject }) => level === "L0" && subject === name)?.outcome;
        if (facts === undefined || facts.kind === "not-available" || facts.facts.kind !== "proof")
          throw new Error("level 0 proves");
        const naive = naiveSearch(automatonIn(program, name), window);
        expectUnbroken(facts.facts, naive.broken, texts[index] ?? "");
      }
    }),
    { numRuns: programs, seed: 20_261_123, endOnFailure: true },
  );
  expect(proved.inductive, JSON.stringify(proved)).toBeGreaterThan(3);
});

function expectUnbroken(facts: ProofFacts, broken: ReadonlyMap<string, number>, text: string): void {
  for (const { invariant, how, by } of facts.proved) {
    proved[how]++;
    expect(broken.has(invariant), `${invariant} is ${how} ${by.join("; ")}\n${text}`).toBe(false);
  }
}

test("the same automaton gives the same obligations", async () => {
  const [text = ""] = fc.sample(randomSpec("Spec0"), { numRuns: 1, seed: 7 });
  const { program } = await loaded([text]);
  for (const automaton of program.automata)
    expect(obligationsOf(automaton, writeScript)).toEqual(obligationsOf(automaton, writeScript));
});
