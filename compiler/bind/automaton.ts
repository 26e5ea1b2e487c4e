/** Binds one behaviour file: names to what they name, older spellings to one form, parts that do not bind left out. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { ValueType } from "../ir/expression.ts";
import type { AutomatonSyntax } from "../parse/automaton.ts";
import { bindActions, bindRules, withFilled } from "./actions.ts";
import { withHistory } from "./history.ts";
import { distinct, isUsable } from "./names.ts";
import { bindFieldInvariants, bindInvariants, bindLiveness } from "./properties.ts";
import { bindReactions, withTimeouts } from "./reactions.ts";
import type { Scope } from "./scope.ts";
import { bindStatuses, knownStatuses } from "./statuses.ts";
import { bindTriggers } from "./triggers.ts";
import { bindVariables } from "./variables.ts";

/** The automata of a program. Reports two of one name, and all that is wrong inside each. */
export function bindAutomata(
  syntaxes: readonly AutomatonSyntax[],
  fieldsOf: (entityType: string) => ReadonlyMap<string, ValueType>,
  report: Report,
): readonly Automaton[] {
  const others = new Map(syntaxes.map(({ name, statuses }) => [name.value, statuses.map(({ value }) => value)]));
  return distinct("the automaton", syntaxes, report).flatMap((syntax) => {
    checkReferences(syntax, (type) => others.has(type) || fieldsOf(type).size > 0, report);
    return bindAutomaton(syntax, { others, fields: fieldsOf(syntax.name.value) }, report) ?? [];
  });
}

/** A reference to a type that there is not leads nowhere, and is kept: older specs have such. */
function checkReferences(
  { variables, rules }: AutomatonSyntax,
  isEntityType: (name: string) => boolean,
  report: Report,
): void {
  const written = [...variables, ...rules.flatMap(({ params }) => params)].flatMap(
    ({ entityType }) => entityType ?? [],
  );
  for (const { value, span } of written)
    if (!isEntityType(value)) report("bind/unknown-reference", span, { type: value });
}

function bindAutomaton(
  written: AutomatonSyntax,
  surroundings: Pick<Scope, "others" | "fields">,
  report: Report,
): Automaton | undefined {
  const syntax = withHistory(written);
  const name = syntax.name.value;
  const isNamed = isUsable("an automaton", syntax.name, report);
  const statuses = bindStatuses(syntax.statuses, report);
  if (statuses.length === 0) report("bind/no-statuses", syntax.span, { automaton: name });
  const variables = bindVariables(syntax.variables, report);
  const scope: Scope = {
    automaton: name,
    statuses: statuses.map((status) => status.name),
    variables: new Map(variables.map((variable) => [variable.name, variable])),
    broken: new Set(syntax.variables.map((variable) => variable.name.value)),
    actions: new Set(syntax.rules.map((rule) => rule.name.value)),
    events: new Set(syntax.rules.filter(isOutput).map((rule) => rule.name.value)),
    seesFields: false,
    seesRelated: false,
    ...surroundings,
  };
  const [initial] = knownStatuses([syntax.initial], scope, report);
  const terminal = knownStatuses(syntax.terminal, scope, report);
  const actions = bindActions(syntax.rules, scope, report);
  const reactions = bindReactions(syntax.reactions, scope, report);
  let countsByName = false;
  const noting: Report = (code, ...rest) => {
    countsByName ||= code === "bind/implicit-counter-effect";
    report(code, ...rest);
  };
  const rules = withTimeouts(bindRules(syntax.rules, actions, scope, noting), reactions.timeouts);
  const triggers = bindTriggers(syntax.rules, scope, report);
  const properties = {
    invariants: bindInvariants(syntax.invariants, scope, report),
    fieldInvariants: bindFieldInvariants(syntax.fieldInvariants, scope, report),
    liveness: bindLiveness(syntax.liveness, { ...scope, terminal }, report),
  };
  checkTerminal(syntax, terminal, report);
  if (syntax.rules.length === 0) report("bind/no-rules", syntax.span, { automaton: name });
  if (!isNamed || initial === undefined || statuses.length === 0) return undefined;
  return {
    name,
    file: syntax.file,
    statuses,
    initial,
    terminal,
    indefinite: knownStatuses(syntax.indefinite, scope, report),
    strictParams: syntax.strictParams ?? !(syntax.usesOlderForm || countsByName),
    variables,
    actions: withFilled(actions, rules),
    rules,
    ...properties,
    triggers,
    ...reactions,
    span: syntax.name.span,
  };
}

function isOutput({ kind }: AutomatonSyntax["rules"][number]): boolean {
  return kind?.value.toLowerCase() === "output";
}

/** An entry that names a terminal status in `from` and leads elsewhere contradicts it; L1 proves the rest. */
function checkTerminal(syntax: AutomatonSyntax, terminal: readonly string[], report: Report): void {
  for (const { name, from, to } of syntax.rules) {
    const left = from.find(({ value }) => terminal.includes(value) && to !== undefined && to.value !== value);
    if (left !== undefined) report("bind/terminal-moves", left.span, { status: left.value, action: name.value });
  }
}
