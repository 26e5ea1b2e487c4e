/** What a diagnostic means: its sentence, the golden case that shows it, and the list of all. */
import { type Code, catalogue, meanings, nearest } from "../../compiler/index.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { unusable } from "../refusal.ts";
import { colours, refuse, type Terminal, visible } from "../terminal.ts";
import { type Example, exampleOf } from "./example.ts";
import { readGoldenCases } from "./golden-cases.ts";

interface Explanation {
  readonly code: Code;
  readonly severity: "error" | "warning";
  readonly meaning: string;
}

/** Every code, in the order of the stages that report them and by name. */
function allExplanations(): readonly Explanation[] {
  const codes = Object.entries(catalogue).map(([code, { severity }]) => ({
    // `Object.entries` widens the names of a constant's keys to strings.
    code: code as Code,
    severity,
  }));
  return codes
    .map(({ code, severity }) => ({ code, severity, meaning: meanings[code] }))
    .sort((a, b) => stageOf(a.code) - stageOf(b.code) || (a.code < b.code ? -1 : 1));
}

/** What each stage does, by the first part of its codes, in the order in which they run. */
const stages: Readonly<Record<string, string>> = {
  parse: "reading the files",
  bind: "looking up what they name",
  check: "thinking about the whole",
};

function stageOf(code: string): number {
  return Object.keys(stages).indexOf(phaseOf(code));
}

function phaseOf(code: string): string {
  return code.slice(0, code.indexOf("/"));
}

/** Every code, grouped by the stage that reports it. */
export function listCodes(json: boolean, terminal: Terminal): ExitCode {
  const all = allExplanations();
  if (json) {
    terminal.json({ codes: all });
    return exitCodes.ok;
  }
  const width = Math.max(...all.map(({ code }) => code.length));
  const { bold, red, yellow } = colours(terminal.outColour);
  const paint = { error: red, warning: yellow } as const;
  const groups = Object.entries(stages).map(([phase, what]) => {
    const own = all.filter(({ code }) => phaseOf(code) === phase);
    const rows = own.map(({ code, severity }) => `  ${code.padEnd(width)}  ${paint[severity](severity)}`);
    return [bold(`${phase}: ${what}`), ...rows].join("\n");
  });
  terminal.out(`${groups.join("\n\n")}\n\ntemperc explain CODE says what one means, with an example.\n`);
  return exitCodes.ok;
}

/** One code with its meaning and its golden case, or what it was probably meant to be. */
export function explainCode(asked: string, json: boolean, terminal: Terminal): ExitCode {
  const all = allExplanations();
  const found = all.find(({ code }) => code === asked.replace(/^\[?(.*?)\]?$/, "$1"));
  if (found === undefined) return refuse(terminal, unknownCode(asked, all), json);
  const golden = readGoldenCases()[found.code];
  if (golden === undefined) throw new Error(`the package lacks the golden case of ${found.code}: npm run build`);
  const example = exampleOf(found.code, golden);
  if (json) terminal.json({ ...found, example });
  else terminal.out(printed(found, example, terminal));
  return exitCodes.ok;
}

function unknownCode(asked: string, all: readonly Explanation[]) {
  const near = nearestCode(asked, all);
  const hint = near === undefined ? "temperc explain lists all codes" : `did you mean "${near}"?`;
  return unusable(`there is no diagnostic ${JSON.stringify(asked)}`, hint);
}

/** Also for who left the stage away, or took the wrong one. */
function nearestCode(asked: string, all: readonly Explanation[]): string | undefined {
  const slugs = new Map(all.map(({ code }) => [slugOf(code), code]));
  const slug = nearest(slugOf(asked), slugs.keys());
  return slug && slugs.get(slug);
}

function slugOf(code: string): string {
  return code.slice(code.indexOf("/") + 1);
}

function printed({ code, severity, meaning }: Explanation, example: Example, terminal: Terminal): string {
  const { bold, dim, red, yellow } = colours(terminal.outColour);
  const head = `${severity === "error" ? red(severity) : yellow(severity)}${bold(`[${code}]`)}`;
  return `${[head, meaning, ...excerptText(example, dim), "What temperc says:", indented(example.printed)].join("\n\n")}\n`;
}

function excerptText({ excerpt }: Example, dim: (text: string) => string): readonly string[] {
  if (excerpt === undefined) return [];
  const width = `${excerpt.lines.at(-1)?.line ?? 0}`.length;
  const lines = excerpt.lines.map(({ line, text }) =>
    `  ${dim(`${`${line}`.padStart(width)} |`)} ${visible(text.replaceAll("\t", "  "))}`.trimEnd(),
  );
  return [`For example, in ${excerpt.file}:`, lines.join("\n")];
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
