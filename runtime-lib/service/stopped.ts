/** Entities whose history cannot be read: they are stopped, and on record for people to see, instead of being started afresh. */
import type { EntityRef, StoppedEntity, Store } from "../ports/index.ts";
import type { World } from "./world.ts";

/** The history of an entity that is asked for cannot be read. */
export class EntityStopped extends Error {
  readonly stopped: StoppedEntity;

  constructor(stopped: StoppedEntity) {
    const { entityType, entityId, reason } = stopped;
    super(`${entityType} ${JSON.stringify(entityId)} is stopped because its history cannot be read: ${reason}`);
    this.name = "EntityStopped";
    this.stopped = stopped;
  }
}

/** Puts the entity on record, and says so where failures are told. */
export async function stop({ store, onInternalError }: World, stopped: StoppedEntity): Promise<void> {
  onInternalError(new EntityStopped(stopped));
  await store.quarantine.put(stopped);
}

/** What has no row need not be missing: rejects with `EntityStopped` where it is stopped. */
export async function assertMissing({ quarantine }: Pick<Store, "quarantine">, ref: EntityRef): Promise<void> {
  const stopped = await quarantine.find(ref);
  if (stopped !== undefined) throw new EntityStopped(stopped);
}
