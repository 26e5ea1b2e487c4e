/** Ways round within the states of a component. */
import { does, isOwed, type Question, type Stays } from "./graph.ts";

/** A way round within a fair component, on which each duty is done or is at some state not owed. */
export function loopOf(turn: number, stays: Stays, input: Question): readonly number[] {
  let pending = input.duties.filter((duty) => isOwed(duty, turn, input));
  const loop: number[] = [];
  let state = turn;
  while (pending.length > 0) {
    const way = wayTo(state, stays, input, (move, target) =>
      pending.some((duty) => does(duty, input.moves.callOf(move)) || !isOwed(duty, target, input)),
    );
    for (const move of way) {
      state = input.moves.targetOf(move);
      const arrived = state;
      pending = pending.filter((duty) => !does(duty, input.moves.callOf(move)) && isOwed(duty, arrived, input));
    }
    loop.push(...way);
  }
  if (state === turn && loop.length > 0) return loop;
  return [...loop, ...wayTo(state, stays, input, (_, target) => target === turn)];
}

/** The moves of a shortest way to a move that is wanted. */
function wayTo(
  start: number,
  stays: Stays,
  { moves }: Question,
  isWanted: (move: number, target: number) => boolean,
): readonly number[] {
  const arrivals = new Map<number, { readonly move: number; readonly before: number }>();
  const queue = [start];
  for (const state of queue) {
    for (let move = moves.startOf(state); move < moves.endOf(state); move++) {
      const target = moves.targetOf(move);
      if (!stays(target)) continue;
      if (isWanted(move, target)) return [...wayBack(state, start, arrivals), move];
      if (arrivals.has(target) || target === start) continue;
      arrivals.set(target, { move, before: state });
      queue.push(target);
    }
  }
  throw new Error("in a fair component there is a way to each move that makes it fair");
}

function wayBack(
  end: number,
  start: number,
  arrivals: ReadonlyMap<number, { readonly move: number; readonly before: number }>,
): readonly number[] {
  const way: number[] = [];
  for (let state = end; state !== start; ) {
    const arrival = arrivals.get(state);
    if (arrival === undefined) break;
    way.push(arrival.move);
    state = arrival.before;
  }
  return way.reverse();
}
