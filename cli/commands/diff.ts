/** `temperc diff`: what a later spec says otherwise, in words, and which recorded calls would end otherwise. */
import type { Command } from "commander";
import type { ExitCode } from "../exit-codes.ts";
import { parseCount } from "../options.ts";
import type { Run } from "../program.ts";
import { unusable } from "../refusal.ts";
import { refuse, type Terminal } from "../terminal.ts";

interface DiffCommandOptions {
  readonly replay?: boolean;
  readonly store?: string;
  readonly tenant: string;
  readonly events: number;
  readonly json?: boolean;
}

const exitCodesOfDiff = `Exit codes:
  0   both say the same, and every recorded call ends as it did
  1   they differ
  2   one does not compile, or wrong usage
  70  a mistake of ours, please report it`;

export function addDiff(program: Command, run: Run): void {
  program
    .command("diff")
    .description("Show what a later spec says otherwise: statuses, actions, guards, invariants, permissions, contract.")
    .argument("<old>", "the folder with the earlier spec")
    .argument("<new>", "the folder with the later one")
    .option("--replay", "ask the later spec what the calls in a store's journal would come to")
    .option("--store <file>", "the store whose journal that is")
    .option("--tenant <name>", "whose calls", "default")
    .option("--events <n>", "so many of the newest events", parseCount, 1_000)
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText(
      "after",
      `\nExample:\n  $ temperc diff live next --replay --store .temperc/shop.db\n\n${exitCodesOfDiff}`,
    )
    .action((before: string, after: string, options: DiffCommandOptions) =>
      run((terminal) => diff([before, after], options, terminal)),
    );
}

async function diff(
  folders: readonly [string, string],
  { replay, store, tenant, events, json = false }: DiffCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { diffFolders } = await import("../diff/diff-folders.ts");
  if ((replay === true) !== (store !== undefined)) {
    const refusal = unusable(
      "--replay and --store go together",
      "name the file that temperc serve prints as its store",
    );
    return refuse(terminal, refusal, json);
  }
  const ended = await diffFolders(folders, { tenant, events, ...(store && { replay: store }) }, { terminal, json });
  return typeof ended === "number" ? ended : refuse(terminal, ended, json);
}
