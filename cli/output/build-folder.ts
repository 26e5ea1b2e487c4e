/** The work of `temperc build`: a spec folder in, a service folder out, or why not. */
import { relative } from "node:path";
import type { BuildOptions } from "../commands/build.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type Emission, makeRevision, type Revision } from "../kernel/pipeline.ts";
import { pipelineOptions } from "../kernel/pipeline-options.ts";
import { printTimings, type Stopwatch, startStopwatch } from "../kernel/stopwatch.ts";
import {
  diagnosticsOf,
  explainRefusal,
  objectionTo,
  reportDiagnostics,
  verdictsOf,
  verifiedRecord,
} from "../report.ts";
import { colours, refuse, type Terminal } from "../terminal.ts";
import { beginBundle, serviceFiles } from "./service-files.ts";
import { refusalOf, type Written, writeFolder } from "./write-folder.ts";

/** Exit codes: 0 written; 1 violated or not writable; 2 does not compile or wrong usage; 3 undecided. */
export async function buildFolder(path: string, options: BuildOptions, terminal: Terminal): Promise<ExitCode> {
  const { json = false, allowUnknown = false, force = false, out } = options;
  const chosen = pipelineOptions(options, []);
  if (chosen.kind === "refused") return refuse(terminal, chosen, json);
  const misplaced = await refusalOf({ out, force, specFolder: path });
  if (misplaced !== undefined) return refuse(terminal, misplaced, json);
  const stopwatch = startStopwatch();
  let bundling: ReturnType<typeof beginBundle> | undefined;
  const onEmitted = (emission: Emission): void => {
    bundling = beginBundle(emission);
  };
  const revision = await makeRevision(path, chosen, { stopwatch, onEmitted });
  if (revision.kind === "refused") return refuse(terminal, revision, json);
  const objection = objectionTo(revision, allowUnknown);
  if (revision.kind !== "made" || objection !== exitCodes.ok) {
    if (json) terminal.json(verifiedRecord(revision));
    else explainRefusal(revision, terminal);
    return objection;
  }
  const files = await serviceFiles(revision, bundling ?? beginBundle(revision), stopwatch);
  const destination = { out, force, specFolder: revision.compiled.folder.root };
  const written = await stopwatch.time("write", () => writeFolder(files, destination));
  if (written.kind === "refused") return refuse(terminal, written, json);
  tell({ revision, written, stopwatch }, options, terminal);
  return exitCodes.ok;
}

interface Built {
  readonly revision: Revision;
  readonly written: Written;
  readonly stopwatch: Stopwatch;
}

function tell({ revision, written, stopwatch }: Built, { json, timings }: BuildOptions, terminal: Terminal): void {
  const { compiled, specHash, program, outcome } = revision;
  const { folder } = written;
  if (json === true) {
    const diagnostics = diagnosticsOf(compiled);
    const verdicts = verdictsOf(revision);
    const spent = stopwatch.timings();
    terminal.json({ ok: true, folder, revision: specHash, outcome, diagnostics, verdicts, timings: spent });
    return;
  }
  reportDiagnostics(compiled, terminal);
  const { bold, green } = colours(terminal.outColour);
  const shown = relative(process.cwd(), folder) || folder;
  terminal.out(`${green("built")} ${bold(program.name)} ${specHash.slice(0, 12)} (${outcome}) in ${shown}\n`);
  terminal.out(`run it: cd ${shown} && npm install && node service.mjs\n`);
  if (timings === true) terminal.out(`${printTimings(stopwatch.timings())}\n`);
}
