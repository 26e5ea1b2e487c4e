/** What the service adds to an action's parameters before the step: fresh ids, fields, and the statuses of related entities. */
import { type FilledParam, named, type Value, type Values } from "../kernel/index.ts";
import type { Ids } from "../ports/index.ts";
import type { Readings } from "./readings.ts";
import type { EntityType } from "./revision.ts";

const nothing: Values = {};

/** Nobody can give these: an action's own parameters never have such names. */
export function filledParams(
  ids: Ids,
  readings: Readings,
  { actions }: EntityType,
  { action, before }: { readonly action: string; readonly before: Values },
): Values | Promise<Values> {
  const { filled = [] } = actions.get(action) ?? {};
  return filled.length === 0 ? nothing : valuesOf(filled, { ids, readings, before });
}

async function valuesOf(all: readonly FilledParam[], sources: Sources): Promise<Values> {
  const params = named<Value>();
  for (const filled of all) params[filled.name] = await filledValue(filled, sources);
  return params;
}

interface Sources {
  readonly ids: Ids;
  readonly readings: Readings;
  readonly before: Values;
}

async function filledValue(filled: FilledParam, { ids, readings, before }: Sources): Promise<Value> {
  switch (filled.kind) {
    case "fresh":
      return ids.next();
    case "field":
      return before[filled.field] ?? null;
    case "related":
      return readings.statuses(before, filled.reference, filled.entityType);
  }
}
