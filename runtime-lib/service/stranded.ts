/** Entities that live now and could not live on, and why: counted by reason, with some of them. */
import type { LiveEntity } from "../ports/index.ts";
import type { Misfit } from "./compatibility.ts";

export interface Stranded extends Misfit {
  /** Some of them. */
  readonly examples: readonly { readonly tenant: string; readonly entityId: string }[];
}

/** The definition has no place for entities that live in the store. */
export class StrandedEntities extends Error {
  readonly stranded: readonly Stranded[];

  constructor(stranded: readonly Stranded[]) {
    const reasons = stranded.map(strandedText).join("; ");
    super(`the store holds entities that this specification has no place for: ${reasons}`);
    this.name = "StrandedEntities";
    this.stranded = stranded;
  }
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

/** `3 live entities of type Order have the status Draft, which is gone (such as o-1, o-2)`. */
export function strandedText({ count, entityType, reason, examples }: Stranded): string {
  const ids = examples.map(({ entityId }) => entityId).join(", ");
  return `${count} live entities of type ${entityType} ${reason}${ids === "" ? "" : ` (such as ${ids})`}`;
}
