/** Entities that live now and could not live on, and why: counted by reason, with some of them. */
import type { LiveEntity } from "../ports/index.ts";
import type { Misfit } from "./compatibility.ts";

export interface Stranded extends Misfit {
  /** Some of them. */
  readonly examples: readonly { readonly tenant: string; readonly entityId: string }[];
}

export const examplesMax = 5;

/** Counts one more entity that would break `promise`. */
export function addBroken(broken: Map<string, Stranded>, entity: LiveEntity, promise: string): void {
  const known = broken.get(promise);
  const { tenant, entityType, entityId } = entity;
  const examples = known?.examples ?? [];
  broken.set(promise, {
    entityType,
    count: (known?.count ?? 0) + 1,
    reason: `would break ${promise}`,
    examples: examples.length < examplesMax ? [...examples, { tenant, entityId }] : examples,
  });
}
