/** The replies of the store in memory that idempotency keys were given. */
import type { IdempotencyRecord } from "../../ports/index.ts";

export class MemoryReplies {
  readonly #replies = new Map<string, IdempotencyRecord>();

  find(tenant: string, principal: string, key: string): IdempotencyRecord | undefined {
    return this.#replies.get(JSON.stringify([tenant, principal, key]));
  }

  /** False where the key has a reply that has not expired at `now`. */
  keep(record: IdempotencyRecord, now: string): boolean {
    const { tenant, principal, key } = record;
    const earlier = this.find(tenant, principal, key);
    if (earlier !== undefined && earlier.expiresAt > now) return false;
    this.#replies.set(JSON.stringify([tenant, principal, key]), record);
    return true;
  }
}
