/** Level 0: proves every invariant for every reachable snapshot, however large its numbers, or says which it could not. */
import type { Automaton as Emitted } from "@temperc/runtime";
import type { Automaton, Span } from "../../compiler/ir/index.ts";
import type { Seen } from "../l1-model-check/check.ts";
import type { Solver, SolverSession } from "../solver.ts";
import type { Counterexample, Ending, ProofFacts, Proved } from "../verdict.ts";
import { type Answer, satAnswers } from "./answers.ts";
import { encodingOf } from "./encoding.ts";
import { obligationsOf, type Question } from "./obligations.ts";
import { strengthen } from "./strengthen.ts";

export interface ProveInput {
  readonly automaton: Automaton;
  /** The emitted automaton of that name. */
  readonly emitted: Emitted;
  readonly sourceOf: (span: Span) => string;
  readonly solver: Solver;
  /** For all of it; after that what is not decided is unknown. */
  readonly proofMs: number;
  /** What level 1 found, and the verdict that it came to. */
  readonly seen: Seen;
  readonly searched: Ending;
}

/** The verdict of level 0. */
export async function prove(input: ProveInput): Promise<Ending> {
  const session = await input.solver.open(input.proofMs);
  try {
    return ending(input, await provedOf(input, session));
  } finally {
    session.close();
  }
}

/** First by induction alone, then with facts found besides, and last because level 1 saw every snapshot that there is. */
async function provedOf(input: ProveInput, session: SolverSession): Promise<readonly Proved[]> {
  const { automaton, searched, seen } = input;
  const names = automaton.invariants.map(({ name }) => name);
  const { kept } = await induction(automaton, session);
  if (names.every((name) => kept.has(name))) return names.map((invariant) => ({ invariant, how: "inductive", by: [] }));
  const broken = new Set(brokenIn(searched).map(({ property }) => property.name));
  const wanted = new Set(names.filter((name) => !broken.has(name)));
  const proved = wanted.size === 0 ? [] : await strengthen(encodingOf(automaton), wanted, seen.samples, session);
  if (searched.kind !== "held") return proved;
  const isProved = new Set(proved.map(({ invariant }) => invariant));
  const others = names.filter((name) => !isProved.has(name));
  return [...proved, ...others.map((invariant): Proved => ({ invariant, how: "searched", by: [] }))];
}

/** What the obligations came to. */
interface Induction {
  /** The invariants that every rule keeps, given all of them. */
  readonly kept: ReadonlySet<string>;
  /** The rules whose guards no snapshot makes true in which the invariants hold. */
  readonly dead: ReadonlySet<number>;
}

async function induction(automaton: Automaton, session: SolverSession): Promise<Induction> {
  const { text, questions } = obligationsOf(automaton);
  const answers = satAnswers(await session.run(text), questions.length);
  const open = new Set(questions.flatMap((question, index) => openInvariant(question, answers[index])));
  const dead = questions.flatMap((question, index) =>
    question.kind === "guard" && answers[index] === "unsat" ? [question.rule] : [],
  );
  const kept = automaton.invariants.map(({ name }) => name).filter((name) => !open.has(name));
  return { kept: new Set(kept), dead: new Set(dead) };
}

function openInvariant(question: Question, answer: Answer | undefined): readonly string[] {
  return question.kind === "guard" || answer === "unsat" ? [] : [question.invariant];
}

function ending(input: ProveInput, proved: readonly Proved[]): Ending {
  const { automaton, searched } = input;
  const counterexamples = brokenIn(searched);
  const facts = factsOf(input, proved);
  const isProved = new Set(proved.map(({ invariant }) => invariant));
  const isBroken = new Set(counterexamples.map(({ property }) => property.name));
  const undecided = automaton.invariants.filter(({ name }) => !isProved.has(name) && !isBroken.has(name));
  const reasons = undecided.map(({ name, span }) => `${name} could not be proved (${input.sourceOf(span)})`);
  if (counterexamples.length > 0) return { kind: "violated", facts, notes: [], counterexamples, reasons };
  return reasons.length > 0 ? { kind: "unknown", facts, notes: [], reasons } : { kind: "held", facts, notes: [] };
}

/** The runs of level 1 that break an invariant: there are no shorter ones to look for. */
function brokenIn(searched: Ending): readonly Counterexample[] {
  if (searched.kind !== "violated") return [];
  return searched.counterexamples.filter(({ property }) => property.kind === "invariant");
}

function factsOf({ automaton, emitted, seen }: ProveInput, proved: readonly Proved[]): ProofFacts {
  const guarded = emitted.rules.flatMap(({ guard }, index) => (guard === undefined ? [] : [index]));
  return {
    kind: "proof",
    guards: guarded.length,
    guardsReached: guarded.filter((index) => seen.fired[index]).length,
    invariants: automaton.invariants.length,
    proved,
  };
}
