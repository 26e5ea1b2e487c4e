/** One write on one entity: idempotency, authorization on the present values, evaluation, commit, reply. */
import type { Values } from "../kernel/index.ts";
import type { Commit, JournalEvent } from "../ports/index.ts";
import type { CallContext, Failed, Write, Written } from "./call.ts";
import { type Change, evaluate, evaluateCreation, statusOf } from "./evaluate.ts";
import { denied, failed, notFound } from "./failures.ts";
import { earlierReply, principalText, replyRecord } from "./idempotency.ts";
import type { EntityType, Revision } from "./revision.ts";
import type { World } from "./world.ts";

/** The entity at one moment; `values` is absent where it does not exist. */
export interface Present {
  readonly values?: Values;
  readonly sequence: number;
}

export interface Message {
  readonly context: CallContext;
  readonly write: Write;
  readonly revision: Revision;
  readonly type: EntityType;
}

/** `after` is present where the entity has changed; `conflict` asks to load it again, because another writer was faster. */
export type Handled =
  | { readonly kind: "answered"; readonly reply: Written | Failed; readonly after?: Present }
  | { readonly kind: "conflict" };

/** Serves a message on the present entity. Rejects with `StoreUnavailable` where nothing could be made durable. */
export async function handleWrite(world: World, message: Message, present: Present): Promise<Handled> {
  const earlier = await earlierReply(world, message.context, message.write);
  if (earlier !== undefined) return { kind: "answered", reply: earlier };
  const change = permittedChange(message, present);
  if (change.kind === "failed") return { kind: "answered", reply: change };
  return commit(world, message, present, change);
}

function permittedChange(message: Message, present: Present): Change | Failed {
  const { write, type } = message;
  if (write.change.kind === "create") return permittedCreation(message, present, write.change.values);
  const before = present.values;
  if (before === undefined) return notFound(write.entityType, write.entityId);
  const refused = authorize(message, before) ?? precondition(write, present);
  if (refused !== undefined) return refused;
  const change = evaluate(type, write.change, before);
  if (change.kind === "failed" || write.change.kind !== "patch" || change.after === undefined) return change;
  return authorize(message, change.after) ?? change;
}

/** Authorization comes before the question whether the entity exists, so that the answer tells nothing to a stranger. */
function permittedCreation(message: Message, present: Present, given: Values): Change | Failed {
  const { write, type } = message;
  const change = evaluateCreation(type, write.entityId, given);
  if (change.kind === "failed" || change.after === undefined) return change;
  const refused = authorize(message, change.after);
  if (refused !== undefined) return refused;
  if (present.values !== undefined) {
    return failed("EntityExists", `there is already a ${write.entityType} ${JSON.stringify(write.entityId)}`);
  }
  return precondition(write, present) ?? change;
}

/** A patch is authorized on what it finds and on what it leaves, so that nobody hands an entity to where they may not write. */
function authorize(message: Message, values: Values): Failed | undefined {
  const { context, write, revision } = message;
  const action = verbOf(write);
  if (context.principal.tenant !== context.tenant) return denied(write.entityType, action, []);
  const decision = revision.authorizer.authorize({
    principal: context.principal,
    entityType: write.entityType,
    action,
    resource: { id: write.entityId, values },
    context: write.change.kind === "action" ? write.change.params : {},
  });
  return decision.allowed ? undefined : denied(write.entityType, action, [...decision.reasons, ...decision.errors]);
}

function verbOf(write: Write): string {
  switch (write.change.kind) {
    case "create":
      return "create";
    case "patch":
      return "update";
    case "delete":
      return "delete";
    case "action":
      return write.change.action;
  }
}

function precondition(write: Write, present: Present): Failed | undefined {
  const sequence = present.values === undefined ? 0 : present.sequence;
  if (write.expectedSequence === undefined || write.expectedSequence === sequence) return undefined;
  return failed("PreconditionFailed", "the entity has changed since it was read", {
    target: "If-Match",
    details: { sequence },
  });
}

async function commit(world: World, message: Message, present: Present, change: Change): Promise<Handled> {
  const event = eventOf(world, message, present, change);
  const reply = writtenOf(message, event, change);
  const idempotency = replyRecord(world, message.context, message.write, reply);
  const commit: Commit = { event, row: change.after ?? null, ...(idempotency === undefined ? {} : { idempotency }) };
  if ((await world.store.append(commit)) === "conflict") return { kind: "conflict" };
  const { sequence } = event;
  const after: Present = change.after === undefined ? { sequence } : { sequence, values: change.after };
  return { kind: "answered", reply, after };
}

function eventOf(world: World, message: Message, present: Present, change: Change): JournalEvent {
  const { context, write, revision, type } = message;
  const { statusProperty } = type.descriptor;
  return {
    tenant: context.tenant,
    entityType: write.entityType,
    entityId: write.entityId,
    sequence: present.sequence + 1,
    eventId: world.ids.next(),
    kind: change.event,
    action: change.action,
    params: change.params,
    from: present.values === undefined ? null : statusOf(statusProperty, present.values),
    to: change.after === undefined ? null : statusOf(statusProperty, change.after),
    delta: change.delta,
    specHash: revision.hash,
    principal: principalText(context.principal),
    correlationId: context.correlationId,
    causationId: null,
    idempotencyKey: write.idempotency?.key ?? null,
    at: new Date(world.clock.now()).toISOString(),
  };
}

function writtenOf(message: Message, event: JournalEvent, change: Change): Written {
  const { sequence } = event;
  const written = {
    kind: "written",
    sequence,
    created: change.event === "created",
    replayed: false,
    revision: message.revision.hash,
  } as const;
  return change.after === undefined ? written : { ...written, row: { values: change.after, sequence } };
}
