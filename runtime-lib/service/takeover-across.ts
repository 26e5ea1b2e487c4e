/** What a revision newly promises across entities, asked of those that live, as they would be once it has taken over. */
import { type CrossInvariantDescriptor, fitValues, type Values } from "../kernel/index.ts";
import type { LiveEntity } from "../ports/index.ts";
import { isEmpty, type Mapping, migratedValues } from "./migration.ts";
import { Readings } from "./readings.ts";
import type { Revision } from "./revision.ts";
import { addBroken, type Stranded } from "./stranded.ts";
import type { Earlier } from "./takeover.ts";
import { newAcross } from "./tightened.ts";
import { turnPageMax } from "./turn-page.ts";
import type { World } from "./world.ts";

export interface Across {
  readonly next: Revision;
  readonly earlier: Earlier;
  /** By entity type, of those that live. */
  readonly mappings: ReadonlyMap<string, Mapping>;
}

/** Entities that would break a hard property that is new, or that speaks of entities which are mapped. */
export async function brokenAcross(world: World, across: Across): Promise<readonly Stranded[]> {
  const broken = new Map<string, Stranded>();
  for (const invariant of askedOf(across)) {
    const { entityType } = invariant;
    let after: LiveEntity | undefined;
    do {
      const page = await world.store.entities({ entityType, top: turnPageMax, ...(after && { after }) });
      await look(world, across, { invariant, page, broken });
      after = page.length < turnPageMax ? undefined : page.at(-1);
      if (after !== undefined) await world.clock.turn();
    } while (after !== undefined);
  }
  return [...broken.values()];
}

/** A property of one action alone is asked when that is performed, not of what is at rest; an eventual one has its time. */
function askedOf({ next, earlier, mappings }: Across): readonly CrossInvariantDescriptor[] {
  const isMapped = (type: string): boolean => {
    const mapping = mappings.get(type);
    return mapping !== undefined && !isEmpty(mapping);
  };
  const added = new Set(
    earlier.isUnknown ? next.definition.crossInvariants : newAcross(earlier.definition, next.definition),
  );
  return (next.definition.crossInvariants ?? []).filter((invariant) => {
    const { kind, action, entityType, references } = invariant;
    const isAsked = added.has(invariant) || [entityType, ...references.map((each) => each.entityType)].some(isMapped);
    return kind === "hard" && action === undefined && mappings.has(entityType) && isAsked;
  });
}

interface Looking {
  readonly invariant: CrossInvariantDescriptor;
  readonly page: readonly LiveEntity[];
  readonly broken: Map<string, Stranded>;
}

async function look({ store }: World, across: Across, { invariant, page, broken }: Looking): Promise<void> {
  const asTaken = (entityType: string, values: Values): Values => takenOver(across, entityType, values);
  const byTenant = new Map<string, Readings>();
  for (const entity of page) {
    const readings = byTenant.get(entity.tenant) ?? new Readings(store, across.next, entity.tenant, asTaken);
    byTenant.set(entity.tenant, readings);
    const values = asTaken(entity.entityType, entity.values);
    const related = await readings.related(values, invariant.references);
    if (!invariant.holds(values, related)) addBroken(broken, entity, `${invariant.name}: ${invariant.text}`);
  }
}

/** The values of an entity once the revision serves it. */
function takenOver({ next, mappings }: Across, entityType: string, values: Values): Values {
  const descriptor = next.type(entityType)?.descriptor;
  if (descriptor === undefined) return values;
  const mapping = mappings.get(entityType);
  const delta = mapping === undefined ? {} : migratedValues(descriptor, mapping, values);
  return fitValues(descriptor, { ...values, ...delta });
}
