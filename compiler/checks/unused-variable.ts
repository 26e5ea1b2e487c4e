/** A variable that nothing reads: neither a guard, nor a property, nor the effect on another variable. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton, Effect } from "../ir/automaton.ts";
import { fieldsAsked } from "../ir/fields-asked.ts";
import type { CrossInvariant } from "../ir/reaction.ts";
import { effectOperand, variablesIn, variablesRead } from "../ir/walk.ts";

/**
 * Reports `check/unused-variable` for a variable that is neither read nor written. One that is only written is what
 * callers read in replies, and is of use.
 */
export function checkUnusedVariables(
  automaton: Automaton,
  report: Report,
  { crossInvariants }: { readonly crossInvariants: readonly CrossInvariant[] },
): void {
  const { variables, rules, invariants, fieldInvariants, triggers } = automaton;
  const predicates = [
    ...[...rules, ...triggers].flatMap(({ guard }) => guard ?? []),
    ...[...invariants, ...fieldInvariants].map(({ assert }) => assert),
    ...crossInvariants.map(({ assert }) => assert),
  ];
  const effects = rules.flatMap((rule) => rule.effects);
  const used = new Set([
    ...predicates.flatMap(variablesRead),
    ...effects.map(effectOperand).flatMap(variablesIn),
    ...effects.map(({ variable }: Effect) => variable),
    ...fieldsAsked(automaton),
  ]);
  for (const { name, span } of variables)
    if (!used.has(name)) report("check/unused-variable", span, { variable: name });
}
