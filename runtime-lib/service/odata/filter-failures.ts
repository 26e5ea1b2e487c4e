/** Refusals of a `$filter`: they name the character, counted from 1, in UTF-16 units of the decoded option. */
import type { Failed } from "../call.ts";
import { invalid, notImplemented } from "./failure.ts";

/** A refusal of what stands at that offset of the filter. */
export function filterFailure(at: number, message: string): Failed {
  return invalid(`$filter, character ${at + 1}: ${message}`, "$filter");
}

/** A part of OData's expressions that is not there yet, at that offset of the filter. */
export function filterGap(at: number, feature: string): Failed {
  return notImplemented(`${feature} in $filter (character ${at + 1})`, "$filter");
}
