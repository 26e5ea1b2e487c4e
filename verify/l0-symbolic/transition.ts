/** One step of the automaton as one formula: from a snapshot by any of its rules to the next. */
import { applied, type Encoding, stateNamed, termsOf } from "./encoding.ts";
import { conditionsOf, type EncodedRule, encodedRule, rulesOf } from "./rules.ts";
import { all, any, apply, declaration, definition, implies, symbol, type Term } from "./smt.ts";
import { componentsOf, naming, type State } from "./values.ts";

export interface Transition {
  /** Declares the snapshot after it, and asserts that a rule leads there. */
  readonly lines: readonly string[];
  readonly after: State;
  /** The constant that holds the index of the rule. */
  readonly rule: Term;
  readonly rules: readonly EncodedRule[];
}

/** The step from `before`; the names that it declares end in the number, and those of the snapshot after it begin with `kind`. */
export function transitionFrom(before: State, encoding: Encoding, kind: string, number: number): Transition {
  const named = naming(kind);
  const suffix = `@${number}`;
  const after = stateNamed(encoding.automaton, (name) => named(`${name}${suffix}`), encoding.detail);
  const rules = rulesOf(encoding).map((each) => {
    return encodedRule(each, encoding, { before, suffix: `@${number}/${each.index}` });
  });
  const rule = symbol("rule", `${suffix}`);
  const moves = rules.map((each) => implies(apply("=", rule, String(each.index)), movesTo(each, after)));
  const lines = [
    ...[...after.values()].flatMap(componentsOf).map(declaration),
    declaration({ name: rule, sort: "Int" }),
    ...rules.flatMap(({ constants, definitions }) => [
      ...constants.map(declaration),
      ...definitions.map((each) => definition(each)),
    ]),
    ...moves.map((move) => apply("assert", move)),
    apply("assert", any(rules.map(({ index }) => apply("=", rule, String(index))))),
    apply("assert", applied(encoding.isSnapshot.name, encoding.components, after, encoding)),
  ];
  return { lines, after, rule, rules };
}

function movesTo(rule: EncodedRule, after: State): Term {
  const terms = termsOf(rule.after);
  return all([...conditionsOf(rule), ...termsOf(after).map((term, index) => apply("=", term, terms[index] ?? term))]);
}
