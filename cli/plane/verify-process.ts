/** The process that compiles and verifies one spec of a stranger: it has no secrets, a bound on its memory, and may be killed at any time. */
import { diagnosticRecords, printDiagnostics } from "../../compiler/index.ts";
import { printVerdicts, type Verdict, verdictRecords } from "../../verify/index.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import type { CompiledFolder } from "../kernel/compile-folder.ts";
import { type Alongside, type PipelineOptions, reviseSources } from "../kernel/pipeline.ts";
import { startStopwatch } from "../kernel/stopwatch.ts";
import type { Finding, Job, Told } from "./job.ts";

/** Search progress is told no more often than this. */
const tellEveryMs = 200;

process.once("message", (job: Job) => {
  // What fails here is our mistake: the process ends with it, and the host says so.
  void work(job).then((finding) => tell({ kind: "finding", finding }, () => process.disconnect()));
});
// Whoever is not wanted any more ends: the host has gone, or has given the work up.
process.once("disconnect", () => process.exit(0));

function tell(told: Told, then: () => void = () => undefined): void {
  process.send?.(told, undefined, undefined, then);
}

async function work({ name, files, bounds, limits, seed }: Job): Promise<Finding> {
  const encoder = new TextEncoder();
  const sources = { name, files: files.map(({ path, text }) => ({ path, bytes: encoder.encode(text) })) };
  const stopwatch = startStopwatch();
  const options: PipelineOptions = {
    kind: "chosen",
    limits: defaultFolderLimits,
    purpose: "run",
    workers: 1,
    verify: { bounds, limits, ...(seed !== undefined && { seed }), onVerdict, onProgress: searching() },
  };
  const alongside: Alongside = {
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
      return {
        kind: "made",
        program,
        bundle,
        specHash,
        outcome,
        verdicts: verdictRecords(verdicts),
        diagnostics,
        report: report + printVerdicts(verdicts, { color: false }),
        timings: stopwatch.timings(),
      };
    }
  }
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
