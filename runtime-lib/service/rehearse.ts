/** A dry run: recorded calls against another definition, to tell which of them would end otherwise. Nothing is written. */
import { BrokenHistory, fitValues, fold, type ServiceDefinition, type Value, type Values } from "../kernel/index.ts";
import type { EntityRef, JournalEvent, PreparedType, StoppedEntity, Store } from "../ports/index.ts";
import { evaluate } from "./evaluate.ts";
import { mappingOf, migratedValues } from "./migration.ts";
import { type EntityType, Revision } from "./revision.ts";

/** A recorded call that would not end as it did. */
export interface Otherwise extends EntityRef {
  readonly sequence: number;
  readonly eventId: string;
  readonly at: string;
  readonly action: string;
  /** What would become of it, in words. */
  readonly now: string;
}

export interface Rehearsal {
  /** Recorded calls that were asked again. */
  readonly asked: number;
  readonly otherwise: readonly Otherwise[];
  /** Calls whose outcome rests on what is not recorded, such as the status of other entities at that time. */
  readonly notAsked: number;
  /** Entities with events that cannot be read: the calls of these are not asked. */
  readonly unreadable: readonly StoppedEntity[];
}

export interface RehearsalRequest {
  readonly tenant: string;
  /** So many of the newest events. */
  readonly events: number;
}

/**
 * Each recorded call is asked again on what the journal folds to before it, mapped as `[migration]` says. Policies are not
 * asked: what a caller's roles were is not recorded. A call that was refused is not in the journal.
 */
export async function rehearse(
  store: Store,
  definition: ServiceDefinition,
  { tenant, events }: RehearsalRequest,
): Promise<Rehearsal> {
  const types = new Map((await store.prepared()).map((type) => [type.name, type]));
  const revision = new Revision(definition, "", () => ({
    authorize: () => ({ allowed: true, reasons: [], errors: [] }),
    readable: () => ({ kind: "all" }),
  }));
  const histories = new Histories(store);
  const otherwise: Otherwise[] = [];
  let [asked, notAsked] = [0, 0];
  const recent = await store.recentEvents(tenant, events);
  for (const each of recent.unreadable) histories.stop(each);
  for (const event of recent.events) {
    const before = event.kind === "action" ? await histories.before(event) : undefined;
    if (before === undefined) continue;
    const found = outcomeOf(event, before, {
      type: revision.type(event.entityType),
      previous: types.get(event.entityType),
    });
    if (found === "not-asked") notAsked += 1;
    else asked += 1;
    if (typeof found === "object") otherwise.push({ ...placeOf(event), now: found.now });
  }
  return { asked, otherwise, notAsked, unreadable: histories.unreadable };
}

function placeOf({
  tenant,
  entityType,
  entityId,
  sequence,
  eventId,
  at,
  action,
}: JournalEvent): Omit<Otherwise, "now"> {
  return { tenant, entityType, entityId, sequence, eventId, at, action };
}

/** The events of each entity are read once. */
class Histories {
  readonly #store: Store;
  readonly #known = new Map<string, readonly JournalEvent[]>();
  readonly #stopped = new Map<string, StoppedEntity>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** By what was met first. */
  get unreadable(): readonly StoppedEntity[] {
    return [...this.#stopped.values()];
  }

  stop(stopped: StoppedEntity): void {
    if (!this.#stopped.has(keyOf(stopped))) this.#stopped.set(keyOf(stopped), stopped);
  }

  /** Undefined where what was before it cannot be read. */
  async before(event: JournalEvent): Promise<Values | undefined> {
    const key = keyOf(event);
    if (this.#stopped.has(key)) return undefined;
    try {
      const events = this.#known.get(key) ?? (await this.#store.events(event));
      this.#known.set(key, events);
      return fold(events.filter(({ sequence }) => sequence < event.sequence)).values ?? {};
    } catch (error) {
      if (!(error instanceof BrokenHistory)) throw error;
      const { tenant, entityType, entityId } = event;
      this.stop({ tenant, entityType, entityId, sequence: error.sequence, reason: error.message });
      return undefined;
    }
  }
}

function keyOf({ entityType, entityId }: EntityRef): string {
  return JSON.stringify([entityType, entityId]);
}

interface Types {
  readonly type: EntityType | undefined;
  readonly previous: PreparedType | undefined;
}

function outcomeOf(
  event: JournalEvent,
  before: Values,
  { type, previous }: Types,
): "same" | "not-asked" | { readonly now: string } {
  if (type === undefined) return { now: `there is no entity type ${event.entityType}` };
  const { descriptor } = type;
  const action = type.actions.get(event.action);
  if (action === undefined) return { now: `${event.entityType} has no action ${event.action}` };
  if ((action.filled ?? []).some(({ kind }) => kind !== "field")) return "not-asked";
  const mapping = mappingOf(descriptor, previous);
  const mapped = (values: Values): Values =>
    fitValues(descriptor, { ...values, ...migratedValues(descriptor, mapping, values) });
  const values = mapped(before);
  const filled = Object.fromEntries(
    (action.filled ?? []).flatMap((each) => (each.kind === "field" ? [[each.name, values[each.field] ?? null]] : [])),
  );
  const change = { kind: "action", action: event.action, params: event.params } as const;
  const answer = evaluate(type, change, values, { filled, callable: ["input", "internal"] });
  if (answer.kind === "failed") return { now: `refused: ${answer.message}` };
  const recorded = mapped({ ...before, ...event.delta });
  const differing = descriptor.properties.filter(
    ({ name, role }) => role !== "key" && !isSame(answer.after?.[name] ?? null, recorded[name] ?? null),
  );
  if (differing.length === 0) return "same";
  const told = differing.map(({ name }) => `${name} ${text(answer.after?.[name])} instead of ${text(recorded[name])}`);
  return { now: `it leads to ${told.join(", ")}` };
}

function isSame(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function text(value: Value | undefined): string {
  return JSON.stringify(value ?? null);
}
