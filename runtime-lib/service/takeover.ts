/** Taking over what lives from an earlier revision: what has no place in the next, what is mapped, what breaks its promises. */
import { type EntityTypeDescriptor, fitValues, type ServiceDefinition, type Values } from "../kernel/index.ts";
import type { EntityCommit, LiveEntity, PreparedType, StatusCount, Store, TimerChange } from "../ports/index.ts";
import { Asking } from "./asked.ts";
import { type Misfit, stranded } from "./compatibility.ts";
import { isEmpty, type Mapping, mappingOf, migratedValues } from "./migration.ts";
import { entityCommit, type Part } from "./parts.ts";
import { brokenPromise } from "./promises.ts";
import type { EntityType, Revision } from "./revision.ts";
import { addBroken, examplesMax, type Stranded } from "./stranded.ts";
import { brokenAcross } from "./takeover-across.ts";
import { isTightened, keepsStatuses, newPromises } from "./tightened.ts";
import { timeoutSlot, timerChanges } from "./timers.ts";
import { turnPageMax } from "./turn-page.ts";
import type { World } from "./world.ts";

export type Takeover =
  | { readonly kind: "ready"; readonly migrated: readonly EntityCommit[] }
  | { readonly kind: "stranded"; readonly stranded: readonly Stranded[] };

export interface Earlier {
  /** What has been served so far, where this process has served it. */
  readonly definition?: ServiceDefinition;
  /** True where the entities may not keep what the next revision promises, although nothing of the earlier one is known. */
  readonly isUnknown: boolean;
}

/**
 * Compares a revision with what lives in the store. Where every entity has its place, gives the events that map those
 * that need it: the mapped snapshots keep the new invariants. Changes nothing. Rejects with `StoreUnavailable`.
 */
export async function takeover(world: World, next: Revision, earlier: Earlier): Promise<Takeover> {
  const { store } = world;
  const prepared = await store.prepared();
  const counts = await living(store, { prepared, next: next.definition, earlier: earlier.definition });
  const misfits = stranded(next.definition, counts, prepared);
  if (misfits.length > 0) return { kind: "stranded", stranded: await withExamples(world, misfits) };
  const mappings = new Map<string, Mapping>();
  const migrated: EntityCommit[] = [];
  const broken: Stranded[] = [];
  for (const name of liveTypes(counts)) {
    const type = next.type(name);
    if (type === undefined) throw new Error(`stranded lets no type through that is gone: ${name}`);
    const mapping = mappingOf(
      type.descriptor,
      prepared.find((each) => each.name === name),
    );
    mappings.set(name, mapping);
    const previous = earlier.definition?.entityTypes.find((each) => each.name === name);
    const isAsked = earlier.isUnknown || (previous !== undefined && isTightened(previous, type.descriptor));
    if (!isAsked && isEmpty(mapping)) continue;
    const found = await examined(world, { next, type, mapping, ...(previous && { previous }) });
    migrated.push(...found.migrated);
    broken.push(...found.broken);
  }
  broken.push(...(await brokenAcross(world, { next, earlier, mappings })));
  return broken.length > 0 ? { kind: "stranded", stranded: broken } : { kind: "ready", migrated };
}

interface Lives {
  readonly prepared: readonly PreparedType[];
  readonly next: ServiceDefinition;
  readonly earlier: ServiceDefinition | undefined;
}

/**
 * What lives, by status. To count that is to read every row: where no status is gone and nothing else has no place, it is enough
 * to know of each type that something lives.
 */
async function living(store: Store, { prepared, next, earlier }: Lives): Promise<readonly StatusCount[]> {
  if (earlier === undefined || !keepsStatuses(earlier, next)) return store.statusCounts();
  const found: StatusCount[] = [];
  for (const { name } of prepared) {
    const [any] = await store.entities({ entityType: name, top: 1 });
    const status = next.entityTypes.find((type) => type.name === name)?.automaton?.statuses[0] ?? "";
    if (any !== undefined) found.push({ entityType: name, status, count: 1 });
  }
  return stranded(next, found, prepared).length === 0 ? found : store.statusCounts();
}

function liveTypes(counts: readonly StatusCount[]): ReadonlySet<string> {
  return new Set(counts.flatMap(({ entityType, count }) => (count > 0 ? [entityType] : [])));
}

async function withExamples({ store }: World, misfits: readonly Misfit[]): Promise<readonly Stranded[]> {
  const named: Stranded[] = [];
  for (const misfit of misfits) {
    const { entityType, status } = misfit;
    const some = await store.entities({ entityType, top: examplesMax, ...(status !== undefined && { status }) });
    named.push({ ...misfit, examples: some.map(({ tenant, entityId }) => ({ tenant, entityId })) });
  }
  return named;
}

interface Examining {
  readonly next: Revision;
  readonly type: EntityType;
  readonly mapping: Mapping;
  readonly previous?: EntityTypeDescriptor;
}

interface Examined {
  readonly migrated: readonly EntityCommit[];
  readonly broken: readonly Stranded[];
}

/** Every live entity of a type, page by page: one that is mapped is asked for all promises, any other for those that are new. */
async function examined(world: World, examining: Examining): Promise<Examined> {
  const { descriptor } = examining.type;
  const { migratedMax } = world.limits;
  const [all, added] = [newPromises(undefined, descriptor), newPromises(examining.previous, descriptor)];
  const migrated: EntityCommit[] = [];
  const broken = new Map<string, Stranded>();
  let after: LiveEntity | undefined;
  do {
    const query = { entityType: descriptor.name, top: turnPageMax, ...(after && { after }) };
    const page: readonly LiveEntity[] = await world.store.entities(query);
    for (const entity of page) {
      const delta = migratedValues(descriptor, examining.mapping, entity.values);
      const values = fitValues(descriptor, { ...entity.values, ...delta });
      const isMapped = Object.keys(delta).length > 0;
      const reason = brokenPromise(examining.type, isMapped ? all : added, values);
      if (reason !== undefined) addBroken(broken, entity, reason);
      else if (isMapped) migrated.push(migration(world, examining, { entity, delta, values }));
    }
    if (migrated.length > migratedMax) return tooMany(descriptor.name, migratedMax);
    after = page.length < turnPageMax ? undefined : page.at(-1);
    if (after !== undefined) await world.clock.turn();
  } while (after !== undefined);
  return { migrated, broken: [...broken.values()] };
}

function tooMany(entityType: string, migratedMax: number): Examined {
  const reason = `need a migration, and one swap migrates no more than ${migratedMax} (migratedMax)`;
  return { migrated: [], broken: [{ entityType, count: migratedMax + 1, reason, examples: [] }] };
}

interface Migrating {
  readonly entity: LiveEntity;
  readonly delta: Values;
  readonly values: Values;
}

/** The event of a migration, and its timers: those of the status that is gone end, those of the new one begin. */
function migration(
  world: World,
  { next, type, previous }: Examining,
  { entity, delta, values }: Migrating,
): EntityCommit {
  const { tenant, entityType, entityId, sequence } = entity;
  const principal = { type: "System", id: "migration", tenant, roles: [] };
  const context = { principal, tenant, correlationId: next.hash };
  const cause = { context, revision: next, idempotencyKey: null, causationId: null };
  const part: Part = {
    ref: { tenant, entityType, entityId },
    type,
    present: { sequence, values: entity.values },
    change: { kind: "change", event: "migrated", action: "migrated", params: {}, delta, outputs: [], after: values },
  };
  const commit = entityCommit(world, cause, part);
  const timers = [...leftTimers(previous, commit), ...timerChanges(new Asking(world, cause, part, commit.event))];
  return timers.length === 0 ? commit : { ...commit, timers };
}

function leftTimers(previous: EntityTypeDescriptor | undefined, { event }: EntityCommit): readonly TimerChange[] {
  if (event.from === event.to) return [];
  const left = previous?.reactions?.timeouts.filter(({ status }) => status === event.from) ?? [];
  return left.map((timeout): TimerChange => ({ kind: "cancel", slot: timeoutSlot(timeout) }));
}
