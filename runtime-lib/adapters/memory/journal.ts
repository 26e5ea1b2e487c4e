/** The journal of the store in memory: the events of each entity, and all of them in the order of the commits. */
import type { EntityRef, FeedPage, FeedPosition, FeedQuery, JournalEvent } from "../../ports/index.ts";

export class MemoryJournal {
  readonly #histories = new Map<string, readonly JournalEvent[]>();
  /** An event's position in the feed is its place, from 1. */
  readonly #log: JournalEvent[] = [];

  /** By sequence. */
  of(ref: EntityRef): readonly JournalEvent[] {
    return this.#histories.get(keyOf(ref)) ?? [];
  }

  /** The histories of a type, each with its events. */
  ofType(entityType: string): readonly (readonly JournalEvent[])[] {
    return [...this.#histories.values()].filter(([first]) => first?.entityType === entityType);
  }

  /** Takes the event as it is now, and gives the way to take back what was put in last. */
  put(event: JournalEvent): () => void {
    const key = keyOf(event);
    const earlier = this.of(event);
    const events = [...earlier, structuredClone(event)].sort((one, other) => one.sequence - other.sequence);
    this.#histories.set(key, events);
    this.#log.push(event);
    return () => {
      this.#log.pop();
      this.#histories.set(key, earlier);
    };
  }

  newest(tenant: string, top: number): readonly JournalEvent[] {
    return this.#log.filter((event) => event.tenant === tenant).slice(-top);
  }

  get end(): FeedPosition {
    return String(this.#log.length);
  }

  feed({ tenant, after, max }: FeedQuery): FeedPage | undefined {
    const from = Number(after);
    if (!/^\d{1,15}$/.test(after) || from > this.#log.length) return undefined;
    const seen = this.#log.slice(from, from + max);
    const events = seen.map((event, index) => ({ position: String(from + index + 1), event }));
    const own = events.filter(({ event }) => event.tenant === tenant);
    return { events: own, unreadable: [], through: String(from + seen.length) };
  }
}

/** Unambiguous, whatever characters the parts have. */
function keyOf({ tenant, entityType, entityId }: EntityRef): string {
  return JSON.stringify([tenant, entityType, entityId]);
}
