/** What a write would do to the present entity: the new values and what changed, or why it is refused. No I/O. */
import {
  mediaText,
  named,
  type Output,
  type PropertyDescriptor,
  type Snapshot,
  type Value,
  type Values,
} from "../kernel/index.ts";
import type { EventKind } from "../ports/index.ts";
import type { Failed, GivenMedia, Write } from "./call.ts";
import {
  complexFault,
  fieldValues,
  idFault,
  newValues,
  paramsFault,
  sameValue,
  undeclaredFields,
  writableFields,
} from "./check-values.ts";
import { failed, refusal, unknownAction } from "./failures.ts";
import type { EntityType } from "./revision.ts";
import { rosterFault } from "./workflows.ts";

/** A change that may be committed. */
export interface Change {
  readonly kind: "change";
  readonly event: EventKind;
  readonly action: string;
  readonly params: Values;
  readonly delta: Values;
  /** What the step asks of the world. */
  readonly outputs: readonly Output[];
  /** The values afterwards; absent after a deletion. */
  readonly after?: Values;
  /** The bytes that come with it, by the streams that they are to stand at. */
  readonly media?: Write["media"];
}

/** What the service itself adds to a call. */
export interface FromService {
  readonly filled: Values;
  /** Deliveries, timers and composite actions may ask for internal actions too; callers never. */
  readonly callable: readonly ("input" | "internal")[];
}

export type OfExisting = Exclude<Write["change"], { readonly kind: "create" }>;

/** Evaluates a creation, whether or not the entity exists already: that is asked after authorization. */
export function evaluateCreation(type: EntityType, entityId: string, given: Values): Change | Failed {
  const checked = newValues(type, entityId, given);
  if (checked.kind === "failed") return checked;
  return lawful(type, {
    kind: "change",
    event: "created",
    action: "created",
    params: {},
    delta: checked.values,
    outputs: [],
    after: checked.values,
  });
}

/** Evaluates a change of an entity that exists. */
export function evaluate(type: EntityType, change: OfExisting, before: Values, added: FromService): Change | Failed {
  switch (change.kind) {
    case "patch":
      return patched(type, before, change.values);
    case "put":
      return replaced(type, before, change.values);
    case "delete":
      return deleted(type, before);
    case "action":
      return acted(type, before, change, added);
  }
}

/** A singleton that must be there stays. */
function deleted({ descriptor, key, standing }: EntityType, before: Values): Change | Failed {
  const id = String(before[key.name]);
  if (standing.has(id)) {
    const message = `${descriptor.name} ${JSON.stringify(id)} is a singleton that is always there`;
    return failed("MethodNotAllowed", message);
  }
  return { kind: "change", event: "deleted", action: "deleted", params: {}, delta: {}, outputs: [] };
}

function patched(type: EntityType, before: Values, given: Values): Change | Failed {
  const checked = fieldValues(type, withoutIdentity(type, before, given));
  if (checked.kind === "failed") return checked;
  const after = { ...before, ...checked.values };
  const delta = changes(before, checked.values);
  return lawful(type, { kind: "change", event: "patched", action: "patched", params: {}, delta, outputs: [], after });
}

/** What an id is made of may be said again, as it is. */
function withoutIdentity({ descriptor }: EntityType, before: Values, given: Values): Values {
  const { identity } = descriptor;
  if (identity === undefined) return given;
  const said = new Set([...identity.parts, ...(identity.containments ?? []).map(({ property }) => property)]);
  const isSame = ([name, value]: readonly [string, Value]) => said.has(name) && sameValue(before[name] ?? null, value);
  return Object.fromEntries(Object.entries(given).filter((entry) => !isSame(entry)));
}

/** Status and variables may come back as they are, as in the body of what was read; nothing else changes them but actions. */
function replaced(type: EntityType, before: Values, given: Values): Change | Failed {
  const fields = writableFields(type, before, given);
  return fields.kind === "failed" ? fields : patched(type, before, fields.values);
}

type ActionCall = OfExisting & { readonly kind: "action" };

function acted(type: EntityType, before: Values, { action, params }: ActionCall, added: FromService): Change | Failed {
  const { automaton, statusProperty } = type.descriptor;
  const descriptor = type.actions.get(action);
  const isCallable = descriptor !== undefined && added.callable.some((kind) => kind === descriptor.kind);
  if (automaton === undefined || statusProperty === undefined || !isCallable) {
    return unknownAction(type.descriptor.name, action);
  }
  const fault = paramsFault(type, descriptor, params);
  if (fault !== undefined) return fault;
  const fields = undeclaredFields(type, descriptor, params);
  if (fields.kind === "failed") return fields;
  const snapshot = snapshotOf(type, before);
  const outcome = automaton.step(snapshot, action, { ...params, ...added.filled });
  if (outcome.kind === "refused") return refusal(type, snapshot.status, action, outcome);
  const moved = Object.assign(named<Value>(), fields.values);
  moved[statusProperty] = outcome.after.status;
  for (const { name } of automaton.variables) moved[name] = outcome.after[name] ?? null;
  const delta = changes(before, moved);
  const after = { ...before, ...moved };
  const tooMany = rosterFault(type.descriptor.reactions, action, after);
  if (tooMany !== undefined) return tooMany;
  return lawful(type, { kind: "change", event: "action", action, params, delta, outputs: outcome.outputs, after });
}

/** The status and variables among an entity's values. */
export function snapshotOf(type: EntityType, values: Values): Snapshot {
  const { automaton, statusProperty } = type.descriptor;
  const status = statusOf(statusProperty, values) ?? "";
  const snapshot: Record<string, Value> & { status: string } = { status };
  for (const { name } of automaton?.variables ?? []) snapshot[name] = values[name] ?? null;
  return snapshot;
}

/** The entity's status, or null where its type has no automaton. */
export function statusOf(statusProperty: string | undefined, values: Values): string | null {
  const status = statusProperty === undefined ? null : values[statusProperty];
  return typeof status === "string" ? status : null;
}

/** The change with what is put at streams of the entity, or why that may not be. */
export function withMedia(
  type: EntityType,
  change: Change | Failed,
  before: Values,
  media: Write["media"],
): Change | Failed {
  if (change.kind === "failed" || change.after === undefined || media === undefined) return change;
  const stamps = named<Value>();
  for (const [name, given] of media) {
    const fault = mediaFault(type.properties.get(name), given);
    if (fault !== undefined) return failed(fault.code, `${name} ${fault.problem}`, { target: name });
    stamps[name] = given === null ? null : mediaText(given.stamp);
  }
  const delta = { ...change.delta, ...changes(before, stamps) };
  return { ...change, delta, after: { ...change.after, ...stamps }, media };
}

interface MediaFault {
  readonly code: "InvalidParameter" | "PayloadTooLarge";
  readonly problem: string;
}

function mediaFault(property: PropertyDescriptor | undefined, given: GivenMedia | null): MediaFault | undefined {
  if (property?.role !== "stream") return { code: "InvalidParameter", problem: "is no stream" };
  if (given === null) return property.isLasting && { code: "InvalidParameter", problem: "must not be null" };
  const { bytesMax = Number.POSITIVE_INFINITY } = property;
  const isTooLarge = given.stamp.bytes > bytesMax;
  return isTooLarge ? { code: "PayloadTooLarge", problem: `has at most ${bytesMax} bytes, its MaxLength` } : undefined;
}

function changes(before: Values, written: Values): Values {
  const delta = named<Value>();
  for (const [name, value] of Object.entries(written)) {
    if (!sameValue(before[name] ?? null, value)) delta[name] = value;
  }
  return delta;
}

/** The change, unless its result breaks a field invariant, or takes from the entity what gave it its id. */
function lawful(type: EntityType, change: Change): Change | Failed {
  const fault = change.after && (idFault(type, change.after) ?? complexFault(type, change.after));
  if (fault !== undefined) return fault;
  const violation = change.after === undefined ? undefined : type.descriptor.fieldViolation?.(change.after);
  return violation === undefined
    ? change
    : failed("InvariantViolated", violation, { details: { action: change.action } });
}
