/** What the ways to deliver an entry have in common: the ports, another attempt, and call-backs. */
import type { Deed, HttpSender, OutboxEntry, Random, Secrets, Settlement, Telemetry } from "../ports/index.ts";
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
  /** What does not hold of the entity that asked, where that property does not. */
  readonly stillBroken: (entry: OutboxEntry, invariant: string) => Promise<string | undefined>;
  readonly http: HttpSender | undefined;
  readonly telemetry: Telemetry | undefined;
  readonly secrets: Secrets;
  readonly random: Random;
  readonly now: () => number;
  readonly limits: Limits;
  /** Ends requests to other servers early. */
  readonly signal: AbortSignal;
}

/** One entry under one lease. */
export interface Trial {
  readonly ports: DeliveryPorts;
  readonly entry: OutboxEntry;
  readonly attempts: number;
  readonly attemptsMax: number;
  readonly token: string;
}

export type ActionDeed = Deed & { readonly kind: "action" };

type FollowUp = Pick<ActionDeed, "entityType" | "entityId" | "action" | "params" | "dropOk">;

/** An action that takes the entry's place. */
export function followUp({ entry, ports }: Trial, call: FollowUp): OutboxEntry {
  const deed: ActionDeed = { kind: "action", whereMissing: "refuse", ...call };
  return { ...entry, key: `${entry.key}:then`, deed, dueAt: ports.now() };
}

/** What another attempt may find otherwise: the store, the queue, another writer; and a mistake of ours, which may be mended. */
const transient: ReadonlySet<ErrorCode> = new Set([
  "StoreUnavailable",
  "OutcomeUnknown",
  "EntityStopped",
  "Overloaded",
  "Conflict",
  "DeadlineExceeded",
  "InternalError",
]);

/** What becomes of an entry whose call was refused. */
export function refused(trial: Trial, { code, message }: Failed, dropOk: boolean): Settlement {
  const reason = `${code}: ${message}`;
  if (transient.has(code)) return again(trial, reason) ?? { kind: "dead", reason };
  return dropOk ? { kind: "dropped" } : { kind: "dead", reason };
}

/** Exponential with full jitter; undefined once the attempts are spent. */
export function again({ ports, attempts, attemptsMax }: Trial, reason: string): Settlement | undefined {
  if (attempts >= attemptsMax) return undefined;
  const { retryBaseMs, retryCapMs } = ports.limits;
  const ceilingMs = Math.min(retryCapMs, retryBaseMs * 2 ** (attempts - 1));
  return { kind: "retry", dueAt: ports.now() + Math.ceil(ports.random() * ceilingMs), reason };
}

/** The call-back is an action of the entity that asked, one step deeper in the cascade. */
export function done(trial: Trial, result: string, action: string | null): Settlement {
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
