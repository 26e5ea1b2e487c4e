/** Runs a trace of several entities again, and says where it departs and whether it still breaks its property. */
import type { Snapshot } from "@temperc/runtime";
import type { AskedStep, JointRerun, TakenStep } from "../composition/rerun.ts";
import { printCall } from "../print-value.ts";
import type { JointProperty } from "../verdict.ts";
import { askedIn, type JointFileStep, type JointTraceFile } from "./joint-trace.ts";
import type { Judgement } from "./judge.ts";
import { type Departure, differenceOf, printSnapshot, type Rerun } from "./rerun.ts";

/** Something that a joint trace can be run against: the emitted code, or a service behind HTTP. */
export interface JointRunner {
  /** A service is given time until `recorded` shows. */
  readonly take: (step: AskedStep, recorded: JointFileStep) => TakenStep | Promise<TakenStep>;
}

/** Runs it up to its end or its first departure. */
export async function rerunJointly({ entities, steps }: JointTraceFile, runner: JointRunner): Promise<Rerun> {
  for (const [index, step] of steps.entries()) {
    const departure = departureOf(step, await runner.take(askedIn(step, entities), step));
    if (departure !== undefined)
      return { steps: index, departure: { step: index + 1, entity: step.entity, ...departure } };
  }
  return { steps: steps.length };
}

/** What a run that was taken so far on the emitted code shows of the property. */
export function judgeJointly({ kind, name }: Pick<JointProperty, "kind" | "name">, rerun: JointRerun): Judgement {
  if (kind === "dropped-reaction") {
    const found = rerun.dropped.get(name);
    if (found === undefined) return { kind: "kept" };
    return { kind: "broken", at: found.step, message: `${name} is dropped: ${found.reason}` };
  }
  const broken = rerun.brokenBy(name);
  if (broken === undefined) return { kind: "undecided", message: `the spec has no property ${name} across entities` };
  if (broken.length === 0) return { kind: "kept" };
  return { kind: "broken", at: rerun.steps, message: `${name} does not hold of ${broken.join(", ")}` };
}

function departureOf(recorded: JointFileStep, taken: TakenStep): Pick<Departure, "expected" | "found"> | undefined {
  if (taken.kind === "impossible") return { expected: toldOf(recorded, recorded), found: taken.reason };
  const isSame = (recorded.refusal === undefined) === (taken.refusal === undefined);
  if (!isSame) return { expected: toldOf(recorded, recorded), found: toldOf(recorded, taken) };
  if (recorded.after !== undefined && taken.after !== undefined) return differenceOf(recorded.after, taken.after);
  if (recorded.after === taken.after) return undefined;
  return { expected: toldOf(recorded, recorded), found: toldOf(recorded, taken) };
}

function toldOf(
  { action, params, by }: JointFileStep,
  { after, refusal }: { readonly after?: Snapshot; readonly refusal?: string },
): string {
  const what = action === undefined ? by : printCall(action, params);
  if (refusal !== undefined) return `${what} is refused: ${refusal}`;
  return after === undefined ? `${what}, and the entity is not there` : `${what}, then ${printSnapshot(after)}`;
}
