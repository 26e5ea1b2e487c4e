/** Steps of several entities on the emitted code of a spec folder, for the regression tests that `temperc replay --to-test` writes. */
import {
  askedIn,
  type JointEntity,
  type JointFileStep,
  type JointTraceFile,
  judgeJointly,
} from "../../verify/index.ts";
import { jointRerunOf } from "./replay-joint.ts";
import { loadSpecs, type RerunOfCalls } from "./rerun-calls.ts";

export interface StepsToRerun {
  /** The spec folder: a path, or a `file:` URL. */
  readonly specs: string | URL;
  readonly property: Pick<JointTraceFile["property"], "kind" | "name">;
  readonly entities: readonly JointEntity[];
  /** From no entities at all; what is delivered, timers and answers come when the steps say so. */
  readonly steps: readonly Omit<JointFileStep, "after" | "refusal">[];
}

/**
 * Takes the steps one after the other until one is not possible any more, which is one way to mend a spec. Throws where the
 * spec does not compile, or has no such automaton, action or property any more: the test says nothing then.
 */
export async function rerunTogether({ specs, property, entities, steps }: StepsToRerun): Promise<RerunOfCalls> {
  const loaded = await loadSpecs(specs);
  const asked = steps.map((step) => askedIn(step, entities));
  for (const { type, action } of asked) {
    const automaton = loaded.definition.entityTypes.find(({ name }) => name === type)?.automaton;
    if (automaton !== undefined && (action === undefined || automaton.actions.some(({ name }) => name === action)))
      continue;
    throw new Error(`this test says nothing any more: there is no ${type}${action === undefined ? "" : `.${action}`}`);
  }
  const rerun = jointRerunOf(loaded);
  let ended = `all ${steps.length} steps are taken`;
  for (const step of asked) {
    const taken = rerun.take(step);
    if (taken.kind === "taken") continue;
    ended = `step ${rerun.steps + 1} of ${steps.length} is not possible: ${taken.reason}`;
    break;
  }
  const judged = judgeJointly(property, rerun);
  if (judged.kind === "undecided") throw new Error(`this test says nothing any more: ${judged.message}`);
  const broken = judged.kind === "broken";
  return { broken, accepted: rerun.steps, summary: broken ? `${judged.message}; ${ended}` : ended };
}
