/** The example of a diagnostic: the lines round the mistake, and what temperc prints about it. */
import type { GoldenCase } from "./golden-cases.ts";

/** How many lines are shown before and after the line with the mistake. */
const linesAround = 5;
const lineWidthMax = 120;

export interface Example {
  /** Absent where the mistake has no line of its own, such as a folder without a spec. */
  readonly excerpt?: Excerpt;
  /** What is printed about it, without what is printed about the rest of the case. */
  readonly printed: string;
}

export interface Excerpt {
  readonly file: string;
  readonly lines: readonly { readonly line: number; readonly text: string }[];
}

/** The part of a golden case that is about this code. */
export function exampleOf(code: string, golden: GoldenCase): Example {
  const printed = golden.printed.split("\n\n").filter((each) => each.split("\n", 1)[0]?.includes(`[${code}]: `));
  const [, file = "", line = ""] = /^(.+?):(\d+):\d+: /.exec(printed[0] ?? "") ?? [];
  const text = golden.spec[file];
  const all = printed.join("\n\n");
  return text === undefined ? { printed: all } : { excerpt: excerptOf(file, text, Number(line)), printed: all };
}

function excerptOf(file: string, text: string, line: number): Excerpt {
  const from = Math.max(1, line - linesAround);
  const around = text
    .replace(/\n+$/, "")
    .split("\n")
    .slice(from - 1, line + linesAround);
  return { file, lines: around.map((each, index) => ({ line: from + index, text: shortened(each) })) };
}

function shortened(line: string): string {
  return line.length > lineWidthMax ? `${line.slice(0, lineWidthMax)}…` : line;
}
