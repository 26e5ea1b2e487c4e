/** `temperc authorize`: one authorization request, decided by compiled policies or by Cedar itself. */
import { type Command, Option } from "commander";
import type { AuthorizeOptions } from "../authorize/authorize.ts";
import type { Run } from "../program.ts";

const formats = `
The formats are Cedar's own. The request is { "principal": …, "action": …, "resource": …, "context": {…} }, each of the three
written User::"alice" or { "type": "User", "id": "alice" }. A policy is named by its @id, or policy<n> by its place in the file.

Example:
  $ temperc authorize --policies shop.cedar --entities entities.json --request request.json --json

Exit codes:
  0   allowed
  1   denied, or a file cannot be read
  2   a file is malformed or does not fit the schema, or wrong usage
  70  a mistake of ours, please report it`;

export function addAuthorize(program: Command, run: Run): void {
  program
    .command("authorize")
    .description("Decide one request by Cedar policies, compiled or as Cedar itself does.")
    .requiredOption("--policies <file>", "the policies (.cedar)")
    .option("--schema <file>", "the schema, in Cedar's syntax or as JSON: entities and request must fit it")
    .option("--template-linked <file>", "links of the templates among the policies (JSON)")
    .requiredOption("--entities <file>", "the entities (JSON)")
    .requiredOption("--request <file>", "who asks for what, on what, with what (JSON)")
    .addOption(new Option("--engine <engine>", "who decides").choices(["compiled", "cedar-wasm"]).default("compiled"))
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText("after", formats)
    .action((options: AuthorizeOptions) =>
      run(async (terminal) => {
        const { authorize } = await import("../authorize/authorize.ts");
        return authorize(options, terminal);
      }),
    );
}
