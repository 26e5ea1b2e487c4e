/** Every text that a spec names, as an integer: texts are only ever compared for equality, so that a number each is all there is to them. */
import type { Automaton, Literal, Operand, Predicate } from "../../compiler/ir/index.ts";
import { atomsOf, givenBy, leavesOf, operandsOf } from "../l1-model-check/expressions.ts";
import { type Definition, symbol, type Term } from "./smt.ts";

/** The term of null, and of a text parameter that is not given. */
export const none: Term = "none";

export interface Texts {
  /** The constant of a text that the spec names. */
  readonly term: (text: string) => Term;
  /** All that are named, each at the place of its number: the empty text is 0. */
  readonly all: readonly string[];
  readonly definitions: readonly Definition[];
}

/** The texts of an automaton in the order of its spec. */
export function textsOf(automaton: Automaton): Texts {
  const all = [...new Set(["", ...namedIn(automaton)])];
  const definitions = all.map((text, code): Definition => {
    return { name: symbol("text", text), sort: "Int", term: String(code) };
  });
  return {
    term: (text) => symbol("text", text),
    all,
    definitions: [{ name: none, sort: "Int", term: "(- 1)" }, ...definitions],
  };
}

function namedIn({ statuses, variables, actions, rules, invariants, fieldInvariants }: Automaton): readonly string[] {
  const conditions: readonly Predicate[] = [
    ...rules.flatMap(({ guard }) => guard ?? []),
    ...[...invariants, ...fieldInvariants].map(({ assert }) => assert),
  ];
  const operands: readonly Operand[] = [
    ...conditions.flatMap(atomsOf).flatMap(operandsOf),
    ...rules.flatMap(({ effects }) => effects.map(givenBy)),
  ];
  const literals: readonly Literal[] = operands
    .flatMap(leavesOf)
    .flatMap((leaf) => (leaf.kind === "literal" ? [leaf.value] : []));
  const initials = variables.flatMap(({ initial }): readonly Literal[] =>
    typeof initial === "object" && initial !== null ? initial : [initial],
  );
  const listed = actions.flatMap(({ constraints }) => constraints.flatMap(({ oneOf }) => oneOf ?? []));
  return [...statuses.map(({ name }) => name), ...initials, ...literals, ...listed].filter(
    (value) => typeof value === "string",
  );
}
