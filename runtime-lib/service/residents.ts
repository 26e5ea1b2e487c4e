/** The actors in memory: one per entity, the least recently used idle ones forgotten first. */
import type { EntityRef } from "../ports/index.ts";
import { Actor } from "./actor.ts";
import type { World } from "./world.ts";

/** How many of the oldest are looked at for an idle one before the bound is let slip for a moment. */
const searchedMax = 32;

export class Residents {
  readonly #world: World;
  /** In order of use, the latest last. */
  readonly #actors = new Map<string, Actor>();

  constructor(world: World) {
    this.#world = world;
  }

  get size(): number {
    return this.#actors.size;
  }

  /** Messages that wait, of all actors. */
  get waiting(): number {
    let sum = 0;
    for (const { waiting } of this.#actors.values()) sum += waiting;
    return sum;
  }

  /** The entity's one actor. */
  actorOf(ref: EntityRef): Actor {
    const key = keyOf(ref);
    const resident = this.#actors.get(key);
    if (resident !== undefined) {
      this.#actors.delete(key);
      this.#actors.set(key, resident);
      return resident;
    }
    this.#makeRoom();
    const actor = new Actor(ref, this.#world);
    this.#actors.set(key, actor);
    return actor;
  }

  /** Actors whose entities have been changed without them: they fold them again when they are asked for. */
  forget(refs: readonly EntityRef[]): void {
    for (const ref of refs) this.#actors.delete(keyOf(ref));
  }

  #makeRoom(): void {
    let searched = 0;
    for (const [key, actor] of this.#actors) {
      if (this.#actors.size < this.#world.limits.residentsMax || searched === searchedMax) return;
      if (actor.idle) this.#actors.delete(key);
      searched += 1;
    }
  }
}

function keyOf({ tenant, entityType, entityId }: EntityRef): string {
  return `${tenant}\0${entityType}\0${entityId}`;
}
