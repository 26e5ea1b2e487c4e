/** Weak fairness: whether a run may stay for ever within some states. */
import { type Question, type Stays, unseen } from "./graph.ts";

/** Says of sets of states that a run goes round in for ever whether it may. */
export class Fairness {
  private readonly input: Question;
  /** By a call's number, the duties that it does and those that it puts off. */
  private readonly doneBy: ReadonlyMap<number, readonly number[]>;
  private readonly putOffBy: ReadonlyMap<number, readonly number[]>;
  private readonly owed: Uint32Array;
  private readonly isDone: Uint8Array;
  /** The last state at which each duty was counted as owed. */
  private readonly counted: Int32Array;

  constructor(input: Question) {
    this.input = input;
    this.doneBy = byCall(input.duties.map(({ calls }) => calls));
    this.putOffBy = byCall(input.duties.map(({ resets }) => resets));
    this.owed = new Uint32Array(input.duties.length);
    this.isDone = new Uint8Array(input.duties.length);
    this.counted = new Int32Array(input.duties.length);
  }

  /**
   * A component is fair where each duty is at some state not owed, or is done by some move within. A run may stand still
   * anywhere, so that a single state without moves is a component like any other.
   */
  isFair(states: readonly number[], stays: Stays): boolean {
    this.owed.fill(0);
    this.isDone.fill(0);
    this.counted.fill(unseen);
    for (const state of states) this.look(state, stays);
    return this.owed.every((count, duty) => this.isDone[duty] === 1 || count < states.length);
  }

  private look(state: number, stays: Stays): void {
    const { moves, duties } = this.input;
    const status = moves.statusOf(state);
    for (let move = moves.startOf(state); move < moves.endOf(state); move++) {
      const isWithin = stays(moves.targetOf(move));
      for (const duty of this.doneBy.get(moves.callOf(move)) ?? []) {
        const owedIn = duties[duty]?.status;
        if (this.counted[duty] === state || (owedIn !== undefined && owedIn !== status)) continue;
        this.counted[duty] = state;
        this.owed[duty] = (this.owed[duty] ?? 0) + 1;
      }
      if (isWithin) this.markDone(moves.callOf(move));
    }
  }

  private markDone(call: number): void {
    for (const duty of this.doneBy.get(call) ?? []) this.isDone[duty] = 1;
    for (const duty of this.putOffBy.get(call) ?? []) this.isDone[duty] = 1;
  }
}

function byCall(sets: readonly ReadonlySet<number>[]): ReadonlyMap<number, readonly number[]> {
  const duties = new Map<number, number[]>();
  for (const [duty, calls] of sets.entries()) {
    for (const call of calls) {
      const own = duties.get(call);
      if (own === undefined) duties.set(call, [duty]);
      else own.push(duty);
    }
  }
  return duties;
}
