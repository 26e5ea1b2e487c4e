/** `temperc check`: reports every mistake in a spec folder. */
import type { Command } from "commander";
import { type ExitCode, exitCodes, exitCodesHelp } from "../exit-codes.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { type Assignments, chosenLimits, collectAssignment, unknownLimit } from "../options.ts";
import type { Run } from "../program.ts";
import { refuse, type Terminal } from "../terminal.ts";

interface CheckOptions {
  readonly ir?: boolean;
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly limit?: Assignments;
}

export function addCheck(program: Command, run: Run): void {
  program
    .command("check")
    .alias("parse")
    .description("Report every mistake in a spec folder, with file, line and column.")
    .argument("<folder>", "the folder with the spec (*.ioa.toml, *.csdl.xml, *.cedar)")
    .option("--ir", "print the outline of what was understood")
    .option("--json", "print one JSON document and nothing else on standard output")
    .option("--strict", "treat warnings as errors")
    .option("--limit <name=n>", "raise or lower a limit of reading, such as filesMax=2000", collectAssignment)
    .addHelpText("after", `\nExample:\n  $ temperc check examples/ecommerce\n\n${exitCodesHelp}`)
    .action((folder: string, options: CheckOptions) => run((terminal) => check(folder, options, terminal)));
}

async function check(path: string, options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const { json = false, limit = new Map() } = options;
  const wrongLimit = unknownLimit(limit, [defaultFolderLimits]);
  if (wrongLimit !== undefined) return refuse(terminal, wrongLimit, json);
  const { compileFolder } = await import("../kernel/compile-folder.ts");
  const compiled = await compileFolder(path, { limits: chosenLimits(defaultFolderLimits, limit), purpose: "check" });
  if (compiled.kind === "refused") return refuse(terminal, compiled, json);
  const { reportCheck } = await import("../report.ts");
  reportCheck(compiled, options, terminal);
  const warned = options.strict === true && compiled.diagnostics.length > 0;
  return compiled.program === undefined || warned ? exitCodes.unusable : exitCodes.ok;
}
