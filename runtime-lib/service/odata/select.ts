/** `$select`: the properties that an answer shows, in the order the type declares them. */
import type { Failed } from "../call.ts";
import { invalid, notImplemented } from "./failure.ts";
import { shown } from "./literals.ts";
import type { SetRoute } from "./routes.ts";

/** Undefined where everything is shown. */
export type Selection = ReadonlySet<string> | undefined;

/** The selected names; `*` is all of them. A path or an unknown name is refused. */
export function readSelect(text: string | undefined, set: SetRoute): Selection | Failed {
  if (text === undefined) return undefined;
  const names = text.split(",").map((name) => name.trim());
  const selected = new Set<string>();
  for (const name of names) {
    if (name === "*") continue;
    if (!set.properties.has(name)) return unknownName(name, set);
    selected.add(name);
  }
  return names.includes("*") ? undefined : selected;
}

function unknownName(name: string, set: SetRoute): Failed {
  if (name === "") return invalid("$select has an empty name", "$select");
  const [first = ""] = name.split(/[/(]/);
  if (set.navigations.has(first)) return notImplemented(`the navigation property ${first} in $select`, "$select");
  if (first !== name && set.properties.has(first)) return notImplemented("a path in $select", "$select");
  return invalid(`${set.type.name} has no property ${shown(name)}`, "$select");
}
