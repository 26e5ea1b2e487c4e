/** What the policies in force say of a question, and how much of a refusal its asker is told. */
import { type EntityTypeDescriptor, initialOf, named, type Value, type Values, valuesOfId } from "../kernel/index.ts";
import type { Decision } from "../ports/index.ts";
import type { CallContext, Failed } from "./call.ts";
import { denied, notFound, outOfScope } from "./failures.ts";
import type { Readings } from "./readings.ts";
import type { EntityType, Revision } from "./revision.ts";
import type { Ruling } from "./ruling.ts";
import { isInScope } from "./scopes.ts";
import type { World } from "./world.ts";

/** May the caller do that to this entity? */
export interface Question {
  readonly context: CallContext;
  readonly revision: Revision;
  readonly type: EntityType;
  readonly entityType: string;
  readonly entityId: string;
  /** An action of the automaton, or a verb. */
  readonly action: string;
  readonly params: Values;
}

/** The policies in force for a call: those of the revision, and what was added since. */
export function rulingFor({ governance }: World, revision: Revision, context: CallContext): Ruling | Promise<Ruling> {
  return governance?.ruling(revision, context) ?? revision.ruling;
}

const outOfReach: Decision = { allowed: false, reasons: [], errors: [] };

/**
 * The decision on these values of the entity; a promise only where something has to be read for it. Policies that fail to
 * evaluate have denied it, and are told to whoever keeps the log.
 */
export function decisionOn(
  world: World,
  question: Question,
  values: Values,
  readings: Readings,
): Decision | Promise<Decision> {
  const { context, revision, type, entityType, action } = question;
  if (context.principal.tenant !== context.tenant || !isInScope(context.scopes, entityType, action)) return outOfReach;
  const ruling = rulingFor(world, revision, context);
  if (!hasContextEntities(type) && !(ruling instanceof Promise)) return ruled(world, question, values, { ruling });
  return decisionReading(world, question, values, readings);
}

async function decisionReading(
  world: World,
  question: Question,
  values: Values,
  readings: Readings,
): Promise<Decision> {
  const { context, revision, type } = question;
  const ruling = await rulingFor(world, revision, context);
  return ruled(world, question, values, { ruling, statuses: await contextStatuses(type, values, readings) });
}

function ruled(
  world: World,
  { context: call, entityType, entityId, action, params }: Question,
  values: Values,
  { ruling, statuses }: { readonly ruling: Ruling; readonly statuses?: Values },
): Decision {
  const { principal, tenant, sessionId } = call;
  const context: Record<string, Value> = Object.assign(named<Value>(), params, statuses);
  // What policies are told of every call, whatever it was called with; a session that it is not part of is absent to them.
  context.tenant = tenant;
  context.session = sessionId ?? null;
  context.agentTypeVerified = principal.isTypeVerified ?? true;
  const request = { principal, entityType, action, resource: { id: entityId, values }, context };
  const decision = ruling.authorizer.authorize(request);
  if (decision.errors.length > 0) world.onPolicyErrors(`${entityType}::${action}`, decision.errors);
  return decision;
}

function hasContextEntities({ descriptor }: EntityType): boolean {
  const { contextEntities = [] } = descriptor.reactions ?? {};
  return contextEntities.length > 0;
}

/** `ctx_<name>_status` of each context entity that there is. */
export async function contextStatuses({ descriptor }: EntityType, values: Values, readings: Readings): Promise<Values> {
  const statuses = named<Value>();
  for (const { name, entityType, idField } of descriptor.reactions?.contextEntities ?? []) {
    const [status = ""] = await readings.statuses(values, idField, entityType);
    if (status !== "") statuses[`ctx_${name}_status`] = status;
  }
  return statuses;
}

/**
 * The refusal for a caller; undefined where it may. One that may read some entities of the type and not this one is told that
 * there is none, as `missingTo` tells it of those that there are not.
 */
export function refusalOf(
  world: World,
  question: Question,
  values: Values,
  readings: Readings,
): Failed | undefined | Promise<Failed | undefined> {
  if (!isInScope(question.context.scopes, question.entityType, question.action)) {
    return outOfScope(question);
  }
  const deciding = decisionOn(world, question, values, readings);
  if ("allowed" in deciding && deciding.allowed) return undefined;
  return refusalBy(deciding, world, question, { values, readings });
}

async function refusalBy(
  deciding: Decision | Promise<Decision>,
  world: World,
  question: Question,
  { values, readings }: { readonly values: Values; readonly readings: Readings },
): Promise<Failed | undefined> {
  const decision = await deciding;
  if (decision.allowed) return undefined;
  const failure = denied(question, decision);
  if (question.action === "create" || (await readsOf(world, question)) !== "where") return failure;
  const reading = await decisionOn(world, { ...question, action: "read", params: {} }, values, readings);
  if (reading.allowed) return failure;
  const { denial } = failure;
  return { ...notFound(question.entityType, question.entityId), ...(denial && { denial }) };
}

/** What a caller is told of an entity that does not exist. One that may read none is refused as if it did, before it can tell the difference. */
export async function missingTo(world: World, question: Question, readings: Readings): Promise<Failed> {
  const missing = notFound(question.entityType, question.entityId);
  if (!isInScope(question.context.scopes, question.entityType, question.action)) {
    return outOfScope(question);
  }
  if ((await readsOf(world, question)) !== "none") return missing;
  const { descriptor } = question.type;
  const decision = await decisionOn(world, question, blankOf(descriptor, question.entityId), readings);
  return decision.allowed ? missing : denied(question, decision);
}

/** Whether the caller may read none of the type, all, or some; of another tenant it reads none. */
async function readsOf(world: World, { context, revision, entityType }: Question): Promise<"none" | "all" | "where"> {
  if (context.principal.tenant !== context.tenant) return "none";
  const ruling = await rulingFor(world, revision, context);
  const { kind } = ruling.readable(context, entityType, world.limits.readableCacheMax);
  return kind === "inexpressible" ? "where" : kind;
}

/** An entity as it is before anybody has written to it. */
export function blankOf(type: EntityTypeDescriptor, entityId: string): Values {
  const values = named<Value>();
  for (const property of type.properties) values[property.name] = initialOf(type, property);
  values[type.key] = entityId;
  return Object.assign(values, valuesOfId(type, entityId));
}
