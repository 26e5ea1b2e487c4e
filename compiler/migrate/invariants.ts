/** `[[invariant]]` of older forms: the premise becomes part of the assertion, and final statuses go where statuses are declared. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { guarded, isTerminal } from "../parse/assertions.ts";
import { quoteToml } from "../parse/lowering.ts";
import type { TomlNode, TomlString } from "../parse/toml.ts";
import type { Edit } from "./edit.ts";
import { conditionEdits, placesAt, valueAt } from "./expressions.ts";
import { blocksUnder, type Layout } from "./layout.ts";
import {
  commentsOf,
  insertAbove,
  insertKey,
  type Place,
  removeBlock,
  removeKey,
  replaceValue,
  respell,
  standsAlone,
} from "./rewrite.ts";

/** What is wrong was told when the program was compiled. */
const quiet: Report = () => undefined;

/** Every invariant of the file but those that are `terminal` today. */
export function invariantEdits(layout: Layout): Edit[] {
  return placesAt(layout.root, ["invariant"]).flatMap((place) => premiseEdits(layout, place));
}

function isFinal(node: TomlNode | undefined): boolean {
  return node?.kind === "string" && isTerminal(node.value);
}

/** `when` and `assert` as one assertion. */
function premiseEdits(layout: Layout, place: Place): Edit[] {
  const [text, when] = [valueAt(place.table, "assert"), valueAt(place.table, "when")];
  if (text?.kind !== "string" || when === undefined) return conditionEdits(layout, place, "assert");
  const value = quoteToml(guarded(text, textsOf(when), quiet).text.value);
  return [...removeKey(layout, place, "when"), ...respell(layout, place, "assert", { key: "assert", value })];
}

/** `no_further_transitions` is `terminal` of `[automaton]`; the comments of the invariants go there with it. */
export function terminalEdits(layout: Layout): Edit[] {
  const [head] = placesAt(layout.root, ["automaton"]);
  const final = placesAt(layout.root, ["invariant"]).filter(({ table }) => isFinal(valueAt(table, "assert")));
  if (head === undefined || final.length === 0) return [];
  const asked = final.flatMap(({ table }) => textsOf(valueAt(table, "when")));
  const [known, ...comments] = [
    valueAt(head.table, "terminal"),
    ...final.flatMap((place) => commentsAt(layout, place)),
  ];
  const statuses = [...new Set([...textsOf(known), ...asked].map(({ value }) => quoteToml(value)))];
  const written = { key: "terminal", value: `[${statuses.join(", ")}]` };
  const removed = removeItems(layout, final);
  if (known === undefined) return [...removed, ...insertKey(layout, head, written, comments)];
  const edits = [...insertAbove(layout, known.span, comments), ...respell(layout, head, "terminal", written)];
  return [...removed, ...edits];
}

function commentsAt(layout: Layout, { path }: Place): readonly string[] {
  return blocksUnder(layout, path).flatMap((block) => commentsOf(layout, block));
}

/** Takes those invariants away, be they tables with headers or items of an array. */
function removeItems(layout: Layout, final: readonly Place[]): Edit[] {
  const array = valueAt(layout.root, "invariant");
  if (array?.kind !== "array") return [];
  if (!standsAlone(array))
    return final.flatMap(({ path }) => blocksUnder(layout, path)).map((block) => removeBlock(layout, block));
  const rest = array.items.filter((item) => !final.some(({ table }) => table === item));
  const texts = rest.map(({ span }) => layout.text.slice(span.start, span.end));
  return replaceValue(layout, array.span, `[${texts.join(", ")}]`);
}

function textsOf(node: TomlNode | undefined): readonly TomlString[] {
  const items = node === undefined ? [] : node.kind === "array" ? node.items : [node];
  return items.flatMap((item) => (item.kind === "string" ? [item] : []));
}
