/** All that one message brings about: its own part, those that come with it, and the commits that record them. */
import type { EntityCommit, EntityRef, OutboxEntry } from "../ports/index.ts";
import { askedBy, asksAtRest, mayAsk } from "./asked.ts";
import type { Failed, Written } from "./call.ts";
import { compositeOf, subWriteParts } from "./composite.ts";
import { afterPart, type Cause, entityCommit, type Part } from "./parts.ts";
import type { Message } from "./permit.ts";
import type { Present, Readings } from "./readings.ts";
import { type Deletion, deletionOf } from "./references.ts";
import { unlessUnsaid } from "./unsaid.ts";
import type { World } from "./world.ts";

/** What is committed together on account of one message. */
export interface Whole extends Omit<Deletion, "kind"> {
  readonly kind: "whole";
  readonly own: Part;
}

/** The message's own part with the parts that it brings along, or why one of them is refused. */
export function wholeOf(
  world: World,
  message: Message,
  own: Part,
  readings: Readings,
): Whole | Promise<Whole | Failed> {
  readings.write(own.ref, afterPart(own));
  const isByItself = own.change.event !== "deleted" && compositeOf(own) === undefined;
  return isByItself ? { kind: "whole", own, parts: [], unreferenced: [] } : wholeWith(world, message, own, readings);
}

async function wholeWith(world: World, message: Message, own: Part, readings: Readings): Promise<Whole | Failed> {
  const subWrites = await subWriteParts(world, message, own, readings);
  if ("kind" in subWrites) return subWrites;
  const deletion = await deletedWith(world, message, own, readings);
  if (deletion.kind === "failed") return deletion;
  return { kind: "whole", own, parts: [...subWrites, ...deletion.parts], unreferenced: deletion.unreferenced };
}

async function deletedWith(world: World, message: Message, own: Part, readings: Readings): Promise<Deletion | Failed> {
  if (own.change.event !== "deleted") return { kind: "deletion", parts: [], unreferenced: [] };
  const { store, limits } = world;
  const deletion = await deletionOf(own, {
    store,
    revision: message.revision,
    readings,
    changedMax: limits.cascadeMax,
  });
  if (deletion.kind === "deletion") return deletion;
  const { entityType, entityId } = own.ref;
  return unlessUnsaid(world, message, { ...deletion, asked: { entityType, entityId, action: "delete" } });
}

/** Whom a message is about. */
export function refOf({ context, write }: Message): EntityRef {
  return { tenant: context.tenant, entityType: write.entityType, entityId: write.entityId };
}

/** Who or what brought the message about. */
export function causeOf({ context, revision, write, delivering }: Message): Cause {
  if (delivering === undefined) {
    return { context, revision, idempotencyKey: write.idempotency?.key ?? null, causationId: null };
  }
  const { entry } = delivering;
  return {
    context,
    revision,
    idempotencyKey: write.idempotency?.key ?? entry.key,
    causationId: entry.causationId,
    delivered: entry,
  };
}

/** The entity as the message leaves it. */
export function afterWhole(whole: Whole): Present {
  return isRecorded(whole) ? afterPart(whole.own) : whole.own.present;
}

/** A composite action that changes nothing of its own entity may leave it without an event. */
function isRecorded({ own, parts }: Whole): boolean {
  const composite = compositeOf(own);
  if (composite === undefined || composite.recordsParentEvent || parts.length === 0) return true;
  return Object.keys(own.change.delta).length > 0 || asksAtRest(own);
}

/** What the store is to keep: an event and a row for each part, and what they ask of the world. */
export interface Asking {
  readonly commits: readonly EntityCommit[];
  readonly outbox: readonly OutboxEntry[];
}

/** The first part's event is the cause of the others'. A promise only where something is asked of the world. */
export function commitsOf(world: World, message: Message, whole: Whole, readings: Readings): Asking | Promise<Asking> {
  const { own, parts } = whole;
  if (parts.length > 0 || mayAsk(own, message.revision)) return commitsAsking(world, message, whole, readings);
  return { commits: [entityCommit(world, causeOf(message), own)], outbox: [] };
}

async function commitsAsking(world: World, message: Message, whole: Whole, readings: Readings): Promise<Asking> {
  const cause = causeOf(message);
  const commits: EntityCommit[] = [];
  const outbox: OutboxEntry[] = [];
  for (const part of isRecorded(whole) ? [whole.own, ...whole.parts] : whole.parts) {
    const [first] = commits;
    const own = first === undefined ? cause : { ...cause, idempotencyKey: null, causationId: first.event.eventId };
    const commit = entityCommit(world, own, part);
    const asked = mayAsk(part, cause.revision)
      ? await askedBy(world, own, part, { event: commit.event, readings })
      : undefined;
    outbox.push(...(asked?.outbox ?? []));
    commits.push(asked === undefined || asked.timers.length === 0 ? commit : { ...commit, timers: asked.timers });
  }
  return { commits, outbox };
}

/** What the caller is told once it is durable. */
export function writtenOf(message: Message, own: Part, { sequence, values }: Present): Written {
  const { hash: revision } = message.revision;
  const created = own.change.event === "created";
  if (values === undefined) return { kind: "written", sequence, created, replayed: false, revision };
  return { kind: "written", sequence, created, replayed: false, revision, row: { values, sequence } };
}
