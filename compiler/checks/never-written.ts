/** A variable that conditions ask for and nothing ever changes: it is its initial value for ever. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Automaton } from "../ir/automaton.ts";
import { variablesRead } from "../ir/walk.ts";

/** Reports `check/never-written` for each. */
export function checkNeverWritten(automaton: Automaton, report: Report): void {
  const { variables, rules, invariants, fieldInvariants } = automaton;
  const predicates = [
    ...rules.flatMap(({ guard }) => guard ?? []),
    ...[...invariants, ...fieldInvariants].map(({ assert }) => assert),
  ];
  const read = new Set(predicates.flatMap(variablesRead));
  for (const { name, span } of variables)
    if (read.has(name) && !isWritten(name, automaton)) report("check/never-written", span, { variable: name });
}

/** True where some rule's effect changes the variable. */
export function isWritten(variable: string, { rules }: Pick<Automaton, "rules">): boolean {
  return rules.some(({ effects }) => effects.some((effect) => effect.variable === variable));
}
