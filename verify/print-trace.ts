/** A counterexample as a table: each step with the status and the variables that it changed, then what it breaks. */
import type { Snapshot } from "@temperc/runtime";
import { type Paint, paintIn } from "./paint.ts";
import { printRun } from "./print-runs.ts";
import { printCall, printValue, visible } from "./print-value.ts";
import { type JointTraceFile, jointRunIn } from "./replay/joint-trace.ts";
import { runIn } from "./replay/table.ts";
import type { Trace, TraceStep } from "./replay/trace.ts";
import type { TraceFile } from "./replay/trace-file.ts";
import type { Counterexample, Property } from "./verdict.ts";

/** Of a longer trace the first and the last steps are shown. */
const rowsMax = 120;

type Row = readonly [step: string, action: string, status: string, changed: string, source: string];

/** Ends with a line break. */
export function printCounterexample({ property, trace }: Counterexample, paint: Paint): string {
  const steps = `${trace.steps.length} step${trace.steps.length === 1 ? "" : "s"}`;
  const title = paint("violated", `${visible(trace.automaton)} ${failing(property)} in ${steps}`);
  const rows = [startRow(trace.initial), ...trace.steps.map(stepRow)];
  const broken = `${visible(property.text)} (${visible(property.source)})`;
  return [title, ...table(rows, paint), ...endless(trace, paint), `  ${paint("violated", "✗")} ${broken}`, ""].join(
    "\n",
  );
}

/** A trace that was read from a file, as the same table. */
export function printTrace(file: TraceFile | JointTraceFile, options: { readonly color: boolean }): string {
  if (file.level === "composition") return printRun(jointRunIn(file), paintIn(options.color));
  return printCounterexample({ property: file.property, trace: runIn(file) }, paintIn(options.color));
}

/** How a run without end goes on. */
function endless({ steps, loop }: Trace, paint: Paint): readonly string[] {
  if (loop === undefined) return [];
  const sign = paint("faint", "↻");
  if (loop === steps.length) return [`  ${sign} and stays there for ever: nothing is owed that would lead on`];
  const [first, last] = [loop + 1, steps.length];
  return [`  ${sign} and ${first === last ? `step ${last}` : `steps ${first} to ${last}`} again, for ever`];
}

function failing({ kind, name }: Property): string {
  switch (kind) {
    case "invariant":
      return `breaks invariant ${visible(name)}`;
    case "reaches":
    case "eventually":
    case "has-actions":
      return `breaks liveness ${visible(name)}`;
    case "deadlock":
      return `is stuck in status ${visible(name)}`;
    case "agreement":
      return "and its service disagree";
    case "terminal":
      return `moves in the terminal status ${visible(name)}`;
  }
}

function startRow(initial: Snapshot): Row {
  const variables = Object.keys(initial).filter((name) => name !== "status");
  const values = variables.map((name) => `${visible(name)} ${printValue(initial[name] ?? null)}`);
  return ["0", "", visible(initial.status), values.join(", "), ""];
}

function stepRow({ action, params, before, after, changed, source }: TraceStep, index: number): Row {
  const status = before.status === after.status ? after.status : `${before.status} → ${after.status}`;
  const changes = changed.map((each) => {
    return `${visible(each.variable)} ${printValue(each.before)} → ${printValue(each.after)}`;
  });
  return [String(index + 1), printCall(action, params), visible(status), changes.join(", "), visible(source)];
}

function table(rows: readonly Row[], paint: Paint): readonly string[] {
  const head: Row = ["step", "action", "status", "variables", "rule"];
  const shown = [head, ...middleLeftOut(rows)];
  const widths = head.map((_, column) => Math.max(...shown.map((row) => (row[column] ?? "").length)));
  const [first = "", ...others] = shown.map((row) => printRow(row, widths));
  return [paint("faint", first), ...others];
}

function middleLeftOut(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= rowsMax) return rows;
  const half = rowsMax / 2;
  const gap: Row = ["…", `${rows.length - rowsMax} more`, "", "", ""];
  return [...rows.slice(0, half), gap, ...rows.slice(-half)];
}

function printRow([step, ...cells]: Row, [stepWidth = 0, ...widths]: readonly number[]): string {
  const padded = cells.map((cell, index) => cell.padEnd(widths[index] ?? 0));
  return `  ${step.padStart(stepWidth)}  ${padded.join("  ")}`.trimEnd();
}
