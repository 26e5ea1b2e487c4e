/** One delivery: the entry's deed is done, and what came of it says what becomes of the entry. */
import type { Value, Values } from "../kernel/index.ts";
import type { Deed, HttpOutcome, HttpSender, Leased, OutboxEntry, Random, Settlement } from "../ports/index.ts";
import type { ErrorCode, Failed, Write, Written } from "./call.ts";
import type { Limits } from "./limits.ts";
import type { Delivering } from "./permit.ts";
import type { EntityType } from "./revision.ts";

/** `over`: its effect is committed, and the entry gone with it. `continued`: so is its first half; the rest stands in its place. */
export type Delivered = { readonly kind: "over" } | { readonly kind: "continued" } | Settlement;

export interface DeliveryPorts {
  /** Puts the write to the entity's actor as the entry's principal; its commit concludes the entry. */
  readonly write: (write: Write, under: Delivering) => Promise<Written | Failed>;
  /** The entity type as it is now. */
  readonly type: (name: string) => EntityType | undefined;
  readonly http: HttpSender | undefined;
  readonly random: Random;
  readonly now: () => number;
  readonly limits: Limits;
  /** Ends requests to other servers early. */
  readonly signal: AbortSignal;
}

type ActionDeed = Deed & { readonly kind: "action" };
type CreateDeed = Deed & { readonly kind: "create" };
type WebhookDeed = Deed & { readonly kind: "webhook" };

/** Answers with what becomes of the entry. */
export async function deliver(ports: DeliveryPorts, { entry, attempts }: Leased, token: string): Promise<Delivered> {
  const { deed } = entry;
  const attemptsMax = deed.kind === "webhook" ? deed.attemptsMax : ports.limits.deliveryAttemptsMax;
  const trial: Trial = { ports, entry, attempts, attemptsMax, token };
  if (attempts > attemptsMax) return { kind: "dead", reason: `given up after ${attemptsMax} attempts` };
  switch (deed.kind) {
    case "action":
      return act(trial, deed);
    case "create":
      return create(trial, withParams(deed, ports.type(deed.entityType)));
    case "webhook":
      return send(trial, deed);
  }
}

interface Trial {
  readonly ports: DeliveryPorts;
  readonly entry: OutboxEntry;
  readonly attempts: number;
  readonly attemptsMax: number;
  readonly token: string;
}

async function act(trial: Trial, deed: ActionDeed): Promise<Delivered> {
  const { ports, entry, token } = trial;
  const { entityType, entityId, action, whereMissing, dropOk } = deed;
  const made = whereMissing === "create" ? madeBy(deed, ports.type(entityType)) : undefined;
  const params = made?.params ?? deed.params;
  const reply = await ports.write(
    { entityType, entityId, change: { kind: "action", action, params } },
    { entry, token },
  );
  if (reply.kind === "written") return { kind: "over" };
  if (reply.code !== "NotFound" || made === undefined) return refused(trial, reply, dropOk);
  return create(trial, {
    kind: "create",
    entityType,
    entityId,
    values: made.fields,
    first: { action, params },
    dropOk,
  });
}

/** What is given to an action that makes its entity: fields of the type for the entity, all but those for the action. */
function madeBy(
  { action, params }: Pick<ActionDeed, "action" | "params">,
  type: EntityType | undefined,
): { fields: Values; params: Values } | undefined {
  if (type === undefined) return undefined;
  const taken = new Set(type.actions.get(action)?.params.map(({ name }) => name));
  const fields: Record<string, Value> = Object.create(null);
  const others: Record<string, Value> = Object.create(null);
  for (const [name, value] of Object.entries(params)) {
    const isField = type.properties.get(name)?.role === "field";
    if (isField) fields[name] = value;
    if (!isField || taken.has(name)) others[name] = value;
  }
  return { fields, params: others };
}

/** Of what is copied, the first action gets what it takes: variables change by actions only. */
function withParams(deed: CreateDeed, type: EntityType | undefined): CreateDeed {
  if (deed.first === null) return deed;
  const { action, params } = deed.first;
  const made = madeBy({ action, params: { ...deed.values, ...params } }, type);
  if (made === undefined) return deed;
  return { ...deed, values: made.fields, first: { action, params: made.params } };
}

/** The first action takes the entry's place in the same transaction, so that nothing for this entity overtakes it. */
async function create(trial: Trial, { entityType, entityId, values, first, dropOk }: CreateDeed): Promise<Delivered> {
  const { ports, entry, token } = trial;
  const next = first === null ? undefined : followUp(trial, { ...first, entityType, entityId, dropOk });
  const under = { entry, token, ...(next && { next }) };
  const reply = await ports.write({ entityType, entityId, change: { kind: "create", values } }, under);
  if (reply.kind === "failed") return refused(trial, reply, dropOk);
  return { kind: next === undefined ? "over" : "continued" };
}

type FollowUp = Pick<ActionDeed, "entityType" | "entityId" | "action" | "params" | "dropOk">;

function followUp({ entry, ports }: Trial, call: FollowUp): OutboxEntry {
  const deed: ActionDeed = { kind: "action", whereMissing: "refuse", ...call };
  return { ...entry, key: `${entry.key}:then`, deed, dueAt: ports.now() };
}

/** What another attempt may find otherwise: the store, the queue, another writer; and a mistake of ours, which may be mended. */
const transient: ReadonlySet<ErrorCode> = new Set([
  "StoreUnavailable",
  "Overloaded",
  "Conflict",
  "DeadlineExceeded",
  "InternalError",
]);

function refused(trial: Trial, { code, message }: Failed, dropOk: boolean): Settlement {
  const reason = `${code}: ${message}`;
  if (transient.has(code)) return again(trial, reason) ?? { kind: "dead", reason };
  return dropOk ? { kind: "dropped" } : { kind: "dead", reason };
}

/** Exponential with full jitter; undefined once the attempts are spent. */
function again({ ports, attempts, attemptsMax }: Trial, reason: string): Settlement | undefined {
  if (attempts >= attemptsMax) return undefined;
  const { retryBaseMs, retryCapMs } = ports.limits;
  const ceilingMs = Math.min(retryCapMs, retryBaseMs * 2 ** (attempts - 1));
  return { kind: "retry", dueAt: ports.now() + Math.ceil(ports.random() * ceilingMs), reason };
}

async function send(trial: Trial, deed: WebhookDeed): Promise<Settlement> {
  const { ports, entry } = trial;
  if (ports.http === undefined) return { kind: "dead", reason: "this service sends no webhooks" };
  const { url, method, body, timeoutMs } = deed;
  const headers = { ...deed.headers, "idempotency-key": entry.key };
  const outcome = await ports.http({ url, method, headers, body, timeoutMs, signal: ports.signal });
  if (ports.signal.aborted && outcome.kind === "failed") return { kind: "released" };
  return sent(trial, deed, outcome);
}

function sent(trial: Trial, { onSuccess, onFailure }: WebhookDeed, outcome: HttpOutcome): Settlement {
  const result = outcome.kind === "answered" ? `HTTP ${outcome.status}` : outcome.reason;
  if (outcome.kind === "answered" && outcome.status >= 200 && outcome.status < 300)
    return done(trial, result, onSuccess);
  const retry = isWorthRetrying(outcome) ? again(trial, result) : undefined;
  if (retry !== undefined) return retry;
  return onFailure === null ? { kind: "dead", reason: result } : done(trial, result, onFailure);
}

/** A 4xx says that the same request will be refused again (RFC 9110, section 15.5), but for those that say when or how fast. */
function isWorthRetrying(outcome: HttpOutcome): boolean {
  if (outcome.kind !== "answered") return outcome.kind === "failed";
  return outcome.status >= 500 || [408, 425, 429].includes(outcome.status);
}

/** The call-back is an action of the entity that asked, one step deeper in the cascade. */
function done(trial: Trial, result: string, action: string | null): Settlement {
  const { entry, ports } = trial;
  const keptUntil = ports.now() + ports.limits.doneKeptMs;
  if (action === null) return { kind: "done", result, keptUntil };
  const { entityType, entityId } = entry.origin;
  const next = followUp(trial, { entityType, entityId, action, params: {}, dropOk: false });
  const { cascadeDepthMax } = ports.limits;
  const tooDeep = entry.depth >= cascadeDepthMax && `the cascade is deeper than ${cascadeDepthMax} deliveries`;
  return {
    kind: "done",
    result,
    keptUntil,
    next: { ...next, depth: entry.depth + 1, ...(tooDeep && { undeliverable: tooDeep }) },
  };
}
