/** `temperc verify`: proves or refutes what a spec promises. */
import { setFlagsFromString } from "node:v8";
import type { Command } from "commander";
import type { MutationReport, Solver, VerifyOptions } from "../../verify/index.ts";
import { type ExitCode, exitCodes, exitCodesHelp } from "../exit-codes.ts";
import type { CompiledFolder } from "../kernel/compile-folder.ts";
import type { PipelineOptions, Revision } from "../kernel/pipeline.ts";
import type { Tools } from "../kernel/tools.ts";
import type { WatchedSearch } from "../kernel/watch-search.ts";
import { type Assignments, collectAssignment, parseExamples, parseSeed, parseWorkers } from "../options.ts";
import type { MigrationRecord } from "../plane/migrations.ts";
import type { Run } from "../program.ts";
import type { Refusal } from "../refusal.ts";
import { colours, refuse, type Terminal, visible } from "../terminal.ts";

interface VerifyCommandOptions {
  readonly bound?: Assignments;
  readonly json?: boolean;
  readonly allowUnknown?: boolean;
  readonly examples: number;
  readonly mutate?: boolean;
  readonly limit?: Assignments;
  /** A folder, or false for none. */
  readonly traces: string | false;
  readonly cache?: boolean;
  readonly seed?: number;
  readonly faults?: string;
  readonly workers?: number;
  readonly from?: string;
}

export function addVerify(program: Command, run: Run): void {
  program
    .command("verify")
    .description("Prove what a spec promises, or show the shortest run that breaks it.")
    .argument("<folder>", "the folder with the spec")
    .option("--bound <variable=n>", "follow a variable up to n, instead of the derived bound", collectAssignment)
    .option("--allow-unknown", "exit 0 where a level could not decide and none was violated")
    .option("--json", "print one JSON document and nothing else on standard output")
    .option("--mutate", "make each small mistake in the spec and show which of them no property would catch")
    .option("--examples <n>", "show so many different runs of each broken property", parseExamples, 1)
    .option("--traces <folder>", "where each counterexample is written, for temperc replay", ".temperc/traces")
    .option("--no-traces", "write no counterexample")
    .option("--limit <name=n>", "raise or lower a limit, such as statesMax=5000000", collectAssignment)
    .option("--no-cache", "verify again what was verified before and held")
    .option("--seed <n>", "make other random choices, or those of an earlier run again", parseSeed)
    .option("--faults <names>", "simulate these faults only, such as crash,drop, or none")
    .option("--from <folder>", "ask too what [migration] makes of all that the earlier spec in that folder reaches")
    .option("--workers <n>", "search a large model with so many threads, instead of one a core", parseWorkers)
    .addHelpText("after", `\nExample:\n  $ temperc verify examples/ecommerce --bound ItemCount=5\n\n${exitCodesHelp}`)
    .action((folder: string, options: VerifyCommandOptions) =>
      run(async (terminal) => {
        const { remembered } = await import("../cache/remembered.ts");
        return remembered({ folder, options }, terminal, (noted) => verify(folder, options, noted));
      }),
    );
}

async function verify(path: string, options: VerifyCommandOptions, terminal: Terminal): Promise<ExitCode> {
  // V8 optimises on the cores that the solver wants: a function has to run seven times as long before it does. The flag is
  // that of Node 20; later ones have Maglev, which costs less, in between.
  if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=500000");
  const { withTools } = await import("../kernel/tools.ts");
  return withTools((tools) => verifyWith(tools, path, options, terminal));
}

async function verifyWith(
  tools: Tools,
  path: string,
  options: VerifyCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { json = false, allowUnknown = false } = options;
  const { makeRevision } = await import("../kernel/pipeline.ts");
  const { pipelineOptions } = await import("../kernel/pipeline-options.ts");
  const { watchSearch } = await import("../kernel/watch-search.ts");
  const { exitCodeOf, reportVerified } = await import("../report.ts");
  const chosen = pipelineOptions(options, []);
  if (chosen.kind === "refused") return refuse(terminal, chosen, json);
  const search = watchSearch(terminal);
  const asked = { ...chosen.verify, ...search.options, examples: options.examples };
  const made = await makeRevision(path, { ...chosen, purpose: "check", verify: asked }, { tools });
  const mutation =
    options.mutate === true ? await mutationOf(made, { ...chosen.verify, solver: tools.solver }, search) : undefined;
  search.end();
  if (made.kind === "refused") return refuse(terminal, made, json);
  const traces = made.kind === "made" && options.traces !== false ? await tracesOf(made, options.traces, terminal) : [];
  const migrations = made.kind === "made" ? await migrationsTo(made, options.from, chosen) : [];
  if ("kind" in migrations) return notFrom(migrations, json, terminal);
  reportVerified(made, json, terminal, { traces, migrations, ...(mutation !== undefined && { mutation }) });
  return made.kind === "made" ? exitCodeOf(overallWith(made, migrations), allowUnknown) : exitCodes.unusable;
}

/** What the revision makes of what an earlier folder reaches; nothing where none is named. */
async function migrationsTo(
  made: Revision,
  from: string | undefined,
  { limits, verify }: PipelineOptions,
): Promise<readonly MigrationRecord[] | CompiledFolder | Refusal> {
  if (from === undefined) return [];
  const { loadFolder } = await import("../kernel/load-folder.ts");
  const { migrationsBetween } = await import("../plane/migrations.ts");
  const earlier = await loadFolder(from, { limits, purpose: "check" });
  return earlier.kind === "loaded" ? migrationsBetween(earlier, made, verify) : earlier;
}

/** The earlier spec cannot be read, or does not compile. */
async function notFrom(earlier: CompiledFolder | Refusal, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const { reportCheck } = await import("../report.ts");
  if (earlier.kind === "refused") return refuse(terminal, earlier, json);
  reportCheck(earlier, { json }, terminal);
  return exitCodes.unusable;
}

function overallWith({ outcome }: Revision, migrations: readonly MigrationRecord[]): Revision["outcome"] {
  const outcomes = [outcome, ...migrations.map((each) => each.outcome)];
  return (["violated", "unknown"] as const).find((each) => outcomes.includes(each)) ?? "held";
}

/** A spec that is violated has no report: a property that is broken already catches everything. */
async function mutationOf(
  made: Revision | CompiledFolder | Refusal,
  options: VerifyOptions & { readonly solver: Solver },
  search: WatchedSearch,
): Promise<readonly MutationReport[] | undefined> {
  if (made.kind !== "made" || made.outcome === "violated") return undefined;
  const { mutateRevision } = await import("../kernel/mutate-revision.ts");
  return mutateRevision(made, { ...options, ...search.options, onMutant: search.onMutant });
}

/** A verdict does not change because its traces cannot be written: it is said, and that is all. */
async function tracesOf(made: Revision, folder: string, terminal: Terminal): Promise<readonly string[]> {
  if (made.outcome !== "violated") return [];
  const { writeTraces } = await import("../traces/write-traces.ts");
  const written = await writeTraces(made, folder);
  if (!("kind" in written)) return written;
  const { bold, green, yellow } = colours(terminal.errColour);
  terminal.err(
    `${yellow("warning:")} ${bold(visible(written.message))}\n  ${green("hint:")} ${visible(written.hint)}\n`,
  );
  return [];
}
