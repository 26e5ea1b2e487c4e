/** Mutants of an automaton: the spec with one small mistake in it, each a mistake that a person could make. */
import type { Automaton, Effect, Predicate, Rule, Span } from "../../compiler/ir/index.ts";

export type MutantKind = "guard-dropped" | "guard-negated" | "effect-dropped" | "to-redirected";

export interface Mutant {
  readonly kind: MutantKind;
  /** The action whose rule it is. */
  readonly action: string;
  /** What was changed, such as `guard dropped: ItemCount < 20`; in the spec's words. */
  readonly change: string;
  /** Of the part that was changed. */
  readonly span: Span;
  readonly automaton: Automaton;
}

/** How parts of a rule are written in the spec's words. */
export interface Wording {
  readonly predicate: (predicate: Predicate) => string;
  readonly effect: (effect: Effect) => string;
}

/** Every mutant of every rule, in the order of the spec: its guard dropped and negated, each effect dropped, its `to` redirected. */
export function mutantsOf(automaton: Automaton, wording: Wording): readonly Mutant[] {
  return automaton.rules.flatMap((rule, index) => {
    const withRule = (changed: Rule): Automaton => ({ ...automaton, rules: automaton.rules.with(index, changed) });
    return [
      ...guardMutants(rule, withRule, wording),
      ...effectMutants(rule, withRule, wording),
      ...targetMutants(rule, withRule, automaton),
    ];
  });
}

type WithRule = (changed: Rule) => Automaton;

function guardMutants(rule: Rule, withRule: WithRule, { predicate }: Wording): readonly Mutant[] {
  const { guard, ...unguarded } = rule;
  if (guard === undefined) return [];
  const { action } = rule;
  const { span } = guard;
  const text = predicate(guard);
  const negated: Rule = { ...rule, guard: { kind: "not", operand: guard, span } };
  return [
    { kind: "guard-dropped", action, change: `guard dropped: ${text}`, span, automaton: withRule(unguarded) },
    { kind: "guard-negated", action, change: `guard negated: ${text}`, span, automaton: withRule(negated) },
  ];
}

function effectMutants(rule: Rule, withRule: WithRule, { effect }: Wording): readonly Mutant[] {
  return rule.effects.map((dropped, index): Mutant => {
    const automaton = withRule({ ...rule, effects: rule.effects.toSpliced(index, 1) });
    const { action } = rule;
    return {
      kind: "effect-dropped",
      action,
      change: `effect dropped: ${effect(dropped)}`,
      span: dropped.span,
      automaton,
    };
  });
}

/** To each other status; a rule that stays where it is has nothing to redirect. */
function targetMutants(rule: Rule, withRule: WithRule, { statuses }: Automaton): readonly Mutant[] {
  const { to, action, span } = rule;
  if (to.kind === "stay") return [];
  return statuses
    .filter(({ name }) => name !== to.name)
    .map(({ name }): Mutant => {
      const automaton = withRule({ ...rule, to: { kind: "status", name } });
      return { kind: "to-redirected", action, change: `to ${to.name} redirected: ${name}`, span, automaton };
    });
}
