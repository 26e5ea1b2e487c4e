/** `temperc serve`: verifies a spec and serves it over HTTP. */
import type { Command } from "commander";
import { type ExitCode, exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";
import type { Terminal } from "../terminal.ts";
import { type LiveOptions, withLiveOptions } from "./live-options.ts";

interface ServeOptions extends LiveOptions {
  readonly specsDir: string;
}

export function addServe(program: Command, run: Run): void {
  const command = program
    .command("serve")
    .description("Verify a spec and serve it: OData under /tdata, durable on an embedded database.")
    .requiredOption("--specs-dir <folder>", "the folder with the spec");
  withLiveOptions(command)
    .addHelpText(
      "after",
      `\nExample:\n  $ temperc serve --specs-dir examples/ecommerce --port 3000\n\n${exitCodesHelp}`,
    )
    .action((options: ServeOptions) => run((terminal) => serve(options, terminal)));
}

async function serve(options: ServeOptions, terminal: Terminal): Promise<ExitCode> {
  const { serveFolder } = await import("../kernel/serve-folder.ts");
  return serveFolder(options.specsDir, options, terminal);
}
