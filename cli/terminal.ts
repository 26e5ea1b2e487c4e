/** The two streams of a command: results on standard output, everything that is only for people on standard error. */
import pc from "picocolors";
import type { Refusal } from "./refusal.ts";

export type Colours = ReturnType<typeof pc.createColors>;

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** One line of JSON on standard output. */
  readonly json: (record: object) => void;
  readonly outColour: boolean;
  readonly errColour: boolean;
  /** A person looks at standard error: a line there may be written over. */
  readonly errIsTerminal: boolean;
}

/** What decides about colour, in this order: `--color` or `--no-color`, `NO_COLOR`, `FORCE_COLOR`, whether it is a terminal. */
export interface ColourWish {
  readonly flag: boolean | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The process's own terminal. */
export function processTerminal(wish: ColourWish): Terminal {
  const out = (text: string): void => void process.stdout.write(text);
  return {
    out,
    err: (text) => void process.stderr.write(text),
    json: (record) => out(`${JSON.stringify(record)}\n`),
    outColour: wantsColour(wish, process.stdout.isTTY === true),
    errColour: wantsColour(wish, process.stderr.isTTY === true),
    errIsTerminal: process.stderr.isTTY === true,
  };
}

/** See https://no-color.org: a variable that is empty is not set. */
export function wantsColour({ flag, environment }: ColourWish, isTty: boolean): boolean {
  if (flag !== undefined) return flag;
  const { NO_COLOR: no = "", FORCE_COLOR: force = "", TERM: term } = environment;
  if (no !== "") return false;
  if (force !== "") return force !== "0" && force !== "false";
  return isTty && term !== "dumb";
}

export function colours(enabled: boolean): Colours {
  return pc.createColors(enabled);
}

/** Says why it was not done and what to do: as text on standard error, or as the one record of a `--json` command. */
export function refuse(terminal: Terminal, refusal: Refusal, json: boolean): Refusal["exitCode"] {
  const { message, hint, exitCode } = refusal;
  if (json) {
    terminal.json(refusalRecord(refusal));
    return exitCode;
  }
  const { bold, green, red } = colours(terminal.errColour);
  terminal.err(`${red("error:")} ${bold(visible(message))}\n  ${green("hint:")} ${visible(hint)}\n`);
  return exitCode;
}

export function refusalRecord({ message, hint }: Refusal): object {
  return { ok: false, error: { message, hint } };
}

/** Names of files may hold control characters; on a terminal they are shown, not obeyed. */
export function visible(text: string): string {
  return text.split("\n").map(visibleLine).join("\n");
}

/** The same of what must stay on its line: of a spec's own names, whatever else stands there. */
export function visibleLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`);
}
