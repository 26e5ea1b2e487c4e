/** What came of a replay, for people and for programs. */
import { type Judgement, mermaid, printTrace } from "../../verify/index.ts";
import type { ReplayOptions } from "../commands/replay.ts";
import { count } from "../report.ts";
import { colours, type Terminal, visible } from "../terminal.ts";
import type { Replayed } from "./replay-trace.ts";

/** On standard output; where that is a diagram, what is said beside it goes to standard error. */
export function reportReplay(done: Replayed, { format, toTest, json }: ReplayOptions, terminal: Terminal): void {
  if (json === true) {
    terminal.json(recordOf(done, toTest));
    return;
  }
  const isDiagram = format === "mermaid";
  terminal.out(isDiagram ? mermaid(done.trace) : printTrace(done.trace, { color: terminal.outColour }));
  const { yellow } = colours(terminal.errColour);
  for (const note of done.notes) terminal.err(`${yellow("note:")} ${visible(note)}\n`);
  if (toTest !== undefined) terminal.err(`wrote ${visible(toTest)}\n`);
  const say = isDiagram ? terminal.err : terminal.out;
  for (const line of outcomeLines(done, isDiagram ? terminal.errColour : terminal.outColour)) say(`${line}\n`);
}

function outcomeLines({ trace, run, against, judgement }: Replayed, color: boolean): readonly string[] {
  const { bold, green, red } = colours(color);
  const verdict = judgement === undefined ? [] : [`  ${visible(sentenceOf(judgement))}`];
  if (run.departure === undefined) {
    const steps = count(trace.steps.length, "step", "steps");
    return [`${green("the same:")} ${bold(`against ${visible(against)}, ${steps} as recorded`)}`, ...verdict];
  }
  const { step, expected, found } = run.departure;
  return [
    `${red("departs:")} ${bold(`against ${visible(against)}, at step ${step}`)}`,
    `  recorded: ${visible(expected)}`,
    `  now:      ${visible(found)}`,
    ...verdict,
  ];
}

function sentenceOf(judgement: Judgement): string {
  switch (judgement.kind) {
    case "broken":
      return `after step ${judgement.at}: ${judgement.message}`;
    case "kept":
      return "the run does not break the property any more";
    case "undecided":
      return `whether the run breaks the property is not decided: ${judgement.message}`;
  }
}

function recordOf({ trace, against, run, judgement, notes }: Replayed, test: string | undefined): object {
  return {
    ok: run.departure === undefined,
    against,
    property: trace.property,
    steps: trace.steps.length,
    stepsAsRecorded: run.steps,
    ...(run.departure !== undefined && { departure: run.departure }),
    ...(judgement !== undefined && { judgement }),
    notes,
    ...(test !== undefined && { test }),
  };
}
