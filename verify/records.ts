/** Verdicts as plain JSON data, for `--json`: the same facts that are printed, under stable names. */
import type { Values } from "@temperc/runtime";
import type { TraceStep } from "./replay/trace.ts";
import type {
  Bound,
  Counterexample,
  Ending,
  Facts,
  JointRun,
  Level,
  Property,
  Proved,
  StormFacts,
  StormRun,
  Verdict,
} from "./verdict.ts";

/** Of level 2 every count, and how often each fault met something. */
export interface VerdictRecord extends Partial<Omit<StormFacts, "kind">> {
  readonly level: Level;
  readonly subject: string;
  readonly outcome: Ending["kind"];
  readonly guards?: number;
  readonly guardsReached?: number;
  readonly invariants?: number;
  readonly proved?: readonly Proved[];
  readonly states?: number;
  readonly transitions?: number;
  readonly bounds?: readonly Bound[];
  readonly unread?: readonly string[];
  readonly cases?: number;
  readonly accepted?: number;
  readonly notes?: readonly string[];
  readonly reasons?: readonly string[];
  readonly counterexamples?: readonly CounterexampleRecord[];
  /** Of a composition. */
  readonly groups?: readonly (readonly string[])[];
  readonly instances?: number;
  readonly runs?: readonly JointRun[];
  /** Of level 2. */
  readonly storm?: StormRun;
}

export interface CounterexampleRecord {
  readonly property: Property;
  readonly automaton: string;
  readonly initial: Values;
  readonly steps: readonly TraceStep[];
  /** As in `Trace`. */
  readonly loop?: number;
}

/** One record a verdict, in the same order. */
export function verdictRecords(verdicts: readonly Verdict[]): readonly VerdictRecord[] {
  return verdicts.map(({ level, subject, outcome }) => ({
    level,
    subject,
    outcome: outcome.kind,
    ...details(outcome),
  }));
}

function details(outcome: Ending): Omit<VerdictRecord, "level" | "subject" | "outcome"> {
  if (outcome.kind === "not-available") return {};
  const known = { ...figures(outcome.facts), notes: outcome.notes };
  switch (outcome.kind) {
    case "held":
      return known;
    case "unknown":
      return { ...known, reasons: outcome.reasons };
    case "violated":
      return {
        ...known,
        reasons: outcome.reasons,
        counterexamples: outcome.counterexamples.map(counterexampleRecord),
        ...(outcome.runs && { runs: outcome.runs }),
        ...(outcome.storm && { storm: outcome.storm }),
      };
  }
}

function figures(facts: Facts): Partial<VerdictRecord> {
  switch (facts.kind) {
    case "proof": {
      const { guards, guardsReached, invariants, proved } = facts;
      return { guards, guardsReached, invariants, proved };
    }
    case "search": {
      const { states, transitions, bounds, unread } = facts;
      return { states, transitions, bounds, unread };
    }
    case "storm": {
      const { kind: _, ...counts } = facts;
      return counts;
    }
    case "cases": {
      const { cases, requests, accepted, seed } = facts;
      return { cases, requests, accepted, seed };
    }
    case "composition": {
      const { groups, instances, states, transitions } = facts;
      return { groups, instances, states, transitions };
    }
  }
}

function counterexampleRecord({ property, trace }: Counterexample): CounterexampleRecord {
  return { property, ...trace };
}
