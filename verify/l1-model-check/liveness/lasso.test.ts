/** The lasso search beside a plain one on random graphs: every set of states that a run could go round in for ever. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Moves } from "../moves.ts";
import type { CallDuty, Question } from "./graph.ts";
import { lassoOf } from "./lasso.ts";

const statuses = [0, 1, 2];
const calls = [0, 1, 2, 3];
const someStatuses = fc.uniqueArray(fc.constantFrom(...statuses), { maxLength: 2 });
const someCalls = fc.uniqueArray(fc.constantFrom(...calls), { maxLength: 2 });
const status = fc.option(fc.constantFrom(...statuses), { nil: undefined });
const duty = fc.record({ calls: someCalls, resets: someCalls, status });

/** State 0 is the first; every other state is first met from one before it. */
const graph = fc.integer({ min: 1, max: 6 }).chain((size) => {
  const state = fc.nat(size - 1);
  const move = fc.record({ call: fc.constantFrom(...calls), target: state });
  return fc.record({
    states: fc.array(fc.record({ status: fc.constantFrom(...statuses), moves: fc.array(move, { maxLength: 3 }) }), {
      minLength: size,
      maxLength: size,
    }),
    from: someStatuses,
    targets: someStatuses,
    duties: fc.array(duty, { maxLength: 3 }),
  });
});

type Drawn = typeof graph extends fc.Arbitrary<infer T> ? T : never;

function questionOf({ states, from, targets, duties }: Drawn): Question {
  const moves = new Moves();
  for (const { status: own, moves: given } of states) {
    moves.open(own);
    for (const { call, target } of given) moves.add(target, call);
  }
  return {
    moves,
    length: states.length,
    parentOf: (state) => Math.max(0, state - 1),
    from: new Set(from),
    targets: new Set(targets),
    duties: duties.map(({ calls: own, resets, status: only }) => {
      const each: CallDuty = { calls: new Set(own), resets: new Set(resets) };
      return only === undefined ? each : { ...each, status: only };
    }),
  };
}

function reached({ states, targets }: Drawn, start: number, within?: ReadonlySet<number>): ReadonlySet<number> {
  const seen = new Set([start]);
  for (const state of seen)
    for (const { target } of states[state]?.moves ?? [])
      if (!targets.includes(states[target]?.status ?? -1) && (within?.has(target) ?? true)) seen.add(target);
  return seen;
}

function mayStay(drawn: Drawn, round: ReadonlySet<number>): boolean {
  const { states, duties } = drawn;
  const all = [...round];
  const isConnected = all.every((state) => all.every((other) => reached(drawn, state, round).has(other)));
  return (
    isConnected &&
    duties.every(({ calls: own, resets, status: only }) => {
      const isOwed = (state: number): boolean =>
        (only === undefined || states[state]?.status === only) &&
        (states[state]?.moves.some(({ call }) => own.includes(call)) ?? false);
      const isDone = all.some((state) =>
        states[state]?.moves.some(({ call, target }) => round.has(target) && [...own, ...resets].includes(call)),
      );
      return isDone || all.some((state) => !isOwed(state));
    })
  );
}

function isAvoidable(drawn: Drawn): boolean {
  const { states, from, targets } = drawn;
  const roots = states.flatMap(({ status: own }, state) =>
    from.includes(own) && !targets.includes(own) ? [state] : [],
  );
  const open = [...new Set(roots.flatMap((root) => [...reached(drawn, root)]))];
  return Array.from({ length: 2 ** open.length }, (_, bits) => open.filter((_, index) => bits & (1 << index)))
    .filter((round) => round.length > 0)
    .some((round) => mayStay(drawn, new Set(round)));
}

test("a target is avoidable exactly where some set of states may be gone round in for ever, and the lasso shows it", () => {
  const seen = { avoided: 0, inevitable: 0, loops: 0 };
  fc.assert(
    fc.property(graph, (drawn) => {
      const question = questionOf(drawn);
      const lasso = lassoOf(question);
      expect(lasso !== undefined).toBe(isAvoidable(drawn));
      if (lasso === undefined) seen.inevitable++;
      else {
        seen.avoided++;
        if (lasso.loop.length > 0) seen.loops++;
        expect(roundOf(drawn, question, lasso)).toBe(true);
      }
    }),
    { numRuns: 1_500, seed: 20_261_123 },
  );
  for (const count of Object.values(seen)) expect(count, JSON.stringify(seen)).toBeGreaterThan(25);
});

/** The way leads from `from` to the turn without a target, and the loop back to it, past or through every duty. */
function roundOf(
  { states, duties }: Drawn,
  { moves, from, targets }: Question,
  { root, stem, loop, turn }: NonNullable<ReturnType<typeof lassoOf>>,
): boolean {
  let state = root;
  let isRight = from.has(moves.statusOf(root)) && !targets.has(moves.statusOf(root));
  const follow = (move: number): void => {
    isRight &&= move >= moves.startOf(state) && move < moves.endOf(state);
    state = moves.targetOf(move);
    isRight &&= !targets.has(moves.statusOf(state));
  };
  stem.forEach(follow);
  isRight &&= state === turn;
  const visited = [turn];
  for (const move of loop) {
    follow(move);
    visited.push(state);
  }
  const isFair = duties.every(({ calls: own, resets, status: only }) => {
    const isDone = loop.some((move) => [...own, ...resets].includes(moves.callOf(move)));
    const isOwed = (each: number): boolean =>
      (only === undefined || moves.statusOf(each) === only) &&
      (states[each]?.moves.some(({ call }) => own.includes(call)) ?? false);
    return isDone || visited.some((each) => !isOwed(each));
  });
  return isRight && isFair && state === turn;
}
