/** Replay: an entity's values are the fold of its recorded deltas; nothing is ever evaluated again. */
import { named } from "./named.ts";
import type { EntityTypeDescriptor, PropertyDescriptor } from "./service-definition.ts";
import type { Value, Values } from "./value.ts";

/** What the fold needs of a recorded event. */
export interface Fact {
  readonly kind: "created" | "patched" | "deleted" | "action" | "migrated";
  readonly sequence: number;
  readonly delta: Values;
}

/** Where an entity's history has led: `values` is absent before the first event and after a deletion. */
export interface Folded {
  readonly values?: Values;
  readonly sequence: number;
}

export const neverExisted: Folded = { sequence: 0 };

/** The history is not one that this runtime writes: a gap, or a change to what does not exist. */
export class BrokenHistory extends Error {
  readonly sequence: number;

  constructor(sequence: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BrokenHistory";
    this.sequence = sequence;
  }
}

/** One fact further. Throws `BrokenHistory` where the fact does not follow. */
export function foldFact(before: Folded, fact: Fact): Folded {
  if (fact.sequence !== before.sequence + 1) {
    throw new BrokenHistory(fact.sequence, `event ${fact.sequence} follows event ${before.sequence}`);
  }
  if (fact.kind === "deleted") return { sequence: fact.sequence };
  if (fact.kind === "created") return { sequence: fact.sequence, values: { ...fact.delta } };
  if (before.values === undefined) {
    throw new BrokenHistory(fact.sequence, `event ${fact.sequence} changes an entity that does not exist`);
  }
  return { sequence: fact.sequence, values: { ...before.values, ...fact.delta } };
}

/** The whole history at once. */
export function fold(facts: readonly Fact[]): Folded {
  return facts.reduce(foldFact, neverExisted);
}

/** The values as this revision of the type has them: properties that are new take their initial or default, vanished ones go. */
export function fitValues(type: EntityTypeDescriptor, values: Values): Values {
  const fitted = named<Value>();
  for (const property of type.properties) {
    const known = Object.hasOwn(values, property.name) ? values[property.name] : undefined;
    fitted[property.name] = known === undefined ? initialOf(type, property) : known;
  }
  return fitted;
}

/** What a property holds before anybody has written it: the automaton's initial, the declared default, or null. */
export function initialOf(type: EntityTypeDescriptor, property: PropertyDescriptor): Value {
  const initial = type.automaton?.initial;
  if (property.role === "status") return initial?.status ?? null;
  if (property.role === "variable" && initial !== undefined && Object.hasOwn(initial, property.name)) {
    return initial[property.name] ?? null;
  }
  if (property.defaultValue !== undefined) return property.defaultValue;
  return property.collection ? [] : null;
}
