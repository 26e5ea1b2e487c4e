/** The verdict of level 2: storms over the whole service, told as every other level tells its verdict. */
import { type Rerun, rerunText } from "../rerun-text.ts";
import type { Fault } from "../simulated/faults.ts";
import type { Ending, StormFacts, StormRun, Verdict } from "../verdict.ts";
import { untried } from "./counts.ts";
import { reduced } from "./reduce.ts";
import { defaultSimulation, type SimulateInput, simulate } from "./simulate.ts";

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
  readonly rerun: Rerun;
}

/** A function of its input: the same seed gives the same runs. */
export async function stormCheck(input: StormCheckInput): Promise<Ending> {
  const { limits, seed, faults = defaultSimulation.faults, verdicts, definition } = input;
  const own = { ...input, refuted: refutedIn(verdicts) };
  const { failure, cut, counts, steps, seeds } = await simulate(own, { ...limits, seed, faults });
  const facts: StormFacts = { kind: "storm", seed, seeds, steps, ...counts };
  if (failure !== undefined) {
    const { log, ...shortest } = await reduced(own, failure, faults);
    const storm: StormRun = { ...shortest, lines: log };
    const notes = [`the same run comes again ${rerunText(input.rerun, optionsOf(storm))}`];
    return { kind: "violated", facts, notes, counterexamples: [], storm, reasons: [] };
  }
  const reasons = [
    ...(seeds < limits.seeds ? [`it was stopped after ${seeds} of ${limits.seeds} seeds`] : []),
    ...(cut.length > 0 ? [`what was owed at the end of seed ${cut.join(", ")} took too many steps to wait for`] : []),
  ];
  // A run that was stopped could not meet everything.
  const idle = seeds < limits.seeds ? undefined : untried(counts, faults, definition);
  const notes = idle === undefined ? [] : [idle];
  return reasons.length > 0 ? { kind: "unknown", facts, notes, reasons } : { kind: "held", facts, notes };
}

function optionsOf({ seed, steps, faults }: StormRun): readonly string[] {
  const names = faults.length === 0 ? "none" : faults.join(",");
  return [`--seed ${seed}`, "--limit seeds=1", `--limit steps=${steps}`, `--faults ${names}`];
}

/** The invariants that the verdicts say are broken, by their full names. */
export function refutedIn(verdicts: readonly Verdict[]): ReadonlySet<string> {
  const names = verdicts.flatMap(({ subject, outcome }) =>
    outcome.kind === "violated" ? outcome.counterexamples.map(({ property }) => `${subject}.${property.name}`) : [],
  );
  return new Set(names);
}
