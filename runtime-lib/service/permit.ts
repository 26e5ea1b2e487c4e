/** What a caller may do to the present entity: authorization, precondition and evaluation, in that order. */
import { aroundIn, type Values } from "../kernel/index.ts";
import type { OutboxEntry } from "../ports/index.ts";
import type { CallContext, Failed, Write } from "./call.ts";
import { newFields } from "./check-values.ts";
import { type Change, evaluate, evaluateCreation, withMedia } from "./evaluate.ts";
import { denied, failed, notFound } from "./failures.ts";
import { filledParams } from "./filled.ts";
import type { Present, Readings } from "./readings.ts";
import type { EntityType, Revision } from "./revision.ts";
import { decisionOn, missingTo, type Question, refusalOf } from "./rule.ts";
import type { Trail } from "./trail.ts";
import { taken, unlessBare } from "./unsaid.ts";
import type { World } from "./world.ts";

/** The delivery that a message is: nothing but the dispatcher makes one, so no caller can claim to be one. */
export interface Delivering {
  readonly entry: OutboxEntry;
  readonly token: string;
  /** What takes the entry's place. */
  readonly next?: OutboxEntry;
  /** The write is one step of the delivery, which goes on after it. */
  readonly goesOn?: boolean;
}

export interface Message {
  readonly context: CallContext;
  readonly write: Write;
  readonly revision: Revision;
  readonly type: EntityType;
  /** Absent for a call from outside. */
  readonly delivering?: Delivering;
  /** Where the path notes how it went, where telemetry is told. */
  readonly trail?: Trail;
}

const callableFromOutside = ["input"] as const;
const callableByService = ["input", "internal"] as const;

/** The change that the message asks for, or why it is not made. */
export async function permittedChange(
  world: World,
  message: Message,
  present: Present,
  readings: Readings,
): Promise<Change | Failed> {
  const { write, type } = message;
  const before = present.values;
  const given = givenToNew(message);
  if (given !== undefined && (before === undefined || write.change.kind === "create")) {
    return permittedCreation({ world, message, readings }, present, given);
  }
  if (before === undefined || write.change.kind === "create") return refusalOfMissing(world, message, readings);
  const asking = authorize(world, message, before, readings);
  const refused = asking instanceof Promise ? await asking : asking;
  // What may make an entity and finds one that it is not told of is refused as making one would be.
  if (refused?.code === "NotFound" && given !== undefined) {
    return permittedCreation({ world, message, readings }, present, given);
  }
  const unmet = refused ?? (write.upsert === "make" ? isThere(write) : precondition(write, present));
  if (unmet !== undefined) return unlessBare(world, message, triedOn(message, before), unmet);
  const { kind } = write.change;
  const filling =
    kind === "action" ? filledParams(world.ids, readings, type, { action: write.change.action, before }) : {};
  const filled = filling instanceof Promise ? await filling : filling;
  const callable = message.delivering === undefined ? callableFromOutside : callableByService;
  const change = withMedia(type, evaluate(type, write.change, before, { filled, callable }), before, write.media);
  if (change.kind === "failed") return unlessBare(world, message, triedOn(message, before), change);
  const isUpdate = kind === "patch" || kind === "put";
  if (!isUpdate || change.after === undefined) return change;
  const question = questionOf(message);
  const decision = await decisionOn(world, question, change.after, readings);
  return decision.allowed ? change : denied(question, decision);
}

function triedOn({ type, write }: Message, values: Values): Parameters<typeof unlessBare>[2] {
  const { change, entityId } = write;
  return { type, entityId, values, action: change.kind === "action" ? change.action : change.kind };
}

function isThere({ entityType }: Write): Failed {
  return failed("PreconditionFailed", `there is already a ${entityType} of this key`, { target: "If-None-Match" });
}

/** The values of a new entity where the write may make one; undefined where it only changes what is there. */
function givenToNew({ write: { change, upsert }, type }: Message): Values | undefined {
  if (change.kind === "create") return change.values;
  if (change.kind !== "patch" && change.kind !== "put") return undefined;
  const mayMake = upsert ?? (change.kind === "put" ? "either" : "change");
  return mayMake === "change" ? undefined : newFields(type, change.values);
}

/** Authorization comes before the question whether the entity exists, so that the answer tells nothing to a stranger. */
async function permittedCreation(
  { world, message, readings }: { readonly world: World; readonly message: Message; readonly readings: Readings },
  present: Present,
  given: Values,
): Promise<Change | Failed> {
  const { write, type } = message;
  const change = withMedia(type, evaluateCreation(type, write.entityId, given), {}, write.media);
  if (change.kind === "failed" || change.after === undefined) return change;
  const alone = await withoutParent(type, change.after, readings);
  if (alone !== undefined) return alone;
  const question = { ...questionOf(message), action: "create" };
  const refused = await refusalOf(world, question, change.after, readings);
  if (refused !== undefined) return refused;
  const { values, sequence } = present;
  if (values !== undefined) return taken(world, message, { type, row: { values, sequence } });
  return precondition(write, present) ?? change;
}

/** What is to be contained in an entity that is not there. */
async function withoutParent(
  { descriptor }: EntityType,
  values: Values,
  readings: Readings,
): Promise<Failed | undefined> {
  const around = aroundIn(descriptor, values);
  if (around === undefined) return undefined;
  const found = await readings.present(around.parent, around.id);
  return found?.values === undefined ? notFound(around.parent, around.id) : undefined;
}

/** A patch is authorized on what it finds and on what it leaves, so that nobody hands an entity to where they may not write. */
function authorize(
  world: World,
  message: Message,
  values: Values,
  readings: Readings,
): Failed | undefined | Promise<Failed | undefined> {
  const question = questionOf(message);
  if (message.delivering === undefined) return refusalOf(world, question, values, readings);
  return deniedDelivery(world, question, values, readings);
}

async function deniedDelivery(
  world: World,
  question: Question,
  values: Values,
  readings: Readings,
): Promise<Failed | undefined> {
  const decision = await decisionOn(world, question, values, readings);
  return decision.allowed ? undefined : denied(question, decision);
}

/** A delivery is told what is there; a caller only what it could read. */
function refusalOfMissing(world: World, message: Message, readings: Readings): Promise<Failed> | Failed {
  const { write } = message;
  if (message.delivering !== undefined) return notFound(write.entityType, write.entityId);
  return missingTo(world, questionOf(message), readings);
}

function questionOf({ context, write, revision, type }: Message): Question {
  const { change, entityType, entityId } = write;
  const params = change.kind === "action" ? change.params : {};
  return { context, revision, type, entityType, entityId, action: verbOf(write, type), params };
}

/** A composite action is authorized once, as its gate. */
function verbOf({ change }: Write, { descriptor }: EntityType): string {
  switch (change.kind) {
    case "create":
      return "create";
    case "patch":
    case "put":
      return "update";
    case "delete":
      return "delete";
    case "action":
      return descriptor.reactions?.composites.find(({ action }) => action === change.action)?.gate ?? change.action;
  }
}

function precondition(write: Write, { values, sequence: written }: Present): Failed | undefined {
  const sequence = values === undefined ? 0 : written;
  const { expectedSequences: expected, unexpectedSequences: unexpected = [] } = write;
  const message = "the entity has changed since it was read";
  if (expected !== undefined && !expected.includes(sequence)) {
    return failed("PreconditionFailed", message, { target: "If-Match", details: { sequence } });
  }
  if (values === undefined || !unexpected.includes(sequence)) return undefined;
  const same = "the entity is at one of the tags that it must not be at";
  return failed("PreconditionFailed", same, { target: "If-None-Match", details: { sequence } });
}
