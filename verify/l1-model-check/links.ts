/** Which variables and parameters meet each other and which constants, read off every condition and effect of an automaton. */
import type { Action, Automaton, Effect, Literal, Operand, Predicate, Rule } from "../../compiler/ir/index.ts";
import { constraintsOn, listedTexts } from "../constraints.ts";
import { type Atom, atomsOf, givenBy, type Leaf, leavesOf } from "./expressions.ts";

/** Something that holds a value: a variable, a parameter of an action, or the length or the elements of a list. */
export type Place = string;

export function variablePlace(name: string): Place {
  return `variable ${name}`;
}

export function isVariable(place: Place): boolean {
  return place.startsWith("variable ");
}

export function paramPlace(action: string, name: string): Place {
  return `${paramsPrefix(action)}${name}`;
}

/** What the places of an action's parameters begin with, and no others. */
export function paramsPrefix(action: string): string {
  return `parameter of ${JSON.stringify(action)} `;
}

export function lengthPlace(list: Place): Place {
  return `length of ${list}`;
}

export function isLength(place: Place): boolean {
  return place.startsWith("length of ");
}

export function elementPlace(list: Place): Place {
  return `element of ${list}`;
}

/** These places are compared with each other, or a value flows between them. */
export interface Link {
  readonly places: readonly Place[];
  readonly constants: readonly Literal[];
  readonly traits: readonly Trait[];
  /** Both sides of a comparison or assignment that has arithmetic in it. */
  readonly sums?: readonly Operand[];
}

/** `related`: two places are compared with each other. `rises`, `falls`: an effect moves a value from where it is. */
export type Trait = "related" | "rises" | "falls" | "arithmetic";

/** Every link of the automaton, in source order. */
export function linksOf(automaton: Automaton): readonly Link[] {
  const { variables, actions, rules, invariants, fieldInvariants } = automaton;
  const statuses = automaton.statuses.map(({ name }) => name);
  const properties = [...invariants, ...fieldInvariants].map(({ assert }) => assert);
  return [
    ...variables.flatMap(({ name, initial }) => initialLinks(variablePlace(name), initial)),
    ...actions.flatMap(listedLinks),
    ...rules.flatMap((rule) => ruleLinks(rule, statuses)),
    ...properties.flatMap((property) => conditionLinks(property, { action: "", statuses })),
  ];
}

interface Scope {
  readonly action: string;
  readonly statuses: readonly string[];
}

function initialLinks(place: Place, initial: Literal | readonly string[]): readonly Link[] {
  if (typeof initial !== "object" || initial === null) return [link([place], [initial])];
  return [link([lengthPlace(place)], [initial.length]), link([elementPlace(place)], initial)];
}

/** A parameter that is one of a few texts is told apart by them. */
function listedLinks(action: Action): readonly Link[] {
  return action.params.flatMap(({ name }) => {
    const texts = listedTexts(constraintsOn(action, name));
    return texts === undefined ? [] : [link([paramPlace(action.name, name)], texts)];
  });
}

function link(places: readonly Place[], constants: readonly Literal[], traits: readonly Trait[] = []): Link {
  return { places, constants, traits };
}

function ruleLinks({ action, guard, effects }: Rule, statuses: readonly string[]): readonly Link[] {
  const scope = { action, statuses };
  const conditions = guard === undefined ? [] : conditionLinks(guard, scope);
  return [...conditions, ...effects.flatMap((effect) => effectLinks(effect, scope))];
}

function conditionLinks(predicate: Predicate, scope: Scope): readonly Link[] {
  return atomsOf(predicate).flatMap((atom) => atomLinks(atom, scope));
}

function atomLinks(atom: Atom, scope: Scope): readonly Link[] {
  switch (atom.kind) {
    case "constant":
      return [];
    case "truth":
      return [link(placesIn(atom.operand, scope), [])];
    case "empty":
      return placesIn(atom.operand, scope).flatMap((place) => [link([place], [""]), link([lengthPlace(place)], [0])]);
    case "comparison":
      return comparisonLinks([atom.left, atom.right], scope);
    case "membership":
      return "kind" in atom.set
        ? placesIn(atom.set, scope).flatMap((list) => meeting([elementPlace(list)], atom.element, scope))
        : comparisonLinks([atom.element, ...atom.set], scope);
  }
}

function comparisonLinks(sides: readonly Operand[], scope: Scope): readonly Link[] {
  const leaves = sides.flatMap(leavesOf);
  const places = leaves.flatMap((leaf) => placeOf(leaf, scope) ?? []);
  const related: readonly Trait[] = new Set(places).size > 1 ? ["related"] : [];
  const whole = { ...link(places, constantsIn(leaves, scope), related), ...sumsIn(sides) };
  return [whole, ...contentsLinks(leaves, scope, related)];
}

/** Two lists that meet have their lengths and elements meet. */
function contentsLinks(leaves: readonly Leaf[], scope: Scope, traits: readonly Trait[]): readonly Link[] {
  const lists = leaves.filter(isList).flatMap((leaf) => placeOf(leaf, scope) ?? []);
  return lists.length === 0
    ? []
    : [link(lists.map(lengthPlace), [], traits), link(lists.map(elementPlace), [], traits)];
}

function isList({ type }: Leaf): boolean {
  return type === "list" || type === "set";
}

function sumsIn(sides: readonly Operand[]): Pick<Link, "sums"> | undefined {
  return sides.some(({ kind }) => kind === "arithmetic") ? { sums: sides } : undefined;
}

/** A list's elements with what is looked for in it, added to it or taken from it. */
function meeting(places: readonly Place[], value: Operand, scope: Scope): readonly Link[] {
  const leaves = leavesOf(value);
  const others = leaves.flatMap((leaf) => placeOf(leaf, scope) ?? []);
  return [link([...places, ...others], constantsIn(leaves, scope), others.length > 0 ? ["related"] : [])];
}

function effectLinks(effect: Effect, scope: Scope): readonly Link[] {
  const place = variablePlace(effect.variable);
  const given = leavesOf(givenBy(effect));
  const places = given.flatMap((leaf) => placeOf(leaf, scope) ?? []);
  const constants = constantsIn(given, scope);
  switch (effect.kind) {
    case "assign": {
      const traits: readonly Trait[] = effect.value.kind === "arithmetic" ? ["arithmetic"] : [];
      const whole = { ...link([place, ...places], constants, traits), ...sumsIn([effect.value]) };
      const target = { kind: "variable", name: effect.variable, type: effect.type, span: effect.span } as const;
      return [whole, ...contentsLinks([target, ...given], scope, [])];
    }
    case "increase":
    case "decrease":
      return [{ ...link([place, ...places], constants, directions(effect)), ...sumsIn([effect.amount]) }];
    case "append":
      return [...meeting([elementPlace(place)], effect.value, scope), link([lengthPlace(place)], [], ["rises"])];
    case "remove":
      return [...meeting([elementPlace(place)], effect.value, scope), link([lengthPlace(place)], [], ["falls"])];
    case "remove-at":
      return [link([lengthPlace(place), ...places], constants, ["related", "falls"])];
  }
}

/** How often an effect of one rule of the action moves a value up or down, at most: `rises` or `falls`. */
export function movesInRuleOf(action: string, direction: "rises" | "falls", rules: readonly Rule[]): number {
  const own = rules.filter((rule) => rule.action === action);
  const counts = own.map(({ effects }) => effects.filter((effect) => movesOf(effect).includes(direction)).length);
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

function movesOf(effect: Effect): readonly Trait[] {
  if (effect.kind === "increase" || effect.kind === "decrease") return directions(effect);
  return effect.kind === "assign" && effect.value.kind === "arithmetic" ? ["rises", "falls"] : [];
}

/** A negative amount moves the other way; a counter takes none, and of any other variable's amount the sign is not known. */
function directions({ kind, type, amount }: Extract<Effect, { kind: "increase" | "decrease" }>): readonly Trait[] {
  if (amount.kind === "literal") {
    const grows = (kind === "increase") === (typeof amount.value !== "number" || amount.value >= 0);
    return [grows ? "rises" : "falls"];
  }
  if (amount.kind === "arithmetic") return ["arithmetic", "rises", "falls"];
  if (type === "counter" || amount.type === "counter") return [kind === "increase" ? "rises" : "falls"];
  return ["rises", "falls"];
}

function placesIn(operand: Operand, scope: Scope): readonly Place[] {
  return leavesOf(operand).flatMap((leaf) => placeOf(leaf, scope) ?? []);
}

function placeOf(leaf: Leaf, scope: Scope): Place | undefined {
  switch (leaf.kind) {
    case "variable":
      return variablePlace(leaf.name);
    case "param":
      return paramPlace(scope.action, leaf.name);
    case "length": {
      const [list] = placesIn(leaf.of, scope);
      return list === undefined ? undefined : lengthPlace(list);
    }
    case "status":
    case "field":
    case "related":
    case "literal":
      return undefined;
  }
}

/** What a place is compared with beside other places; compared with the status, it is compared with every status. */
function constantsIn(leaves: readonly Leaf[], { statuses }: Scope): readonly Literal[] {
  return leaves.flatMap((leaf): readonly Literal[] => {
    if (leaf.kind === "status") return statuses;
    return leaf.kind === "literal" ? [leaf.value] : [];
  });
}
