/** `temperc explain`: what a diagnostic means, with an example of it. */
import type { Command } from "commander";
import { exitCodesHelp } from "../exit-codes.ts";
import type { Run } from "../program.ts";

interface ExplainOptions {
  readonly json?: boolean;
}

export function addExplain(program: Command, run: Run): void {
  program
    .command("explain")
    .description("Say what a diagnostic means, with an example; without a code, list all.")
    .argument("[code]", "the code, as it stands in brackets: bind/unknown-status")
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText("after", `\nExample:\n  $ temperc explain bind/unknown-status\n\n${exitCodesHelp}`)
    .action((code: string | undefined, { json = false }: ExplainOptions) =>
      run(async (terminal) => {
        const { explainCode, listCodes } = await import("../explain/explain.ts");
        return code === undefined ? listCodes(json, terminal) : explainCode(code, json, terminal);
      }),
    );
}
