/** Houdini (Flanagan and Leino 2001), led by counterexamples to induction: of many guesses the few that a proof needs. */
import type { SolverSession } from "../solver.ts";
import { type Expression, readAnswers, valuesIn } from "./answers.ts";
import type { Candidate } from "./candidates.ts";
import { applied, type Encoding, isState, readIn } from "./encoding.ts";
import { preamble } from "./preamble.ts";
import { any, apply, declaration, definition, implies, not, symbol, type Term } from "./smt.ts";
import { transitionFrom } from "./transition.ts";
import type { State } from "./values.ts";

/** The indices of candidates. */
export type Chosen = ReadonlySet<number>;

interface CounterexampleToInduction {
  /** What of that which was asked for holds in the snapshot. */
  readonly before: Chosen;
  /** What does not hold after the step. */
  readonly broken: readonly number[];
}

/** A solver that knows one step of the automaton and every candidate before and after it. */
export class Houdini {
  private readonly session: SolverSession;
  private readonly candidates: readonly Candidate[];

  /** Of each candidate the components of a snapshot that it speaks of. */
  private readonly components: readonly (readonly Term[])[];

  private constructor(session: SolverSession, candidates: readonly Candidate[], { state, components }: Encoding) {
    this.session = session;
    this.candidates = candidates;
    this.components = candidates.map((each) => readIn(each.term(state), components).map((read) => read.name));
  }

  /** Tells the session about the automaton, and gives those candidates that hold at the beginning. */
  static async begin(
    encoding: Encoding,
    candidates: readonly Candidate[],
    session: SolverSession,
  ): Promise<{ readonly houdini: Houdini; readonly atFirst: Chosen }> {
    const step = transitionFrom(encoding.state, encoding, "then", 1);
    const told = [
      ...candidates.flatMap((each, index) => candidateLines(each, index, encoding.state, "before")),
      ...candidates.map((_, index) => declaration({ name: on(index), sort: "Bool" })),
      ...candidates.map((_, index) => apply("assert", implies(on(index), name("before", index)))),
    ];
    const stepping = [
      ...step.lines,
      apply("assert", applied(encoding.isSnapshot.name, encoding.components, encoding.state, encoding)),
      ...candidates.flatMap((each, index) => candidateLines(each, index, step.after, "after")),
    ];
    const body = [...told, ...stepping].join("\n");
    const indices = candidates.map((_, index) => index);
    const first = [
      "(push 1)",
      apply("assert", isState(encoding.initial, encoding.state)),
      "(check-sat)",
      valuesOf("before", indices),
      "(pop 1)",
    ];
    const beginning = ["(reset)", preamble(encoding, body), ...told];
    const printed = await session.run([...beginning, ...first, ...stepping].join("\n"));
    const [answer, values] = readAnswers(printed);
    const atFirst = answer === "sat" ? trueOnes(values, indices) : new Set<number>();
    return { houdini: new Houdini(session, candidates, encoding), atFirst };
  }

  /** Those of the goals that can be proved, with a small set of guesses that proves them; nothing where the time is over. */
  async support(goals: readonly number[], atFirst: Chosen): Promise<Chosen> {
    const possible = new Set(atFirst);
    const taken = new Set(goals.filter((goal) => possible.has(goal)));
    while (goals.some((goal) => taken.has(goal))) {
      const found = await this.counterexample(taken, possible);
      if (found === "none") return this.smallest(goals, taken);
      if (found === "unknown") return new Set();
      const excluding = this.closest(
        [...possible].filter((index) => !found.before.has(index)),
        found.broken,
      );
      if (excluding !== undefined) taken.add(excluding);
      else for (const index of found.broken) for (const set of [taken, possible]) set.delete(index);
    }
    return new Set();
  }

  /** A snapshot in which the given candidates hold, and a step from it after which some do not. */
  private async counterexample(given: Chosen, asked: Chosen): Promise<CounterexampleToInduction | "none" | "unknown"> {
    const goals = [...given];
    const others = [...asked];
    const [answer, after, before] = await this.ask(goals, given, [
      valuesOf("after", goals),
      valuesOf("before", others),
    ]);
    if (answer === "unsat") return "none";
    if (answer !== "sat") return "unknown";
    const kept = trueOnes(after, goals);
    return { before: trueOnes(before, others), broken: goals.filter((index) => !kept.has(index)) };
  }

  /** The guess that speaks of the fewest variables that the broken ones do not speak of; among equals the first. */
  private closest(guesses: readonly number[], broken: readonly number[]): number | undefined {
    const spokenOf = new Set(broken.flatMap((index) => this.components[index] ?? []));
    const strangers = (index: number): number =>
      (this.components[index] ?? []).filter((component) => !spokenOf.has(component)).length;
    return guesses.reduce<number | undefined>(
      (best, index) => (best === undefined || strangers(index) < strangers(best) ? index : best),
      undefined,
    );
  }

  /** Takes away one after the other, with all that falls with it, as long as the goals stand. */
  private async smallest(goals: readonly number[], inductive: Chosen): Promise<Chosen> {
    const proved = goals.filter((goal) => inductive.has(goal));
    let small = inductive;
    for (const index of [...inductive].reverse()) {
      if (proved.includes(index) || !small.has(index)) continue;
      const rest = await this.largest(new Set([...small].filter((each) => each !== index)));
      if (proved.every((goal) => rest.has(goal))) small = rest;
    }
    return small;
  }

  /** The largest part of the guesses that every rule keeps; nothing where the time is over. */
  private async largest(guesses: Chosen): Promise<Chosen> {
    let kept = guesses;
    for (;;) {
      const found = await this.counterexample(kept, new Set());
      if (found === "none") return kept;
      if (found === "unknown") return new Set();
      kept = new Set([...kept].filter((index) => !found.broken.includes(index)));
    }
  }

  /** True where the given candidates together make every step keep the goal. */
  async keeps(goal: number, given: Chosen): Promise<boolean> {
    return (await this.ask([goal], given, []))[0] === "unsat";
  }

  private async ask(
    goals: readonly number[],
    given: Chosen,
    then: readonly string[],
  ): Promise<readonly [Expression, ...Expression[]]> {
    const isBroken = any(goals.map((index) => not(name("after", index))));
    const assuming = apply("check-sat-assuming", `(${[...given].map(on).join(" ")})`);
    const [answer = "unknown"] = readAnswers(
      await this.session.run(["(push 1)", apply("assert", isBroken), assuming].join("\n")),
    );
    const found = readAnswers(await this.session.run([...(answer === "sat" ? then : []), "(pop 1)"].join("\n")));
    return [answer, ...found];
  }

  textsOf(chosen: Iterable<number>): readonly string[] {
    return [...chosen].map((index) => this.candidates[index]?.text ?? "");
  }
}

function name(kind: "before" | "after", index: number): Term {
  return symbol(kind, String(index));
}

function on(index: number): Term {
  return symbol("on", String(index));
}

function candidateLines(
  candidate: Candidate,
  index: number,
  state: State,
  kind: "before" | "after",
): readonly string[] {
  return [definition({ name: name(kind, index), sort: "Bool", term: candidate.term(state) })];
}

function valuesOf(kind: "before" | "after", indices: readonly number[]): string {
  return indices.length === 0 ? "" : apply("get-value", `(${indices.map((index) => name(kind, index)).join(" ")})`);
}

function trueOnes(values: Expression | undefined, indices: readonly number[]): Chosen {
  const found = values === undefined || indices.length === 0 ? [] : valuesIn(values);
  return new Set(indices.filter((_, index) => found[index] === "true"));
}
