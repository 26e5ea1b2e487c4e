/** `temperc odata`: what an OData URL means to the grammar, or the character at which it is wrong. */
import type { Command } from "commander";
import { type ExitCode, exitCodes, exitCodesHelp } from "../exit-codes.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import type { Run } from "../program.ts";
import { refuse, type Terminal } from "../terminal.ts";

interface ODataOptions {
  readonly specsDir?: string;
  readonly rule?: string;
  readonly json?: boolean;
}

const example = `
Example:
  $ temperc odata 'Orders?$filter=Total gt 5' --specs-dir examples/ecommerce
  $ temperc odata --rule boolCommonExpr "contains(Note,'x')"

${exitCodesHelp}`;

export function addOData(program: Command, run: Run): void {
  program
    .command("odata")
    .description("Print the tree of an OData URL, or the character at which it is wrong.")
    .argument("<input>", "the URL behind the service root, or with --rule a text")
    .option("--specs-dir <folder>", "check the names too, against the spec in that folder")
    .option("--rule <rule>", "only check the input against one rule of the OData ABNF: exit 0 or 1")
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText("after", example)
    .action((input: string, options: ODataOptions) => run((terminal) => odata(input, options, terminal)));
}

async function odata(input: string, options: ODataOptions, terminal: Terminal): Promise<ExitCode> {
  const { specsDir, rule, json = false } = options;
  const { checkOneRule, readOneUrl } = await import("../odata/read.ts");
  if (rule !== undefined) return checkOneRule(rule, input, json, terminal);
  if (specsDir === undefined) return readOneUrl(input, undefined, json, terminal);
  const { compileFolder } = await import("../kernel/compile-folder.ts");
  const { reportCheck } = await import("../report.ts");
  const compiled = await compileFolder(specsDir, { limits: defaultFolderLimits, purpose: "check" });
  if (compiled.kind === "refused") return refuse(terminal, compiled, json);
  if (compiled.program !== undefined) return readOneUrl(input, compiled.program, json, terminal);
  reportCheck(compiled, { json }, terminal);
  return exitCodes.unusable;
}
