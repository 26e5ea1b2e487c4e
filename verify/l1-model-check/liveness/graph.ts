/** The graph of a search with what is asked of its runs. */
import type { Moves } from "../moves.ts";

/** A duty as the graph has it, by numbers of calls and of statuses. */
export interface CallDuty {
  readonly calls: ReadonlySet<number>;
  readonly resets: ReadonlySet<number>;
  readonly status?: number;
}

export interface Question {
  readonly moves: Moves;
  /** The first so many states have all of their moves. */
  readonly length: number;
  readonly parentOf: (state: number) => number;
  readonly from: ReadonlySet<number>;
  readonly targets: ReadonlySet<number>;
  readonly duties: readonly CallDuty[];
}

/** Whether a target is one within the loop. */
export type Stays = (target: number) => boolean;

/** Stands for a state that was not met, a move that there is not, and a component that a state is not in. */
export const unseen = -1;

/** Whether the duty could be done at this state. */
export function isOwed({ calls, status }: CallDuty, state: number, { moves }: Question): boolean {
  if (status !== undefined && moves.statusOf(state) !== status) return false;
  for (let move = moves.startOf(state); move < moves.endOf(state); move++)
    if (calls.has(moves.callOf(move))) return true;
  return false;
}

/** Whether a call does the duty or puts it off. */
export function does({ calls, resets }: CallDuty, call: number): boolean {
  return calls.has(call) || resets.has(call);
}
