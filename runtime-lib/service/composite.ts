/** Composite actions: other entities' actions that stand or fall with the caller's, in one transaction. */
import type { CompositeDescriptor, Values } from "../kernel/index.ts";
import type { Failed } from "./call.ts";
import { type Change, evaluate, evaluateCreation } from "./evaluate.ts";
import { failed, notFound } from "./failures.ts";
import { filledParams } from "./filled.ts";
import { afterPart, type Part } from "./parts.ts";
import type { Present, Readings } from "./readings.ts";
import type { EntityType } from "./revision.ts";
import { argumentValues, type TargetEntity, targetsOf } from "./targets.ts";
import { type Caller, unlessBare } from "./unsaid.ts";
import type { World } from "./world.ts";

type SubWrite = CompositeDescriptor["subWrites"][number];

/** The composite action that a part is of; undefined where it is of none. */
export function compositeOf({ type, change }: Part): CompositeDescriptor | undefined {
  return type.descriptor.reactions?.composites.find(({ action }) => action === change.action);
}

/** The parts of the composite's other entities, in order, or why one of them is refused: then nothing is done at all. */
export async function subWriteParts(
  world: World,
  caller: Caller,
  parent: Part,
  readings: Readings,
): Promise<readonly Part[] | Failed> {
  const { after } = parent.change;
  const composite = compositeOf(parent);
  if (composite === undefined || after === undefined) return [];
  const writer: Writer = { world, caller, readings, tenant: parent.ref.tenant };
  const parts: Part[] = [];
  for (const subWrite of composite.subWrites) {
    const targets = targetsOf(subWrite.target, after, parent.ref.entityId);
    if (targets.length === 0) return refusedFor(subWrite, failed("GuardFailed", "the field that names it is not set"));
    for (const target of targets) {
      const made = await partsOn(target, subWrite, after, writer);
      if ("kind" in made) return refusedFor(subWrite, made);
      parts.push(...made);
    }
  }
  return parts;
}

interface Writer {
  readonly world: World;
  readonly caller: Caller;
  readonly readings: Readings;
  readonly tenant: string;
}

function refusedFor({ entityType, action }: SubWrite, reason: Failed): Failed {
  return { ...reason, message: `its part ${action} on ${entityType} is refused: ${reason.message}` };
}

/** The creation of the target where it is to be made, and its action. */
async function partsOn(
  { entityId: known, isMade }: TargetEntity,
  { entityType, action, params }: SubWrite,
  source: Values,
  writer: Writer,
): Promise<readonly Part[] | Failed> {
  const { world, caller, readings } = writer;
  const type = caller.revision.type(entityType);
  const entityId = known ?? world.ids.next();
  const present = await readings.present(entityType, entityId);
  if (type === undefined || present === undefined) return notFound(entityType, entityId);
  const made = present.values === undefined && isMade ? evaluateCreation(type, entityId, {}) : undefined;
  if (made?.kind === "failed") return made;
  const target = { type, entityId };
  const creation = made === undefined ? [] : [partOf(target, present, made, writer)];
  const before = creation[0] === undefined ? present : afterPart(creation[0]);
  if (before.values === undefined) return notFound(entityType, entityId);
  const filled = await filledParams(world.ids, readings, type, { action, before: before.values });
  const call = { kind: "action", action, params: argumentValues(params, source) } as const;
  const change = evaluate(type, call, before.values, { filled, callable: ["input", "internal"] });
  if (change.kind === "failed") {
    return unlessBare(world, caller, { type, entityId, values: before.values, action }, change);
  }
  return [...creation, partOf(target, before, change, writer)];
}

function partOf(
  { type, entityId }: { readonly type: EntityType; readonly entityId: string },
  present: Present,
  change: Change,
  { readings, tenant }: Writer,
): Part {
  const part = { ref: { tenant, entityType: type.descriptor.name, entityId }, type, present, change };
  readings.write(part.ref, afterPart(part));
  return part;
}
