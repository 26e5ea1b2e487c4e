/** Binds `[[action]]` entries: actions by name with the parameters of all their entries, and one rule an entry. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Action, ActionKind, Effect, FilledParam, Param, Rule } from "../ir/automaton.ts";
import type { Predicate } from "../ir/expression.ts";
import { printOperand } from "../ir/print.ts";
import type { Output } from "../ir/reaction.ts";
import { predicateOperands } from "../ir/walk.ts";
import type { ParamSyntax, RuleSyntax } from "../parse/automaton.ts";
import { actionKinds } from "../parse/automaton-forms.ts";
import { bindComposite } from "./composite.ts";
import { bindConstraint } from "./constraints.ts";
import { copiedParams } from "./copied-params.ts";
import { countedByName } from "./counted-by-name.ts";
import { bindEffect } from "./effect.ts";
import { distinct, isUsable, isUsableParameter } from "./names.ts";
import { bindPredicate } from "./predicate.ts";
import { bindRequest, fieldPrefix, freshPrefix } from "./request.ts";
import type { Scope } from "./scope.ts";
import { knownStatuses } from "./statuses.ts";
import { bindType } from "./variables.ts";

/** The actions in order of first mention. Reports `bind/unknown-kind`, `bind/param-type-differs` and names that cannot be. */
export function bindActions(syntaxes: readonly RuleSyntax[], scope: Scope, report: Report): readonly Action[] {
  const usable = syntaxes.filter(({ name }) => isUsable("an action", name, report));
  const names = new Map(
    usable.map((syntax) => [syntax.name.value, usable.filter(({ name }) => name.value === syntax.name.value)]),
  );
  const firsts = [...names.values()].flatMap((entries) => entries.slice(0, 1));
  return distinct("the action", firsts, report).map(({ name }) => {
    const entries = names.get(name.value) ?? [];
    const kind = bindKind(entries, report);
    const hint = entries.find((entry) => entry.hint !== undefined)?.hint;
    const params = bindParams(name.value, entries, report);
    const constraints = entries.flatMap((entry) =>
      entry.constraints.flatMap((reader) => bindConstraint(reader, { action: name.value, params }, report) ?? []),
    );
    const composite = bindComposite(entries, scope, report);
    return {
      name: name.value,
      kind,
      params,
      filled: [],
      constraints,
      span: name.span,
      ...(composite && { composite }),
      ...(hint !== undefined && { hint }),
    };
  });
}

/** A composite action is asked for by callers as an input is. */
function bindKind(entries: readonly RuleSyntax[], report: Report): ActionKind {
  const written = entries.find((entry) => entry.kind !== undefined)?.kind;
  if (written === undefined) return "internal";
  const kind = actionKinds.find((each) => each === written.value.toLowerCase());
  if (kind === "composite") return "input";
  if (kind !== undefined) return kind;
  report("bind/unknown-kind", written.span, { kind: written.value }, { hint: didYouMean(written.value, actionKinds) });
  // The mistake is told; that the contract's action is missing here would be a second one that is not there.
  return "input";
}

function bindParams(action: string, entries: readonly RuleSyntax[], report: Report): readonly Param[] {
  const params = new Map<string, Param>();
  for (const entry of entries) {
    const usable = entry.params.filter(({ name }) => isUsableParameter(name, report));
    for (const syntax of distinct("the parameter", usable, report))
      addParam(params, { action, syntax, entries }, report);
  }
  return [...params.values()];
}

interface ParamEntry {
  readonly action: string;
  readonly syntax: ParamSyntax;
  readonly entries: readonly RuleSyntax[];
}

/** A parameter that some entry of the action does not take is not required. */
function addParam(params: Map<string, Param>, { action, syntax, entries }: ParamEntry, report: Report): void {
  const { name, type: written, entityType } = syntax;
  const type = written === undefined ? "string" : bindType("parameter", written, report);
  if (type === undefined) return;
  const earlier = params.get(name.value);
  if (earlier !== undefined) {
    if (earlier.type === type) return;
    const facts = { param: name.value, action, one: earlier.type, other: type };
    report("bind/param-type-differs", written?.span ?? name.span, facts, {
      notes: [{ message: "declared here", span: earlier.span }],
    });
    return;
  }
  const everywhere = entries.every((entry) => entry.params.some((param) => param.name.value === name.value));
  const required = syntax.required && everywhere;
  params.set(name.value, {
    name: name.value,
    type,
    required,
    span: name.span,
    ...(entityType && { entityType: entityType.value }),
  });
}

/** The rules in file order; an output action has none. A rule of which any part does not bind is left out. */
export function bindRules(
  syntaxes: readonly RuleSyntax[],
  actions: readonly Action[],
  scope: Scope,
  report: Report,
): readonly Rule[] {
  return syntaxes.flatMap((syntax) => {
    const action = actions.find(({ name }) => name === syntax.name.value);
    if (action === undefined) return [];
    return action.kind === "output" ? checkOutput(syntax, report) : (bindRule(syntax, action, scope, report) ?? []);
  });
}

function checkOutput(syntax: RuleSyntax, report: Report): readonly Rule[] {
  const moves = [
    ["to", syntax.to?.span],
    ["guard", syntax.guards[0]?.text.span],
    ["effect", syntax.effects[0]?.text.span],
  ] as const;
  for (const [key, span] of moves)
    if (span !== undefined) report("bind/output-moves", span, { action: syntax.name.value, key });
  return [];
}

function bindRule(syntax: RuleSyntax, action: Action, outer: Scope, report: Report): Rule | undefined {
  const declared = new Set(syntax.params.map(({ name }) => name.value));
  const params = new Map(action.params.filter(({ name }) => declared.has(name)).map((param) => [param.name, param]));
  const scope: Scope = { ...outer, action: { name: action.name, params } };
  const from = knownStatuses(syntax.from, scope, report);
  const to = syntax.to === undefined ? [] : knownStatuses([syntax.to], scope, report);
  const guards = syntax.guards.map(({ syntax: tree, text }) =>
    bindPredicate(tree, { scope: { ...scope, seesRelated: true }, text, report }),
  );
  const deeds = bindDeeds(syntax, scope, report);
  const effects = [...(deeds?.effects ?? []), ...countedByName(syntax, scope, report)];
  const copied = copiedParams(params, effects, scope, report);
  const written = new Set(syntax.from.map(({ value }) => value));
  const complete = from.length === written.size && (syntax.to === undefined || to.length === 1);
  if (!complete || guards.includes(undefined) || deeds === undefined) return undefined;
  const guard = conjunction(guards.flatMap((each) => each ?? []));
  return {
    action: action.name,
    from: from.length === 0 ? scope.statuses : from,
    to: to[0] === undefined ? { kind: "stay" } : { kind: "status", name: to[0] },
    effects: [...effects, ...copied],
    outputs: deeds.outputs,
    span: syntax.span,
    ...(guard && { guard }),
  };
}

/** What the entry's effects come to, in their order; undefined where one of them does not bind. */
function bindDeeds(
  { effects: written, remembers }: RuleSyntax,
  scope: Scope,
  report: Report,
): { readonly effects: readonly Effect[]; readonly outputs: readonly Output[] } | undefined {
  const effects: Effect[] = [];
  const outputs: Output[] = [];
  const spawned = (entityType: string): number =>
    outputs.filter((output) => output.kind === "spawn" && output.entityType === entityType).length;
  let isWhole = true;
  for (const { syntax, text } of [...written, ...(remembers === undefined ? [] : [remembers])]) {
    const context = { scope, text, report };
    if (syntax.kind === "request") {
      const bound = bindRequest(syntax, context, spawned);
      if (bound !== undefined) outputs.push(bound.output);
      effects.push(...(bound?.effects ?? []));
      isWhole &&= bound !== undefined;
    } else {
      const bound = bindEffect(syntax, context);
      if (bound !== undefined) effects.push(bound);
      isWhole &&= bound !== undefined;
    }
  }
  return isWhole ? { effects, outputs } : undefined;
}

/** The actions with what the service has to fill in for their rules. */
export function withFilled(actions: readonly Action[], rules: readonly Rule[]): readonly Action[] {
  return actions.map((action) => {
    const own = rules.filter((rule) => rule.action === action.name).flatMap(filledBy);
    return { ...action, filled: [...new Map(own.map((filled) => [filled.name, filled])).values()] };
  });
}

function filledBy({ guard, outputs }: Rule): readonly FilledParam[] {
  const related = guard === undefined ? [] : predicateOperands(guard);
  return [
    ...related.flatMap((operand): readonly FilledParam[] => {
      if (operand.kind !== "related") return [];
      const { entityType, reference } = operand;
      return [{ kind: "related", name: printOperand(operand), entityType, reference }];
    }),
    ...outputs.flatMap((output): readonly FilledParam[] => {
      if (output.kind === "spawn" && output.id.kind === "param" && output.id.name.startsWith(freshPrefix))
        return [{ kind: "fresh", name: output.id.name }];
      if (output.kind === "schedule-at" && output.at.kind === "param" && output.at.name.startsWith(fieldPrefix))
        return [{ kind: "field", name: output.at.name, field: output.at.name.slice(fieldPrefix.length) }];
      return [];
    }),
  ];
}

function conjunction(guards: readonly Predicate[]): Predicate | undefined {
  const [first] = guards;
  return guards.length > 1 && first !== undefined ? { kind: "and", operands: guards, span: first.span } : first;
}
