/** `temperc dev`: serves a spec and takes over what is saved, while it runs. */
import type { Command } from "commander";
import { type ExitCode, exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";
import type { Terminal } from "../terminal.ts";
import { type LiveOptions, withLiveOptions } from "./live-options.ts";

export function addDev(program: Command, run: Run): void {
  const command = program
    .command("dev")
    .description("Serve a spec and swap in what you save, without dropping a request; a bad save changes nothing.")
    .argument("<folder>", "the folder with the spec");
  withLiveOptions(command)
    .addHelpText("after", `\nExample:\n  $ temperc dev examples/ecommerce\n\n${exitCodesHelp}`)
    .action((folder: string, options: LiveOptions) => run((terminal) => dev(folder, options, terminal)));
}

async function dev(folder: string, options: LiveOptions, terminal: Terminal): Promise<ExitCode> {
  const { developFolder } = await import("../kernel/develop-folder.ts");
  return developFolder(folder, options, terminal);
}
