/** Names in tables about reactions: fields, actions and entity types that must be there. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { TomlString } from "../parse/toml.ts";
import type { Scope } from "./scope.ts";

/** True for a variable, a declared field or the id. Reports `bind/unknown-field`. */
export function isField({ value, span }: Pick<TomlString, "value" | "span">, scope: Scope, report: Report): boolean {
  const { variables, fields, broken, automaton } = scope;
  if (variables.has(value) || fields.has(value) || broken.has(value) || value === "Id") return true;
  const hint = didYouMean(value, [...variables.keys(), ...broken, ...fields.keys()]);
  report("bind/unknown-field", span, { entity: automaton, field: value }, { hint });
  return false;
}

/** True for an action of the automaton that can be asked for. Reports `bind/unknown-action` and `bind/target-action`. */
export function isOwnAction(
  { value, span }: TomlString,
  { actions, events, automaton }: Scope,
  report: Report,
): boolean {
  if (events.has(value)) {
    const hint = didYouMean(
      value,
      [...actions].filter((name) => !events.has(name)),
    );
    report("bind/target-action", span, { entity: automaton, action: value }, { hint });
    return false;
  }
  if (actions.has(value)) return true;
  report("bind/unknown-action", span, { automaton, action: value }, { hint: didYouMean(value, [...actions]) });
  return false;
}

/** True for an automaton of the folder. Reports `bind/unknown-automaton`. */
export function isAutomaton({ value, span }: TomlString, { others }: Scope, report: Report): boolean {
  if (others.has(value)) return true;
  report("bind/unknown-automaton", span, { name: value }, { hint: didYouMean(value, [...others.keys()]) });
  return false;
}
