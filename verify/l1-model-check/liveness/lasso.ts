/** Runs without end that are fair and never get to a target: a way to one, and a loop or a standstill. */
import { componentsOf } from "./components.ts";
import { Fairness } from "./fairness.ts";
import { type Question, unseen } from "./graph.ts";
import { loopOf } from "./loop.ts";
import { type Way, Ways } from "./ways.ts";

/** A way to `turn`, from which the loop comes back to it. */
export interface Lasso extends Way {
  /** Empty where the run stands still at its last state. */
  readonly loop: readonly number[];
  readonly turn: number;
  /** The states of the component of `turn`. */
  readonly component: readonly number[];
}

/** A lasso whose way and loop together are short, or undefined where every fair run from `from` gets to a target. */
export function lassoOf(input: Question): Lasso | undefined {
  const ways = new Ways(input);
  const components = componentsOf({ ...graphOf(input), length: input.length }, (state) => ways.isSeen(state));
  const members = membersOf(components);
  const fairness = new Fairness(input);
  const within = (component: number) => (target: number) => components[target] === component;
  const fair = new Set(
    [...members].flatMap(([number, states]) => (fairness.isFair(states, within(number)) ? [number] : [])),
  );
  const states = ways.order.filter((state) => fair.has(components[state] ?? unseen));
  const [nearest] = states;
  if (nearest === undefined) return undefined;
  const still = states.find((state) => fairness.isFair([state], () => false));
  const lasso = (turn: number, loop: readonly number[]): Lasso => {
    return { ...ways.to(turn), loop, turn, component: members.get(components[turn] ?? unseen) ?? [] };
  };
  if (still === nearest) return lasso(still, []);
  const loop = loopOf(nearest, within(components[nearest] ?? unseen), input);
  const isShort = still === undefined || ways.distance(nearest) + loop.length <= ways.distance(still);
  return isShort ? lasso(nearest, loop) : lasso(still, []);
}

function graphOf({ moves }: Question) {
  return {
    startOf: (state: number) => moves.startOf(state),
    endOf: (state: number) => moves.endOf(state),
    targetOf: (move: number) => moves.targetOf(move),
  };
}

function membersOf(components: Int32Array): ReadonlyMap<number, readonly number[]> {
  const members = new Map<number, number[]>();
  for (const [state, component] of components.entries()) {
    if (component === unseen) continue;
    const own = members.get(component);
    if (own === undefined) members.set(component, [state]);
    else own.push(state);
  }
  return members;
}
