/** The abstract domain of a parameter: one value for each way in which the spec can tell its values apart. */

import type { Value } from "@temperc/runtime";
import type { Action, Param, ParamConstraint } from "../../compiler/ir/index.ts";
import { constraintsOn, isAllowed, listedTexts } from "../constraints.ts";
import { magnitude, mergesHigh, mergesLow, type PlaceClass, rangeOf } from "./classes.ts";
import {
  elementPlace,
  isVariable,
  lengthPlace,
  movesInRuleOf,
  type Place,
  paramPlace,
  paramsPrefix,
  variablePlace,
} from "./links.ts";
import type { Shape } from "./shape.ts";

export interface Domain {
  /** `undefined` is a parameter that is not given. */
  readonly values: readonly (Value | undefined)[];
  /** False where values were left out that the spec might tell from all of these. */
  readonly whole: boolean;
}

/** A range of integers with more values than this is sampled round the constants in it. */
const integersMax = 64;
/** More strings that no literal names than this are not told apart. */
const othersMax = 4;
/** A list parameter is at most this long. */
const listParamLengthMax = 2;

/** The domain of a parameter that a guard or an effect of its action reads. */
export function domainOf(action: Action, param: Param, shape: Shape): Domain {
  const texts = shape.classes.get(paramPlace(action.name, param.name))?.texts ?? [];
  const given = allowed(givenDomain(action, param, shape), {
    type: param.type,
    constraints: constraintsOn(action, param.name),
    texts,
  });
  return param.required ? given : { values: [...given.values, undefined], whole: given.whole };
}

interface Allowed {
  readonly type: Param["type"];
  readonly constraints: readonly ParamConstraint[];
  /** The texts that the spec names where the parameter meets them. */
  readonly texts: readonly string[];
}

/**
 * The values that a service lets through, with those at the edges, so that every kind of value that is allowed has one.
 * A text that stands for all that the spec does not name stays where no list says which there are: whatever form it has
 * is the same to the spec.
 */
function allowed({ values, whole }: Domain, { type, constraints, texts }: Allowed): Domain {
  if (constraints.length === 0) return { values, whole };
  const isListed = listedTexts(constraints) !== undefined;
  const isOther = (value: Value | undefined): boolean =>
    typeof value === "string" && value !== "" && !texts.includes(value);
  const keeps = (value: Value | undefined): boolean => (isOther(value) && !isListed) || isAllowed(value, constraints);
  const few = enumerated(type, constraints);
  if (few !== undefined && !whole) return { values: few.filter(keeps), whole: true };
  return { values: [...new Set([...values, ...edges(type, constraints)])].filter(keeps), whole };
}

/** All numbers that are allowed, where they are few. */
function enumerated(type: Param["type"], constraints: readonly ParamConstraint[]): readonly number[] | undefined {
  const listed = constraints.find(({ oneOf }) => oneOf?.some((value) => typeof value === "number"));
  if (listed !== undefined) return edges(type, [listed]);
  const low = Math.max(
    ...constraints.flatMap(({ min }) => (min === undefined ? [] : [Math.ceil(min)])),
    type === "counter" ? 0 : Number.NEGATIVE_INFINITY,
  );
  const high = Math.min(...constraints.flatMap(({ max }) => (max === undefined ? [] : [Math.floor(max)])));
  if ((type !== "counter" && type !== "int") || !(high - low < integersMax)) return undefined;
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index);
}

/** The numbers at the ends of what is allowed, and those that are listed. */
function edges(type: Param["type"], constraints: readonly ParamConstraint[]): readonly number[] {
  const isWhole = type === "counter" || type === "int";
  if (!isWhole && type !== "float") return [];
  const ends = constraints.flatMap(({ min, max, oneOf = [] }) => [
    ...(min === undefined ? [] : [isWhole ? Math.ceil(min) : min]),
    ...(max === undefined ? [] : [isWhole ? Math.floor(max) : max]),
    ...oneOf.filter((value) => typeof value === "number"),
  ]);
  return ends.filter((end) => !(type === "counter" && end < 0) && !(isWhole && !Number.isSafeInteger(end)));
}

function givenDomain({ name: action }: Action, { name, type }: Param, shape: Shape): Domain {
  const place = paramPlace(action, name);
  const whole = shape.classes.get(place) ?? solitary(place);
  switch (type) {
    case "bool":
      return { values: [false, true], whole: true };
    case "counter":
    case "int":
      return integers(
        whole,
        spread(whole, { action, high: shape.highOf(place), isNatural: type === "counter" }, shape),
      );
    case "float":
      return fractions(whole);
    case "string":
    case "ref":
    case "status":
      return texts(whole, shape);
    case "list":
    case "set":
      return lists(place, type, shape);
    case "null":
      return { values: [null], whole: true };
  }
}

function solitary(place: Place): PlaceClass {
  return { places: new Set([place]), numbers: [], texts: [], traits: new Set(), sums: [] };
}

interface Numbers {
  readonly action: string;
  readonly high: number;
  readonly isNatural: boolean;
}

/** The integers past which one is like the next. */
interface Spread {
  readonly low: number;
  readonly high: number;
}

/**
 * Where values past the range are merged, the range itself. Elsewhere so far that every comparison is decided, and that
 * what the effects of one call make of the value lies past its variable's bound, so that the cut is seen.
 */
function spread(whole: PlaceClass, { action, high, isNatural }: Numbers, { automaton }: Shape): Spread {
  const { low } = rangeOf(whole);
  const sum = whole.sums.reduce((most, operands) => Math.max(most, magnitude(operands, high)), 0);
  const width = Math.max(high, sum) - low + whole.places.size;
  const past = (direction: "rises" | "falls"): number => {
    const moves = movesInRuleOf(action, direction, automaton.rules);
    return Math.min(width * (moves + 1), Number.MAX_SAFE_INTEGER);
  };
  return {
    low: isNatural ? 0 : mergesLow(whole) ? low : -past("rises"),
    high: mergesHigh(whole) ? high : past("falls"),
  };
}

function integers(whole: PlaceClass, { low, high }: Spread): Domain {
  if (high - low < integersMax)
    return { values: Array.from({ length: high - low + 1 }, (_, index) => low + index), whole: true };
  const near = [low, 0, ...whole.numbers.map(Math.floor), high].flatMap((value) => [value - 1, value, value + 1]);
  const values = ascending(near.filter((value) => value >= low && value <= high));
  return { values, whole: isPure(whole) };
}

function fractions(whole: PlaceClass): Domain {
  const constants = ascending([0, ...whole.numbers]);
  const between = constants.map((value, index) => (value + (constants[index + 1] ?? value + 2)) / 2);
  return { values: ascending([(constants[0] ?? 0) - 1, ...constants, ...between]), whole: isPure(whole) };
}

/** Only compared with constants and copied: then the stretches between the constants are all that there is to tell apart. */
function isPure(whole: PlaceClass): boolean {
  return mergesHigh(whole) && mergesLow(whole);
}

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function texts(whole: PlaceClass, shape: Shape): Domain {
  const needed = othersNeeded(whole, shape);
  return { values: textsOf(whole, Math.min(needed, othersMax)), whole: needed <= othersMax };
}

/** The literals, strings that are none of them, and the empty string. */
function textsOf({ texts: literals }: PlaceClass, others: number): readonly string[] {
  const fresh: string[] = [];
  for (let number = 1; fresh.length < others; number++) {
    const name = number === 1 ? "another value" : `another value ${number}`;
    if (!literals.includes(name)) fresh.push(name);
  }
  return [...new Set([...literals.filter((literal) => literal !== ""), ...fresh, ""])];
}

/**
 * Strings that are only compared with literals need one that is none of them. Where strings are compared with each other
 * as many can differ as there are places to hold them at a time, and a set must be able to grow past its bound.
 */
function othersNeeded(whole: PlaceClass, shape: Shape): number {
  const lists = shape.variables.filter((variable) => variable.kind === "list" && isListOf(variable.name, whole));
  const lengths = lists.map((list) => (list.kind === "list" ? list.lengthMax : 0));
  const setLengths = lists.map((list) => (list.kind === "list" && !list.ordered ? list.lengthMax : 0));
  const inSets = setLengths.reduce((most, length) => Math.max(most, length), 0) + 1;
  if (!whole.traits.has("related")) return inSets;
  return Math.max(inSets, holdersIn(whole, shape) + lengths.reduce((sum, length) => sum + length, 0));
}

/** How many values of the class there are at a time: one a variable, and one a parameter of the action that is asked for. */
function holdersIn({ places }: PlaceClass, { automaton }: Shape): number {
  const all = [...places];
  const inCalls = automaton.actions.map(
    ({ name }) => all.filter((place) => place.startsWith(paramsPrefix(name))).length,
  );
  return all.filter(isVariable).length + inCalls.reduce((most, count) => Math.max(most, count), 0);
}

/** What a string or ref variable, or the elements of a list, can hold. */
export function textsAt(place: Place, shape: Shape): readonly (string | null)[] {
  const whole = shape.classes.get(place) ?? solitary(place);
  return [...textsOf(whole, Math.min(othersNeeded(whole, shape), othersMax)), null];
}

function isListOf(name: string, whole: PlaceClass): boolean {
  return whole.places.has(elementPlace(variablePlace(name)));
}

function lists(place: Place, type: "list" | "set", shape: Shape): Domain {
  const elements = textsOf(shape.classes.get(elementPlace(place)) ?? solitary(place), 1);
  const lengthMax = Math.min(listParamLengthMax, shape.highOf(lengthPlace(place)));
  let longest: readonly (readonly string[])[] = [[]];
  const values: (readonly string[])[] = [[]];
  for (let length = 1; length <= lengthMax; length++) {
    longest = longest.flatMap((list) =>
      elements.filter((each) => type === "list" || !list.includes(each)).map((each) => [...list, each]),
    );
    if (values.length + longest.length > integersMax) break;
    values.push(...longest);
  }
  return { values, whole: false };
}
