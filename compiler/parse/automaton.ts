/** A behaviour file's TOML tree to the syntax of one automaton: shapes are checked here, names are looked up by `bind`. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import { type AssertionSyntax, type OrderingSyntax, parseFieldInvariant, parseInvariant } from "./assertions.ts";
import * as forms from "./automaton-forms.ts";
import { parseCondition, parseEffect, type Written } from "./expression.ts";
import type { ConditionSyntax, EffectSyntax } from "./expression-syntax.ts";
import { type ImpliedParam, reportOlder } from "./lowering.ts";
import { lowerCondition } from "./older-conditions.ts";
import { lowerEffects } from "./older-effects.ts";
import { type AddedTrigger, olderTriggers, type Sidecars, withTriggers } from "./older-triggers.ts";
import type * as reactionForms from "./reaction-forms.ts";
import { type ReactionsSyntax, readReactions } from "./reactions.ts";
import type { Located } from "./shapes.ts";
import { type Read, readTable } from "./table.ts";
import type { TomlEntry, TomlNode, TomlString, TomlTable } from "./toml.ts";

export interface AutomatonSyntax {
  readonly file: string;
  readonly name: TomlString;
  readonly statuses: readonly TomlString[];
  readonly initial: TomlString;
  readonly terminal: readonly TomlString[];
  readonly indefinite: readonly TomlString[];
  /** As it is written; absent where that is left to whether the file uses an older form. */
  readonly strictParams?: boolean;
  readonly usesOlderForm: boolean;
  readonly variables: readonly VariableSyntax[];
  readonly rules: readonly RuleSyntax[];
  /** Those that other tables and files ask for; they are among those of the rules. */
  readonly olderTriggers: readonly AddedTrigger[];
  readonly invariants: readonly AssertionSyntax[];
  readonly fieldInvariants: readonly AssertionSyntax[];
  readonly liveness: readonly LivenessSyntax[];
  readonly orderings: readonly OrderingSyntax[];
  readonly reactions: ReactionsSyntax;
  readonly span: Span;
}

export interface VariableSyntax {
  readonly name: TomlString;
  readonly type: TomlString;
  readonly isIndexed: boolean;
  readonly initial?: TomlNode;
  readonly entityType?: TomlString;
  readonly inlineBytesMax?: Located<number>;
  readonly ttlSeconds?: Located<number>;
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
  /** What a property of the past needs to be remembered: no effect that anybody has written. */
  readonly remembers?: Written<EffectSyntax>;
  /** Those that older forms take without declaring them are among them. */
  readonly params: readonly ParamSyntax[];
  /** Triggers that an effect names: each must have an entry of its own. */
  readonly triggers: readonly TomlString[];
  readonly triggerTables: readonly Read<typeof reactionForms.triggerForm>[];
  readonly constraints: readonly Read<typeof reactionForms.constraintForm>[];
  readonly subWrites: readonly Read<typeof reactionForms.subWriteForm>[];
  readonly gate?: TomlString;
  readonly recordsParentEvent: boolean;
  /** The keys that mean something to a composite action only, as they are written. */
  readonly compositeKeys: readonly TomlEntry[];
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
export function parseAutomaton(root: TomlTable, sidecars: Sidecars, report: Report): AutomatonSyntax | undefined {
  let usesOlderForm = false;
  const noting: Report = (code, ...rest) => {
    usesOlderForm ||= code === "parse/older-form" || code === "parse/legacy-key";
    report(code, ...rest);
  };
  const start = { ...root.span, end: root.span.start };
  const file = readTable({ ...root, span: start }, forms.fileForm, noting);
  const head = file.get("automaton");
  const name = head?.get("name");
  const initial = head?.get("initial");
  const strictParams = head?.get("strict_action_params");
  const body = parseBody(file, noting);
  if (head === undefined || name === undefined || initial === undefined) return undefined;
  const older = {
    automaton: name.value,
    integrations: file.get("integration") ?? [],
    agentTriggers: file.get("agent_trigger") ?? [],
  };
  const added = olderTriggers(body.tables.rules, older, sidecars, noting);
  return {
    file: root.span.file,
    name,
    initial,
    statuses: head.get("states") ?? [],
    terminal: [...(head.get("terminal") ?? []), ...body.terminal],
    indefinite: head.get("allow_indefinite_states") ?? [],
    ...(strictParams && { strictParams: strictParams.value }),
    usesOlderForm,
    ...body.tables,
    rules: withTriggers(body.tables.rules, added, noting),
    olderTriggers: added,
    reactions: readReactions(file),
    span: head.span,
  };
}

function parseBody(file: Read<typeof forms.fileForm>, report: Report) {
  const invariants = (file.get("invariant") ?? []).flatMap((each) => parseInvariant(each, report) ?? []);
  const tables = {
    variables: (file.get("state") ?? []).flatMap((each) => parseVariable(each) ?? []),
    rules: (file.get("action") ?? []).flatMap((each) => parseRule(each, report) ?? []),
    invariants: invariants.flatMap((each) => (each.kind === "assertion" ? [each.assertion] : [])),
    orderings: invariants.flatMap((each) => (each.kind === "ordering" ? [each.ordering] : [])),
    fieldInvariants: (file.get("field_invariant") ?? []).flatMap((each) => parseFieldInvariant(each, report) ?? []),
    liveness: (file.get("liveness") ?? []).flatMap((each) => parseLiveness(each) ?? []),
  };
  return { tables, terminal: invariants.flatMap((each) => (each.kind === "terminal" ? each.statuses : [])) };
}

function parseVariable(reader: Read<typeof forms.variableForm>): VariableSyntax | undefined {
  const name = reader.get("name");
  const type = reader.get("type");
  if (name === undefined || type === undefined) return undefined;
  const initial = reader.get("initial");
  const entityType = reader.get("entity_type");
  const inlineBytesMax = reader.get("overflow_inline_max_bytes");
  const ttlSeconds = reader.get("overflow_ttl_seconds");
  const isIndexed = reader.get("query_indexed")?.value ?? false;
  return {
    name,
    type,
    isIndexed,
    ...(initial && { initial }),
    ...(entityType && { entityType }),
    ...(inlineBytesMax && { inlineBytesMax }),
    ...(ttlSeconds && { ttlSeconds }),
  };
}

function parseRule(reader: Read<typeof forms.actionForm>, report: Report): RuleSyntax | undefined {
  const name = reader.get("name");
  const kind = reader.get("kind");
  const to = reader.get("to");
  const gate = reader.get("cedar_gate");
  const hint = reader.get("hint")?.value;
  const guards = parseGuards(reader.get("guard"), report);
  const effects = parseEffects(reader.get("effect"), report);
  const params = parseParams(reader.get("params"));
  if (name === undefined) return undefined;
  return {
    name,
    from: reader.get("from") ?? [],
    guards: guards.written,
    effects: effects.written,
    params: withImplied(params, [...guards.params, ...effects.params]),
    triggers: effects.triggers,
    triggerTables: reader.get("triggers") ?? [],
    constraints: reader.get("constraints") ?? [],
    subWrites: reader.get("sub_writes") ?? [],
    recordsParentEvent: reader.get("record_parent_event")?.value ?? true,
    ...(gate && { gate }),
    compositeKeys: reader.entries.filter(({ key }) => key === "cedar_gate" || key === "record_parent_event"),
    span: reader.span,
    ...(kind && { kind }),
    ...(to && { to }),
    ...(hint !== undefined && { hint }),
  };
}

/** A conjunction: one condition, or an array of them, each in any generation's form. */
function parseGuards(node: TomlNode | undefined, report: Report) {
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

function parseEffects(node: TomlNode | undefined, report: Report) {
  const lowered = node === undefined ? [] : lowerEffects(node, report);
  const effects = lowered.flatMap((each) => (each.kind === "effect" ? [each] : []));
  for (const { node: written, effect } of effects) reportOlder("the effect", written, effect, report);
  return {
    written: effects.flatMap(({ effect }) => parseEffect(effect.text, report) ?? []),
    params: effects.flatMap(({ effect }) => effect.params),
    triggers: lowered.flatMap((each) => (each.kind === "trigger" ? [each.name] : [])),
  };
}

type ParamWritten = TomlString | Read<typeof forms.paramForm>;

function parseParams(written: TomlString | readonly ParamWritten[] | undefined): readonly ParamSyntax[] {
  if (written === undefined) return [];
  const several = "kind" in written ? [written] : written;
  return several.flatMap((each) => parseParam(each) ?? []);
}

function parseParam(written: ParamWritten): ParamSyntax | undefined {
  if ("kind" in written) return { name: written, required: true };
  const name = written.get("name");
  const type = written.get("type");
  const entityType = written.get("entity_type");
  const required = written.get("required")?.value ?? true;
  return name && { name, required, ...(type && { type }), ...(entityType && { entityType }) };
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

function parseLiveness(reader: Read<typeof forms.livenessForm>): LivenessSyntax | undefined {
  const name = reader.get("name");
  const hasActions = reader.get("has_actions");
  const from = reader.get("from") ?? [];
  const reaches = reader.get("reaches") ?? [];
  const eventually = reader.get("eventually") ?? [];
  return name && { name, from, reaches, eventually, ...(hasActions && { hasActions }) };
}
