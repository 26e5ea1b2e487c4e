/** `temperc verify`: proves or refutes what a spec promises. */
import type { Command } from "commander";
import { type ExitCode, exitCodes, exitCodesHelp } from "../exit-codes.ts";
import { type Assignments, collectAssignment } from "../options.ts";
import type { Run } from "../program.ts";
import { refuse, type Terminal } from "../terminal.ts";

interface VerifyCommandOptions {
  readonly bound?: Assignments;
  readonly json?: boolean;
  readonly allowUnknown?: boolean;
  readonly limit?: Assignments;
}

export function addVerify(program: Command, run: Run): void {
  program
    .command("verify")
    .description("Prove what a spec promises, or show the shortest run that breaks it.")
    .argument("<folder>", "the folder with the spec")
    .option("--bound <variable=n>", "follow a variable up to n, instead of the derived bound", collectAssignment)
    .option("--allow-unknown", "exit 0 where a level could not decide and none was violated")
    .option("--json", "print one JSON document and nothing else on standard output")
    .option("--limit <name=n>", "raise or lower a limit, such as statesMax=5000000", collectAssignment)
    .addHelpText("after", `\nExample:\n  $ temperc verify examples/ecommerce --bound ItemCount=5\n\n${exitCodesHelp}`)
    .action((folder: string, options: VerifyCommandOptions) => run((terminal) => verify(folder, options, terminal)));
}

async function verify(path: string, options: VerifyCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { json = false, allowUnknown = false } = options;
  const { makeRevision } = await import("../kernel/pipeline.ts");
  const { pipelineOptions } = await import("../kernel/pipeline-options.ts");
  const { watchSearch } = await import("../kernel/watch-search.ts");
  const { exitCodeOf, reportVerified } = await import("../report.ts");
  const chosen = pipelineOptions(options, []);
  if (chosen.kind === "refused") return refuse(terminal, chosen, json);
  const search = watchSearch(terminal);
  const made = await makeRevision(path, {
    ...chosen,
    purpose: "check",
    verify: { ...chosen.verify, ...search.options },
  });
  search.end();
  if (made.kind === "refused") return refuse(terminal, made, json);
  reportVerified(made, json, terminal);
  return made.kind === "made" ? exitCodeOf(made.outcome, allowUnknown) : exitCodes.unusable;
}
