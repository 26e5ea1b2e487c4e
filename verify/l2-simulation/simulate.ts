/** Level 2: the production request path under seeded faults, one run a seed, until one breaks a promise or the budget is used up. */
import type { ServiceDefinition } from "@temperc/runtime";
import type { Runtime } from "../runtime.ts";
import { type Fault, faultNames } from "../simulated/faults.ts";
import type { LogLine } from "../simulated/schedule.ts";
import { addedCounts, type Counts, noCounts } from "./counts.ts";
import { type Failure, storm } from "./storm.ts";

export interface Simulation {
  /** The first seed, and how many follow one another from it. */
  readonly seed: number;
  readonly seeds: number;
  /** Choices of the scheduler in one run; what is owed at its end is done after them. */
  readonly steps: number;
  readonly faults: readonly Fault[];
}

export const defaultSimulation: Simulation = { seed: 1, seeds: 10, steps: 400, faults: faultNames };

export interface SimulateInput {
  readonly definition: ServiceDefinition;
  readonly runtime: Runtime;
  readonly refuted?: ReadonlySet<string>;
  /** Asked between runs; true ends with what is known so far. */
  readonly shouldStop?: () => boolean;
  /** Awaited between runs. */
  readonly pause?: () => Promise<void>;
}

export interface Simulated {
  /** Of the first run that failed, with all that happened in it. */
  readonly failure?: Failure & { readonly log: readonly LogLine[] };
  /** Runs that were made. */
  readonly seeds: number;
  readonly steps: number;
  /** Seeds of runs whose end was not waited for. */
  readonly cut: readonly number[];
  readonly counts: Counts;
}

/** A function of its input: the same seeds give the same runs, byte for byte. */
export async function simulate(input: SimulateInput, { seed, seeds, steps, faults }: Simulation): Promise<Simulated> {
  const { definition, runtime, refuted = new Set(), shouldStop = () => false } = input;
  let counts = noCounts;
  let made = 0;
  const cut: number[] = [];
  while (made < seeds && !shouldStop()) {
    const run = await storm({ definition, runtime, seed: seed + made, steps, faults: new Set(faults), refuted });
    counts = addedCounts(counts, run.counts);
    made += 1;
    await input.pause?.();
    if (run.isCut) cut.push(seed + made - 1);
    if (run.failure === undefined) continue;
    return { cut, failure: { ...run.failure, log: run.log }, seeds: made, steps, counts };
  }
  return { cut, seeds: made, steps, counts };
}
