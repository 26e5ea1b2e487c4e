/** What `$expand` brought, found again for each entity that it belongs to. */
import type { Values } from "../../kernel/index.ts";
import type { StoredRow } from "../../ports/index.ts";
import type { Expansion } from "./expand.ts";
import type { Pair } from "./routes.ts";

export interface Expanded {
  readonly expansion: Expansion;
  /** By the place that `placeAmong` tells. */
  readonly related: ReadonlyMap<string, Related>;
  /** Of the related entities. */
  readonly inside: readonly Expanded[];
}

export interface Related {
  readonly rows: readonly StoredRow[];
  /** How many there are whatever `$top` and `$skip`; known where it was asked for. */
  readonly count: number;
}

/** What two entities share that belong together, as a text. */
export function placeAmong(values: Values, pairs: readonly Pair[], side: "here" | "there"): string {
  return JSON.stringify(pairs.map((pair) => values[pair[side]] ?? null));
}
