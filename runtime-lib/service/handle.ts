/** One write on one entity: idempotency, authorization on the present values, evaluation, commit, reply. */
import type { Appended, Commit, EntityCommit, OutboxEntry, ReadMark } from "../ports/index.ts";
import type { Failed, Written } from "./call.ts";
import { crossViolation } from "./cross-invariants.ts";
import { failed } from "./failures.ts";
import { earlierReply, replyRecord } from "./idempotency.ts";
import type { Limits } from "./limits.ts";
import type { Part } from "./parts.ts";
import { type Message, permittedChange } from "./permit.ts";
import { type Present, Readings } from "./readings.ts";
import { hindered } from "./unsaid.ts";
import { type Asking, afterWhole, commitsOf, refOf, type Whole, wholeOf, writtenOf } from "./whole.ts";
import type { World } from "./world.ts";

/** `after` is present where the entity has changed; `conflict` asks to load it again, because another writer was faster. */
export type Handled =
  | { readonly kind: "answered"; readonly reply: Written | Failed; readonly after?: Present }
  | { readonly kind: "conflict" };

/** What is to be made durable, and what is answered then; `answered` where nothing is. */
export type Decided =
  | { readonly kind: "answered"; readonly reply: Written | Failed }
  | { readonly kind: "decided"; readonly reply: Written; readonly after: Present; readonly commit: Commit };

/** Serves a message on the present entity. Rejects with `StoreUnavailable` where nothing could be made durable. */
export async function handleWrite(world: World, message: Message, present: Present): Promise<Handled> {
  const decided = await decideWrite(world, message, present);
  if (decided.kind === "answered") return decided;
  const { reply, after, commit } = decided;
  const { trail } = message;
  const begunAt = performance.now();
  const appended = await world.store.append(commit);
  if (trail !== undefined) trail.commitMs = performance.now() - begunAt;
  if (appended === "conflict") return { kind: "conflict" };
  if (appended !== "committed")
    return { kind: "answered", reply: await refusedCommit(world, message, commit, appended) };
  if (trail !== undefined) trail.committed = commit;
  tellOf(world, commit);
  return { kind: "answered", reply, after };
}

/** Decides a message on the present entity; nothing is written. It waits only for what is not known without asking the store. */
export async function decideWrite(world: World, message: Message, present: Present): Promise<Decided> {
  if (message.trail !== undefined) message.trail.evaluations += 1;
  const asking = earlierReply(world, message.context, message.write);
  const earlier = asking && (await asking);
  if (earlier !== undefined) return { kind: "answered", reply: earlier };
  const { context, revision } = message;
  const readings = new Readings(world.store, revision, context.tenant);
  const change = await permittedChange(world, message, present, readings);
  if (change.kind === "failed") return { kind: "answered", reply: change };
  const own: Part = { ref: refOf(message), type: message.type, present, change };
  const bringing = wholeOf(world, message, own, readings);
  const whole = bringing instanceof Promise ? await bringing : bringing;
  if (whole.kind === "failed") return { kind: "answered", reply: whole };
  const parts = [own, ...whole.parts];
  const violating = crossViolation(revision, parts, readings);
  const violation = violating && (await violating);
  if (violation !== undefined) return { kind: "answered", reply: violation };
  const { succession } = world;
  const isPermitted = succession.isSettled(revision) || (await succession.permits(revision, parts, readings));
  if (!isPermitted) return { kind: "answered", reply: overtaken() };
  const recording = commitsOf(world, message, whole, readings);
  const asked = recording instanceof Promise ? await recording : recording;
  return decidedOn(world, message, whole, { asked, reads: readings.marks });
}

/** What the decision comes to: all that is asked of the world, and all that it rests on. */
interface Resting {
  readonly asked: Asking;
  readonly reads: readonly ReadMark[];
}

function decidedOn(world: World, message: Message, whole: Whole, { asked, reads }: Resting): Decided {
  const { context, write } = message;
  const after = afterWhole(whole);
  const reply = writtenOf(message, whole.own, after);
  const idempotency = replyRecord(world, context, write, reply);
  const { commits, outbox } = asked;
  const [first, ...also] = commits;
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
  return { kind: "decided", reply, after, commit };
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

/** Readers are told of the commit; the dispatcher is woken for what has been asked, and for nothing else. */
export function tellOf({ onAsked, onCommitted }: World, { outbox = [], timers, also = [], delivers }: Commit): void {
  onCommitted();
  if (outbox.length === 0 && timers === undefined && also.length === 0 && delivers?.next === undefined) return;
  const armed = [{ timers }, ...also].flatMap((part) => part.timers ?? []);
  const entries = [
    ...outbox,
    ...armed.flatMap((change) => ("entry" in change ? [change.entry] : [])),
    ...(delivers?.next === undefined ? [] : [delivers.next]),
  ];
  if (entries.length > 0) onAsked(Math.min(...entries.map(({ dueAt }) => dueAt)));
}

type NotCommitted = Exclude<Appended, "committed">;

/** What a commit that the store did not make means to the caller. */
export async function refusedCommit(
  world: World,
  caller: Pick<Message, "context" | "revision" | "delivering">,
  commit: Commit,
  appended: NotCommitted,
): Promise<Failed> {
  switch (appended) {
    case "conflict":
      return outdone();
    case "key-taken":
    case "referenced":
      return hindered(world, caller, commit, appended);
    case "outbox-full":
      return overloaded(world.limits);
    case "lease-lost":
      return failed("Conflict", "this delivery has been made, withdrawn or taken over");
  }
}

/** What it means to the caller that another revision has no place for what this one would write. */
export function overtaken(): Failed {
  return failed("Conflict", "another revision has taken over meanwhile: ask again", { isOvertaken: true });
}

/** What a conflict means to the caller, once enough attempts have ended in one. */
export function outdone(): Failed {
  return failed("Conflict", "other writers were faster each time: read the entity again and decide anew");
}

function overloaded({ outboxPendingMax, retryAfterSeconds }: Limits): Failed {
  const message = `${outboxPendingMax} deliveries that earlier actions asked for are still to be made (outboxPendingMax)`;
  return failed("Overloaded", message, { retryAfterSeconds });
}
