/** `[[integration]]`, `[[agent_trigger]]` and the files beside a spec, written as `[[action.triggers]]` of their actions. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import { parseAutomaton } from "../parse/automaton.ts";
import { quoteToml } from "../parse/lowering.ts";
import type { AddedTrigger } from "../parse/older-triggers.ts";
import type { TomlNode, TomlTable } from "../parse/toml.ts";
import type { Beside } from "./beside.ts";
import type { Edit } from "./edit.ts";
import { placesAt, valueAt } from "./expressions.ts";
import { type Block, blocksUnder, commentsIn, type Layout, leadStart, lineEnd, startsWith } from "./layout.ts";
import { appendItem, insertAfter, insertKey, type Place, removeKey, standsAlone } from "./rewrite.ts";

/** What is wrong was told when the program was compiled. */
const quiet: Report = () => undefined;

/** The older tables of a file as triggers, and those of the files beside it that are about its automaton. */
export function triggerEdits(layout: Layout, { sidecars, layouts }: Beside): Edit[] {
  const added = parseAutomaton(layout.root, sidecars, quiet)?.olderTriggers ?? [];
  if (added.length === 0) return [];
  const root = { path: [], table: layout.root };
  const all = new Map([...layouts, [layout.root.span.file, layout]]);
  const comments = commentsFor(added, all, layout);
  return [
    ...removeKey(layout, root, "integration", "drop comments"),
    ...removeKey(layout, root, "agent_trigger", "drop comments"),
    ...placesAt(layout.root, ["action"]).flatMap((place) =>
      actionEdits({ layout, layouts: all, place }, added, comments),
    ),
  ];
}

interface Asked {
  readonly layout: Layout;
  readonly layouts: ReadonlyMap<string, Layout>;
  readonly place: Place;
}

type Comments = ReadonlyMap<AddedTrigger, readonly string[]>;

/** A trigger is one of the first rule of its action. */
function actionEdits({ layout, layouts, place }: Asked, added: readonly AddedTrigger[], comments: Comments): Edit[] {
  const name = nameOf(place.table);
  const isFirst = placesAt(layout.root, ["action"]).find(({ table }) => nameOf(table) === name)?.table === place.table;
  const mine = isFirst ? added.filter(({ action }) => action.value === name) : [];
  const present = valueAt(place.table, "triggers");
  const tables = mine.map(({ trigger }) => pairs(trigger, layouts));
  if (present?.kind === "array" && standsAlone(present) && mine.length > 0)
    return [appendItem(present, tables.map(inline).join(", "))];
  if (place.table.isInline && mine.length > 0)
    return insertKey(layout, place, { key: "triggers", value: `[${tables.map(inline).join(", ")}]` });
  const last = blocksUnder(layout, place.path).at(-1);
  if (last === undefined) return [];
  return mine.flatMap((each, index) => {
    const lines = (tables[index] ?? []).map(([key, value]) => `${key} = ${value}`);
    const head = ["", ...(comments.get(each) ?? []), "[[action.triggers]]"];
    return insertAfter(layout, { at: last.end, like: last.start }, [...head, ...lines]);
  });
}

function nameOf(table: TomlTable): string | undefined {
  const name = valueAt(table, "name");
  return name?.kind === "string" ? name.value : undefined;
}

/** The comments of everything that a trigger is made of go with it; where several are made of one, with the first. */
function commentsFor(added: readonly AddedTrigger[], layouts: ReadonlyMap<string, Layout>, own: Layout): Comments {
  const taken = new Set<Block>();
  return new Map(
    added.map((each) => {
      const spans = [each.trigger.span, ...each.trigger.entries.map(({ value }) => value.span)];
      const blocks = spans.flatMap((span) => blocksOf(span, layouts)).filter((block) => !taken.has(block));
      const fresh = [...new Set(blocks)];
      for (const block of fresh) taken.add(block);
      return [each, fresh.flatMap((block) => commentsOfBlock(block, layouts, own))];
    }),
  );
}

/** The table that stands at that place with everything below it. */
function blocksOf({ file, start }: Span, layouts: ReadonlyMap<string, Layout>): readonly Block[] {
  const blocks = layouts.get(file)?.blocks ?? [];
  const around = blocks.find((block) => block.path.length > 0 && block.start <= start && start < block.end);
  if (around === undefined) return [];
  const top = around.path.slice(0, 2);
  return blocks.filter((block) => startsWith(block.path, top));
}

/** In a file that goes away, every comment goes with the table below it, and the last with the last. */
function commentsOfBlock(block: Block, layouts: ReadonlyMap<string, Layout>, own: Layout): readonly string[] {
  const layout = [...layouts.values()].find(({ blocks }) => blocks.includes(block)) ?? own;
  const end = lineEnd(layout, block.end);
  if (layout === own) return commentsIn(layout, { start: leadStart(layout, block.start), end });
  const index = layout.blocks.indexOf(block);
  const before = layout.blocks[index - 1];
  const start = before === undefined || before.path.length === 0 ? 0 : lineEnd(layout, before.end);
  return commentsIn(layout, { start, end: index === layout.blocks.length - 1 ? layout.text.length : end });
}

/** The keys of a table with their values as TOML. */
function pairs({ entries }: TomlTable, layouts: ReadonlyMap<string, Layout>): readonly (readonly [string, string])[] {
  return entries.map(({ key, value }) => [/^[\w-]+$/.test(key) ? key : quoteToml(key), valueText(value, layouts)]);
}

function inline(rows: readonly (readonly [string, string])[]): string {
  return rows.length === 0 ? "{}" : `{ ${rows.map(([key, value]) => `${key} = ${value}`).join(", ")} }`;
}

/** As it is written where it is one piece of text on one line. */
function valueText(node: TomlNode, layouts: ReadonlyMap<string, Layout>): string {
  switch (node.kind) {
    case "string":
      return node.source === "" || node.source.includes("\n") ? quoteToml(node.value) : node.source;
    case "array":
      return `[${node.items.map((item) => valueText(item, layouts)).join(", ")}]`;
    case "table":
      return inline(pairs(node, layouts));
    case "number":
    case "boolean":
    case "date":
      return layouts.get(node.span.file)?.text.slice(node.span.start, node.span.end) ?? "";
  }
}
