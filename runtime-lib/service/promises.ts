/** Whether values of an entity keep what its type promises. */
import type { Values } from "../kernel/index.ts";
import { snapshotOf } from "./evaluate.ts";
import type { EntityType } from "./revision.ts";
import type { Promises } from "./tightened.ts";

/** The first property that the values break, in its own words. */
export function brokenPromise(
  type: EntityType,
  { invariants, fieldViolation }: Promises,
  values: Values,
): string | undefined {
  const violation = fieldViolation?.(values);
  if (violation !== undefined) return violation;
  const snapshot = snapshotOf(type, values);
  const broken = invariants.find((invariant) => !invariant.holds(snapshot));
  return broken && `the invariant ${broken.name}: ${broken.text} (${broken.source})`;
}
