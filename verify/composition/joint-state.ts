/** A joint state: every entity that exists, what was asked and not delivered yet, and the timers that wait. */
import type { Values } from "@temperc/runtime";

export interface Entity {
  readonly type: string;
  readonly id: string;
  /** Its properties as the service stores them: key, status, variables and fields. */
  readonly values: Values;
}

/** An action that a trigger, a spawn or a timer asks of an entity. */
export interface Delivery {
  /** The entity and the trigger, spawn or timer that asked. */
  readonly from: string;
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

export interface Timer {
  readonly slot: string;
  readonly delivery: Delivery;
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

/** One entity among all: the JSON of its type and its id. */
export function nameOf(type: string, id: string): string {
  return JSON.stringify([type, id]);
}

/**
 * Equal for states with the same futures. Deliveries to different entities wait for nobody, so that only their order on
 * each entity counts; the order of entities and of timers counts for nothing.
 */
export function keyOf({ entities, waiting, timers, owed, fresh }: JointState): string {
  const rows = [...entities.values()].map(({ type, id, values }) => JSON.stringify([type, id, Object.entries(values)]));
  const byTarget = [...waiting].sort((one, other) => compare(nameOf(one.type, one.id), nameOf(other.type, other.id)));
  const slots = timers.map((timer) => JSON.stringify(timer));
  const debts = owed.map((debt) => JSON.stringify(debt));
  return JSON.stringify([rows.sort(), byTarget, slots.sort(), debts.sort(), fresh]);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
