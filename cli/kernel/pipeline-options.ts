/** The options of the recipe, from those of a command. */
import { availableParallelism } from "node:os";
import { defaultVerifyLimits, type Fault, faultNames } from "../../verify/index.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { type Assignments, chosenLimits, unknownLimit } from "../options.ts";
import { type Refusal, unusable } from "../refusal.ts";
import type { PipelineOptions } from "./pipeline.ts";

interface Chosen {
  readonly bound?: Assignments;
  readonly limit?: Assignments;
  readonly seed?: number;
  /** Names with commas between them, or `none`. */
  readonly faults?: string;
  /** As many as there are cores where it is not said. */
  readonly workers?: number;
}

/** `others` are the tables of limits that the command has besides those of reading and verifying. */
export function pipelineOptions(
  { bound = new Map(), limit = new Map(), seed, faults, workers = availableParallelism() }: Chosen,
  others: readonly object[],
): PipelineOptions | Refusal {
  const refusal = unknownLimit(limit, [defaultFolderLimits, defaultVerifyLimits, ...others]);
  if (refusal !== undefined) return refusal;
  const limits = chosenLimits(defaultFolderLimits, limit);
  const known = { bounds: bound, limits: chosenLimits(defaultVerifyLimits, limit) };
  const chosen = faults === undefined ? undefined : faultsIn(faults);
  if (chosen !== undefined && "kind" in chosen) return chosen;
  const verify = { ...known, ...(seed !== undefined && { seed }), ...(chosen && { faults: chosen }) };
  return { kind: "chosen", limits, purpose: "run", verify, workers };
}

function faultsIn(text: string): readonly Fault[] | Refusal {
  const names = text === "none" ? [] : text.split(",");
  const unknown = names.find((name) => !faultNames.some((fault) => fault === name));
  if (unknown === undefined) return faultNames.filter((fault) => names.includes(fault));
  return unusable(`there is no fault ${JSON.stringify(unknown)}`, `the faults are ${faultNames.join(", ")}, or none`);
}
