/** The options of the recipe, from those of a command. */
import { defaultVerifyLimits } from "../../verify/index.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { type Assignments, chosenLimits, unknownLimit } from "../options.ts";
import type { Refusal } from "../refusal.ts";
import type { PipelineOptions } from "./pipeline.ts";

interface Chosen {
  readonly bound?: Assignments;
  readonly limit?: Assignments;
  readonly seed?: number;
}

/** `others` are the tables of limits that the command has besides those of reading and verifying. */
export function pipelineOptions(
  { bound = new Map(), limit = new Map(), seed }: Chosen,
  others: readonly object[],
): PipelineOptions | Refusal {
  const refusal = unknownLimit(limit, [defaultFolderLimits, defaultVerifyLimits, ...others]);
  if (refusal !== undefined) return refusal;
  const limits = chosenLimits(defaultFolderLimits, limit);
  const known = { bounds: bound, limits: chosenLimits(defaultVerifyLimits, limit) };
  const verify = seed === undefined ? known : { ...known, seed };
  return { kind: "chosen", limits, purpose: "run", verify };
}
