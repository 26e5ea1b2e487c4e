/** One rule as the statements that decide it: guard, effects, the snapshot after them. */

import type { Automaton, Rule } from "../ir/automaton.ts";
import type { Predicate } from "../ir/expression.ts";
import { printPredicate } from "../ir/print.ts";
import { emitEffects } from "./effect.ts";
import { type Emission, emitNegation } from "./expression.ts";
import { lineWidth, member, propertyKey, quote } from "./text.ts";

export interface RuleContext {
  readonly automaton: Automaton;
  readonly uses: Set<string>;
  /** Parameters of the action that may be absent. */
  readonly optional: ReadonlySet<string>;
}

/** The statements of a rule; its index is that in the automaton's rules. */
export function emitRule(
  { rule, index }: { readonly rule: Rule; readonly index: number },
  { automaton, uses, optional }: RuleContext,
  { isNarrowed }: { readonly isNarrowed: boolean },
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
  return [...conjuncts(rule.guard).map((each) => refusal(each, guarding)), ...lines, ...movedLines(fields, index)];
}

function field(name: string, value: string): string {
  return `${propertyKey(name)}: ${value}`;
}

/** One literal with every key in order: every snapshot has the same hidden class. */
function movedLines(fields: readonly string[], index: number): readonly string[] {
  const line = `return moved({ ${fields.join(", ")} }, ${index});`;
  if (line.length <= lineWidth) return [line];
  return ["return moved(", "  {", ...fields.map((each) => `    ${each},`), "  },", `  ${index},`, ");"];
}

function conjuncts(guard: Predicate | undefined): readonly Predicate[] {
  if (guard === undefined) return [];
  return guard.kind === "and" ? guard.operands.flatMap(conjuncts) : [guard];
}

/** The smallest failing conjunct is what the refusal names. */
function refusal(conjunct: Predicate, emission: Emission): string {
  return `if (${emitNegation(conjunct, emission)}) return refused("guard-false", ${quote(printPredicate(conjunct))});`;
}
