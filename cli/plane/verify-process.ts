/** The process that verifies one spec of a stranger: without secrets, bounded in memory, killed at any time; a spare one rehearses until it is asked. */
import { diagnosticRecords, printDiagnostics, programData } from "../../compiler/index.ts";
import { printVerdicts, type Verdict, verdictRecords } from "../../verify/index.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import type { ReadFolder } from "../folder/read-folder.ts";
import type { CompiledFolder } from "../kernel/compile-folder.ts";
import { loadRead } from "../kernel/load-folder.ts";
import { type Alongside, type PipelineOptions, reviseSources } from "../kernel/pipeline.ts";
import { startStopwatch } from "../kernel/stopwatch.ts";
import { startTools } from "../kernel/tools.ts";
import type { Finding, Job, Told } from "./job.ts";
import { migrationRecords } from "./migrations.ts";
import { rehearsalFolder, rehearsalVerify } from "./rehearsal.ts";

/** Search progress is told no more often than this. */
const tellEveryMs = 200;

/** Those that have rehearsed do the work, too; they end with the process. */
const tools = startTools();
let isWanted = false;
// What fails here is our mistake: the process ends with it, and the host says so.
const rehearsed = process.argv[2] === "spare" ? rehearse() : Promise.resolve();
process.once("message", (job: Job) => {
  isWanted = true;
  void rehearsed
    .then(() => work(job))
    .then((finding) => tell({ kind: "finding", finding }, () => process.disconnect()));
});
// Whoever is not wanted any more ends: the host has gone, or has given the work up.
process.once("disconnect", () => process.exit(0));

/** Given up as soon as there is something to do. */
async function rehearse(): Promise<void> {
  const verify = { ...rehearsalVerify, shouldStop: () => isWanted };
  const made = await reviseSources(rehearsalFolder(), optionsWith(verify), { tools });
  if (made.kind !== "made") throw new Error("the rehearsal does not compile");
}

function optionsWith(verify: PipelineOptions["verify"]): PipelineOptions {
  return { kind: "chosen", limits: defaultFolderLimits, purpose: "run", workers: 1, verify };
}

function tell(told: Told, then: () => void = () => undefined): void {
  process.send?.(told, undefined, undefined, then);
}

async function work({ name, files, bounds, limits, seed, earlier, known }: Job): Promise<Finding> {
  const encoder = new TextEncoder();
  const sources = { name, files: files.map(({ path, text }) => ({ path, bytes: encoder.encode(text) })) };
  if (known !== undefined) return loaded({ kind: "read", root: process.cwd(), sources, strayLinks: [] }, known);
  const stopwatch = startStopwatch();
  const chosen = { bounds, limits, ...(seed !== undefined && { seed }) };
  const options = optionsWith({ ...chosen, onVerdict, onProgress: searching() });
  const alongside: Alongside = {
    tools,
    stopwatch,
    onEmitted: ({ program }) => progress({ event: "compiled", name: program.name, timings: stopwatch.timings() }),
  };
  const made = await reviseSources({ kind: "read", root: process.cwd(), sources, strayLinks: [] }, options, alongside);
  switch (made.kind) {
    case "refused":
      return { kind: "refused", message: made.message, hint: made.hint };
    case "compiled":
      return { kind: "compiled", ...compiledRecord(made) };
    case "made": {
      const { program, bundle, specHash, outcome, verdicts, compiled } = made;
      const { diagnostics, report } = compiledRecord(compiled);
      const migrations = earlier === undefined ? [] : await migrationRecords(made, earlier, chosen);
      return {
        kind: "made",
        program: programData(program),
        bundle,
        specHash,
        outcome,
        verdicts: verdictRecords(verdicts),
        migrations,
        diagnostics,
        report: report + printVerdicts(verdicts, { color: false }),
        timings: stopwatch.timings(),
      };
    }
  }
}

async function loaded(read: ReadFolder, outcome: "held" | "unknown"): Promise<Finding> {
  const found = await loadRead(read, { limits: defaultFolderLimits, purpose: "run" });
  if (found.kind === "compiled") return { kind: "compiled", ...compiledRecord(found) };
  const { program, bundle, specHash } = found;
  const none = { verdicts: [], migrations: [], diagnostics: [], report: "", timings: {} };
  return { kind: "made", program: programData(program), bundle, specHash, outcome, ...none };
}

function compiledRecord({ diagnostics, texts }: CompiledFolder): {
  readonly diagnostics: readonly object[];
  readonly report: string;
} {
  const report = printDiagnostics(diagnostics, texts, { color: false });
  return { diagnostics: diagnosticRecords(diagnostics, texts), report };
}

function progress(told: { readonly event: string } & Readonly<Record<string, unknown>>): void {
  tell({ kind: "progress", progress: told });
}

function onVerdict({ level, subject, outcome }: Verdict): void {
  progress({ event: "level", level, subject, outcome: outcome.kind });
}

function searching(): NonNullable<PipelineOptions["verify"]["onProgress"]> {
  let toldAt = performance.now();
  return ({ subject, states, transitions, waiting }) => {
    if (performance.now() - toldAt < tellEveryMs) return;
    toldAt = performance.now();
    progress({ event: "search", subject, states, transitions, waiting });
  };
}
