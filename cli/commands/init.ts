/** `temperc init`: writes a small commented spec to begin from. */
import type { Command } from "commander";
import { exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";

interface InitOptions {
  readonly json?: boolean;
}

export function addInit(program: Command, run: Run): void {
  program
    .command("init")
    .description("Write a small commented spec to begin from; nothing that is there is written over.")
    .argument("[folder]", "the folder to write it into; it is made where it does not exist", ".")
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText("after", `\nExample:\n  $ temperc init tracker\n\n${exitCodesHelp}`)
    .action((folder: string, { json = false }: InitOptions) =>
      run(async (terminal) => {
        const { initFolder } = await import("../output/init-folder.ts");
        return initFolder(folder, json, terminal);
      }),
    );
}
