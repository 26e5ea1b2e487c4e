/** Whether a run of the emitted code breaks the property that its trace is about. */
import type { Automaton as Emitted, Snapshot } from "@temperc/runtime";
import type { Automaton } from "../../compiler/ir/index.ts";
import { callsOf } from "../l1-model-check/calls.ts";
import type { Leading } from "../l1-model-check/liveness/liveness.ts";
import { shapeOf } from "../l1-model-check/shape.ts";
import type { Property } from "../verdict.ts";
import { printSnapshot } from "./rerun.ts";
import type { Call } from "./trace.ts";

export type Judgement =
  /** `at` is the index of the snapshot that breaks it, the first snapshot of the run being 0. */
  | { readonly kind: "broken"; readonly at: number; readonly message: string }
  | { readonly kind: "kept" }
  /** The spec has no such property any more, or one run cannot decide it. */
  | { readonly kind: "undecided"; readonly message: string };

export interface Run {
  readonly automaton: Automaton;
  readonly emitted: Emitted;
  /** From the initial one on; never empty. */
  readonly snapshots: readonly Snapshot[];
}

export interface JudgeLimits {
  /** Combinations of parameters of one action that are tried. */
  readonly callsMax: number;
  /** Snapshots that are looked at to find a way on. */
  readonly onwardMax: number;
}

export const defaultJudgeLimits: JudgeLimits = { callsMax: 4_096, onwardMax: 20_000 };

/** Holds the run against the property, by the emitted code alone. */
export function judge({ kind, name }: Pick<Property, "kind" | "name">, run: Run, limits: JudgeLimits): Judgement {
  switch (kind) {
    case "invariant":
      return judgeInvariant(name, run);
    case "terminal":
      return judgeTerminal(name, run);
    case "deadlock":
      return judgeStuck([name], run, limits);
    case "has-actions":
      return judgeLiveness(name, run, limits);
    case "reaches":
      return judgeLiveness(name, run, limits);
    case "agreement":
      return { kind: "undecided", message: "whether the service agrees is no matter of the step alone" };
    case "eventually":
      return { kind: "undecided", message: "whether something is inevitable is no matter of one run" };
  }
}

function judgeInvariant(name: string, { emitted, snapshots }: Run): Judgement {
  const invariant = emitted.invariants.find((each) => each.name === name);
  if (invariant === undefined) return { kind: "undecided", message: `${emitted.name} has no invariant ${name}` };
  const at = snapshots.findIndex((snapshot) => !invariant.holds(snapshot));
  if (at < 0) return { kind: "kept" };
  const shown = printSnapshot(snapshots[at] ?? emitted.initial);
  return { kind: "broken", at, message: `${name} does not hold: ${invariant.text}, with ${shown}` };
}

function judgeTerminal(name: string, { emitted, snapshots }: Run): Judgement {
  if (!emitted.terminal.includes(name))
    return { kind: "undecided", message: `${emitted.name} has no terminal status ${name}` };
  const at = snapshots.findIndex(({ status }, index) => status === name && index < snapshots.length - 1);
  return at < 0 ? { kind: "kept" } : { kind: "broken", at: at + 1, message: `it moves in the terminal status ${name}` };
}

/** At its end, in one of the statuses, nothing is accepted. */
function judgeStuck(statuses: readonly string[], run: Run, { callsMax }: JudgeLimits): Judgement {
  const end = run.snapshots.at(-1) ?? run.emitted.initial;
  if (!statuses.includes(end.status)) return { kind: "kept" };
  const isPossible = possibleCalls(run, callsMax).some((call) => after(call, end, run.emitted) !== undefined);
  const message = `nothing is possible in ${printSnapshot(end)}`;
  return isPossible ? { kind: "kept" } : { kind: "broken", at: run.snapshots.length - 1, message };
}

function judgeLiveness(name: string, run: Run, limits: JudgeLimits): Judgement {
  const { liveness } = run.automaton;
  const property = liveness.find((each) => each.name === name);
  if (property === undefined) return { kind: "undecided", message: `${run.emitted.name} has no liveness ${name}` };
  if (property.kind === "has-actions") return judgeStuck(property.from, run, limits);
  return judgeTrap(property, run, limits);
}

/** From its end no target can be reached. */
function judgeTrap({ from, targets }: Leading, run: Run, { callsMax, onwardMax }: JudgeLimits): Judgement {
  const end = run.snapshots.at(-1) ?? run.emitted.initial;
  if (!from.includes(end.status)) return { kind: "kept" };
  const calls = possibleCalls(run, callsMax);
  const met = new Set([JSON.stringify(end)]);
  const queue = [end];
  for (const snapshot of queue) {
    if (targets.includes(snapshot.status)) return { kind: "kept" };
    if (queue.length > onwardMax)
      return { kind: "undecided", message: `a way on was looked for in ${onwardMax} snapshots, and there are more` };
    for (const call of calls) {
      const next = after(call, snapshot, run.emitted);
      const key = JSON.stringify(next);
      if (next === undefined || met.has(key)) continue;
      met.add(key);
      queue.push(next);
    }
  }
  const message = `from ${printSnapshot(end)} there is no way to ${targets.join(" or ")}`;
  return { kind: "broken", at: run.snapshots.length - 1, message };
}

function possibleCalls({ automaton }: Run, callsMax: number): readonly Call[] {
  return callsOf(automaton, shapeOf(automaton, new Map()), callsMax).calls;
}

function after({ action, params }: Call, snapshot: Snapshot, emitted: Emitted): Snapshot | undefined {
  const outcome = emitted.step(snapshot, action, params);
  return outcome.kind === "moved" ? outcome.after : undefined;
}
