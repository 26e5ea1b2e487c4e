/** The abstract domain of a parameter: one value for each way in which the spec can tell its values apart. */

import type { Value } from "@temperc/runtime";
import type { Action, Param } from "../../compiler/ir/index.ts";
import { isMergeable, magnitude, type PlaceClass, rangeOf } from "./classes.ts";
import { elementPlace, isVariable, lengthPlace, type Place, paramPlace, paramsPrefix, variablePlace } from "./links.ts";
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
export function domainOf({ name: action }: Action, param: Param, shape: Shape): Domain {
  const given = givenDomain(paramPlace(action, param.name), param, shape);
  return param.required ? given : { values: [...given.values, undefined], whole: given.whole };
}

function givenDomain(place: Place, { type }: Param, shape: Shape): Domain {
  const whole = shape.classes.get(place) ?? solitary(place);
  switch (type) {
    case "bool":
      return { values: [false, true], whole: true };
    case "counter":
      return integers(whole, 0, shape.highOf(place));
    case "int":
      return integers(whole, lowOf(whole, shape.highOf(place)), shape.highOf(place));
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

/** With arithmetic, a difference below zero can matter as far down as a sum matters up. */
function lowOf(whole: PlaceClass, high: number): number {
  return whole.sums.length > 0 ? -topOf(whole, high) : rangeOf(whole).low;
}

/** Past this, one value is like the next: every comparison that the class stands in is decided. */
function topOf({ places, sums }: PlaceClass, high: number): number {
  const sum = sums.reduce((most, operands) => Math.max(most, magnitude(operands, high)), 0);
  return Math.min(Math.max(high + places.size, sum + high + 1), Number.MAX_SAFE_INTEGER);
}

function integers(whole: PlaceClass, low: number, high: number): Domain {
  const top = isMergeable(whole) ? high : topOf(whole, high);
  if (top - low < integersMax)
    return { values: Array.from({ length: top - low + 1 }, (_, index) => low + index), whole: true };
  const near = [low, 0, ...whole.numbers.map(Math.floor), top].flatMap((value) => [value - 1, value, value + 1]);
  const values = ascending(near.filter((value) => value >= low && value <= top));
  return { values, whole: isPure(whole) };
}

function fractions(whole: PlaceClass): Domain {
  const constants = ascending([0, ...whole.numbers]);
  const between = constants.map((value, index) => (value + (constants[index + 1] ?? value + 2)) / 2);
  return { values: ascending([(constants[0] ?? 0) - 1, ...constants, ...between]), whole: isPure(whole) };
}

/** Only compared with constants and copied: then the stretches between the constants are all that there is to tell apart. */
function isPure(whole: PlaceClass): boolean {
  return isMergeable(whole) && !whole.traits.has("rises") && !whole.traits.has("falls");
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
function holdersIn({ places }: PlaceClass, { actions }: Shape): number {
  const all = [...places];
  const inCalls = actions.map((action) => all.filter((place) => place.startsWith(paramsPrefix(action))).length);
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
