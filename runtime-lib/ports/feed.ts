/** The journal as one stream: what was committed, in an order that never changes behind a reader. */
import type { StoppedEntity } from "./quarantine.ts";
import type { JournalEvent } from "./store.ts";

/**
 * Where in the stream a reader is: text that only the store understands, apart from `feedStart`.
 * Several writers may commit in another order than they began in: a store gives a position out only when nothing can
 * appear before it any more, so that a reader who goes on from there misses nothing.
 */
export type FeedPosition = string;

/** Before the first event, in every store. */
export const feedStart: FeedPosition = "0";

export interface FeedQuery {
  readonly tenant: string;
  readonly after: FeedPosition;
  /** How many events are looked at, those of other tenants among them. */
  readonly max: number;
}

export interface FeedPage {
  readonly events: readonly FeedEvent[];
  /** Whose events on the page cannot be read; they are not among `events`. */
  readonly unreadable: readonly StoppedEntity[];
  /** The position of the last event that was looked at; that of the query where there was none. */
  readonly through: FeedPosition;
}

export interface FeedEvent {
  readonly position: FeedPosition;
  readonly event: JournalEvent;
}

export interface Feed {
  /** The position behind everything that is committed now. */
  feedEnd(): Promise<FeedPosition>;
  /** The tenant's events behind the position, in commit order; undefined where the position is none of this store's. */
  feed(query: FeedQuery): Promise<FeedPage | undefined>;
}
