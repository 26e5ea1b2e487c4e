/** Conditions and effects of older forms, written as text of today's grammar where they stand. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { type ImpliedParam, type Lowered, quoteToml } from "../parse/lowering.ts";
import { lowerCondition } from "../parse/older-conditions.ts";
import { effectsOfToday, lowerEffects } from "../parse/older-effects.ts";
import type { TomlNode, TomlTable } from "../parse/toml.ts";
import type { Edit } from "./edit.ts";
import { blocksUnder, type Layout } from "./layout.ts";
import {
  appendItem,
  insertAfter,
  insertKey,
  type Place,
  removeKey,
  replaceValue,
  respell,
  standsAlone,
} from "./rewrite.ts";

/** What is wrong was told when the program was compiled. */
const quiet: Report = () => undefined;

/** Every condition and effect of a file but those of its invariants. */
export function expressionEdits(layout: Layout): Edit[] {
  return [
    ...placesAt(layout.root, ["action"]).flatMap((place) => actionEdits(layout, place)),
    ...placesAt(layout.root, ["field_invariant"]).flatMap((place) => fieldInvariantEdits(layout, place)),
  ];
}

/** The tables of an array of tables, or the one table. */
export function placesAt(
  table: TomlTable,
  [key, ...path]: readonly string[],
  above: Place["path"] = [],
): readonly Place[] {
  const node = valueAt(table, key ?? "");
  const items: readonly Place[] =
    node?.kind === "array"
      ? node.items.flatMap((item, index) =>
          item.kind === "table" ? [{ path: [...above, key ?? "", index], table: item }] : [],
        )
      : node?.kind === "table"
        ? [{ path: [...above, key ?? ""], table: node }]
        : [];
  return path.length === 0 ? items : items.flatMap((item) => placesAt(item.table, path, item.path));
}

export function valueAt(table: TomlTable, key: string): TomlNode | undefined {
  return table.entries.find((entry) => entry.key === key)?.value;
}

function actionEdits(layout: Layout, place: Place): Edit[] {
  const guards = guardEdits(layout, place);
  const effects = effectEdits(layout, place);
  return [
    ...guards.edits,
    ...effects.edits,
    ...paramEdits(layout, place, [...guards.params, ...effects.params]),
    ...placesAt(place.table, ["triggers"], place.path).flatMap((trigger) => conditionEdits(layout, trigger, "guard")),
  ];
}

interface Rewritten {
  readonly edits: readonly Edit[];
  readonly params: readonly ImpliedParam[];
}

/** One condition, which is the whole value of a key. */
export function conditionEdits(layout: Layout, place: Place, key: string): Edit[] {
  const node = valueAt(place.table, key);
  const condition = node && lowerCondition(node, key, quiet);
  if (condition?.isOlder !== true) return [];
  return respell(layout, place, key, { key, value: quoteToml(condition.text.value) });
}

function guardEdits(layout: Layout, place: Place): Rewritten {
  const rewrite = (item: TomlNode): Today => {
    const condition = lowerCondition(item, "guard", quiet);
    if (condition === undefined) return { isOlder: false, texts: [], params: [] };
    return { isOlder: condition.isOlder, texts: [quoteToml(condition.text.value)], params: condition.params };
  };
  return listEdits(layout, place, "guard", rewrite);
}

function effectEdits(layout: Layout, place: Place): Rewritten {
  const rewrite = (item: TomlNode): Today => {
    const lowered = lowerEffects(item, quiet);
    const effects: readonly Lowered[] = lowered.flatMap((each) => (each.kind === "effect" ? [each.effect] : []));
    return {
      isOlder: effects.some(({ isOlder }) => isOlder),
      texts: effectsOfToday(lowered),
      params: effects.flatMap(({ params }) => params),
    };
  };
  return listEdits(layout, place, "effect", rewrite);
}

/** What an item of a list is today: one text, several, or none where it says nothing. */
interface Today {
  readonly isOlder: boolean;
  /** TOML. */
  readonly texts: readonly string[];
  readonly params: readonly ImpliedParam[];
}

/** The value of a key that is one item or an array of them. */
function listEdits(layout: Layout, place: Place, key: string, rewrite: (item: TomlNode) => Today): Rewritten {
  const node = valueAt(place.table, key);
  if (node === undefined) return { edits: [], params: [] };
  const items = node.kind === "array" ? node.items : [node];
  const today = items.map((item) => ({ item, ...rewrite(item) }));
  const params = today.flatMap((each) => each.params);
  if (today.every(({ isOlder }) => !isOlder)) return { edits: [], params };
  if (node.kind === "array" && standsAlone(node)) {
    const edits = today.flatMap(({ item, isOlder, texts }) =>
      isOlder ? replaceValue(layout, item.span, texts.join(", ")) : [],
    );
    return { edits, params };
  }
  const texts = today.flatMap((each) => each.texts);
  const value = texts.length === 1 ? texts.join() : `[${texts.join(", ")}]`;
  return { edits: respell(layout, place, key, { key, value }), params };
}

/** Older forms take parameters that they do not declare; today's declare them. */
function paramEdits(layout: Layout, place: Place, implied: readonly ImpliedParam[]): Edit[] {
  const node = valueAt(place.table, "params");
  const declared = new Set(declaredParams(node));
  const missing = [...new Map(implied.map(({ name, type }) => [name.value, type]))].filter(
    ([name]) => !declared.has(name),
  );
  if (missing.length === 0) return [];
  const items = missing.map(([name, type]) => `{ name = ${quoteToml(name)}, type = "${type}" }`);
  if (node === undefined) return insertKey(layout, place, { key: "params", value: `[${items.join(", ")}]` });
  if (node.kind === "array" && standsAlone(node)) return [appendItem(node, items.join(", "))];
  if (node.kind !== "array") {
    const text = layout.text.slice(node.span.start, node.span.end);
    return replaceValue(layout, node.span, `[${[text, ...items].join(", ")}]`);
  }
  const path = [...place.path, "params", node.items.length - 1];
  const last = blocksUnder(layout, path).at(-1);
  if (last === undefined) return [];
  const lines = missing.flatMap(([name, type]) => [
    "",
    "[[action.params]]",
    `name = ${quoteToml(name)}`,
    `type = "${type}"`,
  ]);
  return insertAfter(layout, { at: last.end, like: last.start }, lines);
}

function declaredParams(node: TomlNode | undefined): readonly string[] {
  const items = node === undefined ? [] : node.kind === "array" ? node.items : [node];
  return items.flatMap((item) => {
    const name = item.kind === "table" ? valueAt(item, "name") : item;
    return name?.kind === "string" ? [name.value] : [];
  });
}

/** `assert`, or the older `require` with its premise `when`. */
function fieldInvariantEdits(layout: Layout, place: Place): Edit[] {
  const [require, when] = [valueAt(place.table, "require"), valueAt(place.table, "when")];
  if (require === undefined) return conditionEdits(layout, place, "assert");
  const conclusion = lowerCondition(require, "require", quiet)?.text.value;
  const premise = when && lowerCondition(when, "when", quiet)?.text.value;
  if (conclusion === undefined) return [];
  const text = premise === undefined ? conclusion : `(${premise}) => (${conclusion})`;
  return [
    ...(when === undefined ? [] : removeKey(layout, place, "when")),
    ...respell(layout, place, "require", { key: "assert", value: quoteToml(text) }),
  ];
}
