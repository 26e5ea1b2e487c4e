/** A command in this process: where it is not the process that is tested, to start one takes longer than most commands do. */
import { runCommandLine } from "../../cli/index.ts";
import { wantsColour } from "../../cli/terminal.ts";
import { collecting } from "./collecting.ts";
import type { Ended } from "./temperc.ts";

/** Runs it to its end, as if in a terminal that is none, with these variables besides. One at a time: they are the process's. */
export async function command(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { terminal, ended } = collecting();
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  try {
    return ended(await runCommandLine(args, (wish) => terminal(wantsColour(wish, false))));
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
