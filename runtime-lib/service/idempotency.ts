/** Idempotency keys: the reply that a key was given is durable, and is given again to the same request. */
import { named, type Value, type Values } from "../kernel/index.ts";
import type { IdempotencyRecord, Principal, StoredRow } from "../ports/index.ts";
import type { CallContext, Failed, Write, Written } from "./call.ts";
import { failed } from "./failures.ts";
import type { World } from "./world.ts";

/** A principal in Cedar's spelling: `Type::"id"`. */
export function principalText(principal: Principal): string {
  return `${principal.type}::${JSON.stringify(principal.id)}`;
}

/** The earlier reply to the write's key, a mismatch, or undefined where the key is new or has expired. */
export function earlierReply(
  world: World,
  context: CallContext,
  { idempotency }: Write,
): Promise<Written | Failed | undefined> | undefined {
  return idempotency && replyTo(world, context, idempotency);
}

async function replyTo(
  world: World,
  context: CallContext,
  { key, requestHash }: NonNullable<Write["idempotency"]>,
): Promise<Written | Failed | undefined> {
  const record = await world.store.idempotent(context.tenant, principalText(context.principal), key);
  if (record === undefined || Date.parse(record.expiresAt) <= world.clock.now()) return undefined;
  if (record.requestHash !== requestHash) return mismatch();
  return { ...parsedReply(JSON.parse(record.reply)), replayed: true };
}

function mismatch(): Failed {
  return failed("IdempotencyMismatch", "this idempotency key was used for another request", {
    target: "Idempotency-Key",
  });
}

/** What a write of a group was answered, and the entity that it was about. */
export interface GroupReply {
  readonly entityType: string;
  readonly entityId: string;
  readonly written: Written;
}

/** What a group's key was answered the first time, write by write; undefined where the key is new or has expired. */
export async function earlierReplies(
  world: World,
  context: CallContext,
  { key, requestHash }: NonNullable<Write["idempotency"]>,
): Promise<readonly GroupReply[] | Failed | undefined> {
  const record = await world.store.idempotent(context.tenant, principalText(context.principal), key);
  if (record === undefined || Date.parse(record.expiresAt) <= world.clock.now()) return undefined;
  if (record.requestHash !== requestHash) return mismatch();
  const replies: unknown = JSON.parse(record.reply);
  if (!Array.isArray(replies)) return mismatch();
  return replies.map((reply) => ({ ...aboutIn(reply), written: { ...parsedReply(reply), replayed: true } }));
}

function aboutIn(reply: object): Omit<GroupReply, "written"> {
  const about: readonly unknown[] = "about" in reply && Array.isArray(reply.about) ? reply.about : [];
  const [entityType = "", entityId = ""] = about.map(String);
  return { entityType, entityId };
}

/** The record that makes these the replies to a group's key. */
export function groupRecord(
  world: World,
  context: CallContext,
  idempotency: NonNullable<Write["idempotency"]>,
  replies: readonly GroupReply[],
): IdempotencyRecord {
  const told = replies.map(({ entityType, entityId, written }) => ({ ...written, about: [entityType, entityId] }));
  return recordOf(world, context, idempotency, JSON.stringify(told));
}

/** The record that makes `written` the reply to the write's key, or undefined where the write has no key. */
export function replyRecord(
  world: World,
  context: CallContext,
  write: Write,
  written: Written,
): IdempotencyRecord | undefined {
  return write.idempotency && recordOf(world, context, write.idempotency, JSON.stringify(written));
}

function recordOf(
  world: World,
  context: CallContext,
  { key, requestHash }: NonNullable<Write["idempotency"]>,
  reply: string,
): IdempotencyRecord {
  return {
    tenant: context.tenant,
    principal: principalText(context.principal),
    key,
    requestHash,
    reply,
    expiresAt: new Date(world.clock.now() + world.limits.idempotencyTtlMs).toISOString(),
  };
}

function parsedReply(reply: unknown): Written {
  if (typeof reply !== "object" || reply === null) throw new Error("a stored reply is not an object");
  const { row, sequence, created, revision }: Partial<Record<string, unknown>> = { ...reply };
  const written = {
    kind: "written",
    sequence: Number(sequence),
    created: created === true,
    replayed: true,
    revision: String(revision),
  } as const;
  return row === undefined ? written : { ...written, row: parsedRow(row, written.sequence) };
}

function parsedRow(row: unknown, sequence: number): StoredRow {
  const values = named<Value>();
  const stored = typeof row === "object" && row !== null && "values" in row ? row.values : undefined;
  if (typeof stored !== "object" || stored === null) throw new Error("a stored reply has a row without values");
  for (const [name, value] of Object.entries(stored)) if (isValue(value)) values[name] = value;
  const frozen: Values = values;
  return { values: frozen, sequence };
}

function isValue(value: unknown): value is Value {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
