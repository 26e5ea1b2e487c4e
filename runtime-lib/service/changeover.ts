/** Changing over to another revision while calls are under way: nobody waits where that can be helped, and nobody is stranded. */
import { Gate } from "./gate.ts";
import type { Residents } from "./residents.ts";
import type { Revision } from "./revision.ts";
import { type Stranded, strandedText } from "./stranded.ts";
import { type Earlier, takeover } from "./takeover.ts";
import { succeeding } from "./tightened.ts";
import type { World } from "./world.ts";

export type Swapped =
  | {
      readonly kind: "swapped";
      /** Entities that `[migration]` has mapped. */
      readonly migrated: number;
      /** True where calls had to end on the earlier revision before any could begin on this one. */
      readonly drained: boolean;
    }
  /** One sentence a reason; what was live stays live. */
  | { readonly kind: "refused"; readonly reasons: readonly string[]; readonly stranded: readonly Stranded[] };

export class Changeover {
  /** Every call is inside while it is served. */
  readonly gate = new Gate();
  readonly #world: World;
  readonly #residents: Residents;
  /** Resolves when no swap is under way. */
  #swapping: Promise<unknown> = Promise.resolve();

  constructor(world: World, residents: Residents) {
    this.#world = world;
    this.#residents = residents;
  }

  /** One swap at a time; `make` gives the revision, or throws why there is none. */
  swap(make: () => Revision): Promise<Swapped> {
    const swapped = this.#swapping.then(() => this.#swap(make));
    this.#swapping = swapped;
    return swapped;
  }

  async #swap(make: () => Revision): Promise<Swapped> {
    try {
      const next = make();
      const earlier = { definition: this.#world.succession.current.definition, isUnknown: false };
      const swapped = await this.#amongCalls(next, earlier);
      return swapped ?? (await this.gate.alone(() => this.#withoutCalls(next, earlier)));
    } catch (error) {
      return { kind: "refused", reasons: [error instanceof Error ? error.message : String(error)], stranded: [] };
    }
  }

  /** What is found while calls go on; undefined where it can be done only once they have ended. */
  async #amongCalls(next: Revision, earlier: Required<Earlier>): Promise<Swapped | undefined> {
    switch (succeeding(earlier.definition, next.definition)) {
      case "at-once":
        await this.#world.store.prepare(next.definition.entityTypes);
        return this.#swapped(next);
      case "announced":
        return this.#announced(next, earlier);
      case "drained": {
        // Asked beforehand so that a refusal makes nobody wait, and again when nothing moves any more.
        const foreseen = await takeover(this.#world, next, earlier);
        if (foreseen.kind === "stranded") return refused(foreseen.stranded);
        await this.#world.clock.turn();
        return undefined;
      }
    }
  }

  /**
   * What calls write is held to what the next revision promises, from before the entities are asked for it until it has taken
   * over. Undefined where an entity is to be mapped, or has been moved meanwhile to where it would have no place.
   */
  async #announced(next: Revision, earlier: Required<Earlier>): Promise<Swapped | undefined> {
    const { succession, store, clock } = this.#world;
    succession.announce(next);
    try {
      await this.gate.passed();
      const foreseen = await takeover(this.#world, next, earlier);
      if (foreseen.kind === "stranded") return refused(foreseen.stranded);
      await clock.turn();
      if (foreseen.migrated.length > 0 || succession.isSpoilt) return undefined;
      await store.prepare(next.definition.entityTypes);
      if (!succession.isSpoilt) return this.#swapped(next);
      await store.prepare(earlier.definition.entityTypes);
      return undefined;
    } finally {
      succession.withdraw();
    }
  }

  #swapped(next: Revision): Swapped {
    this.#world.succession.takeOver(next);
    return { kind: "swapped", migrated: 0, drained: false };
  }

  async #withoutCalls(next: Revision, earlier: Earlier): Promise<Swapped> {
    const { succession, store } = this.#world;
    const taken = await takeover(this.#world, next, earlier);
    if (taken.kind === "stranded") return refused(taken.stranded);
    await store.prepare(next.definition.entityTypes, taken.migrated);
    this.#residents.forget(taken.migrated.map(({ event }) => event));
    succession.takeOver(next);
    return { kind: "swapped", migrated: taken.migrated.length, drained: true };
  }
}

function refused(stranded: readonly Stranded[]): Swapped {
  return { kind: "refused", reasons: stranded.map(strandedText), stranded };
}
