/** The one verdict type of every level: what was asked, how it ended, and the facts and counterexamples that show it. */
import type { Snapshot } from "@temperc/runtime";
import type { JointStep } from "./composition/moves.ts";
import type { Oracle } from "./l2-simulation/commit-oracles.ts";
import type { Counts } from "./l2-simulation/counts.ts";
import type { Trace } from "./replay/trace.ts";
import type { Fault } from "./simulated/faults.ts";
import type { LogLine } from "./simulated/schedule.ts";

export type Level = "L0" | "L1" | "L2" | "L3" | "composition";

/** A level that lacks the port it needs is `not-available`: it is printed as that, and never counts as passed. */
export type Ending = Held | Violated | Unknown | NotAvailable;

export interface Verdict {
  readonly level: Level;
  /** The automaton's name, or of a composition all of them. */
  readonly subject: string;
  readonly outcome: Ending;
}

export interface Held {
  readonly kind: "held";
  readonly facts: Facts;
  readonly notes: readonly string[];
}

export interface Violated {
  readonly kind: "violated";
  readonly facts: Facts;
  readonly notes: readonly string[];
  /** One a broken property, the shortest that there is; shorter ones first. Empty at level 2 and of a composition. */
  readonly counterexamples: readonly Counterexample[];
  /** Of a composition, in place of counterexamples: one a broken property, the shorter first. */
  readonly runs?: readonly JointRun[];
  /** Of level 2, in place of counterexamples: the run that broke a promise. */
  readonly storm?: StormRun;
  /** What was left out, so that there may be more and shorter ones; empty where nothing was. */
  readonly reasons: readonly string[];
}

export interface Unknown {
  readonly kind: "unknown";
  readonly facts: Facts;
  readonly notes: readonly string[];
  /** What kept the level from deciding. Never empty. */
  readonly reasons: readonly string[];
}

export interface NotAvailable {
  readonly kind: "not-available";
}

/** What a level did to come to its verdict. */
export type Facts = ProofFacts | SearchFacts | StormFacts | CaseFacts | CompositionFacts;

/** Of level 0. */
export interface ProofFacts {
  readonly kind: "proof";
  /** Guards of rules, and how many of them were seen to be true in a snapshot that can be reached. */
  readonly guards: number;
  readonly guardsReached: number;
  readonly invariants: number;
  readonly proved: readonly Proved[];
}

/** An invariant that holds in every reachable snapshot, however large its numbers. */
export interface Proved {
  readonly invariant: string;
  /**
   * `inductive`: every rule keeps it, given the invariants that are proved; `strengthened`: given what `by` says besides;
   * `searched`: level 1 visited every snapshot that there is.
   */
  readonly how: "inductive" | "strengthened" | "searched";
  /** What holds besides the invariants, in the spec's words; empty but where it is strengthened. */
  readonly by: readonly string[];
}

/** Of level 1. */
export interface SearchFacts {
  readonly kind: "search";
  /** Distinct snapshots visited. */
  readonly states: number;
  /** Accepted calls tried from those snapshots, each with its parameters. */
  readonly transitions: number;
  readonly bounds: readonly Bound[];
  /** Variables that no guard and no property reads: they are no part of a state. */
  readonly unread: readonly string[];
  /** What the visited states took in memory, in bytes. */
  readonly storeBytes: number;
}

/** Of level 2, which is asked of the whole service at once: what it did, and how often each fault met something. */
export interface StormFacts extends Counts {
  readonly kind: "storm";
  /** The first seed, and how many followed one another from it. */
  readonly seed: number;
  readonly seeds: number;
  /** Choices of the scheduler in a run. */
  readonly steps: number;
}

/** A run of the service that breaks one of the promises of the runtime, under as few faults as were found to be needed. */
export interface StormRun {
  readonly seed: number;
  readonly steps: number;
  readonly faults: readonly Fault[];
  /** The promise that is broken, and how. */
  readonly oracle: Oracle;
  readonly message: string;
  /** All that happened, in order; times in virtual milliseconds since the beginning. */
  readonly lines: readonly LogLine[];
}

/** Of level 3. */
export interface CaseFacts {
  readonly kind: "cases";
  /** Sequences of requests that were sent whole. */
  readonly cases: number;
  readonly requests: number;
  /** How many of the requests changed something. */
  readonly accepted: number;
  readonly seed: number;
}

/** Of the composition. */
export interface CompositionFacts {
  readonly kind: "composition";
  /** The types that act on one another or look at one another, and react to anything at all; empty where there are none. */
  readonly groups: readonly (readonly string[])[];
  /** Entities of each type that clients create. */
  readonly instances: number;
  /** Distinct joint states visited, of all groups together. */
  readonly states: number;
  readonly transitions: number;
}

/** A property of several entities: every reaction is accepted where it is delivered, and what `cross-invariants.toml` says. */
export interface JointProperty extends Omit<Property, "kind"> {
  readonly kind: "dropped-reaction" | "cross-invariant";
}

/** A run of several entities that breaks a property of their composition; no shorter one does. */
export interface JointRun {
  readonly property: JointProperty;
  /** Why the reaction is refused, or which entity breaks the property. */
  readonly reason: string;
  readonly steps: readonly JointRunStep[];
}

export interface JointRunStep extends JointStep {
  /** The entity afterwards, where it is there. */
  readonly snapshot?: Snapshot;
}

/** How far the search followed a variable. */
export interface Bound {
  /** The variable's name, or `len(name)` of a list. */
  readonly name: string;
  /** Absent where the values cannot fall below zero. */
  readonly low?: number;
  readonly high: number;
  /**
   * What happens to a value past the bound: `cut`: its snapshot was checked but not followed; `merged`: nothing in the
   * spec tells it from the last value, so that it was followed as that one.
   */
  readonly past: "cut" | "merged";
}

/** A property that is broken and the shortest run that breaks it. */
export interface Counterexample {
  readonly property: Property;
  readonly trace: Trace;
}

export interface Property {
  readonly kind: "invariant" | "deadlock" | "terminal" | "reaches" | "eventually" | "has-actions" | "agreement";
  readonly name: string;
  /** What should hold, in the spec's words. */
  readonly text: string;
  /** `file:line` in the spec. */
  readonly source: string;
}

/** The verdict on all: violated if any level found a violation; held only where L1 held for every automaton and nothing is unknown. */
export function overall(verdicts: readonly Verdict[]): "held" | "violated" | "unknown" {
  if (verdicts.some(({ outcome }) => outcome.kind === "violated")) return "violated";
  if (verdicts.some(({ outcome }) => outcome.kind === "unknown")) return "unknown";
  const checked = verdicts.filter(({ level }) => level === "L1");
  return checked.length > 0 && checked.every(({ outcome }) => outcome.kind === "held") ? "held" : "unknown";
}
