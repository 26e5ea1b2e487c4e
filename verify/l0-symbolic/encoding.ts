/** An automaton as terms: what a snapshot consists of, what is true of every snapshot, where it starts, and its invariants. */
import type { Automaton, Operand, Predicate, Variable } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import { atomsOf, givenBy, operandsOf } from "../l1-model-check/expressions.ts";
import type { WriteScript } from "../scripts.ts";
import { conditionTerm, literalValue, type Scope } from "./conditions.ts";
import { all, any, apply, type Constant, type Definition, numeral, symbol, type Term } from "./smt.ts";
import { type Texts, textsOf } from "./texts.ts";
import { componentsOf, type Encoded, encodedAs, factsOf, type ListDetail, type Naming, type State } from "./values.ts";

export interface Encoding {
  readonly automaton: Automaton;
  readonly texts: Texts;
  readonly detail: ListDetail;
  /** The snapshot's components, as the parameters of every function of a snapshot. */
  readonly components: readonly Constant[];
  readonly state: State;
  /** True of every snapshot: by the types of its variables, and because the step checks what it leads to. */
  readonly isSnapshot: Definition;
  readonly invariants: readonly EncodedInvariant[];
  readonly initial: State;
  /** Puts the text of a script round terms. */
  readonly write: WriteScript;
}

export interface EncodedInvariant {
  readonly name: string;
  readonly definition: Definition;
  /** The components that it reads. */
  readonly params: readonly Constant[];
  /** Of an implication: where this is false, it says nothing. */
  readonly premise?: Term;
}

const variableName: Naming = (name) => symbol("var", name);

/** The encoding of an automaton; a function of it. Scripts about it are written by `write`. */
export function encodingOf(automaton: Automaton, write: WriteScript): Encoding {
  const texts = textsOf(automaton);
  const detail = detailOf(automaton);
  const state = stateNamed(automaton, variableName, detail);
  const components = [...state.values()].flatMap(componentsOf);
  const facts: Term[] = [];
  const scope = snapshotScope(state, texts, facts);
  const invariants = automaton.invariants.map(({ name, assert: condition }): EncodedInvariant => {
    const term = conditionTerm(condition, scope);
    const premise = condition.kind === "implies" ? { premise: conditionTerm(condition.premise, scope) } : {};
    const definition: Definition = { name: symbol("inv", name), sort: "Bool", term };
    return { name, definition, params: readIn(term, components), ...premise };
  });
  const initial = initialState(automaton, texts, detail);
  const isSnapshot = all([
    any(automaton.statuses.map(({ name }) => apply("=", variableName("status"), texts.term(name)))),
    ...allVariables(automaton).flatMap(({ name, type }) => {
      const value = state.get(name);
      return value === undefined || name === "status" ? [] : factsOf(type, value, texts);
    }),
    ...new Set(facts),
    ...checkedFacts(automaton, { state, initial }, scope),
  ]);
  return {
    automaton,
    texts,
    detail,
    components,
    state,
    isSnapshot: { name: "snapshot", sort: "Bool", term: isSnapshot },
    invariants,
    initial,
    write,
  };
}

/** A snapshot is the first one, or a step has led to it and checked its field invariants. */
function checkedFacts(
  automaton: Automaton,
  { state, initial }: Pick<Encoding, "state" | "initial">,
  scope: Scope,
): readonly Term[] {
  const checked = checkedConditions(automaton).map((condition) => conditionTerm(condition, scope));
  return checked.length === 0 ? [] : [any([isState(initial, state), all(checked)])];
}

/** Field invariants that read nothing but the snapshot are asked of the result by the step itself. */
export function checkedConditions({ fieldInvariants }: Automaton): readonly Predicate[] {
  return fieldInvariants.map(({ assert: condition }) => condition).filter((condition) => !readsFields(condition));
}

function readsFields(condition: Predicate): boolean {
  return JSON.stringify(condition).includes('"kind":"field"');
}

/** Component by component the same snapshot. */
export function isState(wanted: State, state: State): Term {
  const values = termsOf(wanted);
  return all(termsOf(state).map((term, index) => apply("=", term, values[index] ?? term)));
}

/** Conditions on a snapshot alone: nothing in them is free. */
export function snapshotScope(state: State, texts: Texts, facts: Term[]): Scope {
  return {
    state,
    texts,
    param: (name) => {
      throw new Error(`a property of a snapshot reads the parameter ${name}`);
    },
    free: () => {
      throw new Error("a property of a snapshot asks for what a single automaton does not decide");
    },
    learn: (fact) => facts.push(fact),
  };
}

type Named = Pick<Variable, "name" | "type">;

function allVariables({ variables }: Automaton): readonly Named[] {
  return [{ name: "status", type: "status" }, ...variables];
}

/** A snapshot whose components are constants of those names. */
export function stateNamed(automaton: Automaton, named: Naming, detail: ListDetail): State {
  return new Map(allVariables(automaton).map(({ name, type }) => [name, encodedAs(type, name, named, detail)]));
}

/** The components of a snapshot, in the order of the encoding's. */
export function termsOf(state: State): readonly Term[] {
  return [...state.values()].flatMap(componentsOf).map(({ name }) => name);
}

/** A function of a snapshot, applied to one; `params` are those of the encoding's components that it takes. */
export function applied(name: Term, params: readonly Constant[], state: State, { components }: Encoding): Term {
  const terms = termsOf(state);
  return apply(name, ...params.map((param) => terms[components.indexOf(param)] ?? param.name));
}

/** Those of the constants that the term mentions. */
export function readIn(term: Term, constants: readonly Constant[]): readonly Constant[] {
  const mentioned = new Set(term.match(/\|[^|]*\||[^\s()]+/g));
  return constants.filter(({ name }) => mentioned.has(name));
}

/** Contents are counted where a condition asks for them, or a set may hold what it is given already. */
function detailOf({ variables, rules, invariants, fieldInvariants }: Automaton): ListDetail {
  const conditions: readonly Predicate[] = [
    ...rules.flatMap(({ guard }) => guard ?? []),
    ...[...invariants, ...fieldInvariants].map(({ assert: condition }) => condition),
  ];
  const atoms = conditions.flatMap(atomsOf);
  const asks = atoms.some((atom) => atom.kind === "membership" && "kind" in atom.set);
  const given = rules.flatMap(({ effects }) => effects.map(givenBy));
  const holdsSets = [...variables, ...given].some(({ type }) => type === "set");
  const compares = atoms.some((atom) => atom.kind === "comparison" && operandsOf(atom).every(isList));
  return { counts: asks || holdsSets || compares, order: compares };
}

function isList({ type }: Operand): boolean {
  return type === "list" || type === "set";
}

function initialState(automaton: Automaton, texts: Texts, detail: ListDetail): State {
  const values = automaton.variables.map(({ name, type, initial }): [string, Encoded] => {
    const isText = typeof initial === "object" && initial !== null;
    return [name, isText ? initialList(initial, type === "set", texts, detail) : initialValue(type, initial, texts)];
  });
  return new Map([["status", literalValue(automaton.initial, texts)], ...values]);
}

function initialValue(type: Variable["type"], initial: Variable["initial"], texts: Texts): Encoded {
  assert(typeof initial !== "object" || initial === null, "lists start with a list");
  if (typeof initial === "number" && type === "float")
    return { kind: "number", term: numeral(initial, "Real"), sort: "Real", given: "true" };
  if (initial === null && type !== "null") return { kind: "text", term: "none" };
  return literalValue(initial, texts);
}

function initialList(initial: readonly string[], isSet: boolean, texts: Texts, { counts, order }: ListDetail): Encoded {
  const items = isSet ? [...new Set(initial)] : initial;
  const times = (text: string): number => items.filter((each) => each === text).length;
  const empty = "((as const (Array Int Int)) 0)";
  const stored = [...new Set(items)].reduce(
    (array, text) => apply("store", array, texts.term(text), String(times(text))),
    empty,
  );
  return {
    kind: "list",
    isSet,
    length: String(items.length),
    ...(counts && { counts: stored }),
    ...(order && { order: "0" }),
    given: "true",
  };
}
