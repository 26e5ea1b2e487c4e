/** `ordering(A, B)`, a property of the past: it becomes a bool variable that remembers A, and an invariant over it. */

import type { AutomatonSyntax, RuleSyntax, VariableSyntax } from "../parse/automaton.ts";
import { parseCondition, parseEffect } from "../parse/expression.ts";
import { quoteText } from "../parse/lowering.ts";
import type { TomlNode, TomlString } from "../parse/toml.ts";

/** The automaton with a variable `visited_A` for each such A; `status == B => visited_A` is the invariant. */
export function withHistory(syntax: AutomatonSyntax): AutomatonSyntax {
  if (syntax.orderings.length === 0) return syntax;
  const firsts = new Map(syntax.orderings.map(({ first }) => [first.value, first]));
  const remembered = [...firsts.values()];
  return {
    ...syntax,
    variables: [...syntax.variables, ...remembered.map((first) => historyVariable(first, syntax))],
    rules: syntax.rules.map((rule) => remembering(rule, remembered)),
    invariants: [
      ...syntax.invariants,
      ...syntax.orderings.flatMap(({ name, first, second, text }) => {
        const assert = made(text, `status == ${quoteText(second.value)} => ${historyName(first)}`, parseCondition);
        return assert === undefined ? [] : [{ name, assert }];
      }),
    ],
  };
}

/** A status may be any text, a variable is a name. */
function historyName({ value }: TomlString): string {
  return `visited_${value.replace(/[^\p{L}\p{Nl}\p{Nd}_]/gu, "_")}`;
}

function historyVariable(first: TomlString, { initial }: AutomatonSyntax): VariableSyntax {
  const value: TomlNode = { kind: "boolean", value: initial.value === first.value, span: first.span };
  return { name: standing(first, historyName(first)), type: standing(first, "bool"), initial: value, isIndexed: false };
}

function remembering(rule: RuleSyntax, remembered: readonly TomlString[]): RuleSyntax {
  const reached = remembered.find(({ value }) => value === rule.to?.value);
  const effect = reached && made(reached, `${historyName(reached)} = true`, parseEffect);
  return effect === undefined ? rule : { ...rule, remembers: effect };
}

/** A text of ours that stands where the spec has another. */
function standing(place: TomlString, value: string): TomlString {
  return { kind: "string", value, source: "", span: place.span, pieces: [] };
}

function made<T>(place: TomlString, value: string, parse: (text: TomlString, report: () => void) => T): T {
  return parse(standing(place, value), () => undefined);
}
