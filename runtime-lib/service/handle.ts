/** One write on one entity: idempotency, authorization on the present values, evaluation, commit, reply. */
import type { Appended, EntityCommit, EntityRef } from "../ports/index.ts";
import type { ErrorCode, Failed, Written } from "./call.ts";
import { subWriteParts } from "./composite.ts";
import { crossViolation } from "./cross-invariants.ts";
import { failed } from "./failures.ts";
import { earlierReply, replyRecord } from "./idempotency.ts";
import { afterPart, type Cause, entityCommit, type Part } from "./parts.ts";
import { type Message, permittedChange } from "./permit.ts";
import { type Present, Readings } from "./readings.ts";
import { type Deletion, deletionOf } from "./references.ts";
import type { World } from "./world.ts";

/** `after` is present where the entity has changed; `conflict` asks to load it again, because another writer was faster. */
export type Handled =
  | { readonly kind: "answered"; readonly reply: Written | Failed; readonly after?: Present }
  | { readonly kind: "conflict" };

/** Serves a message on the present entity. Rejects with `StoreUnavailable` where nothing could be made durable. */
export async function handleWrite(world: World, message: Message, present: Present): Promise<Handled> {
  const earlier = await earlierReply(world, message.context, message.write);
  if (earlier !== undefined) return { kind: "answered", reply: earlier };
  const { context, revision } = message;
  const readings = new Readings(world.store, revision, context.tenant);
  const change = await permittedChange(world, message, present, readings);
  if (change.kind === "failed") return { kind: "answered", reply: change };
  const own: Part = { ref: refOf(message), type: message.type, present, change };
  const whole = await wholeOf(world, message, own, readings);
  return whole.kind === "failed" ? { kind: "answered", reply: whole } : commit(world, message, whole);
}

function refOf({ context, write }: Message): EntityRef {
  return { tenant: context.tenant, entityType: write.entityType, entityId: write.entityId };
}

/** All that is committed together. */
interface Whole extends Omit<Deletion, "kind"> {
  readonly kind: "whole";
  readonly own: Part;
  readonly readings: Readings;
}

async function wholeOf(world: World, message: Message, own: Part, readings: Readings): Promise<Whole | Failed> {
  const { revision } = message;
  readings.write(own.ref, afterPart(own));
  const subWrites = await subWriteParts(world, revision, own, readings);
  if ("kind" in subWrites) return subWrites;
  const deletion = await deletedWith(world, message, own, readings);
  if (deletion.kind === "failed") return deletion;
  const parts = [...subWrites, ...deletion.parts];
  const violation = await crossViolation(revision, [own, ...parts], readings);
  return violation ?? { kind: "whole", own, parts, unreferenced: deletion.unreferenced, readings };
}

async function deletedWith(
  { store, limits }: World,
  { revision }: Message,
  own: Part,
  readings: Readings,
): Promise<Deletion | Failed> {
  if (own.change.event !== "deleted") return { kind: "deletion", parts: [], unreferenced: [] };
  return deletionOf(own, { store, revision, readings, changedMax: limits.cascadeMax });
}

async function commit(world: World, message: Message, whole: Whole): Promise<Handled> {
  const { context, write, revision } = message;
  const cause: Cause = { context, revision, idempotencyKey: write.idempotency?.key ?? null, causationId: null };
  const after = isRecorded(whole) ? afterPart(whole.own) : whole.own.present;
  const reply = writtenOf(message, whole.own, after);
  const idempotency = replyRecord(world, context, write, reply);
  const [first, ...also] = entityCommits(world, cause, isRecorded(whole) ? [whole.own, ...whole.parts] : whole.parts);
  const reads = whole.readings.marks;
  if (first === undefined) throw new Error("a composite action without parts is recorded itself");
  const appended = await world.store.append({
    ...first,
    ...(idempotency && { idempotency }),
    ...(also.length > 0 && { also }),
    ...(reads.length > 0 && { reads }),
    ...(whole.unreferenced.length > 0 && { unreferenced: whole.unreferenced }),
  });
  return answerTo(appended, reply, after);
}

/** A composite action that changes nothing of its own entity may leave it without an event. */
function isRecorded({ own, parts }: Whole): boolean {
  const { action, delta } = own.change;
  const composite = own.type.descriptor.reactions?.composites.find((each) => each.action === action);
  return composite === undefined || composite.recordsParentEvent || parts.length === 0 || Object.keys(delta).length > 0;
}

/** The first part's event is the cause of the others'. */
function entityCommits(world: World, cause: Cause, [first, ...others]: readonly Part[]): readonly EntityCommit[] {
  if (first === undefined) return [];
  const commit = entityCommit(world, cause, first);
  const caused: Cause = { ...cause, idempotencyKey: null, causationId: commit.event.eventId };
  return [commit, ...others.map((part) => entityCommit(world, caused, part))];
}

function answerTo(appended: Appended, reply: Written, after: Present): Handled {
  switch (appended) {
    case "conflict":
      return { kind: "conflict" };
    case "key-taken":
      return refusal("AlternateKeyTaken", "another entity has these values of an alternate key");
    case "referenced":
      return refusal("EntityReferenced", "other entities refer to it");
    case "outbox-full":
      return refusal("Overloaded", "too much of what earlier actions have triggered is still to be done");
    case "lease-lost":
      return refusal("Conflict", "this delivery has been made, withdrawn or taken over");
    case "committed":
      return { kind: "answered", reply, after };
  }
}

function refusal(code: ErrorCode, message: string): Handled {
  return { kind: "answered", reply: failed(code, message) };
}

function writtenOf(message: Message, own: Part, { sequence, values }: Present): Written {
  const written = {
    kind: "written",
    sequence,
    created: own.change.event === "created",
    replayed: false,
    revision: message.revision.hash,
  } as const;
  return values === undefined ? written : { ...written, row: { values, sequence } };
}
