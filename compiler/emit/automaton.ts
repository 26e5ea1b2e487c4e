/** One automaton as a TypeScript module: types, rules, the step function and the invariants. */

import type { Span } from "../diagnostics/span.ts";
import type { Action, Automaton, FilledParam, Invariant, Param, Rule, Variable } from "../ir/automaton.ts";
import type { Predicate, ValueType } from "../ir/expression.ts";
import { printPredicate } from "../ir/print.ts";
import type { Program } from "../ir/program.ts";
import { predicateOperands, readsFields } from "../ir/walk.ts";
import { flat, layOut } from "./code.ts";
import type { EmittedFile } from "./emitted.ts";
import { type Emission, emitPredicate, emitRefusals } from "./expression.ts";
import { render, type Templates } from "./render.ts";
import { emitRule, type RuleContext, refusingLines } from "./rule.ts";
import { sourceOf } from "./source.ts";
import {
  comment,
  identifierEnd,
  kernelImport,
  lineWidth,
  list,
  listField,
  lowerFirst,
  member,
  objectItem,
  placeBetween,
  propertyKey,
  quote,
} from "./text.ts";

/** The quoted `file:line` of a span. */
type LineOf = (span: Span) => string;

/** The TypeScript type of a variable. */
export const tsTypes: Readonly<Record<ValueType, string>> = {
  counter: "number",
  int: "number",
  float: "number",
  bool: "boolean",
  string: "string",
  ref: "string | null",
  status: "string",
  list: "readonly string[]",
  set: "readonly string[]",
  null: "null",
};

/** `generated/automata/<name>.ts`. */
export function automatonFile(program: Program, automaton: Automaton, templates: Templates): EmittedFile {
  const view = automatonView(program, automaton);
  return { path: `generated/automata/${automaton.name}.ts`, text: render(templates, "automaton.ts.hbs", view) };
}

/** The holes of `automaton.ts.hbs`. */
function automatonView(program: Program, automaton: Automaton): object {
  const lineOf: LineOf = (span) => quote(sourceOf(program, span));
  const { name, statuses, terminal } = automaton;
  const uses = new Set(["refused"]);
  const actions = automaton.actions
    .filter(({ kind }) => kind !== "output")
    .map((action) => actionView(action, automaton, { uses, lineOf }));
  const invariants = automaton.invariants.map((invariant) => invariantView(invariant, uses, lineOf));
  const prefix = lowerFirst(name);
  return {
    file: comment(automaton.file),
    takesUndeclaredParams: !automaton.strictParams,
    type: name,
    prefix,
    name: quote(name),
    statuses: list(
      statuses.map((status) => quote(status.name)),
      placeBetween("", `export const ${prefix}Statuses = `, " as const;"),
    ),
    terminal: listField("terminal", terminal.map(quote), "  "),
    initial: quote(automaton.initial),
    variables: automaton.variables.map(variableView),
    variableList: listField("variables", automaton.variables.map(variableDescriptor), "  "),
    calls: automaton.actions
      .filter(({ kind }) => kind === "input")
      .map(({ name: action, params }) => ({ key: propertyKey(action), params: paramsType(params) })),
    rules: list(
      automaton.rules.map((rule) => ruleDescriptor(rule, lineOf)),
      placeBetween("", "const rules: readonly RuleDescriptor[] = ", ";"),
    ),
    beforeName: nameGiven("before", actions),
    paramsName: nameGiven("params", actions),
    actions,
    stepList: listField("steps", actions.map(actionStep), "  "),
    actionList: listField("actions", automaton.actions.map(actionDescriptor), "  "),
    invariants,
    fieldInvariants: fieldInvariantLines(automaton, uses),
    uses: kernelImport(uses),
    types: [
      "Automaton",
      "Outcome",
      ...(automaton.rules.some(({ outputs }) => outputs.length > 0) ? ["Output"] : []),
      "RuleDescriptor",
      "Values",
    ].join(", "),
  };
}

/** A parameter of the step that no action takes is marked as unused. */
function nameGiven(name: string, actions: readonly { readonly given: readonly string[] }[]): string {
  return actions.some(({ given }) => given.includes(name)) ? name : `_${name}`;
}

function variableView({ name, type, initial }: Variable): object {
  const text = Array.isArray(initial)
    ? list(initial.map(quote), placeBetween("  ", `${propertyKey(name)}: `, ","))
    : typeof initial === "string"
      ? quote(initial)
      : String(initial);
  return { key: propertyKey(name), tsType: tsTypes[type], initial: text };
}

function variableDescriptor({ name, type }: Variable): string {
  return `{ name: ${quote(name)}, type: ${quote(type)} }`;
}

function paramsType(params: readonly Param[]): string {
  if (params.length === 0) return "Record<string, never>";
  const fields = params.map(
    ({ name, type, required }) => `readonly ${propertyKey(name)}${required ? "" : "?"}: ${tsTypes[type]}`,
  );
  return `{ ${fields.join("; ")} }`;
}

function ruleDescriptor({ action, from, to, guard, span }: Rule, lineOf: LineOf): string {
  const fields = [
    `action: ${quote(action)}`,
    listField("from", from.map(quote), "    "),
    ...(to.kind === "stay" ? [] : [`to: ${quote(to.name)}`]),
    ...(guard === undefined ? [] : [`guard: ${quote(printPredicate(guard))}`]),
    `source: ${lineOf(span)}`,
  ];
  return objectItem(fields, "  ");
}

function actionDescriptor({ name, kind, params, filled, hint }: Action): string {
  const described = params.map(
    ({ name: param, type, required }) => `{ name: ${quote(param)}, type: ${quote(type)}, required: ${required} }`,
  );
  const fields = [
    `name: ${quote(name)}`,
    `kind: ${quote(kind)}`,
    listField("params", described, "      "),
    ...(filled.length === 0 ? [] : [listField("filled", filled.map(filledDescriptor), "      ")]),
    ...(hint === undefined ? [] : [`hint: ${quote(hint)}`]),
  ];
  return objectItem(fields, "    ");
}

/** The names are as in the `switch` of the step: both are made of the same view. */
function actionStep({ name, function: step }: { readonly name: string; readonly function: string }): string {
  return objectItem([`action: ${name}`, `step: ${step}`], "    ");
}

function filledDescriptor(filled: FilledParam): string {
  if (filled.kind === "fresh") return `{ kind: "fresh", name: ${quote(filled.name)} }`;
  if (filled.kind === "field") return `{ kind: "field", name: ${quote(filled.name)}, field: ${quote(filled.field)} }`;
  const { name, entityType, reference } = filled;
  return `{ kind: "related", name: ${quote(name)}, entityType: ${quote(entityType)}, reference: ${quote(reference)} }`;
}

function actionView(
  action: Action,
  automaton: Automaton,
  { uses, lineOf }: { readonly uses: Set<string>; readonly lineOf: LineOf },
) {
  const rules = automaton.rules.flatMap((rule, index) => (rule.action === action.name ? [{ rule, index }] : []));
  const context: RuleContext = {
    automaton,
    uses,
    optional: new Set(action.params.filter(({ required }) => !required).map(({ name }) => name)),
  };
  const lines = stepLines(rules, context);
  const given = ["before", "params"].filter((name) => isRead(name, lines));
  const sources = rules.map(({ rule }) => lineOf(rule.span).slice(1, -1));
  return {
    name: quote(action.name),
    function: functionOf(action, automaton),
    given,
    arguments: given.join(", "),
    parameters: given
      .map((name) => `${name}: ${name === "before" ? `${automaton.name}Snapshot` : "Values"}`)
      .join(", "),
    comment: comment(`${action.name}: ${sources.join(", ")}`),
    lines,
  };
}

/** True where the lines read the variable of that name, and not a text or a property that is called so. */
function isRead(name: string, lines: readonly string[]): boolean {
  const code = lines.join("\n").replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  return new RegExp(`(?<![.\\w$])${name}[.[,]`).test(code);
}

/** `onAddItem`; an automaton called `On` has constants that begin alike. */
function functionOf({ name }: Action, automaton: Automaton): string {
  return `${lowerFirst(automaton.name) === "on" ? "when" : "on"}${identifierEnd(name)}`;
}

interface NumberedRule {
  readonly rule: Rule;
  readonly index: number;
}

/** The body of an action's function: the first rule whose `from` contains the status decides. */
function stepLines(rules: readonly NumberedRule[], context: RuleContext): readonly string[] {
  const statuses = context.automaton.statuses.map(({ name }) => name);
  const taken = new Set<string>();
  const cases = rules.flatMap((numbered) => {
    const fresh = numbered.rule.from.filter((status) => !taken.has(status));
    for (const status of fresh) taken.add(status);
    return fresh.length === 0 ? [] : [{ ...numbered, fresh }];
  });
  const [only] = cases;
  if (only !== undefined && only.fresh.length === statuses.length)
    return emitRule(only, context, { isNarrowed: false, column: 2 });
  const refusal = `return refused("no-rule-here", before.status);`;
  if (only === undefined) return [refusal];
  if (cases.length === 1 && only.fresh.length === 1) {
    return [
      `if (before.status !== ${quote(only.fresh[0] ?? "")}) ${refusal}`,
      ...emitRule(only, context, { isNarrowed: true, column: 2 }),
    ];
  }
  return [
    "switch (before.status) {",
    ...cases.flatMap(({ fresh, ...numbered }) => [
      ...fresh.slice(0, -1).map((status) => `  case ${quote(status)}:`),
      `  case ${quote(fresh.at(-1) ?? "")}: {`,
      ...emitRule(numbered, context, { isNarrowed: true, column: 6 }).map((line) => `    ${line}`),
      "  }",
    ]),
    "  default:",
    `    ${refusal}`,
    "}",
  ];
}

function invariantView({ name, assert, span }: Invariant, uses: Set<string>, lineOf: LineOf): object {
  const premise = assert.kind === "implies" ? assert.premise : undefined;
  return {
    name: quote(name),
    text: quote(printPredicate(assert)),
    source: lineOf(span),
    holds: conditionField("holds", assert, uses),
    applies: premise === undefined ? "" : conditionField("applies", premise, uses),
  };
}

/** A predicate on a snapshot as a function of it, in a field of an object in a list. */
function conditionField(field: string, predicate: Predicate, uses: Set<string>): string {
  const emission: Emission = { current: (variable) => member("snapshot", variable), statusIsNarrowed: false, uses };
  const code = emitPredicate(predicate, emission);
  const readsSnapshot = predicateOperands(predicate).some(({ kind }) => kind !== "literal");
  const opening = `${field}: (${readsSnapshot ? "snapshot" : ""}) =>`;
  const line = `${opening} ${flat(code)}`;
  return 6 + line.length + 1 <= lineWidth ? line : `${opening}\n        ${layOut(code, 8, 1)}`;
}

/** What the step asks of a snapshot before it moves there. */
function fieldInvariantLines({ fieldInvariants }: Automaton, uses: Set<string>): readonly string[] {
  const emission: Emission = { current: (variable) => member("after", variable), statusIsNarrowed: true, uses };
  const known = fieldInvariants.filter(({ assert }) => !readsFields(assert));
  return known.flatMap(({ assert, message }) => {
    const statement = `return ${quote(message ?? printPredicate(assert))};`;
    return emitRefusals([assert], emission).flatMap(({ code }) => refusingLines(code, statement, 2));
  });
}
