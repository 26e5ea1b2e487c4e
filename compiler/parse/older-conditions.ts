/** Conditions of every generation in today's grammar: strings like `min x 2`, and tables with a `type`. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { asWritten, type Lowered, lowered, type Piece, quoteText, separated } from "./lowering.ts";
import {
  count,
  type Family,
  type Form,
  join,
  literal,
  lowerTable,
  name,
  oneKey,
  param,
  type Reading,
  tablePieces,
  texts,
  valueAt,
} from "./older-tables.ts";
import { flag, texts as strings, wrongType } from "./shapes.ts";
import type { TomlNode, TomlString } from "./toml.ts";
import { spanInString } from "./toml-string.ts";

/** The condition as a text of today's grammar. What cannot be one is reported; then there is none. */
export function lowerCondition(node: TomlNode, key: string, report: Report): Lowered | undefined {
  if (node.kind === "string") return lowerClause(node) ?? asWritten(node);
  if (node.kind === "table") return lowerTable(node, conditions, report);
  return wrongType(node, key, "a condition in a string, or a table with a type", report);
}

type Groups = Readonly<Record<string, string>>;

/** The clauses that today's grammar has no such form of, in the order in which older versions tried them. */
const clauses: readonly {
  readonly pattern: RegExp;
  readonly lower: (groups: Groups) => readonly (keyof Groups | Literally)[];
}[] = [
  { pattern: /^min\s+(?<name>\S+)\s+(?<n>\d+)$/d, lower: () => ["name", is(" >= "), "n"] },
  { pattern: /^max\s+(?<name>\S+)\s+(?<n>\d+)$/d, lower: () => ["name", is(" < "), "n"] },
  { pattern: /^is_true\s+(?<name>\S+)$/d, lower: () => ["name"] },
  { pattern: /^is_false\s+(?<name>\S+)$/d, lower: () => [is("!"), "name"] },
  {
    pattern: /^list_contains\s+(?<name>\S+)\s+(?<item>.+)$/d,
    lower: ({ item = "" }) => [is(quoteText(item)), is(" in "), "name"],
  },
  { pattern: /^list_length_min\s+(?<name>\S+)\s+(?<n>\d+)$/d, lower: () => [is("len("), "name", is(") >= "), "n"] },
  {
    pattern: /^never\s*\(\s*(?<status>[^()]+?)\s*\)$/d,
    lower: ({ status = "" }) => [is(`status != ${quoteText(bare(status))}`)],
  },
];

/** Text that is not taken from the clause. */
interface Literally {
  readonly text: string;
}

function is(text: string): Literally {
  return { text };
}

/** A status may stand in quotation marks there. */
function bare(status: string): string {
  return status.replace(/^(['"])(.*)\1$/, "$2");
}

function lowerClause(string: TomlString): Lowered | undefined {
  const text = string.value.trim();
  const margin = string.value.indexOf(text);
  for (const { pattern, lower } of clauses) {
    const match = pattern.exec(text);
    if (match?.groups === undefined) continue;
    const { groups, indices } = match;
    const pieces = lower(groups).map((part): Piece => {
      if (typeof part !== "string") return part.text;
      const [start, end] = indices?.groups?.[part] ?? [0, text.length];
      return { text: groups[part] ?? "", span: spanInString(string, margin + start, margin + end) };
    });
    return lowered(string, pieces);
  }
  return undefined;
}

const minCount: Form = {
  keys: ["var", "min"],
  lower: (table) => join([name(table, "var"), " >= ", count(table, "min")]),
};
const maxCount: Form = {
  keys: ["var", "max"],
  lower: (table) => join([name(table, "var"), " < ", count(table, "max")]),
};
const isTrue: Form = { keys: ["var"], lower: (table) => join([name(table, "var")]) };
const isFalse: Form = { keys: ["var"], lower: (table) => join(["!", name(table, "var")]) };
/** Guards name a variable, those of triggers a field. */
const boolTrue: Form = {
  keys: ["var?", "field?"],
  lower: (table) => join([name(table, oneKey(table, ["var", "field"]))]),
};
const boolFalse: Form = {
  keys: ["var?", "field?"],
  lower: (table) => join(["!", name(table, oneKey(table, ["var", "field"]))]),
};
const listContains: Form = {
  keys: ["var", "value"],
  lower: (table) => join([literal(table, "value"), " in ", name(table, "var")]),
};
const listLengthMin: Form = {
  keys: ["var", "min"],
  lower: (table) => join(["len(", name(table, "var"), ") >= ", count(table, "min")]),
};
const stateIn: Form = { keys: ["values"], lower: (table) => join(["status in ", texts(table, "values")]) };
const crossEntity: Form = {
  keys: ["entity_type", "entity_id_source", "required_status?", "forbidden_status?", "required?"],
  lower: crossEntityState,
};

/** Every older table by its type. */
export const conditions: Family = {
  what: "guard",
  forms: {
    state_in: stateIn,
    StateIn: stateIn,
    min_count: minCount,
    CounterMin: minCount,
    max_count: maxCount,
    CounterMax: maxCount,
    is_true: isTrue,
    bool_true: boolTrue,
    BoolTrue: boolTrue,
    is_false: isFalse,
    bool_false: boolFalse,
    BoolFalse: boolFalse,
    list_contains: listContains,
    ListContains: listContains,
    list_length_min: listLengthMin,
    ListLengthMin: listLengthMin,
    reference_equals: {
      keys: ["reference", "param"],
      lower: (table) => join([name(table, "reference"), " == params.", param(table, "param", "string")]),
    },
    cross_entity_state: crossEntity,
    CrossEntityState: crossEntity,
    cross_entity_state_in: {
      keys: ["entity_type", "entity_id_source", "values?", "required_status?"],
      lower: (table) => join([...related(table), " in ", texts(table, oneKey(table, ["values", "required_status"]))]),
    },
    field_equals: {
      keys: ["field", "value"],
      lower: (table) => join([name(table, "field"), " == ", literal(table, "value")]),
    },
    field_in: {
      keys: ["field", "values"],
      lower: (table) => join([name(table, "field"), " in ", texts(table, "values")]),
    },
    all_of: { keys: ["guards"], lower: (table) => nested(table, "guards", " && ") },
    any_of: { keys: ["guards"], lower: (table) => nested(table, "guards", " || ") },
    not: {
      keys: ["guard"],
      lower: (table) => {
        const inner = table.reader.get("guard");
        const condition = inner && within(inner, "guard", table);
        return condition && ["!(", ...condition, ")"];
      },
    },
  },
};

/** `T[f].status` */
function related(table: Reading): readonly (Piece | undefined)[] {
  return [name(table, "entity_type"), "[", name(table, "entity_id_source"), "].status"];
}

/** Allowed statuses, forbidden ones, or both; not required means that an unset reference is no obstacle. */
function crossEntityState(table: Reading): readonly Piece[] | undefined {
  const isRequired = valueAt(table, "required", flag)?.value ?? false;
  const allowed = (valueAt(table, "required_status", strings) ?? []).length > 0;
  const forbidden = (valueAt(table, "forbidden_status", strings) ?? []).length > 0;
  const parts = [
    ...(allowed ? [[...related(table), " in ", texts(table, "required_status")]] : []),
    ...(forbidden ? [[...related(table), " not in ", texts(table, "forbidden_status")]] : []),
    ...(isRequired && !allowed ? [[...related(table), " != null"]] : []),
  ].map(join);
  const read = parts.flatMap((part) => (part === undefined ? [] : [part]));
  if (read.length < parts.length) return undefined;
  if (read.length === 0) return ["true"];
  const all = separated(read, " && ");
  if (isRequired || !allowed) return all;
  return join(["empty(", name(table, "entity_id_source"), ") || ", ...(read.length > 1 ? ["(", ...all, ")"] : all)]);
}

/** The conditions of a list, each in parentheses where there are several. */
function nested(table: Reading, key: string, separator: string): readonly Piece[] | undefined {
  const node = table.reader.get(key);
  if (node?.kind !== "array") return node && wrongType(node, key, "an array of conditions", table.report);
  const all = node.items.map((item) => within(item, key, table));
  const read = all.flatMap((each) => (each === undefined ? [] : [["(", ...each, ")"]]));
  return read.length === all.length && read.length > 0 ? separated(read, separator) : undefined;
}

function within(node: TomlNode, key: string, { report, params }: Reading): readonly Piece[] | undefined {
  if (node.kind === "table") return tablePieces(node, conditions, { report, params });
  const inner = lowerCondition(node, key, report);
  return inner && [{ text: inner.text.value, span: node.span }];
}
