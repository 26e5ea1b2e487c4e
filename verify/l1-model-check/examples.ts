/** Further runs that break a property: others than the shortest in which rules move one after the other. */
import type { Automaton as Emitted, Snapshot } from "@temperc/runtime";
import { lastSnapshot, replay } from "../replay/replay.ts";
import type { Call } from "../replay/trace.ts";
import type { Counterexample } from "../verdict.ts";

/** Calls that are tried to find the further runs of one property. */
const stepsMax = 100_000;

/** A further run has at most twice the steps of the shortest, and so many more. */
const moreSteps = 8;

export interface ExamplesInput {
  readonly emitted: Emitted;
  readonly calls: readonly Call[];
  /** How many runs of a property are asked for, the shortest among them. */
  readonly examples: number;
}

export interface Examples {
  readonly counterexamples: readonly Counterexample[];
  /** Of each property of which there are fewer. */
  readonly notes: readonly string[];
}

/** The counterexamples, each followed by the further runs that break its property, shorter ones first. */
export function withExamples(shortest: readonly Counterexample[], input: ExamplesInput): Examples {
  if (input.examples <= 1) return { counterexamples: shortest, notes: [] };
  const notes: string[] = [];
  const counterexamples = shortest.flatMap((first) => {
    // A run without end is different in infinitely many ways that show nothing new.
    const runs = first.trace.loop === undefined ? furtherRuns(first, input) : [];
    if (runs.length + 1 < input.examples)
      notes.push(
        `${first.property.name}: ${runs.length + 1} of ${input.examples} different runs found, of up to ${lengthMax(first)} steps`,
      );
    return [first, ...runs.map((calls) => ({ property: first.property, trace: replay(input.emitted, calls) }))];
  });
  return { counterexamples, notes };
}

/** A run in the making: where it is, how it came there, and by which rules. */
interface Walk {
  readonly snapshot: Snapshot;
  readonly calls: readonly Call[];
  readonly rules: string;
}

/**
 * Breadth first over runs instead of snapshots, where as many runs go on from a snapshot as are asked for: with fewer, one of
 * the shortest would be missed, and more are not needed (as in the search for the k shortest walks of a graph).
 */
function furtherRuns(first: Counterexample, { emitted, calls, examples }: ExamplesInput): readonly (readonly Call[])[] {
  const isBroken = brokenAt(first, emitted);
  const found: (readonly Call[])[] = [];
  const known = new Set([first.trace.steps.map(({ rule }) => rule).join()]);
  const goingOn = new Map<string, Set<string>>();
  const queue: Walk[] = [{ snapshot: emitted.initial, calls: [], rules: "" }];
  let steps = 0;
  for (const walk of queue) {
    for (const call of calls) {
      if (found.length + 1 >= examples || ++steps > stepsMax) return found;
      const outcome = emitted.step(walk.snapshot, call.action, call.params);
      if (outcome.kind === "refused") continue;
      const rules = walk.rules === "" ? String(outcome.rule) : `${walk.rules},${outcome.rule}`;
      const next: Walk = { snapshot: outcome.after, calls: [...walk.calls, call], rules };
      if (!isBroken(outcome.after)) {
        if (next.calls.length < lengthMax(first) && goesOn(next, goingOn, examples)) queue.push(next);
      } else if (!known.has(rules)) {
        known.add(rules);
        found.push(next.calls);
      }
    }
  }
  return found;
}

function lengthMax({ trace }: Counterexample): number {
  return 2 * trace.steps.length + moreSteps;
}

function goesOn({ snapshot, rules }: Walk, goingOn: Map<string, Set<string>>, examples: number): boolean {
  const key = JSON.stringify(snapshot);
  const earlier = goingOn.get(key) ?? new Set();
  if (earlier.size >= examples || earlier.has(rules)) return false;
  goingOn.set(key, earlier.add(rules));
  return true;
}

/** Where a run breaks the property: an invariant wherever it is false, anything else where the shortest run does. */
function brokenAt({ property, trace }: Counterexample, { invariants }: Emitted): (snapshot: Snapshot) => boolean {
  const invariant = invariants.find(({ name }) => property.kind === "invariant" && name === property.name);
  if (invariant !== undefined) return (snapshot) => !invariant.holds(snapshot);
  const end = JSON.stringify(lastSnapshot(trace));
  return (snapshot) => JSON.stringify(snapshot) === end;
}
