/** Visits every joint state that instances of all types reach together, breadth first, and says what breaks in one. */
import type { ServiceDefinition } from "@temperc/runtime";
import { grouped } from "../grouped.ts";
import { Commit } from "./commit.ts";
import type { Inputs } from "./inputs.ts";
import { type Cause, type Entity, type JointState, nameOf, nextInLine, nothingYet, type Timer } from "./joint-state.ts";
import { Keys, renamingsOf } from "./keys.ts";
import { type Merged, mergeIn } from "./merged.ts";
import { type Birth, JointMoves, type JointStep, type Move, type MoveLimits, nameOfDropped, told } from "./moves.ts";

export interface JointInput extends Pick<Inputs, "births" | "calls" | "answers" | "shapes" | "alike"> {
  /** Emitted and loaded: its automata's `step` and its conditions are what runs. */
  readonly service: ServiceDefinition;
  /** Several of one id are alternatives. */
  readonly births: readonly Birth[];
  /** What is known not to be followed: with any of it nothing is held. */
  readonly gaps: readonly string[];
  readonly limits: JointLimits;
  /** Asked between batches of states; true ends the search with what was found so far. */
  readonly shouldStop: () => boolean;
  readonly onProgress: (progress: {
    readonly states: number;
    readonly transitions: number;
    readonly waiting: number;
  }) => void | Promise<void>;
}

export interface JointLimits extends MoveLimits {
  readonly jointStatesMax: number;
  /** Moves tried and accepted or refused: the limit on time, and the same on every machine. */
  readonly jointStepsMax: number;
  /** Reactions of one kind that one entity has under way at a time; one more is not followed. */
  readonly underwayMax: number;
}

export interface Finding {
  readonly kind: "dropped-reaction" | "cross-invariant";
  readonly name: string;
  readonly reason: string;
  /** What of the spec asked for the reaction that is dropped. */
  readonly cause?: Cause;
  /** From no entities at all; no shorter run shows it. */
  readonly steps: readonly JointStep[];
}

export interface JointResult {
  /** `held` only where every joint state within the instances was visited. */
  readonly kind: "held" | "violated" | "unknown";
  readonly states: number;
  readonly transitions: number;
  /** One a name, the shorter first. */
  readonly findings: readonly Finding[];
  readonly reasons: readonly string[];
}

/** Expansions between two looks at `shouldStop`. */
const batch = 1_000;

interface Visit {
  readonly state: JointState;
  readonly parent?: Visit;
  readonly step?: JointStep;
}

/**
 * Every interleaving: deliveries to one entity keep their order, as the service promises, and nothing else does. Timers may
 * fire at any time once they are armed. Left out are what clients patch and delete, authorization, and a delivery that
 * waits for another attempt, which is like one that comes late.
 */
export async function searchJointly(input: JointInput): Promise<JointResult> {
  return new JointSearch(input).run();
}

class JointSearch {
  readonly #input: JointInput;
  readonly #keys: Keys;
  readonly #seen = new Set<string>();
  readonly #merge: (entity: Entity) => Merged;
  readonly #moves: JointMoves;
  readonly #mergedOf = new WeakMap<Entity, Entity>();
  readonly #entities = new Map<number, Entity>();
  #level: Visit[] = [{ state: nothingYet }];
  #next: Visit[] = [];
  #transitions = 0;
  /** Past a limit what waits is looked at and not followed. */
  #isOver = false;
  readonly #findings = new Map<string, Finding>();
  readonly #reasons = new Set<string>();

  constructor(input: JointInput) {
    this.#input = input;
    this.#moves = new JointMoves(input.service, input.limits);
    this.#merge = mergeIn(input.service, input);
    this.#keys = new Keys(renamingsOf(input.alike));
    this.#seen.add(this.#keys.of(nothingYet));
    for (const gap of input.gaps) this.#reasons.add(gap);
  }

  async run(): Promise<JointResult> {
    while (this.#level.length > 0) {
      for (const [index, visit] of this.#level.entries()) {
        if (index % batch === batch - 1 && (await this.#isStopped(this.#level.length - index))) return this.#result();
        this.#expand(visit);
      }
      this.#level = this.#next;
      this.#next = [];
    }
    return this.#result();
  }

  async #isStopped(waiting: number): Promise<boolean> {
    await this.#input.onProgress({ states: this.#seen.size, transitions: this.#transitions, waiting });
    if (!this.#input.shouldStop()) return false;
    this.#reasons.add(`it was stopped after ${grouped(this.#seen.size)} joint states`);
    return true;
  }

  #result(): JointResult {
    const reasons = [...this.#reasons];
    const kind = this.#findings.size > 0 ? "violated" : reasons.length > 0 ? "unknown" : "held";
    const findings = [...this.#findings.values()];
    return { kind, states: this.#seen.size, transitions: this.#transitions, findings, reasons };
  }

  #expand(visit: Visit): void {
    this.#check(visit);
    if (this.#isOver) return;
    this.#births(visit);
    this.#calls(visit);
    this.#deliveries(visit);
    this.#timers(visit);
  }

  #check(visit: Visit): void {
    const { state } = visit;
    const look = new Commit(this.#input.service, state);
    for (const invariant of this.#input.service.crossInvariants ?? []) {
      if (invariant.kind !== "hard" || invariant.action !== undefined) continue;
      for (const entity of state.entities.values()) {
        if (entity.type !== invariant.entityType || look.holds(invariant, entity)) continue;
        this.#find(visit, { kind: "cross-invariant", name: invariant.name, reason: `of ${entity.type} ${entity.id}` });
      }
    }
    // Inputs are owed by nobody: where nothing is under way any more, nothing is bound to pay the debt.
    if (state.waiting.length > 0 || state.timers.length > 0) return;
    for (const [entity, name] of state.owed)
      this.#find(visit, { kind: "cross-invariant", name, reason: `of ${entity}` });
  }

  #births(visit: Visit): void {
    for (const birth of this.#input.births) this.#take(visit, this.#moves.created(visit.state, birth));
  }

  #calls(visit: Visit): void {
    for (const { type, id } of visit.state.entities.values()) {
      for (const { action, params } of this.#input.calls.get(type) ?? [])
        this.#take(visit, this.#moves.asked(visit.state, { type, id, action, params }));
    }
  }

  #deliveries(visit: Visit): void {
    for (const place of nextInLine(visit.state)) this.#take(visit, this.#moves.delivered(visit.state, place));
  }

  #timers(visit: Visit): void {
    for (const timer of visit.state.timers) {
      if (timer.answers === undefined) this.#take(visit, this.#moves.fired(visit.state, timer));
      else for (const action of timer.answers) this.#answers(visit, timer, action);
    }
  }

  #answers(visit: Visit, timer: Timer, action: string | undefined): void {
    if (action === undefined) this.#take(visit, this.#moves.answered(visit.state, timer, undefined));
    for (const call of this.#input.answers.get(timer.delivery.type) ?? []) {
      if (call.action === action) this.#take(visit, this.#moves.answered(visit.state, timer, call));
    }
  }

  #take(visit: Visit, move: Move | undefined): void {
    switch (move?.kind) {
      case undefined:
      case "refused":
        return;
      case "left-out":
        this.#reasons.add(move.reason);
        return;
      case "dropped":
        this.#drop(visit, move);
        return;
      case "reached":
        this.#reach(move.state, visit, move.step);
        return;
    }
  }

  #drop(visit: Visit, move: Move & { readonly kind: "dropped" }): void {
    const { state, step, delivery } = move;
    const { cause, dropOk } = delivery;
    const last = { state, parent: visit, step: this.#told(step, visit.state, state) };
    const name = nameOfDropped(move);
    if (!dropOk) this.#find(last, { kind: "dropped-reaction", name, reason: step.refusal, cause });
    this.#reach(state, visit, step);
  }

  /** With the values that nothing tells apart made one; undefined where a value went past its bound. */
  #merged(state: JointState): JointState | undefined {
    let entities: Map<string, Entity> | undefined;
    for (const [name, entity] of state.entities) {
      const merged = this.#mergedOf.get(entity) ?? this.#mergedNow(entity);
      if (merged === undefined) return undefined;
      if (merged === entity) continue;
      entities ??= new Map(state.entities);
      entities.set(name, merged);
    }
    return entities === undefined ? state : { ...state, entities };
  }

  #mergedNow(entity: Entity): Entity | undefined {
    const merged = this.#merge(entity);
    if (merged.kind === "cut") {
      this.#reasons.add(`${merged.variable} goes past its bound, and what follows from there was not searched`);
      return undefined;
    }
    const known = this.#known(merged.entity);
    this.#mergedOf.set(known, known);
    this.#mergedOf.set(entity, known);
    return known;
  }

  /** Equal entities are one object, so that each is looked at once. */
  #known(entity: Entity): Entity {
    const number = this.#keys.ofEntity(entity);
    const known = this.#entities.get(number) ?? entity;
    this.#entities.set(number, known);
    return known;
  }

  #told(step: JointStep, before: JointState, after: JointState): JointStep {
    const statusOf = ({ entities }: JointState): string | undefined => {
      const property = this.#input.service.entityTypes.find(({ name }) => name === step.type)?.statusProperty ?? "";
      const status = entities.get(nameOf(step.type, step.id))?.values[property];
      return typeof status === "string" ? status : undefined;
    };
    const [from, to] = [statusOf(before), statusOf(after)];
    return { ...step, ...(from !== undefined && { before: from }), ...(to !== undefined && { after: to }) };
  }

  /** What one entity asks for again and again before any of it is delivered would make states without end. */
  #crowded({ waiting, timers }: JointState): Cause | undefined {
    const { underwayMax } = this.#input.limits;
    const asked = [...waiting, ...timers.map(({ delivery }) => delivery)];
    if (asked.length <= underwayMax) return undefined;
    return asked.find(({ from, type, id }) => {
      const alike = asked.filter((each) => each.id === id && each.type === type && each.from === from);
      return alike.length > underwayMax;
    })?.cause;
  }

  #end(reason: string): void {
    this.#isOver = true;
    this.#reasons.add(reason);
  }

  #reach(reached: JointState, parent: Visit, move: JointStep): void {
    this.#transitions += 1;
    const { jointStepsMax } = this.#input.limits;
    if (this.#transitions === jointStepsMax) {
      this.#end(
        `the limit of ${grouped(jointStepsMax)} joint steps was reached after ${grouped(this.#seen.size)} joint states`,
      );
    }
    if (this.#isOver) return;
    const crowded = this.#crowded(reached);
    if (crowded !== undefined) {
      this.#reasons.add(
        `${told(crowded)} was followed ${this.#input.limits.underwayMax} times at once for one entity, and no further`,
      );
      return;
    }
    const state = this.#merged(reached);
    if (state === undefined) return;
    const key = this.#keys.of(state);
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= this.#input.limits.jointStatesMax) {
      this.#end(`the limit of ${grouped(this.#seen.size)} joint states was reached`);
      return;
    }
    const step = this.#told(move, parent.state, state);
    this.#seen.add(key);
    this.#next.push({ state, parent, step });
  }

  /** Breadth first: the first run that shows it is a shortest one. */
  #find(visit: Visit, found: Omit<Finding, "steps">): void {
    if (this.#findings.has(found.name)) return;
    this.#findings.set(found.name, { ...found, steps: stepsTo(visit) });
  }
}

function stepsTo(visit: Visit): readonly JointStep[] {
  const steps: JointStep[] = [];
  for (let at: Visit | undefined = visit; at?.step !== undefined; at = at.parent) steps.push(at.step);
  return steps.reverse();
}
