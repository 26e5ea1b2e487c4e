/** A behaviour file's TOML tree to the syntax of one automaton: shapes are checked here, names are looked up by `bind`. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import { type AssertionSyntax, type OrderingSyntax, parseFieldInvariant, parseInvariant } from "./assertions.ts";
import * as forms from "./automaton-forms.ts";
import { parseCondition, parseEffect, type Written } from "./expression.ts";
import type { ConditionSyntax, EffectSyntax } from "./expression-syntax.ts";
import { type ImpliedParam, reportOlder } from "./lowering.ts";
import { lowerCondition } from "./older-conditions.ts";
import { lowerEffects } from "./older-effects.ts";
import { type Located, readTable, type TableForm, type TableReader, wrongType } from "./table.ts";
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
  readonly orderings: readonly OrderingSyntax[];
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
  /** Those that older forms take without declaring them are among them. */
  readonly params: readonly ParamSyntax[];
  /** Triggers that an effect names: each must have an entry of its own. */
  readonly triggers: readonly TomlString[];
  readonly hint?: string;
  readonly span: Span;
}

export interface ParamSyntax {
  readonly name: TomlString;
  readonly type?: TomlString;
  readonly entityType?: TomlString;
  readonly required: boolean;
}

export interface LivenessSyntax {
  readonly name: TomlString;
  readonly from: readonly TomlString[];
  readonly reaches: readonly TomlString[];
  readonly eventually: readonly TomlString[];
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
  let usesOlderForm = reader.has("version") || reader.has("timeouts");
  const body = parseBody(root, (code, ...rest) => {
    usesOlderForm ||= code === "parse/older-form";
    report(code, ...rest);
  });
  if (name === undefined || initial === undefined) return undefined;
  return {
    file: root.span.file,
    name,
    initial,
    statuses: reader.strings("states"),
    terminal: [...reader.strings("terminal"), ...body.terminal],
    indefinite: reader.strings("allow_indefinite_states"),
    strictParams: reader.boolean("strict_action_params")?.value ?? !usesOlderForm,
    ...body.tables,
    span: head.span,
  };
}

function parseBody(root: TomlTable, report: Report) {
  const each = <T>(key: string, form: TableForm, read: (reader: TableReader) => T | undefined): readonly T[] =>
    tablesOf(root, key, report).flatMap((table) => {
      const found = read(readTable(table, form, report));
      return found === undefined ? [] : [found];
    });
  const invariants = each("invariant", forms.invariantForm, (reader) => parseInvariant(reader, report));
  const tables = {
    variables: each("state", forms.variableForm, parseVariable),
    rules: each("action", forms.actionForm, (reader) => parseRule(reader, report)),
    invariants: invariants.flatMap((each) => (each.kind === "assertion" ? [each.assertion] : [])),
    orderings: invariants.flatMap((each) => (each.kind === "ordering" ? [each.ordering] : [])),
    fieldInvariants: each("field_invariant", forms.fieldInvariantForm, (reader) => parseFieldInvariant(reader, report)),
    liveness: each("liveness", forms.livenessForm, parseLiveness),
  };
  return { tables, terminal: invariants.flatMap((each) => (each.kind === "terminal" ? each.statuses : [])) };
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
  const guards = parseGuards(reader, report);
  const effects = parseEffects(reader, report);
  const params = parseParams(reader, report);
  if (name === undefined) return undefined;
  return {
    name,
    from,
    guards: guards.written,
    effects: effects.written,
    params: withImplied(params, [...guards.params, ...effects.params]),
    triggers: effects.triggers,
    span: reader.span,
    ...(kind && { kind }),
    ...(to && { to }),
    ...(hint !== undefined && { hint }),
  };
}

/** A conjunction: one condition, or an array of them, each in any generation's form. */
function parseGuards(reader: TableReader, report: Report) {
  const node = reader.node("guard");
  const items = node === undefined ? [] : node.kind === "array" ? node.items : [node];
  const lowered = items.flatMap((item) => {
    const condition = lowerCondition(item, "guard", report);
    if (condition !== undefined) reportOlder("the guard", item, condition, report);
    return condition ?? [];
  });
  return {
    written: lowered.flatMap(({ text }) => parseCondition(text, report) ?? []),
    params: lowered.flatMap(({ params }) => params),
  };
}

function parseEffects(reader: TableReader, report: Report) {
  const node = reader.node("effect");
  const lowered = node === undefined ? [] : lowerEffects(node, report);
  const effects = lowered.flatMap((each) => (each.kind === "effect" ? [each] : []));
  for (const { node: written, effect } of effects) reportOlder("the effect", written, effect, report);
  return {
    written: effects.flatMap(({ effect }) => parseEffect(effect.text, report) ?? []),
    params: effects.flatMap(({ effect }) => effect.params),
    triggers: lowered.flatMap((each) => (each.kind === "trigger" ? [each.name] : [])),
  };
}

function parseParams(reader: TableReader, report: Report): readonly ParamSyntax[] {
  const node = reader.node("params");
  if (node === undefined) return [];
  if (node.kind === "string") return [{ name: node, required: true }];
  if (node.kind !== "array") return wrongType(node, "params", "a name or an array of names and tables", report) ?? [];
  return node.items.flatMap((item) => parseParam(item, report) ?? []);
}

function withImplied(declared: readonly ParamSyntax[], implied: readonly ImpliedParam[]): readonly ParamSyntax[] {
  const params = [...declared];
  for (const { name, type } of implied) {
    if (params.some((param) => param.name.value === name.value)) continue;
    params.push({
      name,
      type: { kind: "string", value: type, source: "", span: name.span, pieces: [] },
      required: true,
    });
  }
  return params;
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

function parseLiveness(reader: TableReader): LivenessSyntax | undefined {
  const name = reader.requiredString("name");
  const hasActions = reader.boolean("has_actions");
  const from = reader.strings("from");
  const reaches = reader.strings("reaches");
  const eventually = reader.strings("eventually");
  return name && { name, from, reaches, eventually, ...(hasActions && { hasActions }) };
}
