/** Timers of joint states: of statuses, and those that actions ask for. */
import type { Output, TimeoutDescriptor } from "@temperc/runtime";
import type { Delivery, Entity, Timer } from "./joint-state.ts";

/** An entity that an action has moved, with what its type says of timers. */
export interface Moved {
  readonly before: Entity;
  readonly after: Entity;
  readonly action: string;
  readonly outputs: readonly Output[];
  readonly timeouts: readonly TimeoutDescriptor[];
  readonly statusProperty: string;
}

/** What waits after the action; `fires` is the timer that asked for it, where one did. */
export function armedBy(
  { before, after, action, outputs, timeouts, statusProperty }: Moved,
  fires: Timer | undefined,
  waiting: readonly Timer[],
): readonly Timer[] {
  const [from, to] = [before.values[statusProperty], after.values[statusProperty]];
  let timers = waiting;
  for (const timeout of timeouts) {
    const slot = slotOf(after, timeout);
    if (timeout.status === from && from !== to) timers = without(timers, slot);
    if (timeout.status !== to) continue;
    const fired = fires?.slot === slot ? (fires.occurrence ?? 0) : 0;
    const isDue = fired > 0 && fired < timeout.occurrencesMax;
    const isAnew = from !== to || timeout.resetOn.includes(action);
    const occurrence = isAnew ? 1 : fired + 1;
    const delivery = timed(slot, after, timeoutCause(after, timeout));
    if (isAnew || isDue) timers = armed(timers, { slot, delivery, occurrence });
  }
  for (const output of outputs) {
    if (output.kind !== "schedule" && output.kind !== "schedule-at") continue;
    const slot = `${after.type} ${after.id}: schedule ${output.action}`;
    const isCancelled = output.kind === "schedule-at" && (output.at === null || output.at === "");
    const cause = { type: after.type, kind: "schedule", name: output.action } as const;
    const delivery = timed(slot, after, { cause, action: output.action, params: {} });
    timers = isCancelled ? without(timers, slot) : armed(timers, { slot, delivery });
  }
  return timers;
}

export function slotOf({ type, id }: Entity, { status, action }: TimeoutDescriptor): string {
  return `${type} ${id}: timeout of ${status}: ${action}`;
}

type Timed = Pick<Delivery, "cause" | "params"> & { readonly action: string };

export function timeoutCause({ type }: Entity, { status, action, params }: TimeoutDescriptor): Timed {
  return { cause: { type, kind: "timeout", name: status }, action, params };
}

/** A timer begins a cascade of its own. */
export function timed(from: string, { type, id }: Entity, { cause, action, params }: Timed): Delivery {
  return { from, cause, type, id, action, params, whereMissing: "refuse", values: {}, dropOk: false, depth: 1 };
}

/** Two answers of one trigger may be waited for at a time. */
export function freeSlot(from: string, timers: readonly Timer[]): string {
  const taken = new Set(timers.map(({ slot }) => slot));
  let number = 1;
  while (taken.has(`${from} ${number}`)) number += 1;
  return `${from} ${number}`;
}

function without(timers: readonly Timer[], slot: string): readonly Timer[] {
  return timers.filter((each) => each.slot !== slot);
}

export function armed(timers: readonly Timer[], timer: Timer): readonly Timer[] {
  return [...without(timers, timer.slot), timer];
}
