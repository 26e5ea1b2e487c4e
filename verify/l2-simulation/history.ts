/** What has become durable, as the oracles know it: every entity's events and the values after each. */
import type { EntityRef, EntityTypeDescriptor, JournalEvent, Snapshot, Value, Values } from "@temperc/runtime";

export interface Past {
  readonly ref: EntityRef;
  readonly events: JournalEvent[];
  /** The values after so many events: the first are those before any. */
  readonly values: (Values | undefined)[];
}

export class History {
  readonly #entities = new Map<string, Past>();
  /** How often a key has taken effect, by principal or delivery. */
  readonly effects = new Map<string, JournalEvent[]>();
  /** What was answered first to a key. */
  readonly replies = new Map<string, string>();

  /** Everybody that an event or a question was about. */
  get refs(): readonly EntityRef[] {
    return [...this.#entities.values()].map(({ ref }) => ref);
  }

  pastOf({ tenant, entityType, entityId }: EntityRef): Past {
    const key = JSON.stringify([tenant, entityType, entityId]);
    const known = this.#entities.get(key);
    if (known !== undefined) return known;
    const past: Past = { ref: { tenant, entityType, entityId }, events: [], values: [undefined] };
    this.#entities.set(key, past);
    return past;
  }

  /** The values are folded here by themselves, so that the runtime's own fold is one of those under test. */
  add(event: JournalEvent): void {
    const past = this.pastOf(event);
    const before = past.values.at(-1);
    past.events.push(event);
    if (event.kind === "deleted") past.values.push(undefined);
    else past.values.push(event.kind === "created" ? { ...event.delta } : { ...before, ...event.delta });
    if (event.idempotencyKey === null) return;
    const effects = this.effects.get(event.idempotencyKey) ?? [];
    this.effects.set(event.idempotencyKey, [...effects, event]);
  }
}

/** The status and variables among an entity's values. */
export function snapshotIn({ automaton, statusProperty }: EntityTypeDescriptor, values: Values): Snapshot {
  const variables: Record<string, Value> = {};
  for (const { name } of automaton?.variables ?? []) variables[name] = values[name] ?? null;
  return { ...variables, status: String(statusProperty === undefined ? "" : values[statusProperty]) };
}

/** Where two sets of values differ, null and absent being the same. */
export function difference(one: Values, other: Values): string | undefined {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.find((name) => JSON.stringify(one[name] ?? null) !== JSON.stringify(other[name] ?? null));
}
