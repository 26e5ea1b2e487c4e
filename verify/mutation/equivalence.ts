/** Whether a mutant can be told from the original at all: the same calls from the same snapshots, with the same outcome. */
import type { Automaton as Emitted, Outcome, Snapshot } from "@temperc/runtime";
import type { Call } from "../replay/trace.ts";

export interface Compared {
  readonly original: Emitted;
  readonly mutant: Emitted;
  /** Every call that makes a difference to the original. */
  readonly calls: readonly Call[];
  /** Whether a snapshot was met before, or is past the bounds of the search. */
  readonly isKnown: (snapshot: Snapshot) => boolean;
  /** Calls that are compared at most. */
  readonly stepsMax: number;
}

/**
 * True where both have the same reachable graph within the bounds, outputs included. As long as no outcome differs, both reach
 * the same snapshots, so that one walk is enough.
 */
export function isEquivalent({ original, mutant, calls, isKnown, stepsMax }: Compared): boolean {
  const queue = [original.initial];
  isKnown(original.initial);
  let steps = 0;
  for (const snapshot of queue) {
    steps += calls.length;
    if (steps > stepsMax) return false;
    for (const { action, params } of calls) {
      const outcome = original.step(snapshot, action, params);
      if (!isSame(outcome, mutant.step(snapshot, action, params))) return false;
      if (outcome.kind === "moved" && !isKnown(outcome.after)) queue.push(outcome.after);
    }
  }
  return true;
}

/** Why a call is refused is told to people, and is no difference between two machines. */
function isSame(one: Outcome<Snapshot>, other: Outcome<Snapshot>): boolean {
  if (one.kind === "refused" || other.kind === "refused") return one.kind === other.kind;
  return (
    one.rule === other.rule &&
    JSON.stringify(one.after) === JSON.stringify(other.after) &&
    JSON.stringify(one.outputs) === JSON.stringify(other.outputs)
  );
}
