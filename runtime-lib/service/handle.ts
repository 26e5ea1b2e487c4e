/** One write on one entity: idempotency, authorization on the present values, evaluation, commit, reply. */
import type { Appended, Commit, EntityCommit, EntityRef, OutboxEntry } from "../ports/index.ts";
import { askedBy, asksAtRest, mayAsk } from "./asked.ts";
import type { ErrorCode, Failed, Written } from "./call.ts";
import { subWriteParts } from "./composite.ts";
import { crossViolation } from "./cross-invariants.ts";
import { failed } from "./failures.ts";
import { earlierReply, replyRecord } from "./idempotency.ts";
import type { Limits } from "./limits.ts";
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
  const { context, write } = message;
  const after = isRecorded(whole) ? afterPart(whole.own) : whole.own.present;
  const reply = writtenOf(message, whole.own, after);
  const idempotency = replyRecord(world, context, write, reply);
  const parts = isRecorded(whole) ? [whole.own, ...whole.parts] : whole.parts;
  const { commits, outbox } = await entityCommits(world, causeOf(message), parts, whole.readings);
  const [first, ...also] = commits;
  const reads = whole.readings.marks;
  if (first === undefined) throw new Error("a composite action without parts is recorded itself");
  const commit: Commit = {
    ...first,
    ...(idempotency && { idempotency }),
    ...(also.length > 0 && { also }),
    ...(reads.length > 0 && { reads }),
    ...(whole.unreferenced.length > 0 && { unreferenced: whole.unreferenced }),
    ...(outbox.length > 0 && { outbox }),
    ...deliveryOf(world, message, first, outbox),
  };
  const appended = await world.store.append(commit);
  if (appended === "committed") tellOf(world, commit);
  return answerTo(world, appended, reply, after);
}

function causeOf({ context, revision, write, delivering }: Message): Cause {
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

/** A delivery is over with its commit. Only calls from outside wait for room: a cascade that waited for itself would never end. */
function deliveryOf(
  { limits }: World,
  { delivering }: Message,
  { event }: EntityCommit,
  outbox: readonly OutboxEntry[],
): Pick<Commit, "delivers" | "outboxMax"> {
  if (delivering === undefined) return outbox.length === 0 ? {} : { outboxMax: limits.outboxPendingMax };
  const { entry, token, next, goesOn = false } = delivering;
  if (goesOn) return {};
  const caused = next && { next: { ...next, causationId: event.eventId } };
  return { delivers: { key: entry.key, token, ...caused } };
}

/** The dispatcher is woken for what has been asked, and for nothing else. */
function tellOf({ onAsked }: World, { outbox = [], timers, also = [], delivers }: Commit): void {
  if (outbox.length === 0 && timers === undefined && also.length === 0 && delivers?.next === undefined) return;
  const armed = [{ timers }, ...also].flatMap((part) => part.timers ?? []);
  const entries = [
    ...outbox,
    ...armed.flatMap((change) => ("entry" in change ? [change.entry] : [])),
    ...(delivers?.next === undefined ? [] : [delivers.next]),
  ];
  if (entries.length > 0) onAsked(Math.min(...entries.map(({ dueAt }) => dueAt)));
}

/** A composite action that changes nothing of its own entity may leave it without an event. */
function isRecorded({ own, parts }: Whole): boolean {
  const { action, delta } = own.change;
  const composite = own.type.descriptor.reactions?.composites.find((each) => each.action === action);
  if (composite === undefined || composite.recordsParentEvent || parts.length === 0) return true;
  return Object.keys(delta).length > 0 || asksAtRest(own);
}

interface Asking {
  readonly commits: readonly EntityCommit[];
  readonly outbox: readonly OutboxEntry[];
}

/** The first part's event is the cause of the others'. */
async function entityCommits(world: World, cause: Cause, parts: readonly Part[], readings: Readings): Promise<Asking> {
  const commits: EntityCommit[] = [];
  const outbox: OutboxEntry[] = [];
  for (const part of parts) {
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

function answerTo({ limits }: World, appended: Appended, reply: Written, after: Present): Handled {
  switch (appended) {
    case "conflict":
      return { kind: "conflict" };
    case "key-taken":
      return refusal("AlternateKeyTaken", "another entity has these values of an alternate key");
    case "referenced":
      return refusal("EntityReferenced", "other entities refer to it");
    case "outbox-full":
      return overloaded(limits);
    case "lease-lost":
      return refusal("Conflict", "this delivery has been made, withdrawn or taken over");
    case "committed":
      return { kind: "answered", reply, after };
  }
}

function refusal(code: ErrorCode, message: string): Handled {
  return { kind: "answered", reply: failed(code, message) };
}

function overloaded({ outboxPendingMax, retryAfterSeconds }: Limits): Handled {
  const message = `${outboxPendingMax} deliveries that earlier actions asked for are still to be made (outboxPendingMax)`;
  return { kind: "answered", reply: failed("Overloaded", message, { retryAfterSeconds }) };
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
