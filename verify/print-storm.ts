/** A run of level 2 that broke a promise, as a table: when, who, and what happened, down to what it broke. */
import type { Paint } from "./paint.ts";
import { visible } from "./print-value.ts";
import type { StormRun } from "./verdict.ts";

/** Of a longer run the last lines are shown: what led to it is there, and `--json` has all of them. */
const linesMax = 60;

/** Ends with a line break. */
export function printStorm({ seed, oracle, message, faults, lines }: StormRun, paint: Paint): string {
  const shown = lines.slice(-linesMax);
  const left = lines.length - shown.length;
  const rows = shown.map(({ atMs, who, text }) => [`${atMs} ms`, visible(who), visible(text)] as const);
  const width = (column: 0 | 1): number => Math.max(4, ...rows.map((row) => row[column].length));
  const table = [["time", "who", "what"] as const, ...rows].map(
    ([time, who, what]) => `  ${time.padStart(width(0))}  ${who.padEnd(width(1))}  ${what}`,
  );
  const [head = "", ...others] = table;
  const under = faults.length === 0 ? "without any fault" : `under ${faults.join(", ")}`;
  return [
    paint("violated", `The service breaks ${oracle} in the run of seed ${seed}, ${under}`),
    paint("faint", head),
    ...(left > 0 ? [`  … ${left} earlier lines`] : []),
    ...others,
    `  ${paint("violated", "✗")} ${visible(message)}`,
    "",
  ].join("\n");
}
