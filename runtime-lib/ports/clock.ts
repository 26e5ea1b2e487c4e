/** Time and identity as ports, so that a simulation can own them. */

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export interface Ids {
  /** A fresh UUIDv7 (RFC 9562). */
  next(): string;
}
