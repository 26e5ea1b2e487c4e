/** One transaction with many commits: locks, checks, writes, in the order that lets each be refused without the others. */
import type { Appended, Commit, Reference } from "../../ports/index.ts";
import { referenceCells, referenceSql } from "../sql/projection.ts";
import { check, checkKeys } from "./checks.ts";
import { numbered, prepared, type Session } from "./connections.ts";
import { draftOf, standing, tableFor } from "./draft.ts";
import { type Lock, lockCells, takeLocksSql } from "./locks.ts";
import { writeMedia } from "./media.ts";
import type { Layout } from "./tables.ts";
import { writeOutbox } from "./timers.ts";
import { conclude, withdraw, writeEvents, writeProjections, writeReplies } from "./writes.ts";

export interface Batch {
  readonly commits: readonly Commit[];
  /** Everything that any of them must have for itself. No two of them want the same. */
  readonly locks: readonly Lock[];
}

/** Thrown where something refers to what must have no reference after all: nothing of the transaction may stay. */
export class StillReferenced extends Error {}

/** Thrown where not all of a batch can be committed: nothing of the transaction may stay. */
export class NotAllStanding extends Error {}

export interface Writing {
  readonly schema: string;
  readonly layout: Layout;
  /** Told the number of the transaction. */
  readonly begun: (number: string) => void;
}

const takeLocks = prepared(takeLocksSql);

/**
 * Writes commits that are alone inside the transaction that is open, in one round trip: what is refused is seen only when all
 * is written, so `NotAllStanding` is thrown then.
 */
export async function writeAtOnce(
  session: Session,
  { schema, layout, begun }: Writing,
  { commits, locks }: Batch,
): Promise<readonly Appended[]> {
  const drafts = commits.map(draftOf);
  const [[row]] = await Promise.all([
    session.run(takeLocks, lockCells(schema, locks)),
    writeEvents(session, layout, drafts),
    writeProjections(session, layout, drafts),
  ]);
  if (standing(drafts).length < drafts.length) throw new NotAllStanding();
  begun(String(row?.[0]));
  return drafts.map(({ appended }) => appended);
}

/** Writes inside the transaction that is open. Answers for each commit, in their order. */
export async function writeBatch(
  session: Session,
  { schema, layout, begun }: Writing,
  { commits, locks }: Batch,
): Promise<readonly Appended[]> {
  const [row] = await session.run(takeLocks, lockCells(schema, locks));
  begun(String(row?.[0]));
  const drafts = commits.map(draftOf);
  await check(session, layout, drafts);
  const checked = standing(drafts);
  const positions = checked.length === 0 ? new Map() : await writeEvents(session, layout, checked);
  await checkKeys(session, layout, standing(drafts));
  await withdraw(session, positions);
  const made = standing(drafts);
  if (made.length > 0) {
    await writeProjections(session, layout, made);
    await writeMedia(session, made);
    await writeReplies(session, made);
    await conclude(session, made);
    await writeOutbox(session, made);
  }
  for (const { commit } of made) {
    for (const reference of commit.unreferenced ?? []) await assertUnreferenced(session, layout, reference);
  }
  return drafts.map(({ appended }) => appended);
}

async function assertUnreferenced(session: Session, layout: Layout, reference: Reference): Promise<void> {
  const { projection } = tableFor(layout, reference.entityType);
  const sql = numbered(referenceSql(projection, reference.property));
  const rows = await session.run(sql, referenceCells(projection, reference.property, reference));
  if (rows.length > 0) throw new StillReferenced();
}
