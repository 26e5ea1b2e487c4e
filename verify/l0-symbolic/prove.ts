/** Level 0: proves every invariant for every reachable snapshot, however large its numbers, or says which it could not. */
import type { Automaton as Emitted } from "@temperc/runtime";
import type { Automaton, Span } from "../../compiler/ir/index.ts";
import type { Seen } from "../l1-model-check/check.ts";
import { whyPlain } from "../l1-model-check/vacuity.ts";
import type { Trace } from "../replay/trace.ts";
import type { Prover, SolverSession } from "../solver.ts";
import type { Counterexample, Ending, ProofFacts, Proved } from "../verdict.ts";
import { type Answer, satAnswers } from "./answers.ts";
import { type Encoding, encodingOf } from "./encoding.ts";
import { hornCandidate } from "./horn.ts";
import { obligationsIn, type Question } from "./obligations.ts";
import { type Rest, restOf } from "./rest.ts";
import { type Strengthened, strengthen, strengthenBy } from "./strengthen.ts";
import { tautologiesIn } from "./tautologies.ts";
import { type Goals, type Runs, unroll } from "./unroll.ts";

export interface ProveInput {
  readonly automaton: Automaton;
  /** The emitted automaton of that name. */
  readonly emitted: Emitted;
  readonly sourceOf: (span: Span) => string;
  readonly prover: Prover;
  /** For all of it; after that what is not decided is unknown. */
  readonly limits: ProofLimits;
  readonly shouldStop: () => boolean;
  /** What level 1 found, and the verdict that it came to. */
  readonly seen: Seen;
  readonly searched: Ending;
}

export interface Proof {
  readonly ending: Ending;
  /** True where nothing is left to a search: every invariant, guard, terminal status and deadlock is decided. */
  readonly settles: boolean;
}

export interface ProofLimits {
  /** Of the solver's work, in its own units: the same on every machine, and what ends a proof on most. */
  readonly proofWork: number;
  /** Where a machine is so slow that the work takes longer than this: the one limit that depends on the machine. */
  readonly proofMs: number;
}

export const defaultProofLimits: ProofLimits = { proofWork: 3_000_000, proofMs: 10_000 };

/** What the stages found out, one after the other. */
interface Found {
  readonly proved: readonly Proved[];
  readonly runs: Runs;
  readonly rest: Rest;
  /** Invariants that no snapshot could break, by name. */
  readonly plain: ReadonlySet<string>;
}

/**
 * Of the work: for what is true in any case, for induction and what it needs besides, for Spacer, for what a search left open,
 * and for runs that a proof fails on.
 */
const shares = { plain: 0.05, induction: 0.3, horn: 0.3, rest: 0.1, runs: 0.25 };

/** What of the time is left for the stages that follow: each may take all of it, as the work ends most of them long before. */
interface Timed extends ProveInput {
  readonly time: { leftMs: number };
}

/** The verdict of level 0. */
export async function prove(asked: ProveInput): Promise<Proof> {
  const input: Timed = { ...asked, time: { leftMs: asked.limits.proofMs } };
  const encoding = encodingOf(input.automaton, input.prover.write);
  const plain = await within(input, shares.plain, (session) => tautologiesIn(encoding, session));
  const { proved, rest } = await inferred(input, encoding);
  const goals = goalsOf(input, proved, rest);
  const isDone = goals.invariants.size === 0 && goals.rules.size === 0;
  const runs = isDone
    ? { breaking: new Map<string, Trace>(), moved: new Set<number>() }
    : await within(input, shares.runs, (session) => unroll(encoding, input.emitted, goals, session));
  return concluded(input, { proved, rest, runs, plain });
}

/** A session for a share of the work; it is over, too, when the caller wants to stop. */
async function within<T>(
  { prover, limits, time, shouldStop }: Timed,
  share: number,
  work: (session: SolverSession) => Promise<T>,
): Promise<T> {
  const session = await prover.solver.open({ work: Math.ceil(limits.proofWork * share), ms: time.leftMs, shouldStop });
  try {
    return await work(session);
  } finally {
    time.leftMs -= session.spentMs();
    session.close();
  }
}

/** First by induction alone, then with facts found besides, and last because level 1 saw every snapshot that there is. */
async function inferred(input: Timed, encoding: Encoding): Promise<Pick<Found, "proved" | "rest">> {
  const { automaton, searched } = input;
  const { proved, lemmas } = await strengthened(input, encoding);
  if (isComplete(searched)) {
    const others = without(automaton, [...namesOf(proved), ...brokenNames(searched)]);
    const all = [...proved, ...others.map((invariant): Proved => ({ invariant, how: "searched", by: [] }))];
    return { proved: all, rest: seenToTheEnd(input) };
  }
  const known = { invariants: new Set(namesOf(proved)), lemmas: lemmas.map(({ term }) => term(encoding.state)) };
  const rest = await within(input, shares.rest, (session) => restOf(encoding, known, session));
  return { proved, rest };
}

/** Spacer is asked for what no mined fact proves, and level 1 has not seen to the end. */
async function strengthened(input: Timed, encoding: Encoding): Promise<Strengthened> {
  const { automaton, searched } = input;
  const mined = await within(input, shares.induction, (session) => inductive(input, encoding, session));
  const wanted = new Set(without(automaton, brokenNames(searched)));
  if (mined.proved.length === wanted.size || isComplete(searched)) return mined;
  const solved = await within(input, shares.horn, (session) => solvedAsHorn(encoding, wanted, session));
  return solved.proved.length > mined.proved.length ? solved : mined;
}

/** What level 1 has said of these already, where it saw every snapshot that there is. */
function seenToTheEnd(input: ProveInput): Rest {
  const endsWell = input.searched.kind === "held";
  return { dead: unfired(input), unreached: new Set(), silent: new Set(), endsWell };
}

async function inductive(input: ProveInput, encoding: Encoding, session: SolverSession): Promise<Strengthened> {
  const { automaton, searched, seen } = input;
  const { kept } = await induction(encoding, session);
  const names = without(automaton, []);
  if (names.every((name) => kept.has(name)))
    return { proved: names.map((invariant) => ({ invariant, how: "inductive", by: [] })), lemmas: [] };
  const wanted = new Set(without(automaton, brokenNames(searched)));
  return wanted.size === 0 ? { proved: [], lemmas: [] } : strengthen(encoding, wanted, seen.samples, session);
}

async function solvedAsHorn(
  encoding: Encoding,
  wanted: ReadonlySet<string>,
  session: SolverSession,
): Promise<Strengthened> {
  const guess = await hornCandidate(encoding, wanted, session);
  return guess === undefined ? { proved: [], lemmas: [] } : strengthenBy(encoding, wanted, [guess], session);
}

function namesOf(proved: readonly Proved[]): readonly string[] {
  return proved.map(({ invariant }) => invariant);
}

/** The names of the automaton's other invariants. */
function without({ invariants }: Automaton, names: readonly string[]): readonly string[] {
  return invariants.map(({ name }) => name).filter((name) => !names.includes(name));
}

/** True where level 1 saw every snapshot that there is. */
function isComplete(searched: Ending): boolean {
  return searched.kind === "held" || (searched.kind === "violated" && searched.reasons.length === 0);
}

function unfired({ emitted, seen }: ProveInput): ReadonlySet<number> {
  return new Set(emitted.rules.flatMap((_, index) => (seen.fired[index] === true ? [] : [index])));
}

/** What is neither proved nor seen: runs are looked for that show it. */
function goalsOf(input: ProveInput, proved: readonly Proved[], { dead }: Rest): Goals {
  const { automaton, emitted, searched } = input;
  const broken = brokenNames(searched);
  const guarded = [...unfired(input)].filter((index) => emitted.rules[index]?.guard !== undefined && !dead.has(index));
  return { invariants: new Set(without(automaton, [...namesOf(proved), ...broken])), rules: new Set(guarded) };
}

/** The invariants that every rule keeps, given all of them. */
async function induction(encoding: Encoding, session: SolverSession): Promise<{ readonly kept: ReadonlySet<string> }> {
  const { text, questions } = obligationsIn(encoding);
  const answers = satAnswers(await session.run(text), questions.length);
  const open = new Set(questions.flatMap((question, index) => openInvariant(question, answers[index])));
  return { kept: new Set(without(encoding.automaton, [...open])) };
}

function openInvariant(question: Question, answer: Answer | undefined): readonly string[] {
  return question.kind === "guard" || answer === "unsat" ? [] : [question.invariant];
}

function concluded(input: ProveInput, found: Found): Proof {
  const { automaton } = input;
  const ending = endingOf(input, found);
  const others = automaton.liveness.filter(({ kind }) => kind !== "has-actions");
  return { ending, settles: ending.kind === "held" && found.rest.endsWell && others.length === 0 };
}

function endingOf(input: ProveInput, found: Found): Ending {
  const facts = factsOf(input, found);
  const counterexamples = [...brokenIn(input.searched), ...brokenBy(found.runs, input)];
  const reasons = undecided(input, found);
  const notes = [...plainNotes(input, found), ...(isComplete(input.searched) ? [] : vacuityNotes(input, found))];
  if (counterexamples.length > 0) return { kind: "violated", facts, notes, counterexamples, reasons };
  return reasons.length > 0 ? { kind: "unknown", facts, notes, reasons } : { kind: "held", facts, notes };
}

/** The runs of level 1 that break an invariant: there are no shorter ones to look for. */
function brokenIn(searched: Ending): readonly Counterexample[] {
  if (searched.kind !== "violated") return [];
  return searched.counterexamples.filter(({ property }) => property.kind === "invariant");
}

function brokenNames(searched: Ending): readonly string[] {
  return brokenIn(searched).map(({ property }) => property.name);
}

function brokenBy({ breaking }: Runs, { emitted }: ProveInput): readonly Counterexample[] {
  return emitted.invariants.flatMap(({ name, text, source }): readonly Counterexample[] => {
    const trace = breaking.get(name);
    return trace === undefined ? [] : [{ property: { kind: "invariant", name, text, source }, trace }];
  });
}

function undecided(input: ProveInput, { proved, rest, runs }: Found): readonly string[] {
  const { automaton, emitted, sourceOf } = input;
  const { invariants, rules } = goalsOf(input, proved, rest);
  const open = automaton.invariants.filter(({ name }) => invariants.has(name) && !runs.breaking.has(name));
  const guards = [...rules].filter((index) => !runs.moved.has(index)).flatMap((index) => emitted.rules[index] ?? []);
  return [
    ...open.map(({ name, span }) => `${name} is neither proved nor broken (${sourceOf(span)})`),
    ...guards.map(({ action, source }) => `whether the guard of ${action} can be true was not decided (${source})`),
  ];
}

/** Level 1 tells of those that can be seen to be true. */
function plainNotes({ automaton, sourceOf }: ProveInput, { plain }: Found): readonly string[] {
  const hidden = automaton.invariants.filter((each) => plain.has(each.name) && whyPlain(each) === undefined);
  return hidden.map(
    ({ name, span }) => `invariant ${name} says nothing: no snapshot could break it (${sourceOf(span)})`,
  );
}

/** What is proved to play no part: level 1 only knows that it did not as far as was searched. */
function vacuityNotes({ automaton, emitted, sourceOf }: ProveInput, { rest }: Found): readonly string[] {
  const { dead, unreached, silent } = rest;
  const statuses = automaton.statuses.filter(({ name }) => unreached.has(name));
  const rules = emitted.rules.filter(({ guard }, index) => guard !== undefined && dead.has(index));
  const invariants = automaton.invariants.filter(({ name }) => silent.has(name));
  return [
    ...statuses.map(({ name, span }) => `status ${name} is never reached (${sourceOf(span)})`),
    ...rules.map(({ action, source }) => `the guard of ${action} is never true (${source})`),
    ...invariants.map(
      ({ name, span }) => `invariant ${name} says nothing: its premise is never true (${sourceOf(span)})`,
    ),
  ];
}

function factsOf({ automaton, emitted, seen }: ProveInput, { proved, runs }: Found): ProofFacts {
  const guarded = emitted.rules.flatMap(({ guard }, index) => (guard === undefined ? [] : [index]));
  return {
    kind: "proof",
    guards: guarded.length,
    guardsReached: guarded.filter((index) => seen.fired[index] === true || runs.moved.has(index)).length,
    invariants: automaton.invariants.length,
    proved,
  };
}
