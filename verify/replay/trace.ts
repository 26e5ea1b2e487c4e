/** A trace: a run of an automaton from its initial snapshot, step by step, with what each step changed. */
import type { Snapshot, Value, Values } from "@temperc/runtime";

export interface Trace {
  /** The automaton's name. */
  readonly automaton: string;
  readonly initial: Snapshot;
  readonly steps: readonly TraceStep[];
  /**
   * Of a run without end: the steps from this index on come again and again; where it is the number of steps, the run
   * waits at its last snapshot for ever.
   */
  readonly loop?: number;
}

export interface TraceStep {
  readonly action: string;
  readonly params: Values;
  /** Index of the rule that moved it, in the automaton's `rules`. */
  readonly rule: number;
  /** `file:line` of that rule. */
  readonly source: string;
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** The variables that changed, in the automaton's order; the status is not among them. */
  readonly changed: readonly Change[];
}

export interface Change {
  readonly variable: string;
  readonly before: Value;
  readonly after: Value;
}

/** What a caller asks of an automaton. */
export interface Call {
  readonly action: string;
  readonly params: Values;
}
