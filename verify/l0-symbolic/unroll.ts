/** Bounded model checking (Biere et al. 1999): runs of growing length as one formula each, for what lies past the bounds of level 1. */
import type { Automaton as Emitted } from "@temperc/runtime";
import { assert } from "../assert.ts";
import { lastSnapshot } from "../replay/replay.ts";
import type { Trace } from "../replay/trace.ts";
import type { SolverSession } from "../solver.ts";
import { readAnswers } from "./answers.ts";
import { applied, type Encoding } from "./encoding.ts";
import { readRun } from "./model.ts";
import { preamble } from "./preamble.ts";
import { any, apply, not, type Term } from "./smt.ts";
import { type Transition, transitionFrom } from "./transition.ts";

/** Longer runs are not looked for: each step makes the formula harder. */
const stepsMax = 24;

/** What a run is looked for that shows it. */
export interface Goals {
  /** Invariants to break, by name. */
  readonly invariants: ReadonlySet<string>;
  /** Rules to move by, by index. */
  readonly rules: ReadonlySet<number>;
}

export interface Runs {
  /** By the name of the invariant that the run breaks in its last step; the shortest that there is. */
  readonly breaking: ReadonlyMap<string, Trace>;
  /** Rules that a run moved by. */
  readonly moved: ReadonlySet<number>;
}

/** The shortest runs to the goals, each replayed through the emitted step. */
export async function unroll(
  encoding: Encoding,
  emitted: Emitted,
  goals: Goals,
  session: SolverSession,
): Promise<Runs> {
  const search = new Unrolling(encoding, emitted, goals, session);
  while (!search.isDone) await search.deepen();
  return search;
}

class Unrolling implements Runs {
  readonly breaking = new Map<string, Trace>();
  readonly moved = new Set<number>();
  isDone = false;
  private readonly steps: Transition[] = [];
  private readonly encoding: Encoding;
  private readonly emitted: Emitted;
  private readonly goals: Goals;
  private readonly session: SolverSession;

  constructor(encoding: Encoding, emitted: Emitted, goals: Goals, session: SolverSession) {
    this.encoding = encoding;
    this.emitted = emitted;
    this.goals = goals;
    this.session = session;
  }

  /** Looks at the runs that are one step longer. */
  async deepen(): Promise<void> {
    const number = this.steps.length + 1;
    const before = this.steps.at(-1)?.after ?? this.encoding.initial;
    const step = transitionFrom(before, this.encoding, "at", number);
    this.steps.push(step);
    const told = number === 1 ? [preamble(this.encoding, step.lines.join("\n")), ...step.lines] : step.lines;
    const answers = readAnswers(await this.session.run([...told, "(check-sat)"].join("\n")));
    if (answers.at(-1) !== "sat") this.isDone = true;
    while (!this.isDone && this.open(step).length > 0 && (await this.reach(step)));
    if (number >= stepsMax || this.open(step).length === 0 || this.session.isOver()) this.isDone = true;
  }

  /** What the step would show that no run has shown yet. */
  private open({ after, rule }: Transition): readonly Term[] {
    const { encoding, goals, breaking, moved } = this;
    const invariants = encoding.invariants.filter(({ name }) => goals.invariants.has(name) && !breaking.has(name));
    return [
      ...invariants.map(({ definition, params }) => not(applied(definition.name, params, after, encoding))),
      ...[...goals.rules].filter((index) => !moved.has(index)).map((index) => apply("=", rule, String(index))),
    ];
  }

  /** True where a run of this length reaches one of the goals, and was replayed. */
  private async reach(step: Transition): Promise<boolean> {
    const asked = ["(push 1)", apply("assert", any(this.open(step))), "(check-sat)"];
    const [answer] = readAnswers(await this.session.run(asked.join("\n")));
    if (answer !== "sat") {
      if (answer !== "unsat") this.isDone = true;
      await this.session.run("(pop 1)");
      return false;
    }
    const trace = await readRun(this.steps, this.encoding, this.emitted, this.session);
    await this.session.run("(pop 1)");
    return trace !== undefined && this.remember(trace);
  }

  /** What the run shows is read off the run, not off the model. */
  private remember(trace: Trace): boolean {
    const last = trace.steps.at(-1);
    assert(last !== undefined, "a run has a step");
    const isNew = this.goals.rules.has(last.rule) && !this.moved.has(last.rule);
    if (isNew) this.moved.add(last.rule);
    const broken = this.emitted.invariants.filter(
      ({ name, holds }) => this.goals.invariants.has(name) && !this.breaking.has(name) && !holds(lastSnapshot(trace)),
    );
    for (const { name } of broken) this.breaking.set(name, trace);
    return isNew || broken.length > 0;
  }
}
