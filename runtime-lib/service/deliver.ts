/** One delivery: the entry's deed is done, and what came of it says what becomes of the entry. */
import { named, type Value, type Values } from "../kernel/index.ts";
import type { Deed, Leased } from "../ports/index.ts";
import type { EntityType } from "./revision.ts";
import { runWorkflow } from "./run-workflow.ts";
import { send } from "./send.ts";
import { type ActionDeed, type Delivered, type DeliveryPorts, followUp, refused, type Trial } from "./trial.ts";

type CreateDeed = Deed & { readonly kind: "create" };

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
    case "workflow":
      return runWorkflow(trial, deed);
    case "watch":
      return watch(trial, deed);
  }
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
  const fields = named<Value>();
  const others = named<Value>();
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

type WatchDeed = Deed & { readonly kind: "watch" };

/** The window is over: a property that does not hold is a dead letter, which a person sees and may ask again. */
async function watch({ ports, entry }: Trial, { invariant, windowMs }: WatchDeed): Promise<Delivered> {
  const broken = await ports.stillBroken(entry, invariant);
  if (broken === undefined) return { kind: "dropped" };
  return { kind: "dead", reason: `${invariant} did not hold again within ${windowMs} ms: ${broken}` };
}
