/** Which states are reached from some statuses without a target in between, and how. */
import { type Question, unseen } from "./graph.ts";

export interface Way {
  /** The state at which the way begins. */
  readonly root: number;
  /** Its moves: each is one of the state that the move before it leads to. */
  readonly stem: readonly number[];
}

/** The states that are reached from `from` without a target in between, nearest to the initial snapshot first. */
export class Ways {
  readonly order: number[] = [];
  private readonly input: Question;
  private readonly depths: Uint32Array;
  private readonly distances: Int32Array;
  /** The move by which each was met first; −1 for a state that was met as one of `from`. */
  private readonly arrivals: Int32Array;
  private readonly before: Int32Array;

  constructor(input: Question) {
    this.input = input;
    const { length, parentOf } = input;
    this.depths = new Uint32Array(length);
    for (let state = 1; state < length; state++) this.depths[state] = (this.depths[parentOf(state)] ?? 0) + 1;
    this.distances = new Int32Array(length).fill(unseen);
    this.arrivals = new Int32Array(length).fill(unseen);
    this.before = new Int32Array(length).fill(unseen);
    this.walk(this.roots());
  }

  isSeen(state: number): boolean {
    return this.distances[state] !== unseen;
  }

  distance(state: number): number {
    return this.distances[state] ?? 0;
  }

  to(state: number): Way {
    const stem: number[] = [];
    let root = state;
    for (let move = this.arrivals[root] ?? unseen; move !== unseen; move = this.arrivals[root] ?? unseen) {
      stem.push(move);
      root = this.before[root] ?? 0;
    }
    return { root, stem: stem.reverse() };
  }

  private roots(): readonly number[] {
    const { length, moves, from, targets } = this.input;
    const roots: number[] = [];
    for (let state = 0; state < length; state++) {
      const status = moves.statusOf(state);
      if (from.has(status) && !targets.has(status)) roots.push(state);
    }
    return roots;
  }

  /** Breadth first from all roots, each of which is as far from the initial snapshot as the search found it. */
  private walk(roots: readonly number[]): void {
    let [frontier, next]: [number[], number[]] = [[], []];
    let position = 0;
    for (let depth = 0; position < roots.length || frontier.length > 0; depth++) {
      for (let root = roots[position]; root !== undefined && this.depths[root] === depth; root = roots[++position])
        this.meet(root, depth, frontier);
      for (const state of frontier) this.expand(state, depth + 1, next);
      [frontier, next] = [next, []];
    }
  }

  private expand(state: number, depth: number, next: number[]): void {
    const { moves, targets, length } = this.input;
    for (let move = moves.startOf(state); move < moves.endOf(state); move++) {
      const target = moves.targetOf(move);
      if (target >= length || targets.has(moves.statusOf(target)) || this.isSeen(target)) continue;
      this.meet(target, depth, next);
      this.arrivals[target] = move;
      this.before[target] = state;
    }
  }

  private meet(state: number, depth: number, frontier: number[]): void {
    if (this.isSeen(state)) return;
    this.distances[state] = depth;
    this.order.push(state);
    frontier.push(state);
  }
}
