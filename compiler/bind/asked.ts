/** What automata ask of each other: the action must be there, and what it is given must have a place. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import { type Asked, askedBy } from "../ir/asked.ts";
import type { Automaton } from "../ir/automaton.ts";
import type { ValueType } from "../ir/expression.ts";
import type { Output } from "../ir/reaction.ts";

/** The fields that an entity type's contract declares. */
type FieldsOf = (entityType: string) => ReadonlyMap<string, ValueType>;

/** Reports actions that are asked of an automaton that lacks them, and parameters and copies that have no place there. */
export function checkAsked(automata: readonly Automaton[], fieldsOf: FieldsOf, report: Report): void {
  for (const automaton of automata) {
    for (const asked of askedBy(automaton)) {
      const target = automata.find(({ name }) => name === asked.entityType);
      if (target !== undefined) checkAction(asked, target, report);
    }
    for (const { outputs } of automaton.rules) {
      for (const output of outputs) if (output.kind === "spawn") checkCopies(output, automata, fieldsOf, report);
    }
  }
}

function checkAction({ action: name, params, span }: Asked, target: Automaton, report: Report): void {
  const callable = target.actions.filter(({ kind }) => kind !== "output");
  const action = callable.find((each) => each.name === name);
  if (action === undefined) {
    const names = callable.map((each) => each.name);
    report("bind/target-action", span, { entity: target.name, action: name }, { hint: didYouMean(name, names) });
    return;
  }
  if (!target.strictParams) return;
  const names = action.params.map((each) => each.name);
  for (const { param, span: written } of params) {
    if (!names.includes(param))
      report("bind/target-param", written, { action: name, param }, { hint: didYouMean(param, names) });
  }
}

type Spawn = Output & { readonly kind: "spawn" };

/** A variable changes by actions only, so a copy goes into a field, or into a parameter of the first action. */
function checkCopies(
  { entityType, action: first, copies, span }: Spawn,
  automata: readonly Automaton[],
  fieldsOf: FieldsOf,
  report: Report,
): void {
  const target = automata.find(({ name }) => name === entityType);
  const variables = new Set(target?.variables.map(({ name }) => name));
  const fields = [...fieldsOf(entityType).keys()].filter((name) => !variables.has(name));
  const params = target?.actions.find(({ name }) => name === first)?.params.map(({ name }) => name) ?? [];
  for (const copy of copies) {
    if (fields.includes(copy) || params.includes(copy)) continue;
    const hint =
      first === undefined ? "give it a first action with this parameter" : `add it to the params of ${first}`;
    report("bind/copied-field", span, { entity: entityType, field: copy }, { hint });
  }
}
