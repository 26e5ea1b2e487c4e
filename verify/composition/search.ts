/** Visits every joint state that instances of all types reach together, breadth first, and says what breaks in one. */
import type { ServiceDefinition, Values } from "@temperc/runtime";
import type { Call } from "../replay/trace.ts";
import { Commit } from "./commit.ts";
import { gapsIn } from "./gaps.ts";
import { type Delivery, type JointState, keyOf, nameOf, nothingYet, type Timer } from "./joint-state.ts";

/** An entity that a client may create, once, with these values. */
export interface Birth {
  readonly type: string;
  readonly id: string;
  readonly values: Values;
}

export interface JointInput {
  /** Emitted and loaded: its automata's `step` and its conditions are what runs. */
  readonly service: ServiceDefinition;
  /** Several of one id are alternatives. */
  readonly births: readonly Birth[];
  /** By entity type, what clients may ask at any time. */
  readonly calls: ReadonlyMap<string, readonly Call[]>;
  readonly limits: JointLimits;
}

export interface JointLimits {
  readonly statesMax: number;
  /** Entities of one type, spawned ones included; a delivery that would make one more is not followed. */
  readonly instancesMax: number;
  /** As the service's own: a delivery deeper than this is not followed. */
  readonly cascadeDepthMax: number;
}

/** One move of a joint run: who acts, and what led to it. */
export interface JointStep {
  readonly kind: "created" | "asked" | "delivered" | "timer";
  readonly type: string;
  readonly id: string;
  readonly action?: string;
  readonly params: Values;
}

export interface Finding {
  readonly kind: "dropped-reaction" | "cross-invariant";
  readonly name: string;
  readonly reason: string;
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
export function searchJointly(input: JointInput): JointResult {
  return new JointSearch(input).run();
}

class JointSearch {
  readonly #input: JointInput;
  readonly #seen = new Set<string>([keyOf(nothingYet)]);
  #level: Visit[] = [{ state: nothingYet }];
  #next: Visit[] = [];
  #transitions = 0;
  readonly #findings = new Map<string, Finding>();
  readonly #reasons = new Set<string>();

  constructor(input: JointInput) {
    this.#input = input;
  }

  run(): JointResult {
    for (const gap of gapsIn(this.#input.service)) this.#reasons.add(gap);
    while (this.#level.length > 0) {
      for (const visit of this.#level) this.#expand(visit);
      this.#level = this.#next;
      this.#next = [];
    }
    const reasons = [...this.#reasons];
    const kind = this.#findings.size > 0 ? "violated" : reasons.length > 0 ? "unknown" : "held";
    const findings = [...this.#findings.values()];
    return { kind, states: this.#seen.size, transitions: this.#transitions, findings, reasons };
  }

  #expand(visit: Visit): void {
    this.#check(visit);
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
        this.#find(visit, { kind: "cross-invariant", name: invariant.name, reason: `${entity.type} ${entity.id}` });
      }
    }
    // Inputs are owed by nobody: where nothing is under way any more, nothing is bound to pay the debt.
    if (state.waiting.length > 0 || state.timers.length > 0) return;
    for (const [entity, name] of state.owed) this.#find(visit, { kind: "cross-invariant", name, reason: entity });
  }

  #births(visit: Visit): void {
    for (const { type, id, values } of this.#input.births) {
      const commit = new Commit(this.#input.service, visit.state);
      if (this.#isFull(visit.state, type) || !commit.create(type, id, values)) continue;
      this.#reach(commit.created(), visit, { kind: "created", type, id, params: values });
    }
  }

  #calls(visit: Visit): void {
    for (const { type, id } of visit.state.entities.values()) {
      for (const { action, params } of this.#input.calls.get(type) ?? []) {
        const answer = new Commit(this.#input.service, visit.state).request({ type, id, action, params }, { depth: 0 });
        if (answer.kind === "state") this.#reach(answer.state, visit, { kind: "asked", type, id, action, params });
      }
    }
  }

  #deliveries(visit: Visit): void {
    const { waiting } = visit.state;
    for (const [index, delivery] of waiting.entries()) {
      const name = nameOf(delivery.type, delivery.id);
      if (waiting.findIndex((each) => nameOf(each.type, each.id) === name) < index) continue;
      const state = { ...visit.state, waiting: waiting.filter((each) => each !== delivery) };
      this.#deliver(visit, state, delivery);
    }
  }

  #timers(visit: Visit): void {
    for (const timer of visit.state.timers) {
      const state = { ...visit.state, timers: visit.state.timers.filter((each) => each !== timer) };
      this.#deliver(visit, state, timer.delivery, timer);
    }
  }

  #deliver(visit: Visit, state: JointState, delivery: Delivery, timer?: Timer): void {
    const { type, id, action, params, depth, whereMissing } = delivery;
    if (depth > this.#input.limits.cascadeDepthMax) {
      this.#reasons.add(`${delivery.from} began a cascade of more than ${depth - 1} deliveries`);
      return;
    }
    const step = { kind: timer ? "timer" : "delivered", type, id, params, ...(action && { action }) } as const;
    const isMissing = !state.entities.has(nameOf(type, id));
    if (isMissing && whereMissing !== "refuse" && this.#isFull(state, type)) {
      this.#reasons.add(`${delivery.from} needs more than ${this.#input.limits.instancesMax} instances of ${type}`);
      return;
    }
    const commit = new Commit(this.#input.service, state);
    const isMade = whereMissing !== "refuse" && commit.create(type, id, delivery.values);
    const answer =
      whereMissing === "spawn" && !isMade
        ? ({ kind: "refusal", reason: `${type} ${id} exists already` } as const)
        : action === undefined
          ? ({ kind: "state", state: commit.created() } as const)
          : commit.request({ type, id, action, params }, { depth, ...(timer && { timer }) });
    if (answer.kind === "state") this.#reach(answer.state, visit, step);
    else this.#drop({ visit, state, step }, delivery, answer.reason);
  }

  /** Refused, it is gone for good: a dead letter, unless nobody minds. */
  #drop(
    { visit, state, step }: { readonly visit: Visit; readonly state: JointState; readonly step: JointStep },
    { from, dropOk, action = "creation" }: Delivery,
    reason: string,
  ): void {
    const name = `${from} → ${action}`;
    const last = { state, parent: visit, step };
    if (!dropOk) this.#find(last, { kind: "dropped-reaction", name, reason });
    this.#reach(state, visit, step);
  }

  #isFull({ entities }: JointState, type: string): boolean {
    const count = [...entities.values()].filter((each) => each.type === type).length;
    return count >= this.#input.limits.instancesMax;
  }

  #reach(state: JointState, parent: Visit, step: JointStep): void {
    this.#transitions += 1;
    const key = keyOf(state);
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= this.#input.limits.statesMax) {
      this.#reasons.add(`the limit of ${this.#seen.size} joint states was reached`);
      return;
    }
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
