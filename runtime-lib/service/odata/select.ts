/** `$select`: the properties that an answer shows, in the order the type declares them. */
import type { Failed } from "../call.ts";
import { readDecoded } from "./decoded-option.ts";
import { invalid, isFailed, notImplemented } from "./failure.ts";
import type { SelectItem } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import type { SetRoute } from "./routes.ts";

/** Undefined where everything is shown. */
export type Selection = ReadonlySet<string> | undefined;

type Limits = Pick<ODataLimits, "expandDepthMax" | "urlLengthMax">;

/** The selected names; `*` is all of them. A path or an unknown name is refused. */
export function readSelect(text: string | undefined, set: SetRoute, limits: Limits): Selection | Failed {
  if (text === undefined) return undefined;
  const bounds = { depthMax: limits.expandDepthMax, nodesMax: limits.urlLengthMax };
  const parsed = readDecoded((parser) => parser.selectItems, text.trim(), bounds);
  if (parsed.kind === "parsed") return selectionOf(parsed.tree, set);
  return invalid(`$select, character ${parsed.at + 1}: ${parsed.message}`, "$select");
}

/** The selection that the items are. */
export function selectionOf(items: readonly SelectItem[], set: SetRoute): Selection | Failed {
  const selected = new Set<string>();
  let isAll = false;
  for (const item of items) {
    const name = selectedName(item, set);
    if (isFailed(name)) return name;
    if (name === "*") isAll = true;
    else selected.add(name);
  }
  return isAll ? undefined : selected;
}

function selectedName({ segments, options }: SelectItem, set: SetRoute): string | Failed {
  const [first, further] = segments;
  if (first?.kind === "star" && further === undefined) return "*";
  if (first?.kind !== "name") return notImplemented("what is no property in $select", "$select");
  if (set.navigations.has(first.name)) {
    return notImplemented(`the navigation property ${first.name} in $select`, "$select");
  }
  if (!set.properties.has(first.name)) {
    return invalid(`${set.type.name} has no property ${shown(first.name)}`, "$select");
  }
  if (further !== undefined) return notImplemented("a path in $select", "$select");
  const [option] = options;
  return option === undefined ? first.name : notImplemented("an option within $select", "$select");
}
