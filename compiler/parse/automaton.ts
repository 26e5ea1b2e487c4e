/** A behaviour file's TOML tree to the syntax of one automaton: shapes are checked here, names are looked up by `bind`. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import * as forms from "./automaton-forms.ts";
import { parseCondition, parseEffect, type Written } from "./expression.ts";
import type { ConditionSyntax, EffectSyntax } from "./expression-syntax.ts";
import { expectString, type Located, readTable, type TableForm, type TableReader, wrongType } from "./table.ts";
import type { TomlEntry, TomlNode, TomlString, TomlTable } from "./toml.ts";

export interface AutomatonSyntax {
  readonly file: string;
  readonly name: TomlString;
  readonly statuses: readonly TomlString[];
  readonly initial: TomlString;
  readonly terminal: readonly TomlString[];
  readonly indefinite: readonly TomlString[];
  readonly strictParams: boolean;
  readonly variables: readonly VariableSyntax[];
  readonly rules: readonly RuleSyntax[];
  readonly invariants: readonly AssertionSyntax[];
  readonly fieldInvariants: readonly AssertionSyntax[];
  readonly liveness: readonly LivenessSyntax[];
  readonly span: Span;
}

export interface VariableSyntax {
  readonly name: TomlString;
  readonly type: TomlString;
  readonly initial?: TomlNode;
  readonly entityType?: TomlString;
}

/** One `[[action]]` entry. */
export interface RuleSyntax {
  readonly name: TomlString;
  readonly kind?: TomlString;
  readonly from: readonly TomlString[];
  readonly to?: TomlString;
  /** A conjunction. */
  readonly guards: readonly Written<ConditionSyntax>[];
  readonly effects: readonly Written<EffectSyntax>[];
  readonly params: readonly ParamSyntax[];
  readonly hint?: string;
  readonly span: Span;
}

export interface ParamSyntax {
  readonly name: TomlString;
  readonly type?: TomlString;
  readonly entityType?: TomlString;
  readonly required: boolean;
}

export interface AssertionSyntax {
  readonly name: TomlString;
  readonly assert: Written<ConditionSyntax>;
  readonly message?: string;
}

export interface LivenessSyntax {
  readonly name: TomlString;
  readonly from: readonly TomlString[];
  readonly reaches: readonly TomlString[];
  readonly hasActions?: Located<boolean>;
}

/** The automaton of a file. What does not fit is reported (`parse/…`) and left out; without name, statuses or start there is none. */
export function parseAutomaton(root: TomlTable, report: Report): AutomatonSyntax | undefined {
  for (const entry of root.entries) checkTopLevel(entry, report);
  const head = root.entries.find(({ key }) => key === "automaton")?.value;
  if (head === undefined) {
    report("parse/missing-key", { ...root.span, end: root.span.start }, { key: "automaton", table: "the file" });
    return undefined;
  }
  if (head.kind !== "table") return wrongType(head, "automaton", "a table", report);
  const reader = readTable(head, forms.automatonForm, report);
  const name = reader.requiredString("name");
  const initial = reader.requiredString("initial");
  if (!reader.has("states")) report("parse/missing-key", head.span, { key: "states", table: "[automaton]" });
  const body = parseBody(root, report);
  if (name === undefined || initial === undefined) return undefined;
  return {
    file: root.span.file,
    name,
    initial,
    statuses: reader.strings("states"),
    terminal: reader.strings("terminal"),
    indefinite: reader.strings("allow_indefinite_states"),
    strictParams: reader.boolean("strict_action_params")?.value ?? true,
    ...body,
    span: head.span,
  };
}

function parseBody(root: TomlTable, report: Report) {
  const each = <T>(key: string, form: TableForm, read: (reader: TableReader) => T | undefined): readonly T[] =>
    tablesOf(root, key, report).flatMap((table) => {
      const found = read(readTable(table, form, report));
      return found === undefined ? [] : [found];
    });
  return {
    variables: each("state", forms.variableForm, parseVariable),
    rules: each("action", forms.actionForm, (reader) => parseRule(reader, report)),
    invariants: each("invariant", forms.invariantForm, (reader) => parseAssertion(reader, report)),
    fieldInvariants: each("field_invariant", forms.fieldInvariantForm, (reader) => parseAssertion(reader, report)),
    liveness: each("liveness", forms.livenessForm, parseLiveness),
  };
}

function checkTopLevel({ key, keySpan, value }: TomlEntry, report: Report): void {
  const tables: Readonly<Record<string, string>> = forms.topLevelTables;
  const status = Object.hasOwn(tables, key) ? tables[key] : undefined;
  if (status === undefined) {
    report("parse/unknown-key", keySpan, { key, table: "the file" }, { hint: didYouMean(key, Object.keys(tables)) });
  }
  if (status === "not-available-yet") report("parse/not-available-yet", keySpan, { construct: `[[${key}]]` });
  if (status === "many" && value.kind !== "array") wrongType(value, key, `an array of tables, [[${key}]]`, report);
}

function tablesOf(root: TomlTable, key: string, report: Report): readonly TomlTable[] {
  const value = root.entries.find((entry) => entry.key === key)?.value;
  if (value?.kind !== "array") return [];
  return value.items.flatMap((item) =>
    item.kind === "table" ? [item] : (wrongType(item, key, "a table", report) ?? []),
  );
}

function parseVariable(reader: TableReader): VariableSyntax | undefined {
  const name = reader.requiredString("name");
  const type = reader.requiredString("type");
  if (name === undefined || type === undefined) return undefined;
  const initial = reader.node("initial");
  const entityType = reader.string("entity_type");
  return { name, type, ...(initial && { initial }), ...(entityType && { entityType }) };
}

function parseRule(reader: TableReader, report: Report): RuleSyntax | undefined {
  const name = reader.requiredString("name");
  const kind = reader.string("kind");
  const to = reader.string("to");
  const hint = reader.string("hint")?.value;
  const from = reader.strings("from");
  const guards = expressions(reader, "guard", report).flatMap((text) => parseCondition(text, report) ?? []);
  const effects = expressions(reader, "effect", report).flatMap((text) => parseEffect(text, report) ?? []);
  const params = parseParams(reader, report);
  if (name === undefined) return undefined;
  return {
    name,
    from,
    guards,
    effects,
    params,
    span: reader.span,
    ...(kind && { kind }),
    ...(to && { to }),
    ...(hint !== undefined && { hint }),
  };
}

/** A string or an array of strings. Tables are an older form, which is refused by name. */
function expressions(reader: TableReader, key: string, report: Report): readonly TomlString[] {
  const node = reader.node(key);
  if (node === undefined) return [];
  const items = node.kind === "array" ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind === "table") {
      report("parse/not-available-yet", item.span, { construct: `a ${key} in the older table form` });
      return [];
    }
    return expectString(item, key, report) ?? [];
  });
}

function parseParams(reader: TableReader, report: Report): readonly ParamSyntax[] {
  const node = reader.node("params");
  if (node === undefined) return [];
  if (node.kind === "string") return [{ name: node, required: true }];
  if (node.kind !== "array") return wrongType(node, "params", "a name or an array of names and tables", report) ?? [];
  return node.items.flatMap((item) => parseParam(item, report) ?? []);
}

function parseParam(item: TomlNode, report: Report): ParamSyntax | undefined {
  if (item.kind === "string") return { name: item, required: true };
  if (item.kind !== "table") return wrongType(item, "params", "a name or a table", report);
  const reader = readTable(item, forms.paramForm, report);
  const name = reader.requiredString("name");
  const type = reader.string("type");
  const entityType = reader.string("entity_type");
  const required = reader.boolean("required")?.value ?? true;
  return name && { name, required, ...(type && { type }), ...(entityType && { entityType }) };
}

function parseAssertion(reader: TableReader, report: Report): AssertionSyntax | undefined {
  const name = reader.requiredString("name");
  const text = reader.requiredString("assert");
  const message = reader.has("message") ? reader.string("message")?.value : undefined;
  const assert = text && parseCondition(text, report);
  if (name === undefined || assert === undefined) return undefined;
  return { name, assert, ...(message !== undefined && { message }) };
}

function parseLiveness(reader: TableReader): LivenessSyntax | undefined {
  const name = reader.requiredString("name");
  const hasActions = reader.boolean("has_actions");
  const from = reader.strings("from");
  const reaches = reader.strings("reaches");
  return name && { name, from, reaches, ...(hasActions && { hasActions }) };
}
