/** The calls of a status, written out or in a loop: what moves is told as `step` answers it, in the order of the calls. */
import type { Automaton } from "@temperc/runtime";
import { expect, test } from "vitest";
import { automatonIn, loaded } from "../../test/verify/loaded.ts";
import type { Call } from "../replay/trace.ts";
import { roundOf } from "./steps.ts";

const purse = `
[automaton]
name = "Purse"
states = ["Open", "Shut"]
initial = "Open"

[[state]]
name = "coins"
type = "counter"
initial = 0

[[action]]
name = "Put"
from = "Open"
params = [{ name = "amount", type = "counter" }]
guard = "params.amount <= 3"
effect = "coins += params.amount"

[[action]]
name = "Shut"
from = "Open"
to = "Shut"
guard = "coins > 0"
`;

function callsOf(amounts: number): readonly Call[] {
  const puts = Array.from({ length: amounts }, (_, amount) => ({ action: "Put", params: { amount } }));
  return [{ action: "Shut", params: {} }, ...puts, { action: "Steal", params: {} }];
}

type Told = readonly [after: unknown, rule: number, call: number];

function toldBy(automaton: Automaton, calls: readonly Call[], movesMax: number): readonly Told[] {
  const told: Told[] = [];
  const indexes = [...calls.keys()].reverse();
  const round = roundOf(automaton, calls, indexes, (...move) => told.push(move) === movesMax);
  expect(round(automaton.initial)).toBe(told.length === movesMax);
  return told;
}

function askedOfStep(automaton: Automaton, calls: readonly Call[]): readonly Told[] {
  return [...calls.entries()].reverse().flatMap(([index, { action, params }]) => {
    const outcome = automaton.step(automaton.initial, action, params);
    return outcome.kind === "moved" ? [[outcome.after, outcome.rule, index] as const] : [];
  });
}

test("a few calls and many tell the moves that step makes, with the emitted table or without it, and stop when told", async () => {
  const emitted = automatonIn(await loaded([purse]), "Purse");
  expect(emitted.steps?.map(({ action }) => action)).toEqual(["Put", "Shut"]);
  const { steps: _, ...without } = emitted;
  for (const automaton of [emitted, without]) {
    for (const calls of [callsOf(5), callsOf(20), callsOf(600)]) {
      const moves = askedOfStep(automaton, calls);
      expect(moves).toHaveLength(4);
      expect(toldBy(automaton, calls, 100)).toEqual(moves);
      expect(toldBy(automaton, calls, 2)).toEqual(moves.slice(0, 2));
    }
  }
});
