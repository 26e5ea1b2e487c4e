/** A run that failed, made easier to read: the faults that it does not need are taken away, one after the other. */
import type { Fault } from "../simulated/faults.ts";
import type { LogLine } from "../simulated/schedule.ts";
import type { SimulateInput } from "./simulate.ts";
import { type Failure, storm } from "./storm.ts";

export interface Reduced extends Failure {
  readonly faults: readonly Fault[];
  readonly log: readonly LogLine[];
}

type Failed = Failure & { readonly log: readonly LogLine[] };

/** The same oracle fails in what it gives, under the same seed. A function of its input, but for being stopped. */
export async function reduced(
  { definition, runtime, refuted = new Set(), shouldStop = () => false }: SimulateInput,
  failure: Failed,
  faults: readonly Fault[],
): Promise<Reduced> {
  const { seed, oracle } = failure;
  let least: Reduced = { ...failure, faults };
  for (const fault of faults) {
    if (shouldStop()) break;
    const fewer = least.faults.filter((each) => each !== fault);
    const run = await storm({ definition, runtime, seed, steps: least.steps, faults: new Set(fewer), refuted });
    if (run.failure?.oracle === oracle) least = { ...run.failure, faults: fewer, log: run.log };
  }
  return least;
}
