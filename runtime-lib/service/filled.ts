/** What the service adds to an action's parameters before the step: fresh ids, and the statuses of related entities. */
import type { Value, Values } from "../kernel/index.ts";
import type { Ids } from "../ports/index.ts";
import type { Readings } from "./readings.ts";
import type { EntityType } from "./revision.ts";

/** Nobody can give these: an action's own parameters never have such names. */
export async function filledParams(
  ids: Ids,
  readings: Readings,
  { actions }: EntityType,
  { action, before }: { readonly action: string; readonly before: Values },
): Promise<Values> {
  const params: Record<string, Value> = Object.create(null);
  for (const filled of actions.get(action)?.filled ?? []) {
    params[filled.name] =
      filled.kind === "fresh" ? ids.next() : await readings.statuses(before, filled.reference, filled.entityType);
  }
  return params;
}
