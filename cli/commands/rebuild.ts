/** `temperc rebuild`: fills the tables that queries read anew from the journal. */
import type { Command } from "commander";
import { exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";
import { refuse } from "../terminal.ts";

interface RebuildCommandOptions {
  readonly specsDir: string;
  readonly store: string;
  readonly programOf?: string;
  readonly json?: boolean;
}

export function addRebuild(program: Command, run: Run): void {
  program
    .command("rebuild")
    .description("Fill the tables that queries read anew from the journal, and find what cannot be read of it.")
    .requiredOption("--specs-dir <folder>", "the folder with the spec that is served from the store")
    .requiredOption("--store <place>", "the store: a file, or postgres://host/database")
    .option("--program-of <tenant>", "the program, and so the tables, of a tenant that has its own")
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText(
      "after",
      `
Writes wait while it works. The journal is not changed. An entity whose history cannot be read is stopped until it
can be, and the tables are filled again: temperc outbox stopped shows which.

Example:
  $ temperc rebuild --specs-dir examples/ecommerce --store .temperc/ecommerce.db

${exitCodesHelp}`,
    )
    .action(({ specsDir: specs, store, programOf, json = false }: RebuildCommandOptions) =>
      run(async (terminal) => {
        const { rebuildStore } = await import("../store/rebuild.ts");
        const options = { specs, store, ...(programOf !== undefined && { programOf }) };
        const ended = await rebuildStore(options, { terminal, json });
        return typeof ended === "number" ? ended : refuse(terminal, ended, json);
      }),
    );
}
