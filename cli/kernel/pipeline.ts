/** The recipe: read a spec folder, compile, emit, bundle, load and verify it; what comes out can be served or built. */
import { setImmediate as turn } from "node:timers/promises";
import type { ServiceDefinition } from "@temperc/runtime";
import { bundleForKernel, type Emitted, emit, type Program, type Purpose } from "../../compiler/index.ts";
import { overall, type Verdict, type VerifyOptions, verify } from "../../verify/index.ts";
import type { VerdictCache } from "../cache/verdict-cache.ts";
import type { FolderLimits } from "../folder/limits.ts";
import { type ReadFolder, readSpecFolder } from "../folder/read-folder.ts";
import { packageRoot, readTemplates, version } from "../package-root.ts";
import { type Refusal, unusable } from "../refusal.ts";
import { type CompiledFolder, compileRead } from "./compile-folder.ts";
import { loadBundle } from "./load-bundle.ts";
import { searchCrew } from "./search-crew.ts";
import { specHash } from "./spec-hash.ts";
import { type Stopwatch, startStopwatch } from "./stopwatch.ts";
import { type Tools, withTools } from "./tools.ts";
import { writeScript } from "./write-script.ts";

export interface PipelineOptions {
  readonly kind: "chosen";
  readonly limits: FolderLimits;
  readonly purpose: Purpose;
  readonly verify: VerifyOptions;
  /** Threads that search a large model, with this one. */
  readonly workers: number;
}

/** What is known of a revision before it is verified. */
export interface Emission {
  readonly program: Program;
  readonly emitted: Emitted;
  readonly specHash: string;
}

/** What a caller does beside the recipe. */
export interface Alongside {
  readonly stopwatch?: Stopwatch;
  /** Called when the code is emitted, so that work in other processes can begin while it is verified. */
  readonly onEmitted?: (emission: Emission) => void;
  /** Whoever has begun to start them ends them; without them they are started here. */
  readonly tools?: Tools;
  /** By its hash, whether a revision has held before: then it is not verified again, and has no verdicts. */
  readonly heldBefore?: (specHash: string) => VerdictCache | undefined;
}

/** A revision of a spec, made and verified. One that is violated or undecided exists too, so that it can be shown why. */
export interface Revision extends Emission {
  readonly kind: "made";
  readonly compiled: CompiledFolder;
  /** The emitted code as one CommonJS text, which `definition` was loaded from. */
  readonly bundle: string;
  readonly definition: ServiceDefinition;
  readonly verdicts: readonly Verdict[];
  readonly outcome: ReturnType<typeof overall>;
}

/** A spec folder to a revision, or to what the compiler found, or to why the folder cannot be read. Never throws for these. */
export async function makeRevision(
  path: string,
  options: PipelineOptions,
  { stopwatch = startStopwatch(), ...alongside }: Alongside = {},
): Promise<Revision | CompiledFolder | Refusal> {
  const folder = await stopwatch.time("read", () => readSpecFolder(path, options.limits));
  if (folder.kind === "refused") return folder;
  const told = { ...options, verify: { command: `temperc verify ${path}`, ...options.verify } };
  return reviseSources(folder, told, { stopwatch, ...alongside });
}

/** The same for files that have been read. */
export async function reviseSources(
  folder: ReadFolder,
  options: PipelineOptions,
  alongside: Alongside = {},
): Promise<Revision | CompiledFolder | Refusal> {
  const cache = alongside.heldBefore?.(specHash(folder.sources, version()));
  if (cache?.remembered() !== undefined) {
    const loaded = await loadSources(folder, options, alongside);
    return loaded.kind === "loaded" ? { ...loaded, kind: "made", verdicts: [], outcome: "held" } : loaded;
  }
  const revise = (tools: Tools) => reviseWith(tools, folder, options, alongside);
  const made = await (alongside.tools === undefined ? withTools(revise) : revise(alongside.tools));
  if (made.kind === "made" && made.outcome === "held") cache?.remember([]);
  return made;
}

async function reviseWith(
  { solver }: Tools,
  folder: ReadFolder,
  options: PipelineOptions,
  { stopwatch = startStopwatch(), ...alongside }: Alongside,
): Promise<Revision | CompiledFolder | Refusal> {
  const loaded = await loadSources(folder, options, { stopwatch, ...alongside });
  if (loaded.kind !== "loaded") return loaded;
  const { program, definition, bundle } = loaded;
  const runtime = await import("@temperc/runtime/simulated");
  const crew = options.workers > 1 ? { crew: searchCrew(bundle, nameOf(loaded), options.workers - 1) } : {};
  const prover = { solver, write: writeScript };
  const input = { program, service: definition, prover, runtime, pause: () => turn(), ...crew, ...options.verify };
  const verdicts = await stopwatch.time("verify", () => verify(input));
  return { ...loaded, kind: "made", verdicts, outcome: overall(verdicts) };
}

/** A revision whose code is loaded, and of which nothing is known yet. */
interface Loaded extends Omit<Revision, "kind" | "verdicts" | "outcome"> {
  readonly kind: "loaded";
}

async function loadSources(
  folder: ReadFolder,
  options: PipelineOptions,
  { stopwatch = startStopwatch(), onEmitted }: Alongside,
): Promise<Loaded | CompiledFolder | Refusal> {
  const { time } = stopwatch;
  const compiled = await compileRead(folder, options, stopwatch);
  const { program } = compiled;
  if (program === undefined) return compiled;
  const unknown = unknownBound(program, options.verify.bounds ?? new Map());
  if (unknown !== undefined) return unknown;
  const hash = specHash(folder.sources, version());
  const emitted = await time("emit", () => emit(program, readTemplates()));
  onEmitted?.({ program, emitted, specHash: hash });
  const bundle = await time("bundle", () => bundleForKernel(emitted, { resolveDir: packageRoot }));
  const definition = await time("load", () => loadBundle(bundle, nameOf({ program, specHash: hash })));
  return { kind: "loaded", compiled, program, emitted, bundle, definition, specHash: hash };
}

/** What the code is called where something in it fails. */
function nameOf({ program, specHash: hash }: Pick<Emission, "program" | "specHash">): string {
  return `${program.name}-${hash.slice(0, 12)}`;
}

/** A bound on nothing would be a bound that is silently not kept. */
function unknownBound({ automata }: Program, bounds: ReadonlyMap<string, number>): Refusal | undefined {
  const names = automata.flatMap(({ name, variables }) =>
    variables.map((variable) => [variable.name, `${name}.${variable.name}`]),
  );
  const unknown = [...bounds.keys()].find((bound) => !names.flat().includes(bound));
  if (unknown === undefined) return undefined;
  return unusable(
    `no automaton has a variable ${unknown}`,
    `the variables are ${names.map(([, full]) => full).join(", ")}`,
  );
}
