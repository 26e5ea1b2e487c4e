/** Every call that the search tries: each action with each combination of its parameters' abstract values. */

import type { Value } from "@temperc/runtime";
import type { Action, Automaton, Param } from "../../compiler/ir/index.ts";
import type { Call } from "../replay/trace.ts";
import { type Domain, domainOf } from "./domains.ts";
import { paramsThatMatter } from "./expressions.ts";
import { filledDomain } from "./filled.ts";
import type { Shape } from "./shape.ts";

export interface Calls {
  readonly calls: readonly Call[];
  /** Why not every call that could make a difference is among them; empty where every one is. */
  readonly gaps: readonly string[];
}

interface Choice {
  readonly param: Pick<Param, "name">;
  readonly domain: Domain;
}

/** The calls of all actions in their order; `callsMax` limits the combinations of one action. */
export function callsOf(automaton: Automaton, shape: Shape, callsMax: number): Calls {
  const callable = automaton.actions.filter(({ kind }) => kind !== "output");
  const each = callable.map((action) => callsOfAction(action, choicesOf(action, automaton, shape), callsMax));
  return { calls: each.flatMap(({ calls }) => calls), gaps: each.flatMap(({ gaps }) => gaps) };
}

/** A parameter that makes no difference takes one value where it must be given, and none where it need not be. */
function choicesOf(action: Action, { rules }: Automaton, shape: Shape): readonly Choice[] {
  const own = rules.filter((rule) => rule.action === action.name);
  const counted = new Set(shape.variables.map(({ name }) => name));
  const matter = new Set(own.flatMap((rule) => [...paramsThatMatter(rule, counted)]));
  const given = action.params.flatMap((param) => {
    const domain = domainOf(action, param, shape);
    if (matter.has(param.name)) return [{ param, domain }];
    return param.required ? [{ param, domain: { values: domain.values.slice(0, 1), whole: true } }] : [];
  });
  return [...given, ...action.filled.map((param) => ({ param, domain: filledDomain(param, action, shape) }))];
}

function callsOfAction({ name: action }: Action, choices: readonly Choice[], callsMax: number): Calls {
  let combinations: readonly (readonly [string, Value][])[] = [[]];
  const sampled = choices.filter(({ domain }) => !domain.whole);
  const gaps = sampled.map(
    ({ param, domain }) =>
      `${action} was tried with ${domain.values.length} values of ${param.name}, and there are more that may matter`,
  );
  for (const { param, domain } of choices) {
    const longer = combinations.flatMap((given) => domain.values.map((value) => withParam(given, param.name, value)));
    if (longer.length > callsMax)
      gaps.push(`${action} was tried with ${callsMax} of ${longer.length} combinations of its parameters`);
    combinations = longer.slice(0, callsMax);
  }
  return { calls: combinations.map((given) => ({ action, params: Object.fromEntries(given) })), gaps };
}

function withParam(
  given: readonly [string, Value][],
  name: string,
  value: Value | undefined,
): readonly [string, Value][] {
  return value === undefined ? given : [...given, [name, value]];
}
