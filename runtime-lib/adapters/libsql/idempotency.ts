/** The table of idempotency records: one reply per tenant, principal and key, until it expires. */
import type { Commit, IdempotencyRecord } from "../../ports/index.ts";
import { type Cell, storable } from "../sql/columns.ts";
import type { Connection, Connections } from "./connection.ts";

const purgeEveryMs = 60_000;
const purgedRowsMax = 10_000;

/** Writes replies, each in brackets; fails where one has a key that is taken. */
export function insertRepliesSql(replies: string): string {
  return `INSERT INTO idempotency (tenant, principal, key, request_hash, reply, expires_at) VALUES ${replies}`;
}

export function replyCells(record: IdempotencyRecord): readonly Cell[] {
  const scope = [storable(record.tenant), storable(record.principal), storable(record.key)];
  return [...scope, record.requestHash, record.reply, record.expiresAt];
}

export class IdempotencyTable {
  readonly #insert: ReturnType<Connection["prepare"]>;
  readonly #select: ReturnType<Connection["prepare"]>;
  readonly #purge: ReturnType<Connection["prepare"]>;
  #purgedAtMs = 0;

  constructor({ writing, reading }: Connections) {
    this.#insert = writing.prepare(
      `${insertRepliesSql("(?, ?, ?, ?, ?, ?)")}
       ON CONFLICT (tenant, principal, key) DO UPDATE
       SET request_hash = excluded.request_hash, reply = excluded.reply, expires_at = excluded.expires_at
       WHERE expires_at <= ?`,
    );
    this.#select = reading
      .prepare(`SELECT request_hash, reply, expires_at FROM idempotency WHERE tenant = ? AND principal = ? AND key = ?`)
      .raw();
    this.#purge = writing.prepare(
      `DELETE FROM idempotency WHERE (tenant, principal, key) IN
       (SELECT tenant, principal, key FROM idempotency WHERE expires_at <= ? ORDER BY expires_at LIMIT ${purgedRowsMax})`,
    );
  }

  /** False where the key is taken by a record that has not expired at `now` (RFC 3339). */
  insert(record: IdempotencyRecord, now: string): boolean {
    return this.#insert.run([...replyCells(record), now]).changes > 0;
  }

  find(tenant: string, principal: string, key: string): IdempotencyRecord | undefined {
    const cells = this.#select.get([storable(tenant), storable(principal), storable(key)]);
    if (!Array.isArray(cells)) return undefined;
    const [requestHash, reply, expiresAt] = cells.map(String);
    return {
      tenant,
      principal,
      key,
      requestHash: requestHash ?? "",
      reply: reply ?? "",
      expiresAt: expiresAt ?? "",
    };
  }

  /** Drops what has expired when a commit with a reply comes, at most once a minute of its clock. */
  purgeBefore({ idempotency, event: { at: now } }: Commit): void {
    if (idempotency === undefined) return;
    const nowMs = Date.parse(now);
    if (nowMs - this.#purgedAtMs < purgeEveryMs) return;
    this.#purgedAtMs = nowMs;
    this.#purge.run([now]);
  }
}
