/** A command whose output is kept where it ended well, and printed again when the same is asked. */
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { type Printed, verdictCache } from "./verdict-cache.ts";

interface Asked {
  readonly folder: string;
  /** All that the command was given besides. */
  readonly options: {
    readonly cache?: boolean;
    readonly allowUnknown?: boolean;
    readonly json?: boolean;
    readonly mutate?: boolean;
    readonly from?: string;
  };
}

/**
 * Only what ended with 0 is kept, and nothing under `--allow-unknown`: a violation writes its traces anew each time, and
 * what is unknown may be known on a faster machine, as may a mutant that was not decided; and what lies before with `--from`
 * is in another folder.
 */
export async function remembered(
  { folder, options }: Asked,
  terminal: Terminal,
  command: (terminal: Terminal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const isOfFolderAlone = options.allowUnknown !== true && options.mutate !== true && options.from === undefined;
  const isKept = options.cache !== false && isOfFolderAlone;
  const cache = isKept ? await verdictCache(folder, options, terminal) : undefined;
  const known = cache?.remembered();
  if (known !== undefined) {
    for (const { stream, text } of known) terminal[stream](text);
    if (options.json !== true) terminal.err("verified before; --no-cache verifies again\n");
    return exitCodes.ok;
  }
  const printed: Printed[] = [];
  const exitCode = await command(recording(terminal, printed));
  if (exitCode === exitCodes.ok) cache?.remember(printed);
  return exitCode;
}

/** Prints, and notes what is printed; a progress line, which begins with a carriage return, is not worth keeping. */
function recording(terminal: Terminal, printed: Printed[]): Terminal {
  const noted = (stream: Printed["stream"], text: string): void => {
    if (!text.startsWith("\r")) printed.push({ stream, text });
  };
  return {
    ...terminal,
    out: (text) => {
      noted("out", text);
      terminal.out(text);
    },
    err: (text) => {
      noted("err", text);
      terminal.err(text);
    },
    json: (record) => {
      noted("out", `${JSON.stringify(record)}\n`);
      terminal.json(record);
    },
  };
}
