/** Level 2 alone: simulated requests a second, and how much faster than the clock of the simulation it is. */

import * as runtime from "@temperc/runtime/simulated";
import { defaultSimulation, simulate } from "../dist/verify/l2-simulation/simulate.js";
import { loadModel } from "./load-example.mjs";

const seeds = 50;

/** One line of figures, on a model of the bench. */
export async function benchSimulation(name) {
  const { service: definition } = await loadModel(name);
  await simulate({ definition, runtime }, defaultSimulation);
  const started = process.hrtime.bigint();
  const { counts, failure } = await simulate({ definition, runtime }, { ...defaultSimulation, seeds });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (failure !== undefined) throw new Error(`seed ${failure.seed} breaks ${failure.oracle}: ${failure.message}`);
  const sent = counts.requests + counts.redeliveries;
  return `level 2, ${name}: ${Math.round(sent / seconds)} simulated requests/s, virtual time ${Math.round(counts.virtualMs / 1_000 / seconds)} times wall time`;
}
