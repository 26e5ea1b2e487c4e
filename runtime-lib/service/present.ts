/** What an entity is now: its history folded or, where that is long, the snapshot that its row is, with the newest events as proof. */
import { BrokenHistory, type Folded, fold, foldFact } from "../kernel/index.ts";
import type { EntityRef } from "../ports/index.ts";
import type { Present } from "./readings.ts";
import { EntityStopped, stop } from "./stopped.ts";
import type { World } from "./world.ts";

/** The entity as its history has led to it. Rejects with `EntityStopped` where that cannot be read, once it is on record. */
export async function presentOf(world: World, { tenant, entityType, entityId }: EntityRef): Promise<Present> {
  const ref = { tenant, entityType, entityId };
  try {
    return await folded(world, ref);
  } catch (error) {
    if (!(error instanceof BrokenHistory)) throw error;
    const stopped = { ...ref, sequence: error.sequence, reason: error.message };
    await stop(world, stopped);
    throw new EntityStopped(stopped);
  }
}

/**
 * The row is written in the transaction of its event, so it is the snapshot of the newest. It is taken where the newest events
 * lead up to it; where they do not, as when another process writes meanwhile, the whole history is read.
 */
async function folded({ store, limits }: World, ref: EntityRef): Promise<Folded> {
  const newestMax = Math.max(1, limits.foldedEventsMax);
  const newest = await store.events(ref, newestMax);
  const [first] = newest;
  if (first === undefined || newest.length < newestMax) return fold(newest);
  // Of what came before these events nothing is known, but that the entity was there: unless they make or end it anew.
  const tail = newest.reduce<Folded>(foldFact, { sequence: first.sequence - 1, values: {} });
  if (newest.some(({ kind }) => kind === "created" || kind === "deleted")) return tail;
  const row = await store.row(ref);
  return row?.sequence === tail.sequence ? row : fold(await store.events(ref));
}
