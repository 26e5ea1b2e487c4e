/** One rule as the statements that decide it: guard, effects, the snapshot after them. */

import type { Automaton, Rule } from "../ir/automaton.ts";
import type { Operand, Predicate } from "../ir/expression.ts";
import { printPredicate } from "../ir/print.ts";
import type { Output } from "../ir/reaction.ts";
import { readsFields } from "../ir/walk.ts";
import { type Code, flat, layOut } from "./code.ts";
import { emitEffects } from "./effect.ts";
import { type Emission, emitOperand, emitRefusals } from "./expression.ts";
import { lineWidth, member, propertyKey, quote } from "./text.ts";

export interface RuleContext {
  readonly automaton: Automaton;
  readonly uses: Set<string>;
  /** Parameters of the action that may be absent. */
  readonly optional: ReadonlySet<string>;
}

export interface RulePlace {
  /** True inside a `case`, or after an `if`, of its one status. */
  readonly isNarrowed: boolean;
  /** Where its lines start. */
  readonly column: number;
}

/** The statements of a rule; its index is that in the automaton's rules. */
export function emitRule(
  { rule, index }: { readonly rule: Rule; readonly index: number },
  { automaton, uses, optional }: RuleContext,
  { isNarrowed, column }: RulePlace,
): readonly string[] {
  const guarding: Emission = { current: (name) => member("before", name), statusIsNarrowed: isNarrowed, uses };
  const status = rule.to.kind === "stay" ? "before.status" : quote(rule.to.name);
  const changing: Emission = { ...guarding, current: (name) => (name === "status" ? status : member("before", name)) };
  const { lines, after } = emitEffects(rule.effects, changing, optional);
  const fields = [
    `status: ${status}`,
    ...automaton.variables.map(({ name }) => field(name, after.get(name) ?? member("before", name))),
  ];
  uses.add("moved");
  const current = (name: string): string => after.get(name) ?? changing.current(name);
  const outputs = rule.outputs.map((output) => outputFields(output, { ...changing, current }));
  const rest = outputs.length === 0 ? String(index) : `${index}, outputs`;
  const hasFieldInvariants = automaton.fieldInvariants.some(({ assert }) => !readsFields(assert));
  return [
    ...emitRefusals(conjuncts(rule.guard), guarding).flatMap(({ conjunct, code }) => refusal(conjunct, code, column)),
    ...lines,
    ...outputLines(outputs, column),
    ...(hasFieldInvariants ? checkedLines(automaton, fields, rest) : movedLines(fields, rest, column)),
  ];
}

function field(name: string, value: string): string {
  return `${propertyKey(name)}: ${value}`;
}

/** One literal with every key in order: every snapshot has the same hidden class. */
function movedLines(fields: readonly string[], rest: string, column: number): readonly string[] {
  const line = `return moved({ ${fields.join(", ")} }, ${rest});`;
  if (column + line.length <= lineWidth) return [line];
  const last = rest.split(", ").map((argument) => `  ${argument},`);
  return ["return moved(", "  {", ...fields.map((each) => `    ${each},`), "  },", ...last, ");"];
}

/** What the rule asks of the world, as a constant. */
function outputLines(outputs: readonly (readonly string[])[], column: number): readonly string[] {
  const [first] = outputs;
  if (first === undefined) return [];
  const opening = "const outputs: readonly Output[] = [";
  const line = `${opening}{ ${first.join(", ")} }];`;
  if (outputs.length === 1 && column + line.length <= lineWidth) return [line];
  const items = outputs.flatMap((fields) => {
    const item = `  { ${fields.join(", ")} },`;
    return column + item.length <= lineWidth ? [item] : ["  {", ...fields.map((field) => `    ${field},`), "  },"];
  });
  return [opening, ...items, "];"];
}

/** The fields of an output's object. */
function outputFields(output: Output, emission: Emission): readonly string[] {
  switch (output.kind) {
    case "emit":
      return ['kind: "event"', `name: ${quote(output.event)}`];
    case "schedule":
      return ['kind: "schedule"', `action: ${quote(output.action)}`, `afterSeconds: ${output.seconds}`];
    case "schedule-at":
      return ['kind: "schedule-at"', `action: ${quote(output.action)}`, `at: ${outputValue(output.at, emission)}`];
    case "spawn": {
      const { entityType, id, action, copies } = output;
      return [
        'kind: "spawn"',
        `entityType: ${quote(entityType)}`,
        `entityId: ${outputValue(id, emission)}`,
        ...(action === undefined ? [] : [`action: ${quote(action)}`]),
        `copies: [${copies.map(quote).join(", ")}]`,
      ];
    }
  }
}

/** A parameter that is not given is null. */
function outputValue(operand: Operand, emission: Emission): string {
  const text = emitOperand(operand, emission);
  return operand.kind === "param" ? `${text} ?? null` : text;
}

/** Field invariants are asked of what the effects have made. */
function checkedLines({ name }: Automaton, fields: readonly string[], rest: string): readonly string[] {
  return [
    `const after: ${name}Snapshot = {`,
    ...fields.map((each) => `  ${each},`),
    "};",
    "const broken = brokenFieldInvariant(after);",
    'if (broken !== undefined) return refused("field-invariant", broken);',
    `return moved(after, ${rest});`,
  ];
}

function conjuncts(guard: Predicate | undefined): readonly Predicate[] {
  if (guard === undefined) return [];
  return guard.kind === "and" ? guard.operands.flatMap(conjuncts) : [guard];
}

/** The smallest failing conjunct is what the refusal names. */
function refusal(conjunct: Predicate, code: Code, column: number): readonly string[] {
  return refusingLines(code, `return refused("guard-false", ${quote(printPredicate(conjunct))});`, column);
}

/** `if (…) return …;`, broken where it is too long for a line at that column. */
export function refusingLines(condition: Code, statement: string, column: number): readonly string[] {
  const test = `if (${flat(condition)})`;
  if (column + test.length + 1 + statement.length <= lineWidth) return [`${test} ${statement}`];
  if (column + test.length <= lineWidth) return [test, `  ${statement}`];
  const laid = layOut(condition, column + 2)
    .split("\n")
    .map((line, at) => (at === 0 ? line : line.slice(column)));
  return ["if (", `  ${laid[0] ?? ""}`, ...laid.slice(1), ")", `  ${statement}`];
}
