/** `temperc migrate`: rewrites behaviour files of earlier versions in today's form. */
import type { Command } from "commander";
import { exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";

export interface MigrateOptions {
  readonly write?: boolean;
  readonly json?: boolean;
}

export function addMigrate(program: Command, run: Run): void {
  program
    .command("migrate")
    .description("Rewrite older forms in today's, comments kept, and prove that the spec means the same.")
    .argument("<folder>", "the folder with the spec")
    .option("--write", "write the files; without it, only the changes are shown")
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText("after", `\nExample:\n  $ temperc migrate specs --write\n\n${exitCodesHelp}`)
    .action((folder: string, options: MigrateOptions) =>
      run(async (terminal) => {
        const { migrateFolder } = await import("../migrate/migrate-folder.ts");
        return migrateFolder(folder, options, terminal);
      }),
    );
}
