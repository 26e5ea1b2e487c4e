/** The breadth-first search over the emitted step: every snapshot within the bounds once, the shortest way to each first. */
import type { InvariantDescriptor, Snapshot } from "@temperc/runtime";
import { assert } from "../assert.ts";
import type { Call } from "../replay/trace.ts";
import { type Digit, nameOfPast } from "./digits.ts";
import type { Expansion, Sighting } from "./expander.ts";
import { ExpansionReader } from "./expansion-reader.ts";
import { createFrontier, type Frontier } from "./frontier.ts";
import { GrowingNumbers } from "./growing.ts";
import { Moves } from "./moves.ts";
import { type Plan, plansOf, type Searchable } from "./plans.ts";
import type { SharedKeys } from "./shared-keys.ts";
import { beyond, createVisited, type Visited } from "./visited.ts";

/** A snapshot of the search: a state that was visited, or, where `call` is given, what that call makes of it. */
export interface Found {
  readonly state: number;
  readonly call?: number;
}

/** The rule that first took a variable past its bound. */
export interface Cut {
  readonly rule: number;
}

export interface SearchInput extends Searchable {
  readonly digits: readonly Digit[];
  readonly statesMax: number;
  readonly stepsMax: number;
  readonly bytesMax: number;
  /** Whether the moves are kept, to ask later what can be reached from where. */
  readonly keepsMoves: boolean;
}

/** Calls that are tried in statuses where their actions have no rule: emitted code that moved there would be our mistake. */
const crossChecksMax = 50_000;

/** Snapshots that are expanded between two looks at how much memory there is left. */
const memoryLookStates = 256;

/** Snapshots of one status that are kept as samples. */
const samplesMax = 100;

/** One search, from the initial snapshot on; `expand` is called until it `isDone`. */
export class Search {
  /** Snapshots within the bounds that were met. */
  states = 0;
  /** Calls that moved one of them. */
  transitions = 0;
  /** Calls that were tried. */
  steps = 0;
  /** The limit that ended the search, if one did. */
  reached: "states" | "steps" | "memory" | undefined;
  readonly brokenInvariants = new Map<string, Found>();
  /** Per status the first snapshot in which no call is accepted. */
  readonly stuck = new Map<string, Found>();
  /** Per terminal status the first call that is accepted all the same. */
  readonly terminalMoves = new Map<string, Found>();
  readonly cuts = new Map<string, Cut>();
  /** By a rule's index: 1 where it moved. */
  readonly fired: Uint8Array;
  readonly moves = new Moves();
  /** The first snapshots of each status, to guess from what may hold in all. */
  readonly samples: Snapshot[] = [];
  private readonly input: SearchInput;
  private readonly visited: Visited;
  private readonly parents = new GrowingNumbers();
  private readonly parentCalls = new GrowingNumbers();
  private readonly plans: ReadonlyMap<string, Plan>;
  /** The plans by their numbers. */
  private readonly numbered: readonly Plan[];
  /** Invariants whose premise was never true: they say nothing so far. */
  private silent: readonly InvariantDescriptor[];
  private intact: readonly InvariantDescriptor[];
  private readonly unpack: ((key: number) => Snapshot) | undefined;
  private readonly frontier: Frontier;
  /** The next snapshot to expand: its index among all. */
  private state = 0;
  private crossChecks = 0;

  constructor(input: SearchInput) {
    this.input = input;
    this.visited = createVisited(input.digits, { withIndexes: input.keepsMoves });
    this.intact = input.automaton.invariants;
    this.silent = input.automaton.invariants.filter(({ applies }) => applies !== undefined);
    this.fired = new Uint8Array(input.automaton.rules.length);
    this.plans = plansOf(input, this.follow.bind(this));
    this.numbered = [...this.plans.values()];
    const { initial } = input.automaton;
    this.unpack = this.visited.unpacker(initial);
    this.frontier = createFrontier(this.visited, initial);
    assert(this.visited.add(initial) === 0, "the bounds hold the initial snapshot");
    this.checkInvariants(initial);
    this.enter(0, initial);
  }

  get isDone(): boolean {
    return this.reached !== undefined || this.waiting === 0;
  }

  /** Snapshots that were met and not expanded yet. */
  get waiting(): number {
    return this.states - this.state;
  }

  get reachedStatuses(): ReadonlySet<string> {
    return new Set([...this.plans].filter(([, plan]) => plan.isReached).map(([status]) => status));
  }

  /** The names of the invariants whose premise no snapshot makes true. */
  get silentInvariants(): ReadonlySet<string> {
    return new Set(this.silent.map(({ name }) => name));
  }

  get storeBytes(): number {
    const ways = this.parents.storeBytes + this.parentCalls.storeBytes;
    return this.visited.storeBytes + ways + this.moves.storeBytes;
  }

  /** What is taken now, or what will be before the next look, where the visited states are about to need more room. */
  private get bytesSoon(): number {
    const bytes = this.storeBytes + this.waiting * this.frontier.bytesEach;
    const isFull = this.visited.room < memoryLookStates * this.input.calls.length;
    return isFull ? bytes + 2 * this.visited.storeBytes : bytes;
  }

  /** Expands snapshots until about that many calls were tried. */
  expand(steps: number): void {
    const end = this.steps + steps;
    while (this.steps < end && !this.isDone) {
      this.expandOne(this.frontier.shift());
      if (this.reached !== undefined) return;
      this.state++;
    }
  }

  /** The calls that lead there from the initial snapshot. */
  path({ state, call }: Found): readonly Call[] {
    const indexes = call === undefined ? [] : [call];
    for (let index = state; index !== 0; index = this.parents.at(index)) indexes.push(this.parentCalls.at(index));
    return indexes.reverse().flatMap((index) => this.input.calls[index] ?? []);
  }

  /** The state that the snapshot is, where it was visited. */
  stateOf(snapshot: Snapshot): number {
    return -2 - this.visited.add(snapshot);
  }

  /** The state from which this one was first met. */
  parentOf(state: number): number {
    return this.parents.at(state);
  }

  callAt(index: number): Call {
    const call = this.input.calls[index];
    assert(call !== undefined, "a move has the number of its call");
    return call;
  }

  /** The numbers of the calls of these actions. */
  callsOf(actions: ReadonlySet<string>): ReadonlySet<number> {
    return new Set(this.input.calls.flatMap(({ action }, index) => (actions.has(action) ? [index] : [])));
  }

  private expandOne(snapshot: Snapshot): void {
    const { automaton, keepsMoves } = this.input;
    const plan = this.plans.get(snapshot.status);
    assert(plan !== undefined, `${automaton.name} is in a status that it does not have`);
    this.visited.expand(snapshot, this.state);
    if (!plan.isReached) this.reach(plan, snapshot);
    if (plan.sampled < samplesMax) this.sample(plan, snapshot);
    if (keepsMoves) this.moves.open(plan.number);
    this.steps += plan.calls.length;
    const before = this.transitions;
    if (plan.round(snapshot)) return;
    this.checkLimits();
    if (this.transitions === before) this.rememberStuck(snapshot.status);
    else if (plan.isTerminal) this.rememberTerminalMove(plan, snapshot);
  }

  /**
   * Takes in what others made of the keys that `take` gave, all of them and in their order, as if it had expanded them
   * itself: the result is the same to the last index.
   */
  absorb(keys: Float64Array, expansion: Expansion): void {
    const { unpack } = this;
    assert(unpack !== undefined, "only keys that say all are given away");
    if (this.states + expansion.freshKeys.length > this.input.statesMax) {
      for (let at = 0; at < keys.length && this.reached === undefined; at++) {
        this.expandOne(unpack(keys[at] ?? 0));
        if (this.reached === undefined) this.state++;
      }
      return;
    }
    const part = new ExpansionReader(expansion);
    for (let at = 0; at < keys.length && this.reached === undefined; at++) {
      this.absorbOne(part, () => unpack(keys[at] ?? 0));
      part.at++;
      if (this.reached === undefined) this.state++;
    }
  }

  /** Whether its snapshots have keys that say all, so that others can expand them. */
  get hasKeys(): boolean {
    return this.unpack !== undefined;
  }

  /** Up to so many keys of the snapshots that wait, which are to be expanded and absorbed before anything else is. */
  take(count: number): Float64Array {
    return this.frontier.take(Math.min(count, this.waiting));
  }

  /** What is visited, for others to read until more is absorbed or expanded here. */
  shared(): SharedKeys {
    const shared = this.visited.shared();
    assert(shared !== undefined, "only keys are shared");
    return shared;
  }

  private absorbOne(part: ExpansionReader, snapshot: () => Snapshot): void {
    const { keepsMoves } = this.input;
    const plan = this.numbered[part.status];
    assert(plan !== undefined, "an expansion has the automaton's statuses");
    if (!plan.isReached) this.reach(plan, snapshot());
    if (plan.sampled < samplesMax) this.sample(plan, snapshot());
    if (keepsMoves) this.moves.open(plan.number);
    this.steps += plan.calls.length;
    this.transitions += part.moved;
    part.eachSighting((sighting) => this.note(sighting));
    part.eachFresh((key, call) => {
      const answer = this.visited.addKey(key);
      if (answer >= 0) this.enter(call);
      return answer;
    });
    if (keepsMoves) part.eachMove((answer, call) => this.moves.add(answer, call));
    this.checkLimits();
    if (part.moved === 0) this.rememberStuck(plan.status);
    else if (plan.isTerminal && !this.terminalMoves.has(plan.status)) this.rememberTerminalMove(plan, snapshot());
  }

  private note(sighting: Sighting): void {
    switch (sighting.kind) {
      case "rule":
        this.fired[sighting.rule] = 1;
        return;
      case "premise":
        this.silent = this.silent.filter(({ name }) => name !== sighting.invariant);
        return;
      case "broken":
        if (!this.brokenInvariants.has(sighting.invariant)) this.breaks(sighting.invariant, sighting.call);
        return;
      case "cut":
        if (!this.cuts.has(sighting.variable)) this.cuts.set(sighting.variable, { rule: sighting.rule });
        return;
    }
  }

  private sample(plan: Plan, snapshot: Snapshot): void {
    plan.sampled++;
    this.samples.push(snapshot);
  }

  private checkLimits(): void {
    const { stepsMax, bytesMax } = this.input;
    if (this.steps >= stepsMax) this.reached = "steps";
    else if (this.state % memoryLookStates === 0 && this.bytesSoon > bytesMax) this.reached = "memory";
  }

  private rememberStuck(status: string): void {
    if (!this.stuck.has(status)) this.stuck.set(status, { state: this.state });
  }

  /** In each status every call is tried once, as far as `crossChecksMax` goes: this shows that the plan leaves nothing out. */
  private reach(plan: Plan, snapshot: Snapshot): void {
    plan.isReached = true;
    const { automaton, calls } = this.input;
    const tried = calls.slice(0, crossChecksMax - this.crossChecks);
    this.crossChecks += tried.length;
    for (const [index, { action, params }] of tried.entries()) {
      const { kind } = automaton.step(snapshot, action, params);
      const isPlanned = kind === "refused" || plan.calls.includes(index);
      assert(isPlanned, `${automaton.name}.${action} moves from ${snapshot.status}, where it has no rule`);
    }
  }

  private rememberTerminalMove(plan: Plan, snapshot: Snapshot): void {
    if (this.terminalMoves.has(snapshot.status)) return;
    const { automaton, calls } = this.input;
    const call = plan.calls.find((index) => {
      const { action, params } = calls[index] ?? { action: "", params: {} };
      return automaton.step(snapshot, action, params).kind === "moved";
    });
    if (call !== undefined) this.terminalMoves.set(snapshot.status, { state: this.state, call });
  }

  /** True where that ends the search. */
  private follow(after: Snapshot, rule: number, call: number): boolean {
    this.transitions++;
    this.fired[rule] = 1;
    const index = this.visited.add(after);
    if (this.input.keepsMoves) this.moves.add(index, call);
    if (index < 0 && index !== beyond) return false;
    this.checkInvariants(after, call);
    if (index === beyond) this.cut(after, rule);
    else if (this.states === this.input.statesMax) this.reached = "states";
    else this.enter(call, after);
    return this.reached !== undefined;
  }

  private enter(call: number, snapshot?: Snapshot): void {
    this.states++;
    this.frontier.push(snapshot);
    this.parents.push(this.state);
    this.parentCalls.push(call);
  }

  private cut(after: Snapshot, rule: number): void {
    const variable = nameOfPast(this.input.digits, after);
    assert(variable !== undefined, "what is past a bound is so by some variable");
    if (!this.cuts.has(variable)) this.cuts.set(variable, { rule });
  }

  /** The search is breadth first: the first snapshot that breaks an invariant is a nearest one. */
  private checkInvariants(snapshot: Snapshot, call?: number): void {
    for (const invariant of this.intact) if (!invariant.holds(snapshot)) this.breaks(invariant.name, call);
    for (const invariant of this.silent) {
      if (invariant.applies?.(snapshot)) this.silent = this.silent.filter((each) => each !== invariant);
    }
  }

  private breaks(invariant: string, call: number | undefined): void {
    this.brokenInvariants.set(invariant, { state: this.state, ...(call !== undefined && { call }) });
    this.intact = this.intact.filter(({ name }) => name !== invariant);
  }
}
