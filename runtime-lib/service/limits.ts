/** The service's limits, each named and each with its reason to exist. */

export interface Limits {
  /** Messages that may wait for one entity; the next one is answered `Overloaded` at once. */
  readonly mailboxMax: number;
  /** Entities kept in memory; the least recently used idle ones go first and are folded again when asked for. */
  readonly residentsMax: number;
  /** How often a write is evaluated again after another writer was faster. */
  readonly conflictRetriesMax: number;
  /** How long the reply to an idempotency key is kept. */
  readonly idempotencyTtlMs: number;
  /** What an overloaded service asks its caller to wait. */
  readonly retryAfterSeconds: number;
  /** Calls that may wait while a swap is under way. */
  readonly heldMax: number;
  /** UTF-16 units of an entity's id. */
  readonly entityIdLengthMax: number;
  /** Entities that one deletion may delete or clear besides its own. */
  readonly cascadeMax: number;
  /** Principals whose readable sets are remembered. */
  readonly readableCacheMax: number;
}

export const defaultLimits: Limits = {
  mailboxMax: 1_000,
  residentsMax: 50_000,
  conflictRetriesMax: 2,
  idempotencyTtlMs: 24 * 60 * 60 * 1_000,
  retryAfterSeconds: 1,
  heldMax: 10_000,
  entityIdLengthMax: 512,
  cascadeMax: 1_000,
  readableCacheMax: 10_000,
};
