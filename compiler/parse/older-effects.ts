/** Effects of every generation in today's grammar: strings like `increment x by n`, and tables with a `type`. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { asWritten, type ImpliedParam, type Lowered, lowered, type Piece, quoteText, quoteToml } from "./lowering.ts";
import {
  count,
  type Family,
  type Form,
  join,
  literal,
  lowerTable,
  name,
  param,
  type Reading,
  text,
  valueAt,
} from "./older-tables.ts";
import { text as stringShape, texts as strings, wrongType } from "./shapes.ts";
import { parseToml, type TomlNode, type TomlString } from "./toml.ts";
import { spanInString } from "./toml-string.ts";

/** What an effect of any generation comes to: an effect of today, or the name of a trigger that fires with the action. */
export type LoweredEffect =
  | { readonly kind: "effect"; readonly node: TomlNode; readonly effect: Lowered }
  | { readonly kind: "trigger"; readonly name: TomlString };

/** The effects of the value of `effect`: one string, one table, an array of either, or a string that contains such an array. */
export function lowerEffects(node: TomlNode, report: Report): readonly LoweredEffect[] {
  if (node.kind === "array") return node.items.flatMap((item) => lowerEffects(item, report));
  if (node.kind === "string" && node.value.trimStart().startsWith("[")) return lowerArrayText(node, report);
  const trigger = triggerName(node);
  if (trigger !== undefined) return [{ kind: "trigger", name: trigger }];
  const effect = lowerEffect(node, report);
  return effect === undefined ? [] : [{ kind: "effect", node, effect }];
}

/** The effects as values of TOML that are written today, one each. */
export function effectsOfToday(lowered: readonly LoweredEffect[]): readonly string[] {
  return lowered.map((each) =>
    each.kind === "effect"
      ? quoteToml(each.effect.text.value)
      : `{ type = "trigger", name = ${quoteToml(each.name.value)} }`,
  );
}

function lowerEffect(node: TomlNode, report: Report): Lowered | undefined {
  if (node.kind === "string") return lowerClause(node) ?? asWritten(node);
  if (node.kind === "table") return lowerTable(node, effects, report);
  return wrongType(node, "effect", "an effect in a string, or a table with a type", report);
}

/** The array is TOML of its own; whatever is wrong in it is told at the string that holds it. */
function lowerArrayText(string: TomlString, report: Report): readonly LoweredEffect[] {
  const outside: Report = (code, _span, facts, advice) => report(code, string.span, facts, advice);
  const parsed = parseToml({ path: string.span.file, text: `effect = ${string.value}` }, outside);
  const array = parsed?.entries[0]?.value;
  if (array === undefined) return [];
  return lowerEffects(moved(array, string), outside);
}

/** The node as if it stood where the string stands. */
function moved(node: TomlNode, { span }: TomlString): TomlNode {
  switch (node.kind) {
    case "string":
      return { ...node, span, source: "", pieces: [] };
    case "array":
      return {
        ...node,
        span,
        items: node.items.map((item) => moved(item, { kind: "string", value: "", source: "", span })),
      };
    case "table":
      return {
        ...node,
        isInline: false,
        span,
        entries: node.entries.map((entry) => ({
          ...entry,
          keySpan: span,
          value: moved(entry.value, { kind: "string", value: "", source: "", span }),
        })),
      };
    case "number":
    case "boolean":
    case "date":
      return { ...node, span };
  }
}

function triggerName(node: TomlNode): TomlString | undefined {
  if (node.kind === "string") {
    const match = /^\s*trigger\s+(\S+)\s*$/.exec(node.value);
    const found = match?.[1];
    return found === undefined ? undefined : { ...node, value: found, source: "", pieces: [] };
  }
  if (node.kind !== "table") return undefined;
  const entry = (key: string) => node.entries.find((each) => each.key === key)?.value;
  const [type, called] = [entry("type"), entry("name")];
  const isTrigger = type?.kind === "string" && (type.value === "trigger" || type.value === "Trigger");
  return isTrigger && called?.kind === "string" ? called : undefined;
}

type Groups = Readonly<Record<string, string | undefined>>;

/** `{ group }` is taken from the clause, a string is not. */
type Part = string | { readonly group: string };

interface Clause {
  readonly pattern: RegExp;
  readonly lower: (groups: Groups) => readonly Part[];
}

const amount = ({ by }: Groups): readonly Part[] => {
  if (by === undefined) return ["1"];
  return /^\d+$/.test(by) ? [{ group: "by" }] : ["params.", { group: "by" }];
};

const clauses: readonly Clause[] = [
  {
    pattern: /^increment\s+(?<name>\S+?)(?:\s+by\s+(?<by>\S+))?$/d,
    lower: (groups) => [{ group: "name" }, " += ", ...amount(groups)],
  },
  {
    pattern: /^decrement\s+(?<name>\S+?)(?:\s+by\s+(?<by>\S+))?$/d,
    lower: (groups) => [{ group: "name" }, " -= ", ...amount(groups)],
  },
  {
    pattern: /^set\s+(?<name>\S+)\s+(?<value>true|false)$/d,
    lower: () => [{ group: "name" }, " = ", { group: "value" }],
  },
  { pattern: /^emit\s+(?<event>\S+)$/d, lower: ({ event = "" }) => ["emit(", quoteText(event), ")"] },
  {
    pattern: /^schedule_at\s+(?<field>\S+)\s+(?<action>\S+)$/d,
    lower: ({ action = "" }) => ["schedule_at(", quoteText(action), ", ", { group: "field" }, ")"],
  },
];

function lowerClause(string: TomlString): Lowered | undefined {
  const written = string.value.trim();
  const margin = string.value.indexOf(written);
  for (const { pattern, lower } of clauses) {
    const match = pattern.exec(written);
    if (match?.groups === undefined) continue;
    const { groups, indices } = match;
    const place = (group: string): Piece => {
      const [start, end] = indices?.groups?.[group] ?? [0, written.length];
      return { text: groups[group] ?? "", span: spanInString(string, margin + start, margin + end) };
    };
    const pieces = lower(groups).map((part) => (typeof part === "string" ? part : place(part.group)));
    return lowered(string, pieces, impliedBy(groups.by, string));
  }
  return undefined;
}

function impliedBy(by: string | undefined, string: TomlString): readonly ImpliedParam[] {
  if (by === undefined || /^\d+$/.test(by)) return [];
  return [{ name: { ...string, value: by, source: "", pieces: [] }, type: "counter" }];
}

const increment = (sign: "+=" | "-="): Form => ({
  keys: ["var", "amount?"],
  lower: (table) => join([name(table, "var"), ` ${sign} `, ...amountOf(table)]),
});

/** A number, or the name of the parameter that is one; one where it is absent. */
function amountOf(table: Reading): readonly (Piece | undefined)[] {
  const node = table.reader.get("amount");
  if (node === undefined) return ["1"];
  const isName = node.kind === "string" && !/^\d+$/.test(node.value);
  return isName ? ["params.", param(table, "amount", "counter")] : [count(table, "amount")];
}

const setCounter: Form = {
  keys: ["var", "param?"],
  lower: (table) =>
    join([
      name(table, "var"),
      " = params.",
      param(table, table.reader.get("param") !== undefined ? "param" : "var", "counter"),
    ]),
};

const setBool: Form = {
  keys: ["var", "value"],
  lower: (table) => join([name(table, "var"), " = ", bool(table)]),
};

/** True or false, also in a string. */
function bool(table: Reading): Piece | undefined {
  const node = table.reader.get("value");
  if (node?.kind === "string" && (node.value === "true" || node.value === "false"))
    return { text: node.value, span: node.span };
  if (node?.kind === "boolean") return { text: String(node.value), span: node.span };
  return node && wrongType(node, "value", "true or false", table.report);
}

const append: Form = {
  keys: ["var?", "list?"],
  lower: (table) => {
    const key = table.reader.get("list") !== undefined ? "list" : "var";
    return join(["append(", name(table, key), ", params.", param(table, key, "string"), ")"]);
  },
};

const removeAt: Form = {
  keys: ["var"],
  lower: (table) => {
    const list = valueAt(table, "var", stringShape);
    if (list === undefined) return undefined;
    const index = `${list.value}_index`;
    table.params.push({ name: { ...list, value: index, source: "", pieces: [] }, type: "counter" });
    return join(["remove_at(", name(table, "var"), `, params.${index})`]);
  },
};

const emit: Form = { keys: ["event"], lower: (table) => join(["emit(", text(table, "event"), ")"]) };

const schedule: Form = {
  keys: ["action", "delay_seconds?"],
  lower: (table) =>
    join([
      "schedule(",
      text(table, "action"),
      ", ",
      table.reader.get("delay_seconds") !== undefined ? count(table, "delay_seconds") : "0",
      ")",
    ]),
};

const scheduleAt: Form = {
  keys: ["action", "field"],
  lower: (table) => join(["schedule_at(", text(table, "action"), ", ", name(table, "field"), ")"]),
};

const spawn: Form = {
  keys: ["entity_type", "entity_id_source", "initial_action?", "store_id_in?", "copy_fields?"],
  lower: (table) => {
    const args = [
      [text(table, "entity_type")],
      [table.reader.get("initial_action") !== undefined ? text(table, "initial_action") : "null"],
      [table.reader.get("store_id_in") !== undefined ? name(table, "store_id_in") : "null"],
      spawnedId(table),
      ...copies(table).map((copy) => [copy]),
    ];
    return join(["spawn(", ...args.flatMap((arg, index) => (index === 0 ? arg : [", ", ...arg])), ")"]);
  },
};

/** A parameter's name, or `"{uuid}"` for a fresh id. */
function spawnedId(table: Reading): readonly (Piece | undefined)[] {
  const source = valueAt(table, "entity_id_source", stringShape);
  if (source === undefined) return [undefined];
  return source.value === "{uuid}" ? ["null"] : ["params.", param(table, "entity_id_source", "string")];
}

/** A list of names, or one string with commas. */
function copies(table: Reading): readonly Piece[] {
  return (valueAt(table, "copy_fields", strings) ?? []).flatMap(({ value, span }) =>
    value.split(",").map((each) => ({ text: quoteText(each.trim()), span })),
  );
}

/** Told apart before: a trigger is no effect of today. */
const trigger: Form = { keys: ["name"], lower: () => undefined };

/** Every older table by its type. */
export const effects: Family = {
  what: "effect",
  forms: {
    increment: increment("+="),
    IncrementCounter: increment("+="),
    decrement: increment("-="),
    DecrementCounter: increment("-="),
    set_counter_from_param: setCounter,
    SetCounterFromParam: setCounter,
    set_bool: setBool,
    SetBool: setBool,
    set: { keys: ["var", "value"], lower: (table) => join([name(table, "var"), " = ", literal(table, "value")]) },
    emit,
    emit_event: emit,
    EmitEvent: emit,
    trigger,
    Trigger: trigger,
    list_append: append,
    ListAppend: append,
    list_remove_at: removeAt,
    ListRemoveAt: removeAt,
    schedule,
    Schedule: schedule,
    schedule_at: scheduleAt,
    ScheduleAt: scheduleAt,
    spawn,
    spawn_entity: spawn,
    SpawnEntity: spawn,
  },
};
