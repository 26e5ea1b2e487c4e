/** Keys of older forms that go away, and what a file left unsaid and says from now on. */

import type { TomlNode } from "../parse/toml.ts";
import type { Edit } from "./edit.ts";
import { placesAt, valueAt } from "./expressions.ts";
import type { Layout } from "./layout.ts";
import { insertKey, type Place, removeKey } from "./rewrite.ts";

/** Takes away the keys that begin at these offsets: they do nothing. */
export function legacyKeyEdits(layout: Layout, offsets: ReadonlySet<number>): Edit[] {
  return keysAt({ path: [], table: layout.root }, offsets).flatMap(({ place, key }) => removeKey(layout, place, key));
}

function keysAt(
  place: Place,
  offsets: ReadonlySet<number>,
): readonly { readonly place: Place; readonly key: string }[] {
  return place.table.entries.flatMap(({ key, keySpan, value }) =>
    offsets.has(keySpan.start)
      ? [{ place, key }]
      : tablesIn(value, [...place.path, key]).flatMap((each) => keysAt(each, offsets)),
  );
}

function tablesIn(node: TomlNode, path: Place["path"]): readonly Place[] {
  if (node.kind === "table") return [{ path, table: node }];
  if (node.kind !== "array") return [];
  return node.items.flatMap((item, index) => (item.kind === "table" ? [{ path: [...path, index], table: item }] : []));
}

/** Says the effect that an action has by its name alone; the actions are those whose names begin at these offsets. */
export function namedEffectEdits(layout: Layout, offsets: ReadonlySet<number>): Edit[] {
  const counters = placesAt(layout.root, ["state"]).flatMap(({ table }) => {
    const [name, type] = [valueAt(table, "name"), valueAt(table, "type")];
    return name?.kind === "string" && type?.kind === "string" && type.value === "counter" ? [name.value] : [];
  });
  return placesAt(layout.root, ["action"]).flatMap((place) => {
    const name = valueAt(place.table, "name");
    if (name?.kind !== "string" || !offsets.has(name.span.start)) return [];
    const sign = /AddItem|add_item/.test(name.value) ? "+=" : "-=";
    const texts = [...new Set(counters)].map((counter) => `"${counter} ${sign} 1"`);
    return insertKey(layout, place, {
      key: "effect",
      value: texts.length === 1 ? texts.join() : `[${texts.join(", ")}]`,
    });
  });
}

/** Files in older forms took undeclared parameters; one in today's form has to say so. */
export function lenientParamEdits(layout: Layout): Edit[] {
  const [place] = placesAt(layout.root, ["automaton"]);
  if (place === undefined || valueAt(place.table, "strict_action_params") !== undefined) return [];
  const remark = place.table.isInline ? "" : " # as before; without this line, undeclared parameters are refused";
  return insertKey(layout, place, { key: "strict_action_params", value: `false${remark}` });
}
