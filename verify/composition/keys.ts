/** Keys of joint states: equal for states with the same futures, and for those that differ only in which instance is which. */
import type { Delivery, Entity, JointState, Timer } from "./joint-state.ts";
import { nameOf } from "./joint-state.ts";

/** Other names for ids; an id that is not named keeps its own. */
export type Renaming = ReadonlyMap<string, string>;

const asTheyAre: Renaming = new Map();

/**
 * Every way to name the ids anew among themselves. What instances do is a function of values that are compared with each
 * other and with the literals of the specs, so that a renaming of ids that no literal names maps runs to runs and keeps
 * what they break. All types are renamed alike, so that targets of the same id stay targets.
 */
export function renamingsOf(ids: readonly string[]): readonly Renaming[] {
  return orders(ids).map((order) => new Map(ids.flatMap((id, index) => [[id, order[index] ?? id] as const])));
}

function orders(ids: readonly string[]): readonly (readonly string[])[] {
  if (ids.length === 0) return [[]];
  return ids.flatMap((first) => orders(ids.filter((id) => id !== first)).map((rest) => [first, ...rest]));
}

/** Gives equal parts of states the same number, and looks at each object once: parts are shared and never change. */
export class Keys {
  readonly #numbers = new Map<string, number>();
  readonly #renamings: readonly (readonly [Renaming, WeakMap<object, number>])[];

  /** `renamings` are those that a state keeps its key under; itself always is one of them. */
  constructor(renamings: readonly Renaming[]) {
    this.#renamings = (renamings.length === 0 ? [asTheyAre] : renamings).map((each) => [each, new WeakMap()]);
  }

  /** The smallest of its texts under all renamings. */
  of(state: JointState): string {
    let least: string | undefined;
    for (const [renaming, known] of this.#renamings) {
      const key = this.#key(state, renaming, known);
      if (least === undefined || key < least) least = key;
    }
    return least ?? "";
  }

  /** Equal for equal entities. */
  ofEntity(entity: Entity): number {
    return this.#number(JSON.stringify(entity));
  }

  /**
   * Deliveries to different entities wait for nobody, so that only their order on each entity counts; the order of entities
   * and of timers counts for nothing.
   */
  #key(
    { entities, waiting, timers, owed, fresh }: JointState,
    renaming: Renaming,
    known: WeakMap<object, number>,
  ): string {
    const numbered = <Part extends object>(
      parts: Iterable<Part>,
      significant: (part: Part) => unknown,
    ): readonly number[] =>
      Array.from(parts, (part) => {
        const seen = known.get(part);
        if (seen !== undefined) return seen;
        const number = this.#number(JSON.stringify(significant(part), (_, value) => renamed(value, renaming)));
        known.set(part, number);
        return number;
      });
    const unordered = [
      numbered(entities.values(), (entity) => entity),
      numbered(timers, timerParts),
      numbered(owed, ([entity, invariant]) => [...entity.split(" "), invariant]),
    ].map((each) => [...each].sort((one, other) => one - other));
    const inOrder = numbered(byTarget(waiting, renaming), deliveryParts);
    return [...unordered, inOrder, fresh].join(";");
  }

  #number(text: string): number {
    const known = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, known);
    return known;
  }
}

/** All but who is told to have asked. */
function deliveryParts({ from: _, ...rest }: Delivery): unknown {
  return rest;
}

/** An entity has one timer of a cause and action; answers are waited for as often as they stand there. */
function timerParts({ delivery, occurrence, answers }: Timer): unknown {
  return [deliveryParts(delivery), occurrence ?? 0, answers?.map((each) => each ?? null) ?? []];
}

function renamed(value: unknown, renaming: Renaming): unknown {
  return typeof value === "string" ? (renaming.get(value) ?? value) : value;
}

function byTarget(waiting: readonly Delivery[], renaming: Renaming): readonly Delivery[] {
  if (waiting.length < 2) return waiting;
  const target = ({ type, id }: Delivery): string => nameOf(type, renaming.get(id) ?? id);
  return [...waiting].sort((one, other) => compare(target(one), target(other)));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
