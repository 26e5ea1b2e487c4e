/** A dry run: recorded calls against another definition, to tell which of them would end otherwise. Nothing is written. */
import { fitValues, fold, type ServiceDefinition, type Value, type Values } from "../kernel/index.ts";
import type { EntityRef, JournalEvent, PreparedType, Store } from "../ports/index.ts";
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
  for (const event of await store.recentEvents(tenant, events)) {
    if (event.kind !== "action") continue;
    const found = outcomeOf(event, await histories.before(event), {
      type: revision.type(event.entityType),
      previous: types.get(event.entityType),
    });
    if (found === "not-asked") notAsked += 1;
    else asked += 1;
    if (typeof found === "object") otherwise.push({ ...placeOf(event), now: found.now });
  }
  return { asked, otherwise, notAsked };
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

  constructor(store: Store) {
    this.#store = store;
  }

  async before(event: JournalEvent): Promise<Values> {
    const key = JSON.stringify([event.entityType, event.entityId]);
    const events = this.#known.get(key) ?? (await this.#store.events(event));
    this.#known.set(key, events);
    return fold(events.filter(({ sequence }) => sequence < event.sequence)).values ?? {};
  }
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
