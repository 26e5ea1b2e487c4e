/** Nothing of a file without a mistake is left out: it would be promised nowhere, and nobody would know. */

import type { Automaton } from "../ir/automaton.ts";
import type { AutomatonSyntax } from "../parse/automaton.ts";

/** Throws where a rule, a trigger, a property or a table of a file did not bind although no error was reported: that is a mistake of ours. */
export function assertWhole(syntaxes: readonly AutomatonSyntax[], automata: readonly Automaton[]): void {
  for (const syntax of syntaxes) {
    const automaton = automata.find(({ name }) => name === syntax.name.value);
    if (automaton === undefined) throw new Error(`the automaton ${syntax.name.value} is left out without a word`);
    for (const [what, written, bound] of counts(syntax, automaton))
      if (written !== bound) throw new Error(`${bound} of ${written} ${what} of ${automaton.name} are bound`);
  }
}

/** What is written of each kind, and what is bound. */
function counts(
  { rules, invariants, orderings, fieldInvariants, liveness, reactions }: AutomatonSyntax,
  automaton: Automaton,
): readonly (readonly [what: string, written: number, bound: number])[] {
  const events = new Set(automaton.actions.filter(({ kind }) => kind === "output").map(({ name }) => name));
  const tables = ["timeouts", "keys", "vectors", "contextEntities", "webhooks", "workflows"] as const;
  return [
    ["rules", rules.filter(({ name }) => !events.has(name.value)).length, automaton.rules.length],
    ["triggers", rules.flatMap(({ triggerTables }) => triggerTables).length, automaton.triggers.length],
    ["invariants", invariants.length + orderings.length, automaton.invariants.length],
    ["field invariants", fieldInvariants.length, automaton.fieldInvariants.length],
    ["liveness properties", liveness.length, new Set(automaton.liveness.map(({ name }) => name)).size],
    ...tables.map((table) => [table, reactions[table].length, automaton[table].length] as const),
  ];
}
