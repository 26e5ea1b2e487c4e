/** A run of several entities as a table: who acts, what is asked, what comes of it, then what it breaks. */
import type { Paint } from "./paint.ts";
import { printCall, visible } from "./print-value.ts";
import type { JointRun } from "./verdict.ts";

const words = { created: "create", asked: "call", delivered: "delivery", timer: "timer", answered: "answer" } as const;

/** Ends with a line break. */
export function printRun({ property, reason, steps }: JointRun, paint: Paint): string {
  const verb = property.kind === "dropped-reaction" ? "is dropped" : "is broken";
  const title = `${visible(property.name)} ${verb} in ${steps.length} step${steps.length === 1 ? "" : "s"}`;
  const head = ["step", "entity", "by", "action", "status"];
  const rows = steps.map(({ kind, type, id, action, params, before, after, refusal }, index) => [
    String(index + 1),
    visible(`${type} ${id}`),
    words[kind],
    action === undefined ? printCall("", params) : printCall(action, params),
    visible(refusal === undefined ? statuses(before, after) : `refused: ${refusal}`),
  ]);
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const [first = "", ...others] = table.map((row) => printRow(row, widths));
  const broken = `${visible(property.text)}: ${visible(reason)} (${visible(property.source)})`;
  return [paint("violated", title), paint("faint", first), ...others, `  ${paint("violated", "✗")} ${broken}`, ""].join(
    "\n",
  );
}

function statuses(before: string | undefined, after: string | undefined): string {
  if (before === undefined || before === after) return after ?? "";
  return `${before} → ${after ?? ""}`;
}

function printRow([step = "", ...cells]: readonly string[], [stepWidth = 0, ...widths]: readonly number[]): string {
  const padded = cells.map((cell, index) => cell.padEnd(widths[index] ?? 0));
  return `  ${step.padStart(stepWidth)}  ${padded.join("  ")}`.trimEnd();
}
