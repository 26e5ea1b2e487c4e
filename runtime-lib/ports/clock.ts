/** Time, identity and chance as ports, so that a simulation can own them. */

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `wake` once, when it is `at` or later (milliseconds since the epoch), unless the answer is called before: that cancels it. */
  wakeAt(at: number, wake: () => void): () => void;
  /** Resolves when whoever else has something to do has had a turn. */
  turn(): Promise<void>;
}

/** A number from 0 up to but not including 1. */
export type Random = () => number;

export interface Ids {
  /** A fresh UUIDv7 (RFC 9562). */
  next(): string;
}
