/** One entity's part in a commit: what it was, what becomes of it, and the event that records it. */
import type { EntityCommit, EntityRef, JournalEvent, MediaChange, OutboxEntry } from "../ports/index.ts";
import type { CallContext } from "./call.ts";
import { type Change, statusOf } from "./evaluate.ts";
import { principalText } from "./idempotency.ts";
import type { Present } from "./readings.ts";
import type { EntityType, Revision } from "./revision.ts";
import type { World } from "./world.ts";

export interface Part {
  readonly ref: EntityRef;
  readonly type: EntityType;
  readonly present: Present;
  readonly change: Change;
}

/** Whose call it is, and on which revision. */
export interface Cause {
  readonly context: CallContext;
  readonly revision: Revision;
  readonly idempotencyKey: string | null;
  /** The event of the part that brought this one about, where it is not the caller's own. */
  readonly causationId: string | null;
  /** The entry of the outbox that it is the delivery of. */
  readonly delivered?: OutboxEntry;
}

/** The named events among what the step put out. */
function emittedEvents({ outputs }: Change): readonly string[] {
  return outputs.flatMap((output) => (output.kind === "event" ? [output.name] : []));
}

/** The entity after the part is committed. */
export function afterPart({ present, change }: Part): Present {
  const sequence = present.sequence + 1;
  return change.after === undefined ? { sequence } : { sequence, values: change.after };
}

/** The part as the store takes it. */
export function entityCommit(world: World, cause: Cause, part: Part): EntityCommit {
  const commit = { event: eventOf(world, cause, part), row: part.change.after ?? null };
  return part.type.streams.length === 0 ? commit : withMedia(commit, part);
}

/** What the part leaves at streams that are not as they were. */
function withMedia(commit: EntityCommit, { type, present, change }: Part): EntityCommit {
  const media = type.streams.flatMap((property): readonly MediaChange[] => {
    const value = change.after?.[property] ?? null;
    if (value === (present.values?.[property] ?? null)) return [];
    const given = change.media?.get(property);
    if (value === null) return [{ property, content: null }];
    if (given === undefined || given === null) throw new Error(`the stream ${property} changes without its bytes`);
    return [{ property, content: { hash: given.stamp.hash, bytes: given.bytes } }];
  });
  return media.length === 0 ? commit : { ...commit, media };
}

function eventOf(world: World, cause: Cause, { ref, type, present, change }: Part): JournalEvent {
  const { context, revision, idempotencyKey, causationId } = cause;
  const { statusProperty } = type.descriptor;
  return {
    tenant: ref.tenant,
    entityType: ref.entityType,
    entityId: ref.entityId,
    sequence: present.sequence + 1,
    eventId: world.ids.next(),
    kind: change.event,
    action: change.action,
    params: change.params,
    from: present.values === undefined ? null : statusOf(statusProperty, present.values),
    to: change.after === undefined ? null : statusOf(statusProperty, change.after),
    delta: change.delta,
    outputs: emittedEvents(change),
    specHash: revision.hash,
    principal: principalText(context.principal),
    correlationId: context.correlationId,
    causationId,
    idempotencyKey,
    sessionId: context.sessionId ?? null,
    intent: context.intent ?? null,
    at: timeText(world.clock.now()),
  };
}

/** The moment that was written last: what is committed together mostly happens in one. */
let written = { at: Number.NaN, text: "" };

/** RFC 3339 in UTC, of milliseconds since the epoch. */
function timeText(at: number): string {
  if (written.at !== at) written = { at, text: new Date(at).toISOString() };
  return written.text;
}
