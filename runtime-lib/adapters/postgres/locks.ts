/** What a commit must have for itself while it is decided, as advisory locks: they hold across servers and for what is not there yet. */
import type { Commit, EntityRef, IdempotencyRecord } from "../../ports/index.ts";
import type { Cell } from "../sql/columns.ts";

export interface Lock {
  readonly name: string;
  /** False for what is only read. */
  readonly exclusive: boolean;
}

/** Held shared by every commit, and alone by whoever changes the tables. */
export const layoutLock = "layout";

/** The locks of a commit; `keysOf` names the alternate keys that an entity's row takes. */
export function locksOf(
  commit: Commit,
  keysOf: (ref: EntityRef, row: Commit["row"]) => readonly string[],
): readonly Lock[] {
  const { idempotency, also = [], reads = [] } = commit;
  const locks = new Map<string, boolean>();
  for (const ref of reads) locks.set(entityName(ref), false);
  for (const { event, row } of [commit, ...also]) {
    locks.set(entityName(event), true);
    for (const name of keysOf(event, row)) locks.set(name, true);
  }
  if (idempotency !== undefined) locks.set(replyName(idempotency), true);
  return [...locks].map(([name, exclusive]) => ({ name, exclusive }));
}

function entityName({ tenant, entityType, entityId }: EntityRef): string {
  return `entity\0${tenant}\0${entityType}\0${entityId}`;
}

function replyName({ tenant, principal, key }: IdempotencyRecord): string {
  return `reply\0${tenant}\0${principal}\0${key}`;
}

export function keyName(ref: EntityRef, key: number, cells: readonly Cell[]): string {
  return `key\0${ref.tenant}\0${ref.entityType}\0${key}\0${JSON.stringify(cells)}`;
}

/** The pair of numbers that PostgreSQL locks for a name. Two names that meet in one pair only wait for each other. */
export function advisory(schema: string, name: string): readonly [number, number] {
  let [one, other] = [0xde_ad_be_ef, 0x41_c6_ce_57];
  const text = `${schema}\0${name}`;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x9e_37_79_b1);
    other = Math.imul(other ^ unit, 0x5f_35_64_95);
  }
  one = Math.imul(one ^ (one >>> 16), 0x85_eb_ca_6b) ^ Math.imul(other ^ (other >>> 13), 0xc2_b2_ae_35);
  other = Math.imul(other ^ (other >>> 16), 0x85_eb_ca_6b) ^ Math.imul(one ^ (one >>> 13), 0xc2_b2_ae_35);
  return [one | 0, other | 0];
}

/** Takes one lock after the other, in the order of the numbers, which is the same for everybody, and numbers the transaction. */
export const takeLocksSql = `SELECT pg_current_xact_id()::text, count(
    CASE WHEN alone THEN pg_advisory_xact_lock(one, other)::text ELSE pg_advisory_xact_lock_shared(one, other)::text END)
  FROM unnest($1::integer[], $2::integer[], $3::boolean[]) AS lock (one, other, alone)`;

/** The cells of `takeLocksSql`. */
export function lockCells(schema: string, locks: readonly Lock[]): readonly (readonly (number | boolean)[])[] {
  const pairs = new Map<string, { readonly at: readonly [number, number]; exclusive: boolean }>();
  for (const { name, exclusive } of [...locks, { name: layoutLock, exclusive: false }]) {
    const at = advisory(schema, name);
    const known = pairs.get(at.join());
    if (known === undefined) pairs.set(at.join(), { at, exclusive });
    else known.exclusive ||= exclusive;
  }
  const sorted = [...pairs.values()].sort(({ at: [a, b] }, { at: [c, d] }) => a - c || b - d);
  return [sorted.map(({ at }) => at[0]), sorted.map(({ at }) => at[1]), sorted.map(({ exclusive }) => exclusive)];
}
