/** The moves of a search, kept as a graph: where each state leads, and backwards, which states can still get somewhere. */
import { GrowingNumbers } from "./growing.ts";
import { beyond } from "./visited.ts";

/** Stands for every snapshot past a bound. */
const beyondTarget = 2 ** 32 - 1;

/** The states in the order of the search; of each its status and the states that its moves lead to. */
export class Moves {
  private readonly statuses = new GrowingNumbers();
  /** Where the targets of each state begin. */
  private readonly starts = new GrowingNumbers();
  private readonly targets = new GrowingNumbers();
  /** The call of each move, beside its target. */
  private readonly calls = new GrowingNumbers();

  get storeBytes(): number {
    const { statuses, starts, targets, calls } = this;
    return statuses.storeBytes + starts.storeBytes + targets.storeBytes + calls.storeBytes;
  }

  /** How many states were opened; the moves of the last one may be missing where the search was ended by a limit. */
  get length(): number {
    return this.starts.length;
  }

  /** The next state begins; moves that are added are its own. */
  open(status: number): void {
    this.statuses.push(status);
    this.starts.push(this.targets.length);
  }

  /** A move by the call of that index, to what the visited set answered. */
  add(answer: number, call: number): void {
    this.targets.push(answer === beyond ? beyondTarget : answer >= 0 ? answer : -2 - answer);
    this.calls.push(call);
  }

  statusOf(state: number): number {
    return this.statuses.at(state);
  }

  /** The moves of a state are those from `startOf` up to `endOf`. */
  startOf(state: number): number {
    return this.starts.at(state);
  }

  endOf(state: number): number {
    return state + 1 < this.starts.length ? this.starts.at(state + 1) : this.targets.length;
  }

  /** Where a move leads; `length` or more where that was not expanded. */
  targetOf(move: number): number {
    return this.targets.at(move);
  }

  callOf(move: number): number {
    return this.calls.at(move);
  }

  /**
   * The first state in one of the statuses `from` from which no run leads to a status in `wanted`. What was not expanded
   * may lead anywhere, so that a state is a trap only where all of its runs were followed to their ends.
   */
  firstTrap(from: ReadonlySet<number>, wanted: ReadonlySet<number>): number | undefined {
    const saved = this.statesThatReach(wanted);
    for (let state = 0; state < this.starts.length; state++) {
      if (saved[state] === 0 && from.has(this.statuses.at(state))) return state;
    }
    return undefined;
  }

  /** 1 for each state from which a wanted status, or one that was not expanded, can be reached. */
  statesThatReach(wanted: ReadonlySet<number>): Uint8Array {
    const count = this.starts.length;
    const saved = new Uint8Array(count);
    const { starts, sources } = this.reversed();
    const stack: number[] = [];
    const save = (state: number): void => {
      if (saved[state] !== 0) return;
      saved[state] = 1;
      stack.push(state);
    };
    for (let state = 0; state < count; state++) {
      if (wanted.has(this.statuses.at(state)) || this.leadsOut(state)) save(state);
    }
    for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
      const end = starts[state + 1] ?? 0;
      for (let index = starts[state] ?? 0; index < end; index++) save(sources[index] ?? 0);
    }
    return saved;
  }

  private leadsOut(state: number): boolean {
    const end = this.endOf(state);
    for (let index = this.starts.at(state); index < end; index++) {
      if (this.targets.at(index) >= this.starts.length) return true;
    }
    return false;
  }

  /** For each state the states that lead to it: those of s are `sources` from `starts[s]` up to `starts[s + 1]`. */
  private reversed(): { readonly starts: Uint32Array; readonly sources: Uint32Array } {
    const count = this.starts.length;
    const starts = new Uint32Array(count + 2);
    for (let index = 0; index < this.targets.length; index++) {
      const target = this.targets.at(index);
      if (target < count) starts[target + 2] = (starts[target + 2] ?? 0) + 1;
    }
    for (let state = 2; state < starts.length; state++) starts[state] = (starts[state] ?? 0) + (starts[state - 1] ?? 0);
    const sources = new Uint32Array(this.targets.length);
    for (let state = 0; state < count; state++) this.fillSources(state, starts, sources);
    return { starts, sources };
  }

  /** `starts` is one place ahead while it is filled: each source written moves its target's start on to the next one's. */
  private fillSources(state: number, starts: Uint32Array, sources: Uint32Array): void {
    const end = this.endOf(state);
    for (let index = this.starts.at(state); index < end; index++) {
      const target = this.targets.at(index);
      if (target >= this.starts.length) continue;
      const place = starts[target + 1] ?? 0;
      sources[place] = state;
      starts[target + 1] = place + 1;
    }
  }
}
