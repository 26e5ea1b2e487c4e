/** A joint state: every entity that exists, what was asked and not delivered yet, and the timers that wait. */
import type { Values } from "@temperc/runtime";

export interface Entity {
  readonly type: string;
  readonly id: string;
  /** Its properties as the service stores them: key, status, variables and fields. */
  readonly values: Values;
}

/** What of a spec asks for a delivery. */
export interface Cause {
  readonly type: string;
  readonly kind: "trigger" | "spawn" | "timeout" | "schedule";
  /** The trigger's name, the type that is spawned, the status that has a timeout, or the action that is scheduled. */
  readonly name: string;
}

/** An action that a trigger, a spawn or a timer asks of an entity. */
export interface Delivery {
  /** The entity and the trigger, spawn or timer that asked. */
  readonly from: string;
  readonly cause: Cause;
  readonly type: string;
  readonly id: string;
  /** Absent where an entity is created and nothing more. */
  readonly action?: string;
  readonly params: Values;
  /** `create` makes the entity where it is missing; `spawn` is refused where it is there. */
  readonly whereMissing: "refuse" | "create" | "spawn";
  /** What a spawned entity takes over. */
  readonly values: Values;
  readonly dropOk: boolean;
  /** How many deliveries led to this one, itself included. */
  readonly depth: number;
}

/** What comes at a time of its own: a timer, or the answer to a webhook. */
export interface Timer {
  readonly slot: string;
  readonly delivery: Delivery;
  /** The call-backs that the answer can lead to, one of them; undefined where it leads to none. */
  readonly answers?: readonly (string | undefined)[];
  /** Which firing of one stay in a status it is; absent for a timer that an action asked for. */
  readonly occurrence?: number;
}

export interface JointState {
  readonly entities: ReadonlyMap<string, Entity>;
  /** In the order in which they were committed. */
  readonly waiting: readonly Delivery[];
  readonly timers: readonly Timer[];
  /** Eventual properties that an action left broken: the entity's name and the property's. */
  readonly owed: readonly (readonly [entity: string, invariant: string])[];
  /** Fresh ids given out so far. */
  readonly fresh: number;
}

export const nothingYet: JointState = { entities: new Map(), waiting: [], timers: [], owed: [], fresh: 0 };

/** One entity among all, for people too; the name of a type has no space in it. */
export function nameOf(type: string, id: string): string {
  return `${type} ${id}`;
}

/** The places of the deliveries that no earlier one to the same entity holds up. */
export function nextInLine({ waiting }: JointState): readonly number[] {
  const targets = waiting.map(({ type, id }) => nameOf(type, id));
  return targets.flatMap((target, place) => (targets.indexOf(target) < place ? [] : [place]));
}
