/** Actions that count because of what they are called, as an earlier version of the language had it. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Effect } from "../ir/automaton.ts";
import type { RuleSyntax } from "../parse/automaton.ts";
import type { Scope } from "./scope.ts";

/**
 * An action without effects counts every counter up or down where its name says that it adds or removes an item. Reports
 * `bind/implicit-counter-effect` here, because in the program the effects are like any others: an older form leaves no trace.
 */
export function countedByName(
  { name, effects, triggers }: RuleSyntax,
  scope: Scope,
  report: Report,
): readonly Effect[] {
  if (effects.length > 0 || triggers.length > 0) return [];
  const kind = /AddItem|add_item/.test(name.value)
    ? "increase"
    : /RemoveItem|remove_item/.test(name.value)
      ? "decrease"
      : undefined;
  const counters = [...scope.variables.values()].filter(({ type }) => type === "counter");
  if (kind === undefined || counters.length === 0) return [];
  const texts = counters.map((counter) => `"${counter.name} ${kind === "increase" ? "+=" : "-="} 1"`);
  const hint = `say so: effect = ${texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`}`;
  const change = kind === "increase" ? "counts up" : "counts down";
  report("bind/implicit-counter-effect", name.span, { action: name.value, change }, { hint });
  const { span } = name;
  return counters.map((counter) => ({
    kind,
    variable: counter.name,
    type: "counter",
    amount: { kind: "literal", value: 1, type: "int", span },
    span,
  }));
}
