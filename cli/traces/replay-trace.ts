/** What `temperc replay` does: the trace shown, run again, and written as a test where that is asked. */
import { writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import {
  defaultJudgeLimits,
  defaultTraceLimits,
  type JointTraceFile,
  type Judgement,
  judge,
  type Rerun,
  rerun,
  StepRunner,
  type TraceFile,
} from "../../verify/index.ts";
import type { ReplayOptions } from "../commands/replay.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { defaultFolderLimits } from "../folder/limits.ts";
import { type LoadedFolder, loadFolder } from "../kernel/load-folder.ts";
import { chosenLimits, unknownLimit } from "../options.ts";
import { impossible, type Refusal, reasonOf, systemCode, unusable } from "../refusal.ts";
import { diagnosticsOf, reportDiagnostics } from "../report.ts";
import { refuse, type Terminal } from "../terminal.ts";
import { HttpRunner } from "./http-runner.ts";
import { readTraceFile } from "./read-file.ts";
import { regressionTest } from "./regression-test.ts";
import { runJointly, runJointlyOn } from "./replay-joint.ts";
import { reportReplay } from "./report-replay.ts";
import { ServiceClient, serviceRoot } from "./service-client.ts";

/** What came of a run. */
export interface Replayed extends Outcome {
  readonly trace: TraceFile | JointTraceFile;
  /** The spec folder, or the service's root. */
  readonly against: string;
}

export interface Outcome {
  readonly run: Rerun;
  /** What the run shows of the property; absent against a service, which does not say. */
  readonly judgement?: Judgement;
  /** What else a reader must know, in sentences. */
  readonly notes: readonly string[];
}

export async function replayTrace(path: string, options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const { limit = new Map(), json = false } = options;
  const unknown = unknownLimit(limit, [defaultTraceLimits, defaultFolderLimits]);
  if (unknown !== undefined) return refuse(terminal, unknown, json);
  const read = await readTraceFile(path, chosenLimits(defaultTraceLimits, limit));
  if (read.kind === "refused") return refuse(terminal, read, json);
  const folder = options.specsDir ?? resolve(dirname(path), read.trace.spec.folder);
  const loaded = await loadFolder(folder, { limits: chosenLimits(defaultFolderLimits, limit), purpose: "check" });
  if (loaded.kind === "refused") return refuse(terminal, loaded, json);
  if (loaded.kind === "compiled") {
    if (json) terminal.json({ ok: false, diagnostics: diagnosticsOf(loaded) });
    else reportDiagnostics(loaded, terminal);
    return exitCodes.unusable;
  }
  const done = await runAgain(read.trace, folder, loaded, options);
  if ("exitCode" in done) return refuse(terminal, done, json);
  const test = options.toTest === undefined ? undefined : await writeTest(options.toTest, path, folder, read.trace);
  if (test !== undefined) return refuse(terminal, test, json);
  reportReplay(done, options, terminal);
  return done.run.departure === undefined ? exitCodes.ok : exitCodes.failed;
}

async function runAgain(
  trace: TraceFile | JointTraceFile,
  folder: string,
  loaded: LoadedFolder,
  options: ReplayOptions,
): Promise<Replayed | Refusal> {
  if (options.url !== undefined) return runOnService(trace, loaded, { ...options, url: options.url });
  const outcome = trace.level === "composition" ? await runJointly(trace, loaded) : await runAlone(trace, loaded);
  const changed =
    loaded.specHash === trace.spec.hash ? [] : ["the spec, or temperc, has changed since the trace was written"];
  return { trace, against: relative(process.cwd(), folder) || ".", ...outcome, notes: [...changed, ...outcome.notes] };
}

async function runAlone(trace: TraceFile, loaded: LoadedFolder): Promise<Outcome> {
  const runner = new StepRunner(loaded.definition.entityTypes.flatMap(({ automaton }) => automaton ?? []));
  const run = await rerun(trace, runner);
  return { run, judgement: judgementOf(trace, runner, loaded), notes: [] };
}

async function runOnService(
  trace: TraceFile | JointTraceFile,
  loaded: LoadedFolder,
  { url, key = process.env.TEMPERC_KEY ?? "", field = {} }: ReplayOptions & { readonly url: string },
): Promise<Replayed | Refusal> {
  const root = serviceRoot(url);
  if (typeof root !== "string") return root;
  if (!/^[\x21-\x7e]+$/.test(key))
    return unusable(
      "the API key of a caller is missing",
      "give --key tk_…, or export TEMPERC_KEY; temperc keys makes one",
    );
  const client = new ServiceClient(loaded.definition, root, { key, fields: field });
  const outcome: Outcome =
    trace.level === "composition"
      ? await runJointlyOn(trace, client)
      : { run: await rerun(trace, new HttpRunner(client)), notes: [] };
  const other = client.revision !== undefined && client.revision !== trace.spec.hash;
  return {
    trace,
    against: root,
    ...outcome,
    notes: [
      ...(other ? [`the service runs revision ${client.revision}, and the trace is of ${trace.spec.hash}`] : []),
      ...outcome.notes,
      ...client.made.map((each) => `the run made ${each}, which is still there`),
    ],
  };
}

/** Of the entity whose automaton the property is one of. */
function judgementOf({ property }: TraceFile, { histories }: StepRunner, { program }: LoadedFolder): Judgement {
  const judged = [...histories.values()].flatMap(({ automaton: emitted, snapshots }) => {
    const automaton = program.automata.find(({ name }) => name === emitted.name);
    return automaton === undefined ? [] : [judge(property, { automaton, emitted, snapshots }, defaultJudgeLimits)];
  });
  const nothing = { kind: "undecided", message: "no entity of the run has the property" } as const;
  return judged.find(({ kind }) => kind === "broken") ?? judged[0] ?? nothing;
}

async function writeTest(
  path: string,
  tracePath: string,
  specs: string,
  trace: TraceFile | JointTraceFile,
): Promise<Refusal | undefined> {
  if (trace.property.kind === "eventually" || trace.property.kind === "agreement")
    return unusable(
      "this run is no test: its property is no matter of the steps of one run",
      "keep temperc verify in CI, which asks it of every run",
    );
  try {
    await writeFile(path, regressionTest(trace, { path, tracePath, specs }), { flag: "wx" });
    return undefined;
  } catch (error) {
    if (systemCode(error) === "EEXIST")
      return impossible(`${path} is there already`, "name a file that is not there yet");
    return impossible(`cannot write ${path}: ${reasonOf(error)}`, "name a file in a folder that can be written to");
  }
}
