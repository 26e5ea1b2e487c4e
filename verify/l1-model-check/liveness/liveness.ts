/** What becomes of the liveness properties of an automaton, in the states that a search saw. */
import type { Automaton, Liveness } from "../../../compiler/ir/index.ts";
import type { Search } from "../search.ts";
import { type Duty, dutiesOf } from "./duties.ts";
import type { CallDuty, Question } from "./graph.ts";
import { type Lasso, lassoOf } from "./lasso.ts";

/** A property that names where it leads to. */
export type Leading = Exclude<Liveness, { kind: "has-actions" }>;

/** Whether a target is inevitable under weak fairness. */
export type Inevitability =
  | { readonly kind: "inevitable" }
  /** A fair run that never gets there. */
  | { readonly kind: "avoided"; readonly lasso: Lasso }
  /** It hangs on what may come too seldom; `on` says on what, for people. */
  | { readonly kind: "depends"; readonly on: readonly string[] };

/** The properties of an automaton, asked of the moves that its search kept. */
export class LivenessCheck {
  private readonly automaton: Automaton;
  private readonly search: Search;
  private readonly length: number;
  private readonly duties: readonly Duty[];
  private readonly known = new Map<Leading, Inevitability>();

  constructor(automaton: Automaton, search: Search) {
    this.automaton = automaton;
    this.search = search;
    const { moves, reached } = search;
    this.length = reached === undefined ? moves.length : Math.max(0, moves.length - 1);
    this.duties = dutiesOf(automaton, (status, actions) => this.leavesAtOnce(status, actions));
  }

  /** The first state from which no run leads to a target. */
  trap({ from, targets }: Leading): number | undefined {
    return this.search.moves.firstTrap(this.numbersOf(from), this.numbersOf(targets));
  }

  /** A run that avoids the targets is one whatever may be owed; that none does has to hold with what is owed for certain. */
  inevitability(liveness: Leading): Inevitability {
    const found = this.known.get(liveness) ?? this.found(liveness);
    this.known.set(liveness, found);
    return found;
  }

  private found(liveness: Leading): Inevitability {
    const certain = this.duties.filter(({ isCertain }) => isCertain);
    const lasso = lassoOf(this.question(liveness, certain));
    if (lasso === undefined) return { kind: "inevitable" };
    const others = this.duties.filter(({ isCertain }) => !isCertain);
    if (others.length === 0) return { kind: "avoided", lasso };
    const sure = lassoOf(this.question(liveness, this.duties));
    if (sure !== undefined) return { kind: "avoided", lasso: sure };
    return { kind: "depends", on: [...new Set(others.map(({ source }) => source))] };
  }

  /** The inputs that lead on from the lasso to where a target can be reached, with the status in which it waits for them. */
  waitsFor({ targets }: Leading, { turn, component }: Lasso): Waiting {
    const { moves } = this.search;
    const saved = moves.statesThatReach(this.numbersOf(targets));
    const members = new Set(component);
    const actions = component.flatMap((state) =>
      movesOf(state, this.search)
        .filter((move) => !members.has(moves.targetOf(move)) && saved[moves.targetOf(move)] !== 0)
        .map((move) => this.actionOf(move)),
    );
    const { actions: all, statuses } = this.automaton;
    const inputs = all.filter(({ name, kind }) => kind === "input" && actions.includes(name));
    return { inputs: inputs.map(({ name }) => name), status: statuses[moves.statusOf(turn)]?.name ?? "" };
  }

  actionOf(move: number): string {
    return this.search.callAt(this.search.moves.callOf(move)).action;
  }

  private question({ from, targets }: Leading, duties: readonly Duty[]): Question {
    return {
      moves: this.search.moves,
      length: this.length,
      parentOf: (state) => this.search.parentOf(state),
      from: this.numbersOf(from),
      targets: this.numbersOf(targets),
      duties: duties.map((duty) => this.inNumbers(duty)),
    };
  }

  private inNumbers({ actions, resets, status }: Duty): CallDuty {
    const calls = this.search.callsOf(actions);
    const own = { calls, resets: this.search.callsOf(resets) };
    return status === undefined ? own : { ...own, status: this.numberOf(status) };
  }

  /** True where in every snapshot of the status each of the actions is possible, with whatever parameters, and leads out of it. */
  private leavesAtOnce(status: string, actions: readonly string[]): boolean {
    const { moves } = this.search;
    const number = this.numberOf(status);
    const calls = new Map(actions.map((action) => [action, this.search.callsOf(new Set([action])).size]));
    for (let state = 0; state < this.length; state++) {
      if (moves.statusOf(state) !== number) continue;
      const own = movesOf(state, this.search);
      const leaves = (action: string): boolean => {
        const ways = own.filter((move) => this.actionOf(move) === action);
        return (
          ways.length === calls.get(action) && ways.every((move) => this.isElsewhere(moves.targetOf(move), number))
        );
      };
      if (!actions.every(leaves)) return false;
    }
    return true;
  }

  /** What was not expanded may be anywhere, so that it does not count. */
  private isElsewhere(state: number, status: number): boolean {
    return state < this.search.moves.length && this.search.moves.statusOf(state) !== status;
  }

  private numbersOf(statuses: readonly string[]): ReadonlySet<number> {
    return new Set(statuses.map((status) => this.numberOf(status)));
  }

  private numberOf(status: string): number {
    return this.automaton.statuses.findIndex(({ name }) => name === status);
  }
}

/** What a run that stands still or goes round could go on by. */
export interface Waiting {
  readonly inputs: readonly string[];
  readonly status: string;
}

function movesOf(state: number, { moves }: Search): readonly number[] {
  const start = moves.startOf(state);
  return Array.from({ length: moves.endOf(state) - start }, (_, index) => start + index);
}
