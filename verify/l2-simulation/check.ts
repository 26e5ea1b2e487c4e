/** The verdict of level 2: storms over the whole service, told as every other level tells its verdict. */
import type { Ending, StormFacts, Verdict } from "../verdict.ts";
import type { Fault } from "./faults.ts";
import { defaultSimulation, type Simulated, type SimulateInput, simulate } from "./simulate.ts";

export interface StormLimits {
  /** How many seeds are run, one after the other from the first. */
  readonly seeds: number;
  /** How many choices the scheduler makes in a run. */
  readonly steps: number;
}

export const defaultStormLimits: StormLimits = { seeds: defaultSimulation.seeds, steps: defaultSimulation.steps };

export interface StormCheckInput extends Omit<SimulateInput, "refuted"> {
  readonly limits: StormLimits;
  readonly seed: number;
  /** All where absent. */
  readonly faults?: readonly Fault[];
  /** Of the levels before: an invariant that they refuted is broken here too, and shown there. */
  readonly verdicts: readonly Verdict[];
}

/** A function of its input: the same seed gives the same runs. */
export async function stormCheck(input: StormCheckInput): Promise<Ending> {
  const { limits, seed, faults = defaultSimulation.faults, verdicts } = input;
  const simulated = await simulate({ ...input, refuted: refutedIn(verdicts) }, { ...limits, seed, faults });
  const { failure, cut, counts, steps, seeds } = simulated;
  const facts: StormFacts = { kind: "storm", seed, seeds, steps, ...counts };
  if (failure !== undefined) {
    return { kind: "violated", facts, notes: runNotes(failure, faults), counterexamples: [], reasons: [] };
  }
  const reasons = [
    ...(seeds < limits.seeds ? [`it was stopped after ${seeds} of ${limits.seeds} seeds`] : []),
    ...(cut.length > 0 ? [`what was owed at the end of seed ${cut.join(", ")} took too many steps to wait for`] : []),
  ];
  return reasons.length > 0 ? { kind: "unknown", facts, notes: [], reasons } : { kind: "held", facts, notes: [] };
}

/** What broke, how to see it again, and what happened before it. */
function runNotes({ seed, oracle, message, log }: NonNullable<Simulated["failure"]>, faults: readonly Fault[]) {
  const chosen = faults.length === defaultSimulation.faults.length ? "" : ` --faults ${faults.join(",") || "none"}`;
  return [
    `seed ${seed} breaks ${oracle}: ${message}`,
    `the same run comes again with --seed ${seed} --limit seeds=1${chosen}`,
    ...log,
  ];
}

function refutedIn(verdicts: readonly Verdict[]): ReadonlySet<string> {
  const names = verdicts.flatMap(({ subject, outcome }) =>
    outcome.kind === "violated" ? outcome.counterexamples.map(({ property }) => `${subject}.${property.name}`) : [],
  );
  return new Set(names);
}
