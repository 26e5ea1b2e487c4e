/** `temperc build`: writes a verified service into a folder. */
import type { Command } from "commander";
import { type ExitCode, exitCodesHelp } from "../exit-codes.ts";
import { type Assignments, collectAssignment } from "../options.ts";
import type { Run } from "../program.ts";
import type { Terminal } from "../terminal.ts";

export interface BuildOptions {
  readonly out: string;
  readonly allowUnknown?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly timings?: boolean;
  readonly bound?: Assignments;
  readonly limit?: Assignments;
}

export function addBuild(program: Command, run: Run): void {
  program
    .command("build")
    .description("Verify a spec and write the service that it describes: code to embed, and one file to run.")
    .argument("<folder>", "the folder with the spec")
    .requiredOption("-o, --out <folder>", "the folder to write; an earlier build there is replaced as a whole")
    .option("--allow-unknown", "build even where a level could not decide; a violated spec is never built")
    .option("--force", "replace a folder that temperc build did not write")
    .option("--timings", "print how long each stage took")
    .option("--json", "print one JSON document and nothing else on standard output")
    .option("--bound <variable=n>", "follow a variable up to n, instead of the derived bound", collectAssignment)
    .option("--limit <name=n>", "raise or lower a limit", collectAssignment)
    .addHelpText("after", `\nExample:\n  $ temperc build examples/ecommerce -o out\n\n${exitCodesHelp}`)
    .action((folder: string, options: BuildOptions) => run((terminal) => build(folder, options, terminal)));
}

/** The work is loaded when it is asked for: `temperc --help` need not load a compiler. */
async function build(folder: string, options: BuildOptions, terminal: Terminal): Promise<ExitCode> {
  const { buildFolder } = await import("../output/build-folder.ts");
  return buildFolder(folder, options, terminal);
}
