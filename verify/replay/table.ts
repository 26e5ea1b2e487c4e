/** A trace file as the table that verdicts are printed with. */
import type { Snapshot } from "@temperc/runtime";
import { isSameValue } from "./replay.ts";
import type { Change, Trace, TraceStep } from "./trace.ts";
import type { FileStep, TraceFile } from "./trace-file.ts";

/** The run of a trace file, as levels give it; of several entities each step names its own. */
export function runIn({ entities, steps, loop }: TraceFile): Trace {
  const present = new Map(entities.map(({ name, initial }) => [name, initial]));
  const isAlone = entities.length === 1;
  const taken = steps.map((step): TraceStep => {
    const before = present.get(step.entity) ?? step.after;
    present.set(step.entity, step.after);
    return stepOf(step, before, isAlone ? step.action : `${step.entity}.${step.action}`);
  });
  const initial = isAlone ? entities[0]?.initial : undefined;
  return {
    automaton: entities.map(({ automaton }) => automaton).join(", "),
    initial: initial ?? { status: "" },
    steps: taken,
    ...(loop !== undefined && { loop }),
  };
}

function stepOf({ params, source, after }: FileStep, before: Snapshot, action: string): TraceStep {
  const names = Object.keys(after).filter((name) => name !== "status");
  const changed = names
    .map((variable): Change => ({ variable, before: before[variable] ?? null, after: after[variable] ?? null }))
    .filter((change) => !isSameValue(change.before, change.after));
  return { action, params, rule: -1, source, before, after, changed };
}
