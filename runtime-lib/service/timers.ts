/** Timers of an entity: armed on entering a status or when an action asks, moved, and cancelled when their reason is gone. */
import { canonicalInstant, type Output, type TimeoutDescriptor, type Values } from "../kernel/index.ts";
import type { OutboxEntry, Principal, TimerChange } from "../ports/index.ts";
import type { Asking } from "./asked.ts";
import { statusOf } from "./evaluate.ts";

/** What the part's change does to the timers of its entity, in order. */
export function timerChanges(asking: Asking): readonly TimerChange[] {
  const { change } = asking.part;
  if (change.event === "deleted") return [{ kind: "cancel-all" }];
  return [...timeoutChanges(asking), ...change.outputs.flatMap((output) => scheduled(asking, output))];
}

/** Left statuses first, so that a timeout of the same action in the next status is not cancelled. */
function timeoutChanges(asking: Asking): readonly TimerChange[] {
  const { type, present, change } = asking.part;
  const { statusProperty, reactions } = type.descriptor;
  const timeouts = reactions?.timeouts ?? [];
  const from = present.values === undefined ? null : statusOf(statusProperty, present.values);
  const to = change.after === undefined ? null : statusOf(statusProperty, change.after);
  if (from === to) return timeouts.filter(({ status }) => status === to).flatMap((timeout) => stayed(asking, timeout));
  const left = timeouts.filter(({ status }) => status === from);
  const entered = timeouts.filter(({ status }) => status === to);
  return [
    ...left.map((timeout): TimerChange => ({ kind: "cancel", slot: timeoutSlot(timeout) })),
    ...entered.map((timeout) => armed(asking, timeout, 1)),
  ];
}

/** In the same status a timer is armed anew by what resets it, and by its own firing while occurrences are left. */
function stayed(asking: Asking, timeout: TimeoutDescriptor): readonly TimerChange[] {
  const { delivered } = asking.cause;
  if (timeout.resetOn.includes(asking.part.change.action)) return [armed(asking, timeout, 1)];
  const isOwn = delivered?.occurrence !== undefined && delivered.origin.name === timeoutSlot(timeout);
  if (!isOwn || delivered.occurrence >= timeout.occurrencesMax) return [];
  return [armed(asking, timeout, delivered.occurrence + 1)];
}

function armed(asking: Asking, timeout: TimeoutDescriptor, occurrence: number): TimerChange {
  const slot = timeoutSlot(timeout);
  const dueAt = later(asking, timeout.afterSeconds);
  const { action, params } = timeout;
  return { kind: "arm", slot, entry: timerEntry(asking, { slot, action, params, dueAt, occurrence }) };
}

/** The place of a timeout among the timers of its entity. */
export function timeoutSlot({ status, action }: TimeoutDescriptor): string {
  return `timeout of ${status}: ${action}`;
}

/** An action has one timer: asking for it again moves it, and asking for no instant takes it back. */
function scheduled(asking: Asking, output: Output): readonly TimerChange[] {
  if (output.kind !== "schedule" && output.kind !== "schedule-at") return [];
  const { action } = output;
  const slot = `schedule: ${action}`;
  if (output.kind === "schedule") {
    const dueAt = later(asking, output.afterSeconds);
    return [{ kind: "arm", slot, entry: timerEntry(asking, { slot, action, params: {}, dueAt }) }];
  }
  if (output.at === null || output.at === "") return [{ kind: "cancel", slot }];
  const instant = typeof output.at === "string" ? canonicalInstant(output.at) : undefined;
  const dueAt = instant === undefined ? Number.NaN : Date.parse(instant);
  const timer = { slot, action, params: {}, dueAt: Number.isNaN(dueAt) ? asking.now : dueAt };
  const undeliverable = Number.isNaN(dueAt) ? `${JSON.stringify(output.at)} is no instant (RFC 3339)` : undefined;
  return [{ kind: "arm", slot, entry: timerEntry(asking, { ...timer, ...(undeliverable && { undeliverable }) }) }];
}

/** Bounded, so that the sum stays an exact integer. */
function later({ now }: Asking, seconds: number): number {
  return Math.min(now + Math.round(seconds * 1_000), Number.MAX_SAFE_INTEGER);
}

interface Timer {
  readonly slot: string;
  readonly action: string;
  readonly params: Values;
  readonly dueAt: number;
  readonly occurrence?: number;
  readonly undeliverable?: string;
}

function timerEntry(asking: Asking, { slot, action, params, ...more }: Timer): OutboxEntry {
  const { tenant, entityType, entityId } = asking.part.ref;
  const principal: Principal = { type: "System", id: "timer", tenant, roles: [] };
  const target = { entityType, entityId, action, params, whereMissing: "refuse", dropOk: false } as const;
  return asking.entry({ name: slot, deed: { kind: "action", ...target }, principal, ...more });
}
