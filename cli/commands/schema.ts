/** `temperc schema`: prints the JSON Schema of behaviour files, for editors. */
import type { Command } from "commander";
import { exitCodes, exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";

const example = `
Example:
  $ temperc schema > temperc.schema.json

The same file lies in the package: node_modules/temperc/dist/temperc.schema.json. For Taplo and Even Better TOML,
let a *.ioa.toml file begin with "#:schema PATH".

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
