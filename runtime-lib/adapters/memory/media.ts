/** Media of the store in memory. */
import type { EntityRef, Media, MediaChange, MediaContent } from "../../ports/index.ts";

export class MemoryMedia implements Media {
  readonly #contents = new Map<string, MediaContent>();

  async find(ref: EntityRef, property: string, hash: string): Promise<Uint8Array | undefined> {
    const content = this.#contents.get(keyOf(ref, property));
    return content?.hash === hash ? content.bytes : undefined;
  }

  /** Makes the changes; the answer takes them back. */
  change(ref: EntityRef, changes: readonly MediaChange[]): () => void {
    const before = changes.map(({ property }) => ({ property, content: this.#contents.get(keyOf(ref, property)) }));
    for (const { property, content } of changes) this.#put(keyOf(ref, property), content ?? undefined);
    return () => {
      for (const { property, content } of before) this.#put(keyOf(ref, property), content);
    };
  }

  #put(key: string, content: MediaContent | undefined): void {
    if (content === undefined) this.#contents.delete(key);
    else this.#contents.set(key, content);
  }
}

function keyOf({ tenant, entityType, entityId }: EntityRef, property: string): string {
  return JSON.stringify([tenant, entityType, entityId, property]);
}
