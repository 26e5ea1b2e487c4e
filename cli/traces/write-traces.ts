/** Writes each counterexample of a verification as a trace file. */
import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import {
  type Facts,
  type JointTraceFile,
  jointTraceFileOf,
  printTraceFile,
  type TraceFile,
  type TraceHead,
  traceFileOf,
  type Verdict,
} from "../../verify/index.ts";
import type { Revision } from "../kernel/pipeline.ts";
import { version } from "../package-root.ts";
import { impossible, type Refusal, reasonOf } from "../refusal.ts";

/** Below where the user is, beside the databases of `serve`. */
export const defaultTracesFolder = ".temperc/traces";

/** The paths of the files, in the order of the counterexamples; or why they could not be written. */
export async function writeTraces(
  { verdicts, program, compiled, specHash }: Revision,
  folder: string,
): Promise<readonly string[] | Refusal> {
  const spec = {
    name: program.name,
    hash: specHash,
    folder: relative(resolve(folder), compiled.folder.root).replaceAll("\\", "/"),
  };
  const head = { verifier: version(), spec };
  const paths: string[] = [];
  try {
    for (const { name, fileOf } of [...foundIn(verdicts), ...jointlyFoundIn(verdicts)]) {
      const path = join(folder, freeName(name, folder, paths));
      await writeWhole(path, printTraceFile(fileOf(head)));
      paths.push(path);
    }
    return paths;
  } catch (error) {
    return impossible(
      `the traces cannot be written to ${folder}: ${reasonOf(error)}`,
      "name another folder with --traces FOLDER, or write none with --no-traces",
    );
  }
}

/** A run that is written under a name, which need not be free. */
interface Written {
  readonly name: string;
  readonly fileOf: (head: Pick<TraceHead, "verifier" | "spec">) => TraceFile | JointTraceFile;
}

/** Levels that show the same run share it: it is written once, for the one that searched for it. */
function foundIn(verdicts: readonly Verdict[]): readonly Written[] {
  const all = verdicts.flatMap(({ level, outcome }) =>
    outcome.kind === "violated" && level !== "composition"
      ? outcome.counterexamples.map((found) => ({ level, found, ...seedOf(outcome.facts) }))
      : [],
  );
  const searched = all.filter(({ level }) => level === "L1");
  const owner = new Map([...all.toReversed(), ...searched].map((each) => [each.found, each]));
  return all
    .filter((each) => owner.get(each.found) === each)
    .map(({ found, ...origin }) => ({
      name: `${inFileName(found.trace.automaton)}-${inFileName(found.property.name)}`,
      fileOf: (head) => traceFileOf(found, { ...head, ...origin }),
    }));
}

function jointlyFoundIn(verdicts: readonly Verdict[]): readonly Written[] {
  const runs = verdicts.flatMap(({ outcome }) => (outcome.kind === "violated" ? (outcome.runs ?? []) : []));
  return runs.map((run) => ({
    name: `composition-${inFileName(run.property.name)}`,
    fileOf: (head) => jointTraceFileOf(run, head),
  }));
}

function seedOf(facts: Facts): { readonly seed?: number } {
  return facts.kind === "cases" ? { seed: facts.seed } : {};
}

/** `Job-AtMostThreeRetries.trace.json`; further runs that break the same property are numbered. */
function freeName(name: string, folder: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const numbered = `${name}${number === 1 ? "" : `-${number}`}.trace.json`;
    if (!taken.includes(join(folder, numbered))) return numbered;
  }
}

/** A spec's names are no paths. */
function inFileName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]+/g, "_").slice(0, 80);
}

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const staging = `${path}.new-${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(staging, text, { flag: "wx" });
    await rename(staging, path);
  } finally {
    await rm(staging, { force: true });
  }
}
