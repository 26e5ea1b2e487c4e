/** Visits every joint state that instances of all types reach together, breadth first, and says what breaks in one. */
import type { ServiceDefinition, Values } from "@temperc/runtime";
import { grouped } from "../grouped.ts";
import { Commit, Performed } from "./commit.ts";
import type { Inputs } from "./inputs.ts";
import {
  type Cause,
  type Delivery,
  type Entity,
  type JointState,
  nameOf,
  nothingYet,
  type Timer,
} from "./joint-state.ts";
import { Keys, renamingsOf } from "./keys.ts";
import { type Merged, mergeIn } from "./merged.ts";

/** An entity that a client may create, once, with these values. */
export interface Birth {
  readonly type: string;
  readonly id: string;
  readonly values: Values;
}

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

export interface JointLimits {
  readonly jointStatesMax: number;
  /** Moves tried and accepted or refused: the limit on time, and the same on every machine. */
  readonly jointStepsMax: number;
  /** Entities of one type that clients create; reactions may make as many again, and one beyond is not followed. */
  readonly instances: number;
  /** Reactions of one kind that one entity has under way at a time; one more is not followed. */
  readonly underwayMax: number;
  /** As the service's own: a delivery deeper than this is not followed. */
  readonly cascadeDepthMax: number;
}

/** One move of a joint run: who acts, and what led to it. */
export interface JointStep {
  readonly kind: "created" | "asked" | "delivered" | "timer" | "answered";
  readonly type: string;
  readonly id: string;
  readonly action?: string;
  readonly params: Values;
  /** The entity's status before and after; absent where it is missing. */
  readonly before?: string;
  readonly after?: string;
  /** Why nothing came of it. */
  readonly refusal?: string;
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

interface Move {
  readonly visit: Visit;
  readonly state: JointState;
  readonly step: JointStep;
}

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
  readonly #performed = new Performed();
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
    for (const { type, id, values } of this.#input.births) {
      const commit = new Commit(this.#input.service, visit.state);
      if (this.#isFull(visit.state, type, 1) || !commit.create(type, id, values)) continue;
      this.#reach(commit.created(), visit, { kind: "created", type, id, params: values });
    }
  }

  #calls(visit: Visit): void {
    for (const { type, id } of visit.state.entities.values()) {
      for (const { action, params } of this.#input.calls.get(type) ?? []) {
        const answer = new Commit(this.#input.service, visit.state, this.#performed).request(
          { type, id, action, params },
          { depth: 0 },
        );
        if (answer.kind === "state") this.#reach(answer.state, visit, { kind: "asked", type, id, action, params });
      }
    }
  }

  #deliveries(visit: Visit): void {
    const { waiting } = visit.state;
    for (const [index, delivery] of waiting.entries()) {
      const name = nameOf(delivery.type, delivery.id);
      if (waiting.findIndex((each) => nameOf(each.type, each.id) === name) < index) continue;
      const state = { ...visit.state, waiting: waiting.toSpliced(index, 1) };
      this.#deliver(visit, state, delivery);
    }
  }

  #timers(visit: Visit): void {
    for (const timer of visit.state.timers) {
      const state = { ...visit.state, timers: visit.state.timers.filter((each) => each !== timer) };
      if (timer.answers === undefined) this.#deliver(visit, state, timer.delivery, timer);
      else for (const action of timer.answers) this.#answer(visit, state, timer.delivery, action);
    }
  }

  #answer(visit: Visit, state: JointState, delivery: Delivery, action: string | undefined): void {
    const { type, id } = delivery;
    if (action === undefined) this.#reach(state, visit, { kind: "answered", type, id, params: {} });
    for (const call of this.#input.answers.get(type) ?? []) {
      if (call.action === action) this.#deliver(visit, state, { ...delivery, ...call }, "answer");
    }
  }

  #deliver(visit: Visit, state: JointState, delivery: Delivery, by?: Timer | "answer"): void {
    const { type, id, action, params, depth, whereMissing } = delivery;
    const { cascadeDepthMax } = this.#input.limits;
    if (depth > cascadeDepthMax) {
      this.#reasons.add(`${told(delivery.cause)} went on in a cascade of more than ${cascadeDepthMax} deliveries`);
      return;
    }
    const kind = by === undefined ? "delivered" : by === "answer" ? "answered" : "timer";
    const isMissing = !state.entities.has(nameOf(type, id));
    if (isMissing && whereMissing !== "refuse" && id !== "") {
      this.#make({ visit, state, step: { kind, type, id, params: delivery.values } }, delivery);
      return;
    }
    const step = { kind, type, id, params, ...(action && { action }) } as const;
    const timer = typeof by === "object" ? by : undefined;
    const answer =
      action === undefined || whereMissing === "spawn"
        ? ({ kind: "refusal", reason: `${type} ${id} exists already` } as const)
        : id === ""
          ? ({ kind: "refusal", reason: "it has no target" } as const)
          : new Commit(this.#input.service, state, this.#performed).request(
              { type, id, action, params },
              { depth, ...(timer && { timer }) },
            );
    if (answer.kind === "state") this.#reach(answer.state, visit, step);
    else this.#drop({ visit, state, step }, delivery, answer.reason);
  }

  /** The first action of what is made takes the delivery's place, so that no other delivery overtakes it. */
  #make({ visit, state, step }: Move, delivery: Delivery): void {
    const { type, id, action, values, cause } = delivery;
    if (this.#isFull(state, type, 2)) {
      this.#reasons.add(`${told(cause)} needs more than ${2 * this.#input.limits.instances} entities of ${type}`);
      return;
    }
    const commit = new Commit(this.#input.service, state);
    commit.create(type, id, values);
    const made = commit.created();
    const first: Delivery = { ...delivery, whereMissing: "refuse", values: {} };
    this.#reach(action === undefined ? made : { ...made, waiting: [first, ...made.waiting] }, visit, step);
  }

  /** Refused, it is gone for good: a dead letter, unless nobody minds. */
  #drop({ visit, state, step }: Move, { cause, dropOk, action = "creation" }: Delivery, reason: string): void {
    const name = `${cause.type}: ${cause.name} → ${action}`;
    const last = { state, parent: visit, step: this.#told({ ...step, refusal: reason }, visit.state, state) };
    if (!dropOk) this.#find(last, { kind: "dropped-reaction", name, reason, cause });
    this.#reach(state, visit, { ...step, refusal: reason });
  }

  /** What reactions make comes on top of what clients create, as many again. */
  #isFull({ entities }: JointState, type: string, times: 1 | 2): boolean {
    const present = [...entities.values()].filter((each) => each.type === type).length;
    return present >= times * this.#input.limits.instances;
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

function told({ type, kind, name }: Cause): string {
  return kind === "trigger" ? `${type}: ${name}` : `${type}: ${kind} ${name}`;
}

function stepsTo(visit: Visit): readonly JointStep[] {
  const steps: JointStep[] = [];
  for (let at: Visit | undefined = visit; at?.step !== undefined; at = at.parent) steps.push(at.step);
  return steps.reverse();
}
