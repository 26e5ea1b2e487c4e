/** The recipe of verification: every level of every automaton, then their composition. */
import type { Automaton as Emitted, ServiceDefinition } from "@temperc/runtime";
import type { Program, Span } from "../compiler/ir/index.ts";
import { assert } from "./assert.ts";
import { type CompositionLimits, compositionCheck, defaultCompositionLimits } from "./composition/check.ts";
import { defaultProofLimits, type Proof, type ProofLimits, prove } from "./l0-symbolic/prove.ts";
import { type Checked, type CheckInput, type Limits, modelCheck, type Progress } from "./l1-model-check/check.ts";
import type { Crew } from "./l1-model-check/crew.ts";
import { defaultStormLimits, refutedIn, type StormLimits, stormCheck } from "./l2-simulation/check.ts";
import { type CaseLimits, defaultCaseLimits, propertyCheck } from "./l3-property/check.ts";
import { defaultMigrationLimits, type MigrationLimits } from "./migration/check.ts";
import type { Rerun } from "./rerun-text.ts";
import type { Runtime } from "./runtime.ts";
import type { Fault } from "./simulated/faults.ts";
import type { Prover } from "./solver.ts";
import type { Ending, Verdict } from "./verdict.ts";

export interface VerifyInput extends VerifyOptions {
  readonly program: Program;
  /** The service that was emitted from this program and loaded: its automata are what is checked. */
  readonly service: ServiceDefinition;
}

export interface VerifyOptions {
  /** Bounds that replace the derived ones, by `variable` or `Automaton.variable`; natural numbers. */
  readonly bounds?: ReadonlyMap<string, number>;
  readonly limits?: Partial<VerifyLimits>;
  /** How many different runs are shown of a property that is broken, the shortest among them; one where it is not said. */
  readonly examples?: number;
  /** Threads that help with a large search of level 1; it is done by one where there are none. */
  readonly crew?: Crew;
  /** What proves; level 0 is not available without it. */
  readonly prover?: Prover;
  /** What serves requests; levels 2 and 3 are not available without it. */
  readonly runtime?: Runtime;
  /** Of every random choice; the same seed makes the same ones. */
  readonly seed?: number;
  /** What level 2 puts in; every fault where absent. */
  readonly faults?: readonly Fault[];
  /** What the user typed, such as `temperc verify examples/ecommerce`: it stands in what says how to see a run again. */
  readonly command?: string;
  /** Awaited between pieces of work of some milliseconds, so that what goes on beside it has its turn. */
  readonly pause?: () => Promise<void>;
  /** Asked between batches of states; true ends each search with what is known so far. */
  readonly shouldStop?: () => boolean;
  /** Called between batches of states and awaited. */
  readonly onProgress?: (progress: Progress) => void | Promise<void>;
  /** Called with each verdict as soon as it stands; `verify` gives all of them in order. */
  readonly onVerdict?: (verdict: Verdict) => void;
}

export interface VerifyLimits
  extends Limits,
    CaseLimits,
    StormLimits,
    CompositionLimits,
    ProofLimits,
    MigrationLimits {}

export const defaultVerifyLimits: VerifyLimits = {
  ...defaultProofLimits,
  statesMax: 1_000_000,
  stepsMax: 100_000_000,
  bytesMax: 512 * 2 ** 20,
  callsMax: 4_096,
  aloneMax: 100_000,
  ...defaultCaseLimits,
  ...defaultStormLimits,
  ...defaultCompositionLimits,
  ...defaultMigrationLimits,
};

/** Any would do; it is the same in every run. */
const defaultSeed = 1;

const notAvailable = { kind: "not-available" } as const;

/** The verdicts in the order in which they are printed. A function of its input: the same program gives the same verdicts. */
export async function verify(input: VerifyInput): Promise<readonly Verdict[]> {
  const tell = input.onVerdict ?? (() => {});
  const searched: Searched[] = [];
  for (const { name: subject } of input.program.automata) {
    const asked = checkInput(input, subject);
    const checked = await modelCheck(asked);
    searched.push({ subject, asked, checked });
    if (checked.ending.kind !== "unknown") tell({ level: "L1", subject, outcome: checked.ending });
  }
  // The solver works elsewhere: whatever it is asked, requests can be sent meanwhile.
  const [proofs, { cases, storms: early }] = await Promise.all([
    proofsOf(input, searched),
    requestsOf(input, searched, tell),
  ]);
  const verdicts = searched.flatMap(({ subject, checked }, index) => {
    const { ending: proof, settles } = proofs[index] ?? unproved;
    const search = settles ? completed(checked.ending) : checked.ending;
    tell({ level: "L0", subject, outcome: proof });
    if (checked.ending.kind === "unknown") tell({ level: "L1", subject, outcome: search });
    return verdictsOf(subject, { L0: proof, L1: search, L3: cases[index] ?? notAvailable });
  });
  const storms = isRefutedBeyond(early.before, verdicts) ? await stormsOf(input, verdicts) : early.ending;
  const subject = input.program.automata.map(({ name }) => name).join(", ");
  tell({ level: "L2", subject, outcome: storms });
  const composition = { level: "composition", subject, outcome: await compositionOf(input, subject) } as const;
  tell(composition);
  return [...withStorms(verdicts, storms), composition];
}

/** Level 2 is of all automata at once, and has no outcome yet. */
function verdictsOf(subject: string, { L0, L1, L3 }: Readonly<Record<"L0" | "L1" | "L3", Ending>>): readonly Verdict[] {
  return [
    { level: "L0", subject, outcome: L0 },
    { level: "L1", subject, outcome: L1 },
    { level: "L2", subject, outcome: notAvailable },
    { level: "L3", subject, outcome: L3 },
  ];
}

const unproved: Pick<Proof, "ending" | "settles"> = { ending: notAvailable, settles: false };

/** One after the other: the solver is asked one thing at a time. */
async function proofsOf(
  input: VerifyInput,
  searched: readonly Searched[],
): Promise<readonly Pick<Proof, "ending" | "settles">[]> {
  const proofs: Pick<Proof, "ending" | "settles">[] = [];
  for (const { asked, checked } of searched) proofs.push(await proofOf(input, asked, checked));
  return proofs;
}

interface Requested {
  readonly cases: readonly Ending[];
  readonly storms: { readonly ending: Ending; readonly before: readonly Verdict[] };
}

/** Levels 3 and 2; the storms know what levels 1 and 3 have refuted. */
async function requestsOf(
  input: VerifyInput,
  searched: readonly Searched[],
  tell: (verdict: Verdict) => void,
): Promise<Requested> {
  const cases: Ending[] = [];
  const before: Verdict[] = [];
  for (const { subject, asked, checked } of searched) {
    const outcome = await casesOf(input, asked, checked);
    tell({ level: "L3", subject, outcome });
    cases.push(outcome);
    before.push(...verdictsOf(subject, { L0: notAvailable, L1: checked.ending, L3: outcome }));
  }
  return { cases, storms: { ending: await stormsOf(input, before), before } };
}

/** True where a later level has refuted what the storms took for true. */
function isRefutedBeyond(before: readonly Verdict[], verdicts: readonly Verdict[]): boolean {
  const known = refutedIn(before);
  return [...refutedIn(verdicts)].some((name) => !known.has(name));
}

async function compositionOf(
  { program, service, bounds, limits, shouldStop, onProgress }: VerifyInput,
  subject: string,
): Promise<Ending> {
  if (program.automata.length === 0) return notAvailable;
  return compositionCheck({
    program,
    service,
    bounds: (name) => ownBounds(bounds ?? new Map(), emittedIn(service, name)),
    limits: { ...defaultVerifyLimits, ...limits },
    sourceOf: (span) => sourceOf(program, span),
    shouldStop: shouldStop ?? (() => false),
    onProgress: (progress) => onProgress?.({ subject, ...progress }),
  });
}

/** What level 1 found out about an automaton. */
interface Searched {
  readonly subject: string;
  readonly asked: CheckInput & { readonly limits: CaseLimits };
  readonly checked: Checked;
}

/** It begins from what level 1 saw. */
async function proofOf(
  { prover, limits }: VerifyInput,
  asked: CheckInput,
  checked: Checked,
): Promise<Pick<Proof, "ending" | "settles">> {
  if (prover === undefined) return unproved;
  const own = { ...defaultVerifyLimits, ...limits };
  return prove({ ...asked, prover, limits: own, seen: checked.seen, searched: checked.ending });
}

/** One storm over all automata: each is told the same, and the first how to see it again and what it did not meet. */
function withStorms(verdicts: readonly Verdict[], storms: Ending): readonly Verdict[] {
  const others = storms.kind === "not-available" ? storms : { ...storms, notes: [] };
  const first = verdicts.find(({ level }) => level === "L2");
  return verdicts.map((verdict) =>
    verdict.level === "L2" ? { ...verdict, outcome: verdict === first ? storms : others } : verdict,
  );
}

async function stormsOf(input: VerifyInput, verdicts: readonly Verdict[]): Promise<Ending> {
  const { service, runtime, seed = defaultSeed, faults, limits, shouldStop, pause } = input;
  if (runtime === undefined || verdicts.length === 0) return notAvailable;
  return stormCheck({
    definition: service,
    runtime,
    verdicts,
    seed,
    limits: { ...defaultVerifyLimits, ...limits },
    // What it takes to make the run again is the run's own.
    rerun: { ...(input.command !== undefined && { command: input.command }), chosen: [] },
    ...(faults && { faults }),
    ...(shouldStop && { shouldStop }),
    ...(pause && { pause }),
  });
}

/** What was chosen that changes what level 3 sends. */
function rerunOf({ command, bounds, limits }: VerifyInput): Rerun {
  const names = ["cases", "caseRequestsMax"] as const;
  const changed = names.filter((name) => limits?.[name] !== undefined && limits[name] !== defaultVerifyLimits[name]);
  const chosen = [
    ...changed.map((name) => `--limit ${name}=${limits?.[name]}`),
    ...[...(bounds ?? [])].map(([name, bound]) => `--bound ${name}=${bound}`),
  ];
  return { ...(command !== undefined && { command }), chosen };
}

/** It sends what level 1 asked, and more. */
async function casesOf(
  input: VerifyInput,
  asked: CheckInput & { readonly limits: CaseLimits },
  { ending, calls }: Checked,
): Promise<Ending> {
  const { service, runtime, seed = defaultSeed, pause = async () => {} } = input;
  const type = service.entityTypes.find(({ automaton }) => automaton?.name === asked.automaton.name);
  if (runtime === undefined || type === undefined) return notAvailable;
  const broken = ending.kind === "violated" ? ending.counterexamples : [];
  return propertyCheck({
    ...asked,
    definition: service,
    type,
    runtime,
    calls,
    broken,
    seed,
    pause,
    rerun: rerunOf(input),
  });
}

/** A search that found nothing wrong and could not go on, where all that it left out is proved. */
function completed(ending: Ending): Ending {
  if (ending.kind !== "unknown") return ending;
  const { facts, notes, reasons } = ending;
  return { kind: "held", facts, notes: [...reasons, "level 0 has proved what the search left out", ...notes] };
}

/** What level 1 is asked about the automaton of that name. */
export function checkInput(
  { program, service, bounds, limits, examples, crew, shouldStop, onProgress }: VerifyInput,
  name: string,
): CheckInput & { readonly limits: CaseLimits } {
  const automaton = program.automata.find((each) => each.name === name);
  assert(automaton !== undefined, `the program has no automaton ${name}`);
  const emitted = emittedIn(service, name);
  return {
    automaton,
    emitted,
    sourceOf: (span) => sourceOf(program, span),
    bounds: ownBounds(bounds ?? new Map(), emitted),
    limits: { ...defaultVerifyLimits, ...limits },
    examples: examples ?? 1,
    ...(crew && { crew }),
    shouldStop: shouldStop ?? (() => false),
    onProgress: onProgress ?? (() => {}),
  };
}

function emittedIn({ entityTypes }: ServiceDefinition, name: string): Emitted {
  const emitted = entityTypes.find((each) => each.automaton?.name === name)?.automaton;
  assert(emitted !== undefined, `the service has no automaton ${name}`);
  return emitted;
}

/** The bounds that name a variable of the automaton; `Automaton.variable` goes before `variable`. */
function ownBounds(bounds: ReadonlyMap<string, number>, { name, variables }: Emitted): ReadonlyMap<string, number> {
  const own = variables.flatMap((variable): readonly [string, number][] => {
    const bound = bounds.get(`${name}.${variable.name}`) ?? bounds.get(variable.name);
    return bound === undefined ? [] : [[variable.name, bound]];
  });
  return new Map(own);
}

function sourceOf({ files }: Program, { file, start }: Span): string {
  const lineStarts = files.find(({ path }) => path === file)?.lineStarts ?? [0];
  return `${file}:${lineStarts.findLastIndex((each) => each <= start) + 1}`;
}
