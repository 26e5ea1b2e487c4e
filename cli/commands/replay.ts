/** `temperc replay`: runs a counterexample again, against the emitted code or against a running service. */
import { type Command, Option } from "commander";
import { type ExitCode, exitCodesHelp } from "../exit-codes.ts";
import { type Assignments, collectAssignment, collectField, type FieldValues } from "../options.ts";
import type { Run } from "../program.ts";
import type { Terminal } from "../terminal.ts";

export interface ReplayOptions {
  readonly specsDir?: string;
  readonly url?: string;
  readonly key?: string;
  readonly field?: FieldValues;
  readonly format: "table" | "mermaid";
  readonly toTest?: string;
  readonly json?: boolean;
  readonly limit?: Assignments;
}

const exits = `Here 0 says that the run ended as the trace has it, and 1 that it departs from it: the step is shown.`;

export function addReplay(program: Command, run: Run): void {
  program
    .command("replay")
    .description("Run a counterexample again, against the emitted code or a running service.")
    .argument("<trace>", "a *.trace.json file that temperc verify wrote")
    .option("--specs-dir <folder>", "the folder with the spec (default: the one that the trace names)")
    .option("--url <url>", "a running service to send the calls to, such as http://127.0.0.1:3000")
    .option("--key <key>", "the API key of a caller there (default: the environment variable TEMPERC_KEY)")
    .option(
      "--field <name=value>",
      "with --url: a field of the entities that are made; may be given again",
      collectField,
    )
    .addOption(new Option("--format <format>", "how the trace is shown").choices(["table", "mermaid"]).default("table"))
    .option("--to-test <file>", "write a vitest test that fails while this run breaks its property")
    .option("--json", "print one JSON document and nothing else on standard output")
    .option("--limit <name=n>", "raise or lower a limit, such as traceStepsMax=1000", collectAssignment)
    .addHelpText(
      "after",
      `\nExample:\n  $ temperc replay .temperc/traces/Job-AtMostThreeRetries.trace.json\n\n${exitCodesHelp}\n\n${exits}`,
    )
    .action((path: string, options: ReplayOptions) => run((terminal) => replay(path, options, terminal)));
}

async function replay(path: string, options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const { replayTrace } = await import("../traces/replay-trace.ts");
  return replayTrace(path, options, terminal);
}
