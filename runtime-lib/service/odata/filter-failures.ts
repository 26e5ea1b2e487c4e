/** Refusals of a `$filter` or another option with expressions: they name the character, counted from 1, in UTF-16 units of the decoded option. */
import type { Failed } from "../call.ts";
import { invalid, notImplemented } from "./failure.ts";
import { shown } from "./literals.ts";

/** Canonical functions of OData 4.01 that are not there yet: 501 where an unknown name is 400. */
const laterFunctions = new Set("geo.distance geo.intersects geo.length isdefined".split(" "));

/** A refusal of what stands at that offset of an option, which is named with its `$`. */
export function optionFailure(option: string, at: number, message: string): Failed {
  return invalid(`${option}, character ${at + 1}: ${message}`, option);
}

/** A refusal of what stands at that offset of the filter. */
export function filterFailure(at: number, message: string): Failed {
  return optionFailure("$filter", at, message);
}

/** A part of OData's expressions that is not there yet, at that offset of the filter. */
export function filterGap(at: number, feature: string): Failed {
  return notImplemented(`${feature} in $filter (character ${at + 1})`, "$filter");
}

/** A call of a function that is not there: OData's own are named as not implemented. */
export function functionGap(name: string, at: number): Failed {
  if (laterFunctions.has(name.toLowerCase())) return filterGap(at, `the function ${name}`);
  return filterFailure(at, `there is no function ${shown(name)}`);
}

/** The same refusal of what stands in another option than `$filter`. */
export function inOption(refusal: Failed, option: "$orderby" | "$expand" | "$compute" | "$apply" | "$select"): Failed {
  return { ...refusal, message: refusal.message.replace("$filter", () => option), target: option };
}
