/** Eventual properties across entities: where one does not hold after a change, it has a window of time to hold again. */
import type { CrossInvariantDescriptor } from "../kernel/index.ts";
import type { EntityRef, TimerChange } from "../ports/index.ts";
import type { Asking } from "./asked.ts";
import { Readings } from "./readings.ts";
import type { Revision } from "./revision.ts";
import type { World } from "./world.ts";

/** The eventual properties that a change of the entity type asks. */
export function watchedOn({ definition }: Revision, type: string, action: string): readonly CrossInvariantDescriptor[] {
  return (definition.crossInvariants ?? []).filter(
    (each) => each.kind === "eventual" && each.entityType === type && (each.action ?? action) === action,
  );
}

/** The first change that breaks a property opens its window, later ones do not move it, and one that mends it closes it. */
export async function watchChanges(asking: Asking, readings: Readings): Promise<readonly TimerChange[]> {
  const { part, cause, now } = asking;
  const { after, action } = part.change;
  if (after === undefined) return [];
  const changes: TimerChange[] = [];
  for (const { name, windowMs = 0, holds, references } of watchedOn(cause.revision, part.ref.entityType, action)) {
    const slot = `watch: ${name}`;
    if (holds(after, await readings.related(after, references))) {
      changes.push({ kind: "cancel", slot });
      continue;
    }
    const principal = { type: "System", id: "timer", tenant: part.ref.tenant, roles: [] } as const;
    const deed = { kind: "watch", invariant: name, windowMs } as const;
    changes.push({
      kind: "arm-once",
      slot,
      entry: asking.entry({ name: slot, deed, principal, dueAt: now + windowMs }),
    });
  }
  return changes;
}

/** What does not hold of the entity now, as text; undefined where it holds, or where entity or property are gone. */
export async function stillBroken(
  { store }: World,
  revision: Revision,
  ref: EntityRef,
  name: string,
): Promise<string | undefined> {
  const invariant = (revision.definition.crossInvariants ?? []).find((each) => each.name === name);
  const readings = new Readings(store, revision, ref.tenant);
  const values = await readings.values(ref.entityType, ref.entityId);
  if (invariant === undefined || values === undefined) return undefined;
  return invariant.holds(values, await readings.related(values, invariant.references)) ? undefined : invariant.text;
}
