/** The options with a plain value: `$top`, `$skip`, `$count`. */
import type { Failed } from "../call.ts";
import { invalid } from "./failure.ts";
import { shown } from "./literals.ts";

/** A number of entities; undefined where it is not given. */
export function readNumberOption(
  name: "$top" | "$skip",
  text: string | undefined,
  most: number,
): number | undefined | Failed {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) return invalid(`${name} is ${shown(text)}, not a non-negative integer`, name);
  return value <= most ? value : invalid(`${name} is beyond ${most}`, name);
}

/** Whether the count is wanted beside the entities. */
export function readCountOption(text: string | undefined): boolean | Failed {
  if (text === undefined) return false;
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  return invalid(`$count is ${shown(text)}, not true or false`, "$count");
}
