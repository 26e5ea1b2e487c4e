/** `temperc schema`: prints the JSON Schema of behaviour files, for editors. */
import type { Command } from "commander";
import { exitCodes, exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";

const example = `
Example:
  $ temperc schema > temperc.schema.json

Then open a *.ioa.toml file with "#:schema ./temperc.schema.json", for Taplo and Even Better TOML.

${exitCodesHelp}`;

export function addSchema(program: Command, run: Run): void {
  program
    .command("schema")
    .description("Print the JSON Schema (draft-07) of *.ioa.toml files, for editors.")
    .addHelpText("after", example)
    .action(() =>
      run(async (terminal) => {
        const { automatonSchema } = await import("../../compiler/index.ts");
        terminal.out(`${JSON.stringify(automatonSchema(), null, 2)}\n`);
        return exitCodes.ok;
      }),
    );
}
