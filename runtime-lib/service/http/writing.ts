/** How an answer is written: its format, and what is selected and brought along. */
import type { JsonWriting } from "../odata/entity-json.ts";
import type { Expanded } from "../odata/expanded.ts";
import type { Selection } from "../odata/select.ts";
import type { Asked } from "./exchange.ts";

/** How the answer is written. */
export function writingOf(
  { exchange, format }: Asked,
  select: Selection,
  expanded: readonly Expanded[] = [],
): JsonWriting {
  const { metadata, ieee754Compatible } = format;
  return { serviceRoot: exchange.serviceRoot, select, expanded, metadata, ieee754Compatible };
}
