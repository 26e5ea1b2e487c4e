/** Expands snapshots for a search that goes on elsewhere: it looks up what is visited, adds nothing, and tells what it met. */
import type { InvariantDescriptor, Snapshot } from "@temperc/runtime";
import { assert } from "../assert.ts";
import { type Digit, nameOfPast, past } from "./digits.ts";
import { GrowingKeys, GrowingNumbers } from "./growing.ts";
import { KeyTable } from "./key-table.ts";
import { numberPacker, numberUnpacker, type PackNumber } from "./packer.ts";
import { type Plan, plansOf, type Searchable } from "./plans.ts";
import { absent, lookUp, type SharedKeys } from "./shared-keys.ts";
import { beyond } from "./visited.ts";

/** What was met for the first time in the life of an expander, at which of the snapshots it was given last. */
export type Sighting = { readonly at: number } & (
  | { readonly kind: "rule"; readonly rule: number }
  | { readonly kind: "premise"; readonly invariant: string }
  | { readonly kind: "broken"; readonly invariant: string; readonly call: number }
  | { readonly kind: "cut"; readonly variable: string; readonly rule: number }
);

/** What became of some snapshots; numbers by snapshot stand in their order. */
export interface Expansion {
  readonly statuses: Uint32Array;
  /** How many calls moved each of them. */
  readonly moved: Uint32Array;
  /** How many of those led to a snapshot that was not visited and not met before among these. */
  readonly fresh: Uint32Array;
  /** Those, one after the other, and the call that led to each. */
  readonly freshKeys: Float64Array;
  readonly freshCalls: Uint32Array;
  /**
   * Where every call led, where moves are kept, else empty: what the visited set answers (−2 − index, or beyond), or the
   * place among `freshKeys`.
   */
  readonly answers: Int32Array;
  readonly calls: Uint32Array;
  readonly sightings: readonly Sighting[];
}

export interface ExpanderInput extends Searchable {
  readonly digits: readonly Digit[];
  readonly keepsMoves: boolean;
}

/** For a search that `hasKeys`. */
export function createExpander(input: ExpanderInput): Expander {
  const unpack = numberUnpacker(input.digits, input.automaton.initial);
  assert(unpack !== undefined, "a search that has keys can read them");
  return new Expander(input, unpack);
}

/** Given snapshots in the order of the search, it may skip some, and tells of each thing at the first one that shows it. */
export class Expander {
  private readonly input: ExpanderInput;
  private readonly unpack: (key: number) => Snapshot;
  private readonly pack: PackNumber;
  private readonly plans: ReadonlyMap<string, Plan>;
  /** Where the calls of these snapshots led so far, and the answer to each: nearer than all that is visited. */
  private readonly met = new KeyTable();
  private readonly answerAgain = new GrowingNumbers();
  private readonly fired: Uint8Array;
  private readonly cut = new Set<string>();
  private silent: readonly InvariantDescriptor[];
  private intact: readonly InvariantDescriptor[];
  private shared: SharedKeys = { kind: "bits", bits: new Uint32Array() };
  private at = 0;
  private expandedKey = past;
  private expandedIndex = 0;
  private moved = 0;
  private readonly freshKeys = new GrowingKeys();
  private readonly freshCalls = new GrowingNumbers();
  private readonly answers = new GrowingNumbers();
  private readonly calls = new GrowingNumbers();
  private sightings: Sighting[] = [];

  constructor(input: ExpanderInput, unpack: (key: number) => Snapshot) {
    this.input = input;
    this.unpack = unpack;
    this.pack = numberPacker(input.digits);
    this.plans = plansOf(input, this.follow.bind(this));
    this.fired = new Uint8Array(input.automaton.rules.length);
    this.intact = input.automaton.invariants;
    this.silent = input.automaton.invariants.filter(({ applies }) => applies !== undefined);
  }

  /** `keys` are visited, the first of them as the state of that index, and `shared` is what else is. */
  expand(keys: Float64Array, first: number, shared: SharedKeys): Expansion {
    this.begin(shared);
    const statuses = new Uint32Array(keys.length);
    const moved = new Uint32Array(keys.length);
    const fresh = new Uint32Array(keys.length);
    for (this.at = 0; this.at < keys.length; this.at++) {
      this.expandedKey = keys[this.at] ?? 0;
      this.expandedIndex = first + this.at;
      const snapshot = this.unpack(this.expandedKey);
      const plan = this.plans.get(snapshot.status);
      const [movedBefore, freshBefore] = [this.moved, this.freshKeys.length];
      plan?.round(snapshot);
      statuses[this.at] = plan?.number ?? 0;
      moved[this.at] = this.moved - movedBefore;
      fresh[this.at] = this.freshKeys.length - freshBefore;
    }
    const { freshKeys, freshCalls, answers, calls, sightings } = this;
    return {
      ...{ statuses, moved, fresh, sightings },
      freshKeys: freshKeys.copy(),
      freshCalls: freshCalls.copy(),
      answers: new Int32Array(answers.copy().buffer),
      calls: calls.copy(),
    };
  }

  private begin(shared: SharedKeys): void {
    this.shared = shared;
    this.met.clear();
    this.moved = 0;
    this.sightings = [];
    const { answerAgain, freshKeys, freshCalls, answers, calls } = this;
    for (const list of [answerAgain, freshKeys, freshCalls, answers, calls]) list.length = 0;
  }

  /** Always false: the round goes on to its end. */
  private follow(after: Snapshot, rule: number, call: number): boolean {
    this.moved++;
    if (this.fired[rule] === 0) this.firstMove(rule);
    const answer = this.answerTo(after, rule, call);
    if (this.input.keepsMoves) {
      this.answers.push(answer);
      this.calls.push(call);
    }
    return false;
  }

  private answerTo(after: Snapshot, rule: number, call: number): number {
    const key = this.pack(after);
    if (key === past) {
      this.checkInvariants(after, call);
      this.goBeyond(after, rule);
      return beyond;
    }
    if (key === this.expandedKey) return -2 - this.expandedIndex;
    const met = this.met.add(key);
    if (met < 0) return this.answerAgain.signedAt(-2 - met);
    const visited = lookUp(this.shared, key);
    const answer = visited === absent ? this.freshKeys.length : visited;
    this.answerAgain.push(answer);
    if (visited === absent) {
      this.freshKeys.push(key);
      this.freshCalls.push(call);
      this.checkInvariants(after, call);
    }
    return answer;
  }

  private firstMove(rule: number): void {
    this.fired[rule] = 1;
    this.sightings.push({ at: this.at, kind: "rule", rule });
  }

  private goBeyond(after: Snapshot, rule: number): void {
    const variable = nameOfPast(this.input.digits, after) ?? "";
    if (this.cut.has(variable)) return;
    this.cut.add(variable);
    this.sightings.push({ at: this.at, kind: "cut", variable, rule });
  }

  private checkInvariants(snapshot: Snapshot, call: number): void {
    for (const invariant of this.intact) {
      if (invariant.holds(snapshot)) continue;
      this.sightings.push({ at: this.at, kind: "broken", invariant: invariant.name, call });
      this.intact = this.intact.filter((each) => each !== invariant);
    }
    for (const invariant of this.silent) {
      if (!invariant.applies?.(snapshot)) continue;
      this.sightings.push({ at: this.at, kind: "premise", invariant: invariant.name });
      this.silent = this.silent.filter((each) => each !== invariant);
    }
  }
}
