/** A trace as a Mermaid diagram: of one entity the statuses that it went through, of several who was asked for what. */
import { printCall, printValue } from "../print-value.ts";
import { jointDiagram } from "./joint-mermaid.ts";
import type { JointTraceFile } from "./joint-trace.ts";
import { inDiagram, stepsMax } from "./mermaid-text.ts";
import { isSameValue } from "./replay.ts";
import type { FileStep, TraceFile } from "./trace-file.ts";

/** Text of a diagram, to be put into a file or between ```` ```mermaid ```` and ```` ``` ````. Ends with a line break. */
export function mermaid(trace: TraceFile | JointTraceFile): string {
  return `${diagram(trace).join("\n")}\n`;
}

function diagram(trace: TraceFile | JointTraceFile): readonly string[] {
  if (trace.level === "composition") return jointDiagram(trace);
  const shown = trace.steps.slice(0, stepsMax);
  return trace.entities.length === 1 ? stateDiagram(trace, shown) : sequenceDiagram(trace, shown);
}

function stateDiagram(trace: TraceFile, shown: readonly FileStep[]): readonly string[] {
  const [entity] = trace.entities;
  const first = entity?.initial.status ?? "";
  const statuses = [...new Set([first, ...shown.map(({ after }) => after.status)])];
  const idOf = (status: string): string => `s${statuses.indexOf(status)}`;
  const named = statuses.map((status) => `  state "${inDiagram(status)}" as ${idOf(status)}`);
  const before = (index: number): string => shown[index - 1]?.after.status ?? first;
  const moves = shown.map((step, index) => {
    const [from, to] = [idOf(before(index)), idOf(step.after.status)];
    return `  ${from} --> ${to} : ${index + 1} ${inDiagram(callWithChanges(trace, step, index))}`;
  });
  const end = shown.at(-1)?.after.status ?? first;
  const broken = `  note right of ${idOf(end)} : ${inDiagram(trace.property.text)}`;
  return ["stateDiagram-v2", ...named, `  [*] --> ${idOf(first)}`, ...moves, ...leftOut(trace, idOf(end)), broken];
}

function leftOut({ steps }: TraceFile, id: string): readonly string[] {
  return steps.length > stepsMax ? [`  note left of ${id} : ${steps.length - stepsMax} more steps are not drawn`] : [];
}

function sequenceDiagram(trace: TraceFile, shown: readonly FileStep[]): readonly string[] {
  const names = trace.entities.map(({ name }) => name);
  const idOf = (name: string): string => `e${names.indexOf(name)}`;
  const participants = names.map((name) => `  participant ${idOf(name)} as ${inDiagram(name)}`);
  const moves = shown.flatMap((step, index) => {
    const id = idOf(step.entity);
    return [
      `  Caller->>${id}: ${index + 1} ${inDiagram(printCall(step.action, step.params))}`,
      `  Note over ${id}: ${inDiagram([step.after.status, ...changes(trace, step, index)].join(", "))}`,
    ];
  });
  const all = names.length > 1 ? `${idOf(names[0] ?? "")},${idOf(names.at(-1) ?? "")}` : "Caller";
  const more = trace.steps.length > stepsMax ? [`${trace.steps.length - stepsMax} more steps are not drawn`] : [];
  const notes = [...more, trace.property.text].map((text) => `  Note over ${all}: ${inDiagram(text)}`);
  return ["sequenceDiagram", "  actor Caller", ...participants, ...moves, ...notes];
}

function callWithChanges(trace: TraceFile, step: FileStep, index: number): string {
  return [printCall(step.action, step.params), ...changes(trace, step, index)].join(" ");
}

/** `retries=2`, of each variable that the step changed. */
function changes(trace: TraceFile, { entity, after }: FileStep, index: number): readonly string[] {
  const earlier = trace.steps.slice(0, index).findLast((step) => step.entity === entity)?.after;
  const before = earlier ?? trace.entities.find(({ name }) => name === entity)?.initial;
  return Object.entries(after)
    .filter(([name, value]) => name !== "status" && !isSameValue(value, before?.[name] ?? null))
    .map(([name, value]) => `${name}=${printValue(value)}`);
}
