/** Runs calls against the emitted automaton again and gives the trace: nothing is reported that does not replay. */
import type { Automaton, Snapshot, Value } from "@temperc/runtime";
import { assert } from "../assert.ts";
import type { Call, Change, Trace, TraceStep } from "./trace.ts";

/** The run that these calls make from the initial snapshot. Throws where one of them is refused: then the search was wrong. */
export function replay(automaton: Automaton, calls: readonly Call[]): Trace {
  const steps: TraceStep[] = [];
  for (const call of calls) steps.push(takeStep(automaton, lastSnapshot({ initial: automaton.initial, steps }), call));
  return { automaton: automaton.name, initial: automaton.initial, steps };
}

/** Where the run has led. */
export function lastSnapshot({ initial, steps }: Pick<Trace, "initial" | "steps">): Snapshot {
  return steps.at(-1)?.after ?? initial;
}

function takeStep(automaton: Automaton, before: Snapshot, { action, params }: Call): TraceStep {
  const outcome = automaton.step(before, action, params);
  assert(
    outcome.kind === "moved",
    `${automaton.name}.${action} was accepted in the search and is refused in the replay`,
  );
  const { after, rule } = outcome;
  const source = automaton.rules[rule]?.source ?? "";
  return { action, params, rule, source, before, after, changed: changes(automaton, before, after) };
}

/** The variables that differ, in the automaton's order. */
export function changes({ variables }: Automaton, before: Snapshot, after: Snapshot): readonly Change[] {
  return variables
    .map(({ name }) => ({ variable: name, before: before[name] ?? null, after: after[name] ?? null }))
    .filter((change) => !isSameValue(change.before, change.after));
}

/** Lists are equal item by item. */
export function isSameValue(one: Value, other: Value): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  return one.length === other.length && one.every((item, index) => item === other[index]);
}
