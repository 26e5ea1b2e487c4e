/** Stopped entities of the store in memory. */
import type { EntityRef, Quarantine, StoppedEntity, StoppedQuery } from "../../ports/index.ts";

export class MemoryQuarantine implements Quarantine {
  readonly #stopped = new Map<string, StoppedEntity>();

  async put(stopped: StoppedEntity): Promise<void> {
    this.note(stopped);
  }

  note(stopped: StoppedEntity): void {
    const key = keyOf(stopped);
    if (!this.#stopped.has(key)) this.#stopped.set(key, stopped);
  }

  /** Before the rows of the type are made anew: who is still stopped is found on the way. */
  empty(entityType: string): void {
    for (const [key, stopped] of this.#stopped) if (stopped.entityType === entityType) this.#stopped.delete(key);
  }

  async find(ref: EntityRef): Promise<StoppedEntity | undefined> {
    return this.#stopped.get(keyOf(ref));
  }

  async list({ tenant, top, skip }: StoppedQuery): Promise<readonly StoppedEntity[]> {
    const own = [...this.#stopped].filter(([, stopped]) => stopped.tenant === tenant);
    const sorted = own.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, stopped]) => stopped);
    return sorted.slice(skip, skip + top);
  }

  async count(): Promise<number> {
    return this.#stopped.size;
  }
}

function keyOf({ tenant, entityType, entityId }: EntityRef): string {
  return `${tenant}\0${entityType}\0${entityId}`;
}
