/** What conditions and effects are about: the operands in them, and the variables and parameters in those. */
import type { Automaton, Effect, Operand, Predicate, Rule } from "../../compiler/ir/index.ts";

/** An operand that has no operands in it but the list of a length. */
export type Leaf = Exclude<Operand, { kind: "arithmetic" }>;

/** The predicates that have no predicates in them. */
export type Atom = Extract<Predicate, { kind: "constant" | "truth" | "comparison" | "membership" | "empty" }>;

export function atomsOf(predicate: Predicate): readonly Atom[] {
  switch (predicate.kind) {
    case "constant":
    case "truth":
    case "comparison":
    case "membership":
    case "empty":
      return [predicate];
    case "not":
      return atomsOf(predicate.operand);
    case "and":
    case "or":
      return predicate.operands.flatMap(atomsOf);
    case "implies":
      return [...atomsOf(predicate.premise), ...atomsOf(predicate.conclusion)];
  }
}

export function operandsOf(atom: Atom): readonly Operand[] {
  switch (atom.kind) {
    case "constant":
      return [];
    case "truth":
    case "empty":
      return [atom.operand];
    case "comparison":
      return [atom.left, atom.right];
    case "membership":
      return "kind" in atom.set ? [atom.element, atom.set] : [atom.element, ...atom.set];
  }
}

export function leavesOf(operand: Operand): readonly Leaf[] {
  return operand.kind === "arithmetic" ? [...leavesOf(operand.left), ...leavesOf(operand.right)] : [operand];
}

/** What the effect gives to its variable. */
export function givenBy(effect: Effect): Operand {
  switch (effect.kind) {
    case "assign":
    case "append":
    case "remove":
      return effect.value;
    case "increase":
    case "decrease":
      return effect.amount;
    case "remove-at":
      return effect.index;
  }
}

/** The names of the variables that the operand reads. */
export function variablesIn(operand: Operand): readonly string[] {
  return leavesOf(operand).flatMap((leaf) => {
    if (leaf.kind === "length") return variablesIn(leaf.of);
    return leaf.kind === "variable" ? [leaf.name] : [];
  });
}

/** The names of the parameters that the rule's guard reads, or its effects on variables that matter. */
export function paramsThatMatter({ guard, effects }: Rule, variables: ReadonlySet<string>): ReadonlySet<string> {
  const conditions = guard === undefined ? [] : atomsOf(guard).flatMap(operandsOf);
  const given = effects.filter(({ variable }) => variables.has(variable)).map(givenBy);
  return new Set([...conditions, ...given].flatMap(paramsIn));
}

function paramsIn(operand: Operand): readonly string[] {
  return leavesOf(operand).flatMap((leaf) => {
    if (leaf.kind === "length") return paramsIn(leaf.of);
    return leaf.kind === "param" ? [leaf.name] : [];
  });
}

/**
 * The variables that can make a difference: those that a guard or a property reads, or whose value can get a step
 * refused, and those that flow into them.
 */
export function variablesThatMatter(automaton: Automaton): ReadonlySet<string> {
  const { rules, invariants, fieldInvariants } = automaton;
  const conditions = [
    ...rules.flatMap(({ guard }) => guard ?? []),
    ...[...invariants, ...fieldInvariants].map(({ assert }) => assert),
  ];
  const effects = rules.flatMap((rule) => rule.effects);
  const matter = new Set([
    ...conditions.flatMap(atomsOf).flatMap(operandsOf).flatMap(variablesIn),
    ...effects.flatMap(variablesThatRefuse),
  ]);
  // A set visits what is added to it while it is walked, so that this follows the flow to its end.
  for (const name of matter) {
    for (const effect of effects) {
      if (effect.variable === name) for (const source of variablesIn(givenBy(effect))) matter.add(source);
    }
  }
  return matter;
}

/** An amount or an index that is not a natural number gets the step refused. */
function variablesThatRefuse(effect: Effect): readonly string[] {
  switch (effect.kind) {
    case "increase":
    case "decrease":
      return variablesIn(effect.amount);
    case "remove-at":
      return [effect.variable, ...variablesIn(effect.index)];
    case "assign":
    case "append":
    case "remove":
      return effect.value.kind === "arithmetic" ? variablesIn(effect.value) : [];
  }
}
