/** What automata ask of each other: the action must be there, and take what it is given. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import { type Asked, askedBy } from "../ir/asked.ts";
import type { Automaton } from "../ir/automaton.ts";

/** Reports actions that are asked of an automaton that lacks them, and parameters that they do not take. */
export function checkAsked(automata: readonly Automaton[], report: Report): void {
  for (const automaton of automata) {
    for (const asked of askedBy(automaton)) {
      const target = automata.find(({ name }) => name === asked.entityType);
      if (target !== undefined) checkOne(asked, target, report);
    }
  }
}

function checkOne({ action: name, params, span }: Asked, target: Automaton, report: Report): void {
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
