/** `temperc deploy`: sends a spec to a running server, which verifies it and takes it over. */
import { type Command, Option } from "commander";
import { type ExitCode, exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";
import { refuse, type Terminal } from "../terminal.ts";

interface DeployOptions {
  readonly to: string;
  readonly tenant: string;
  readonly key?: string;
  readonly validate?: boolean;
  readonly json?: boolean;
}

export function addDeploy(program: Command, run: Run): void {
  program
    .command("deploy")
    .description("Send a spec to a running server, which verifies it and swaps it in, without dropping a request.")
    .argument("<folder>", "the folder with the spec")
    .requiredOption("--to <url>", "the server, such as http://127.0.0.1:3000")
    .option("--tenant <name>", "whose spec it is", "default")
    .addOption(new Option("--key <key>", "an operator's key, or one with the role temperc:specs").env("TEMPERC_KEY"))
    .option("--validate", "verify it there, and swap nothing in")
    .option("--json", "print one line of JSON for each step, the last with what came of it")
    .addHelpText(
      "after",
      `\nExample:\n  $ TEMPERC_KEY=tk_… temperc deploy examples/ecommerce --to http://127.0.0.1:3000\n\n${exitCodesHelp}`,
    )
    .action((folder: string, options: DeployOptions) => run((terminal) => deploy(folder, options, terminal)));
}

async function deploy(folder: string, options: DeployOptions, terminal: Terminal): Promise<ExitCode> {
  const { deployFolder } = await import("../deploy/deploy-folder.ts");
  const json = options.json ?? false;
  const ended = await deployFolder(folder, options, { terminal, json });
  return typeof ended === "number" ? ended : refuse(terminal, ended, json);
}
