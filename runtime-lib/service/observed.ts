/** Tells telemetry of each handled write, as one wide event, and puts it into its trace. */
import type { Commit, Span, Telemetry, WideEvent } from "../ports/index.ts";
import type { CallContext, ErrorCode, Failed, Write, Written } from "./call.ts";
import { principalText } from "./idempotency.ts";
import type { Delivering } from "./permit.ts";
import type { Standing } from "./reading.ts";
import type { EntityType } from "./revision.ts";
import { Trail } from "./trail.ts";

export interface Observing extends Standing {
  readonly telemetry: Telemetry;
  readonly context: CallContext;
  readonly write: Write;
  readonly delivering: Delivering | undefined;
}

type Serve = (context: CallContext, trail: Trail) => Promise<Written | Failed>;

/** Serves the write and tells of it. The trace goes on in the context that `serve` is given, and in what that leads to. */
export async function observed(observing: Observing, serve: Serve): Promise<Written | Failed> {
  const { telemetry, context, world, delivering } = observing;
  const trail = new Trail();
  const startedAt = world.clock.now();
  const kind = delivering === undefined ? "internal" : "consumer";
  const span = telemetry.span?.(nameOf(observing), kind, context.traceparent);
  const reply = await serve(within(context, span), trail);
  const event = new HandledWrite(observing, {
    trail,
    reply,
    span,
    startedAt,
    durationMs: performance.now() - trail.beganAtMs,
  });
  telemetry.handled?.(event);
  end(span, event, reply);
  return reply;
}

function within(context: CallContext, span: Span | undefined): CallContext {
  return span === undefined ? context : { ...context, traceparent: span.traceparent };
}

function end(span: Span | undefined, event: WideEvent, reply: Written | Failed): void {
  if (span === undefined) return;
  const { tags, attributes, measurements } = event;
  span.end({ ...tags, ...attributes, ...measurements }, errorOf(reply));
}

/** A write of a group, decided but not yet durable. */
export interface Decided {
  readonly context: CallContext;
  readonly write: Write;
  readonly trail: Trail;
  readonly reply: Written | Failed;
  readonly span: Span | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Decides a write of a group, in a span that ends with the group. */
export async function decidedIn(
  standing: Standing & { readonly telemetry: Telemetry },
  { context, write }: Pick<Decided, "context" | "write">,
  decide: Serve,
): Promise<Decided> {
  const trail = new Trail();
  const startedAt = standing.world.clock.now();
  const name = nameOf({ ...standing, context, write, delivering: undefined });
  const span = standing.telemetry.span?.(name, "internal", context.traceparent);
  const reply = await decide(within(context, span), trail);
  trail.isDenied = reply.kind === "failed" && reply.denial !== undefined;
  return { context, write, trail, reply, span, startedAt, durationMs: performance.now() - trail.beganAtMs };
}

/** `outdone`: other writers were faster, and the group is decided anew. */
export type GroupEnd = "durable" | "given-up" | "outdone" | Failed;

/**
 * Tells of the writes of a group that has ended: durable, or refused as a whole. Of a group that was given up only what was
 * refused is told, of one that is decided anew nothing; the rest did not happen, and has a span only.
 */
export function tellOfGroup(standing: Standing, decided: readonly Decided[], ended: GroupEnd): void {
  const { telemetry } = standing.world;
  if (telemetry === undefined) return;
  for (const { context, write, reply, ...outcome } of decided) {
    const answer = typeof ended === "object" && reply.kind === "written" ? ended : reply;
    const observing = { ...standing, telemetry, context, write, delivering: undefined };
    const event = new HandledWrite(observing, { ...outcome, reply: answer });
    const isUndone = ended === "outdone" || (ended === "given-up" && reply.kind === "written");
    if (isUndone) outcome.span?.end({ ...event.tags, code: ended });
    else {
      telemetry.handled?.(event);
      end(outcome.span, event, answer);
    }
  }
}

const ours: ReadonlySet<ErrorCode> = new Set(["InternalError", "StoreUnavailable", "OutcomeUnknown", "EntityStopped"]);

/** Refusals that a client brought about are no errors of the service. */
function errorOf(reply: Written | Failed): string | undefined {
  return reply.kind === "failed" && ours.has(reply.code) ? reply.code : undefined;
}

function nameOf({ revision, write }: Observing): string {
  const type = revision.type(write.entityType);
  return type === undefined ? "unknown" : `${type.descriptor.name}.${actionOf(type, write)}`;
}

/** By a name of the definition: a caller may send any other. */
function actionOf(type: EntityType | undefined, { change }: Write): string {
  switch (change.kind) {
    case "action":
      return type?.actions.has(change.action) === true ? change.action : "unknown";
    case "patch":
    case "put":
      return "update";
    case "create":
    case "delete":
      return change.kind;
  }
}

interface Outcome {
  readonly trail: Trail;
  readonly reply: Written | Failed;
  readonly span: Span | undefined;
  readonly startedAt: number;
  readonly durationMs: number;
}

/** Its attributes are put together when somebody asks for them: metrics, which always ask, do without. */
class HandledWrite implements WideEvent {
  readonly name: string;
  readonly tags: WideEvent["tags"];
  readonly measurements: WideEvent["measurements"];
  readonly startedAt: number;
  readonly #observing: Observing;
  readonly #outcome: Outcome;

  constructor(observing: Observing, outcome: Outcome) {
    this.name = nameOf(observing);
    this.tags = tagsOf(observing, outcome);
    this.measurements = measurementsOf(outcome);
    this.startedAt = outcome.startedAt;
    this.#observing = observing;
    this.#outcome = outcome;
  }

  get attributes(): Attributes {
    const { reply, trail, span } = this.#outcome;
    return { ...attributesOf(this.#observing), ...outcomeOf(reply, trail.committed), ...traceOf(span?.traceparent) };
  }
}

function tagsOf({ revision, write, delivering }: Observing, { trail, reply }: Outcome): WideEvent["tags"] {
  const type = revision.type(write.entityType);
  const { from = null, to = null } = trail.committed?.event ?? {};
  return {
    entityType: type?.descriptor.name ?? "unknown",
    action: actionOf(type, write),
    code: trail.isDenied ? "AuthorizationDenied" : reply.kind === "failed" ? reply.code : "ok",
    source: delivering === undefined ? "call" : "delivery",
    ...(from !== null && { from }),
    ...(to !== null && { to }),
  };
}

function measurementsOf({ trail, durationMs }: Outcome): WideEvent["measurements"] {
  const { committed, commitMs, evaluations, beganAtMs, startedAtMs = beganAtMs } = trail;
  return {
    durationMs,
    waitedMs: startedAtMs - beganAtMs,
    commitMs,
    evaluations,
    events: committed === undefined ? 0 : 1 + (committed.also?.length ?? 0),
    asked: committed?.outbox?.length ?? 0,
  };
}

type Attributes = WideEvent["attributes"];

function attributesOf({ context, write, revision, delivering, world }: Observing): Attributes {
  const { intent, sessionId } = context;
  return {
    tenant: context.tenant,
    entityId: write.entityId,
    principal: principalText(context.principal),
    correlationId: context.correlationId,
    revision: revision.hash,
    ...(intent !== undefined && { intent }),
    ...(sessionId !== undefined && { sessionId }),
    ...(delivering !== undefined && { delivery: delivering.entry.key, causationId: delivering.entry.causationId }),
    ...paramsOf(write, world.shownParams),
  };
}

export const redacted = "[redacted]";

/** The names of what was given; the values of those only that may be shown: `Order.AddItem.ProductId`. */
function paramsOf({ entityType, change }: Write, shown: ReadonlySet<string>): Attributes {
  if (change.kind === "delete") return {};
  const [verb, given] = change.kind === "action" ? [change.action, change.params] : [change.kind, change.values];
  const attributes: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(given)) {
    const isShown = shown.has(`${entityType}.${verb}.${name}`);
    attributes[`param.${name}`] = isShown && value !== null ? shownValue(value) : redacted;
  }
  return attributes;
}

function shownValue(value: string | number | boolean | readonly string[]): string | number | boolean {
  return typeof value === "object" ? JSON.stringify(value) : value;
}

function outcomeOf(reply: Written | Failed, committed: Commit | undefined): Attributes {
  if (reply.kind === "failed") return reply.target === undefined ? {} : { target: reply.target };
  return {
    sequence: reply.sequence,
    replayed: reply.replayed,
    ...(committed !== undefined && { eventId: committed.event.eventId }),
  };
}

function traceOf(traceparent: string | undefined): Attributes {
  const [, traceId, spanId] = traceparent?.split("-") ?? [];
  return traceId === undefined || spanId === undefined ? {} : { traceId, spanId };
}
