/** A terminal that is none: it keeps what is written to it, for commands that run in the process of the tests. */
import type { Terminal } from "../../cli/terminal.ts";
import type { Ended } from "./temperc.ts";

export interface Collecting {
  /** In colour, if that is wished for. */
  readonly terminal: (isInColour?: boolean) => Terminal;
  /** What was written on the two streams by what ended so. */
  readonly ended: (exitCode: Ended["exitCode"]) => Ended;
}

export function collecting(): Collecting {
  const [out, err]: [string[], string[]] = [[], []];
  return {
    terminal: (isInColour = false) => ({
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      json: (record) => void out.push(`${JSON.stringify(record)}\n`),
      outColour: isInColour,
      errColour: isInColour,
      errIsTerminal: false,
    }),
    ended: (exitCode) => ({ exitCode, out: out.join(""), err: err.join("") }),
  };
}
