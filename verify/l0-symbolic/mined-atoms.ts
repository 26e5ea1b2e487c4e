/** The facts without premises that a set of snapshots has in common: what is constant, what is larger, what differs by as much. */
import type { Snapshot } from "@temperc/runtime";
import type { Variable } from "../../compiler/ir/index.ts";
import { atomsOf as conditionAtoms, type Leaf, leavesOf, operandsOf } from "../l1-model-check/expressions.ts";
import type { Candidate, Effort } from "./candidates.ts";
import type { Encoding } from "./encoding.ts";
import { apply, not, numeral, type Term } from "./smt.ts";
import type { State } from "./values.ts";

export type Atom = Candidate;

/** Numbers of one automaton that are compared with each other: more of them make too many pairs. */
const numbersMax = 12;
const sumsMax = 6;
/** Texts of the spec that are looked for in its lists. */
const textsMax = 16;

/** A number of a snapshot: a variable, or the length of a list. */
interface Quantity {
  readonly name: string;
  readonly text: string;
  readonly value: (snapshot: Snapshot) => number;
  readonly term: (state: State) => Term;
}

/** The facts that hold in all of the samples, the simple ones first. */
export function atomsOf(encoding: Encoding, samples: readonly Snapshot[], effort: Effort): readonly Atom[] {
  const quantities = encoding.automaton.variables.flatMap(quantityOf).slice(0, numbersMax);
  const atoms = [
    ...encoding.automaton.variables.flatMap((variable) => flagAtoms(variable, samples)),
    ...encoding.automaton.variables.flatMap((variable) => textAtoms(variable, samples, encoding)),
    ...textPairs(encoding, samples),
    ...quantities.flatMap((quantity) => boundAtoms(quantity, samples, constantsOf(encoding, quantity, effort))),
    ...pairs(quantities).flatMap(([one, other]) => orderAtoms(one, other, samples)),
  ];
  if (effort === "simple") return atoms;
  return [
    ...atoms,
    ...pairs(quantities).flatMap(([one, other]) => differenceAtoms(one, other, samples)),
    ...sumAtoms(quantities.slice(0, sumsMax), samples),
    ...encoding.automaton.variables.flatMap((variable) => itemAtoms(variable, samples, encoding)),
  ];
}

function quantityOf({ name, type }: Variable): readonly Quantity[] {
  if (type === "counter" || type === "int") {
    const value = (snapshot: Snapshot): number => Number(snapshot[name]);
    return [{ name, text: name, value, term: (state) => termOf(state, name) }];
  }
  if (type !== "list" && type !== "set") return [];
  const value = (snapshot: Snapshot): number => listIn(snapshot, name).length;
  return [{ name, text: `len(${name})`, value, term: (state) => termOf(state, name) }];
}

/** A variable's term, or of a list its length. */
function termOf(state: State, name: string): Term {
  const value = state.get(name);
  if (value === undefined || value.kind === "null") throw new Error(`${name} has no term`);
  return value.kind === "list" ? value.length : value.term;
}

function listIn(snapshot: Snapshot, name: string): readonly string[] {
  const value = snapshot[name];
  return Array.isArray(value) ? value : [];
}

function pairs<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((one, index) => items.slice(index + 1).map((other) => [one, other] as const));
}

function flagAtoms({ name, type }: Variable, samples: readonly Snapshot[]): readonly Atom[] {
  if (type !== "bool") return [];
  const [first] = samples;
  if (first === undefined || samples.some((sample) => sample[name] !== first[name])) return [];
  if (first[name] === true) return [{ text: name, term: (state) => termOf(state, name) }];
  return [{ text: `!${name}`, term: (state) => not(termOf(state, name)) }];
}

function textAtoms({ name, type }: Variable, samples: readonly Snapshot[], { texts }: Encoding): readonly Atom[] {
  if (type !== "string" && type !== "ref") return [];
  const values = new Set(samples.map((sample) => sample[name]));
  const [only] = values;
  if (values.size === 1 && (only === null || (typeof only === "string" && texts.all.includes(only)))) {
    const code = only === null ? "none" : texts.term(only);
    const literal = only === null ? "null" : `'${only.replaceAll("'", "''")}'`;
    return [{ text: `${name} == ${literal}`, term: (state) => apply("=", termOf(state, name), code) }];
  }
  const isSet: Atom = {
    text: type === "ref" ? `!empty(${name})` : `${name} != ''`,
    term: (state) => apply(">", termOf(state, name), "0"),
  };
  return values.has("") || values.has(null) ? [] : [isSet];
}

/** Texts that are the same text. */
function textPairs({ automaton }: Encoding, samples: readonly Snapshot[]): readonly Atom[] {
  const names = automaton.variables.filter(({ type }) => type === "string" || type === "ref").map(({ name }) => name);
  return pairs(names.slice(0, numbersMax)).flatMap(([one, other]) => {
    if (samples.some((sample) => sample[one] !== sample[other])) return [];
    return [{ text: `${one} == ${other}`, term: (state) => apply("=", termOf(state, one), termOf(state, other)) }];
  });
}

/** A number that is always the same, or that stays on one side of these constants, which ascend. */
function boundAtoms(
  { text, value, term }: Quantity,
  samples: readonly Snapshot[],
  constants: readonly number[],
): readonly Atom[] {
  const values = samples.map(value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const compared = (operator: string, sign: string, constant: number): Atom => ({
    text: `${text} ${sign} ${constant}`,
    term: (state) => apply(operator, term(state), numeral(constant, "Int")),
  });
  const same = low === high ? [compared("=", "==", low)] : [];
  const most = [...new Set([high, ...constants.filter((each) => each > high)])];
  const least = [...new Set([low, ...constants.filter((each) => each < low && each > 0)])];
  return [
    ...same,
    ...least.flatMap((each) => (each === 0 ? [] : [compared(">=", ">=", each)])),
    ...most.map((each) => compared("<=", "<=", each)),
  ];
}

/** What the number is compared with, ascending; with more effort, every number of the spec's conditions. */
function constantsOf({ automaton }: Encoding, quantity: Quantity, effort: Effort): readonly number[] {
  const conditions = [
    ...automaton.rules.flatMap(({ guard }) => guard ?? []),
    ...automaton.invariants.map(({ assert }) => assert),
  ];
  const leaves = conditions.flatMap(conditionAtoms).map((atom) => operandsOf(atom).flatMap(leavesOf));
  const asked = leaves.filter((each) => effort === "all" || each.every((leaf) => isAbout(leaf, quantity)));
  const literals = asked.flat().flatMap((leaf) => (leaf.kind === "literal" ? [leaf.value] : []));
  const numbers = literals.filter((value) => typeof value === "number" && Number.isInteger(value)).map(Number);
  return [...new Set(numbers.flatMap((each) => [each - 1, each, each + 1]))].sort((a, b) => a - b);
}

/** True of the number itself, and of what it is compared with where it is compared with literals. */
function isAbout(leaf: Leaf, { name }: Quantity): boolean {
  if (leaf.kind === "literal") return true;
  const inner = leaf.kind === "length" ? leaf.of : leaf;
  return inner.kind === "variable" && inner.name === name;
}

function orderAtoms(one: Quantity, other: Quantity, samples: readonly Snapshot[]): readonly Atom[] {
  const differences = samples.map((sample) => one.value(sample) - other.value(sample));
  const atom = (operator: string, sign: string, [left, right]: readonly [Quantity, Quantity]): Atom => ({
    text: `${left.text} ${sign} ${right.text}`,
    term: (state) => apply(operator, left.term(state), right.term(state)),
  });
  return [
    ...(differences.every((each) => each === 0) ? [atom("=", "==", [one, other])] : []),
    ...(differences.every((each) => each <= 0) ? [atom("<=", "<=", [one, other])] : []),
    ...(differences.every((each) => each >= 0) ? [atom("<=", "<=", [other, one])] : []),
  ];
}

function differenceAtoms(one: Quantity, other: Quantity, samples: readonly Snapshot[]): readonly Atom[] {
  const differences = samples.map((sample) => one.value(sample) - other.value(sample));
  const sums = samples.map((sample) => one.value(sample) + other.value(sample));
  const difference = (operator: string, sign: string, by: number): Atom => ({
    text: `${one.text} ${sign} ${other.text}${by < 0 ? ` - ${-by}` : ` + ${by}`}`,
    term: (state) => apply(operator, one.term(state), apply("+", other.term(state), numeral(by, "Int"))),
  });
  const sum = (operator: string, sign: string, most: number): Atom => ({
    text: `${one.text} + ${other.text} ${sign} ${most}`,
    term: (state) => apply(operator, apply("+", one.term(state), other.term(state)), numeral(most, "Int")),
  });
  const [low, high] = [Math.min(...differences), Math.max(...differences)];
  const most = Math.max(...sums);
  return [
    ...(low === high && low !== 0 ? [difference("=", "==", low)] : []),
    ...(high === 0 ? [] : [difference("<=", "<=", high)]),
    ...(low === 0 ? [] : [difference(">=", ">=", low)]),
    ...(sums.every((each) => each === most) ? [sum("=", "==", most)] : [sum("<=", "<=", most)]),
  ];
}

/** One number that is always the sum of two others. */
function sumAtoms(quantities: readonly Quantity[], samples: readonly Snapshot[]): readonly Atom[] {
  return quantities.flatMap((total) =>
    pairs(quantities.filter((each) => each !== total)).flatMap(([one, other]): readonly Atom[] => {
      if (samples.some((sample) => one.value(sample) + other.value(sample) !== total.value(sample))) return [];
      const term = (state: State): Term =>
        apply("=", apply("+", one.term(state), other.term(state)), total.term(state));
      return [{ text: `${one.text} + ${other.text} == ${total.text}`, term }];
    }),
  );
}

/** Texts of the spec that a list always holds, or never. */
function itemAtoms({ name, type }: Variable, samples: readonly Snapshot[], encoding: Encoding): readonly Atom[] {
  if ((type !== "list" && type !== "set") || !encoding.detail.counts) return [];
  return encoding.texts.all.slice(0, textsMax).flatMap((text): readonly Atom[] => {
    const found = samples.map((sample) => listIn(sample, name).includes(text));
    if (found.some((each) => each !== found[0])) return [];
    const literal = `'${text.replaceAll("'", "''")}'`;
    const isIn = (state: State): Term =>
      apply(">", apply("select", countsOf(state, name), encoding.texts.term(text)), "0");
    if (found[0] === true) return [{ text: `${literal} in ${name}`, term: isIn }];
    return [{ text: `${literal} not in ${name}`, term: (state) => not(isIn(state)) }];
  });
}

function countsOf(state: State, name: string): Term {
  const value = state.get(name);
  if (value?.kind !== "list" || value.counts === undefined) throw new Error(`${name} is no list with counts`);
  return value.counts;
}
