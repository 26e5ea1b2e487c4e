/** The moves of joint states: what comes of it where clients ask, something is delivered, a timer fires or an answer comes. */
import type { ServiceDefinition, Values } from "@temperc/runtime";
import { Commit, Performed, type Request } from "./commit.ts";
import { type Cause, type Delivery, type JointState, nameOf, type Timer } from "./joint-state.ts";

/** An entity that a client may create, once, with these values. */
export interface Birth {
  readonly type: string;
  readonly id: string;
  readonly values: Values;
}

/** One move of a joint run: who acts, and what led to it. */
export interface JointStep {
  readonly kind: "created" | "asked" | "delivered" | "timer" | "answered";
  readonly type: string;
  readonly id: string;
  readonly action?: string;
  readonly params: Values;
  /** Of what no client asks: the entity that asked, and by what. */
  readonly from?: string;
  /** The entity's status before and after; absent where it is missing. */
  readonly before?: string;
  readonly after?: string;
  /** Why nothing came of it. */
  readonly refusal?: string;
}

export type Move =
  | { readonly kind: "reached"; readonly step: JointStep; readonly state: JointState }
  /** Refused where it was delivered, and gone for good: a dead letter, unless nobody minds. */
  | {
      readonly kind: "dropped";
      readonly step: JointStep & { readonly refusal: string };
      readonly state: JointState;
      readonly delivery: Delivery;
    }
  /** A client's, which changes nothing. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Not followed. */
  | { readonly kind: "left-out"; readonly reason: string };

export interface MoveLimits {
  /** Entities of one type that clients create; reactions may make as many again, and one beyond is not followed. */
  readonly instances: number;
  /** As the service's own: a delivery deeper than this is not followed. */
  readonly cascadeDepthMax: number;
}

/** A delivery that is taken from what waits. */
interface Taken {
  readonly kind: "delivered" | "timer" | "answered";
  readonly delivery: Delivery;
  /** The state without it. */
  readonly rest: JointState;
  readonly timer?: Timer;
}

/** Functions of a joint state; what entities do is known once it was asked. */
export class JointMoves {
  readonly #service: ServiceDefinition;
  readonly #limits: MoveLimits;
  readonly #performed = new Performed();

  constructor(service: ServiceDefinition, limits: MoveLimits) {
    this.#service = service;
    this.#limits = limits;
  }

  created(state: JointState, { type, id, values }: Birth): Move {
    const commit = new Commit(this.#service, state);
    if (this.#isFull(state, type, 1)) return { kind: "refused", reason: `there are enough entities of ${type}` };
    if (!commit.create(type, id, values)) return { kind: "refused", reason: `${nameOf(type, id)} exists already` };
    return { kind: "reached", state: commit.created(), step: { kind: "created", type, id, params: values } };
  }

  /** A client's call. */
  asked(state: JointState, request: Request): Move {
    const answer = new Commit(this.#service, state, this.#performed).request(request, { depth: 0 });
    if (answer.kind === "refusal") return { kind: "refused", reason: answer.reason };
    return { kind: "reached", state: answer.state, step: { kind: "asked", ...request } };
  }

  /** The delivery at that place among those that wait; nothing where there is none. What waits for an entity reaches it in its order. */
  delivered(state: JointState, place: number): Move | undefined {
    const delivery = state.waiting[place];
    const rest = { ...state, waiting: state.waiting.toSpliced(place, 1) };
    return delivery && this.#deliver({ kind: "delivered", delivery, rest });
  }

  fired(state: JointState, timer: Timer): Move {
    return this.#deliver({ kind: "timer", delivery: timer.delivery, rest: without(state, timer), timer });
  }

  /** The answer that leads to a call-back, or to none. */
  answered(state: JointState, timer: Timer, call: Pick<Request, "action" | "params"> | undefined): Move {
    const { delivery } = timer;
    const rest = without(state, timer);
    if (call !== undefined) return this.#deliver({ kind: "answered", delivery: { ...delivery, ...call }, rest });
    const { type, id, from } = delivery;
    return { kind: "reached", state: rest, step: { kind: "answered", type, id, params: {}, from } };
  }

  #deliver(taken: Taken): Move {
    const { delivery, rest, kind, timer } = taken;
    const { type, id, action, params, depth, whereMissing, from, cause } = delivery;
    const { cascadeDepthMax } = this.#limits;
    if (depth > cascadeDepthMax)
      return {
        kind: "left-out",
        reason: `${told(cause)} went on in a cascade of more than ${cascadeDepthMax} deliveries`,
      };
    const isMissing = !rest.entities.has(nameOf(type, id));
    if (isMissing && whereMissing !== "refuse" && id !== "") return this.#make(taken);
    const step = { kind, type, id, params, from, ...(action && { action }) };
    const answer =
      action === undefined || whereMissing === "spawn"
        ? ({ kind: "refusal", reason: `${type} ${id} exists already` } as const)
        : id === ""
          ? ({ kind: "refusal", reason: "it has no target" } as const)
          : new Commit(this.#service, rest, this.#performed).request(
              { type, id, action, params },
              { depth, ...(timer && { timer }) },
            );
    if (answer.kind === "state") return { kind: "reached", state: answer.state, step };
    return { kind: "dropped", state: rest, step: { ...step, refusal: answer.reason }, delivery };
  }

  /** The first action of what is made takes the delivery's place, so that no other delivery overtakes it. */
  #make({ delivery, rest, kind }: Taken): Move {
    const { type, id, action, values, cause, from } = delivery;
    if (this.#isFull(rest, type, 2))
      return {
        kind: "left-out",
        reason: `${told(cause)} needs more than ${2 * this.#limits.instances} entities of ${type}`,
      };
    const commit = new Commit(this.#service, rest);
    commit.create(type, id, values);
    const made = commit.created();
    const first: Delivery = { ...delivery, whereMissing: "refuse", values: {} };
    const state = action === undefined ? made : { ...made, waiting: [first, ...made.waiting] };
    return { kind: "reached", state, step: { kind, type, id, params: values, from } };
  }

  /** What reactions make comes on top of what clients create, as many again. */
  #isFull({ entities }: JointState, type: string, times: 1 | 2): boolean {
    const present = [...entities.values()].filter((each) => each.type === type).length;
    return present >= times * this.#limits.instances;
  }
}

function without(state: JointState, timer: Timer): JointState {
  return { ...state, timers: state.timers.filter((each) => each !== timer) };
}

/** What asked for it, for people. */
export function told({ type, kind, name }: Cause): string {
  return kind === "trigger" ? `${type}: ${name}` : `${type}: ${kind} ${name}`;
}

/** The name under which a dropped reaction is a property that is broken. */
export function nameOfDropped({ delivery }: Move & { readonly kind: "dropped" }): string {
  const { cause, action = "creation" } = delivery;
  return `${cause.type}: ${cause.name} → ${action}`;
}
