/** What a part of a commit asks of the world: deliveries, timers and named events, as data that is committed with it. */
import type { JournalEvent, OutboxEntry, Principal, TimerChange } from "../ports/index.ts";
import type { Limits } from "./limits.ts";
import type { Cause, Part } from "./parts.ts";
import type { Readings } from "./readings.ts";
import type { Revision } from "./revision.ts";
import { spawned } from "./spawns.ts";
import { timerChanges } from "./timers.ts";
import { triggered } from "./triggers.ts";
import { watchChanges, watchedOn } from "./watches.ts";
import { workflowChanges, workflowsOf } from "./workflows.ts";
import type { World } from "./world.ts";

export interface Asked {
  readonly outbox: readonly OutboxEntry[];
  readonly timers: readonly TimerChange[];
}

/** What one entry is beside what all entries of an event have in common. */
export type EntryParts = Pick<OutboxEntry, "deed"> &
  Partial<Pick<OutboxEntry, "principal" | "dueAt" | "occurrence" | "undeliverable">> & { readonly name: string };

/** The entries of one event: each has the next index in its key, and the event as its cause. */
export class Asking {
  readonly part: Part;
  readonly cause: Cause;
  readonly now: number;
  readonly limits: Limits;
  readonly #event: JournalEvent;
  readonly #nextId: () => string;
  #index = 0;

  constructor({ clock, ids, limits }: World, cause: Cause, part: Part, event: JournalEvent) {
    this.part = part;
    this.cause = cause;
    this.now = clock.now();
    this.limits = limits;
    this.#event = event;
    this.#nextId = () => ids.next();
  }

  get principal(): Principal {
    return this.cause.context.principal;
  }

  freshId(): string {
    return this.#nextId();
  }

  /** Deeper than the cascade may be, it is a dead letter from the start. A timer that waits begins a cascade of its own. */
  entry({ name, deed, principal, dueAt, occurrence, undeliverable }: EntryParts): OutboxEntry {
    const { tenant, entityType, entityId, eventId, correlationId } = this.#event;
    const { traceparent, sessionId, intent } = this.cause.context;
    const { cascadeDepthMax } = this.limits;
    const isWaiting = dueAt !== undefined && dueAt > this.now;
    const depth = isWaiting ? 1 : (this.cause.delivered?.depth ?? 0) + 1;
    const tooDeep = depth > cascadeDepthMax ? `the cascade is deeper than ${cascadeDepthMax} deliveries` : undefined;
    const reason = undeliverable ?? tooDeep;
    this.#index += 1;
    return {
      tenant,
      key: `${eventId}:${this.#index - 1}`,
      deed,
      principal: principal ?? this.principal,
      origin: { entityType, entityId, name },
      correlationId,
      ...(traceparent !== undefined && { traceparent }),
      ...(sessionId !== undefined && !isWaiting && { sessionId }),
      ...(intent !== undefined && !isWaiting && { intent }),
      causationId: eventId,
      depth,
      dueAt: dueAt ?? this.now,
      ...(occurrence !== undefined && { occurrence }),
      ...(reason !== undefined && { undeliverable: reason }),
    };
  }
}

/** True where committing the part may ask for something; a look at the definition and at what the step put out, no more. */
export function mayAsk({ type, change, present }: Part, revision: Revision): boolean {
  const { reactions, automaton } = type.descriptor;
  if (change.outputs.length > 0) return true;
  if (watchedOn(revision, type.descriptor.name, change.action).length > 0) return true;
  if (change.event === "deleted") return automaton !== undefined;
  if (reactions === undefined) return false;
  const isMove = change.event === "action" || present.values === undefined;
  if (!isMove) return false;
  const { timeouts, triggers } = reactions;
  if (timeouts.length > 0 || triggers.some(({ action }) => action === change.action)) return true;
  return workflowsOf(reactions, change.action).length > 0;
}

/** True where the part asks for something although nothing of its entity changes. */
export function asksAtRest({ type, change }: Part): boolean {
  const { triggers = [], timeouts = [] } = type.descriptor.reactions ?? {};
  const isAsked =
    triggers.some(({ action }) => action === change.action) ||
    workflowsOf(type.descriptor.reactions, change.action).length > 0;
  return change.outputs.length > 0 || isAsked || timeouts.some(({ resetOn }) => resetOn.includes(change.action));
}

/** What the part asks, once `commit` is durable. */
export async function askedBy(
  world: World,
  cause: Cause,
  part: Part,
  { event, readings }: { readonly event: JournalEvent; readonly readings: Readings },
): Promise<Asked> {
  const asking = new Asking(world, cause, part, event);
  const outbox = [...spawned(asking), ...(await triggered(asking, readings))];
  const timers = [...timerChanges(asking), ...workflowChanges(asking), ...(await watchChanges(asking, readings))];
  return { outbox, timers };
}
