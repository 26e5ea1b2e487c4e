/** The shape of the search: which values each variable takes before the search stops following it, and which each parameter. */
import type { Automaton, Variable } from "../../compiler/ir/index.ts";
import { assert } from "../assert.ts";
import type { Bound } from "../verdict.ts";
import { classesOf, mergesHigh, mergesLow, type PlaceClass, rangeOf } from "./classes.ts";
import { variablesThatMatter } from "./expressions.ts";
import { isLength, lengthPlace, linksOf, type Place, variablePlace } from "./links.ts";

/** How one variable is counted: every value of it that the search tells apart. */
export type VariableShape =
  | { readonly kind: "bool"; readonly name: string }
  | ({ readonly kind: "number"; readonly name: string; readonly fractions: boolean } & Range)
  | { readonly kind: "text"; readonly name: string }
  | { readonly kind: "list"; readonly name: string; readonly lengthMax: number; readonly ordered: boolean };

/** Values below `low` or above `high` are cut off, or merged with the last one where nothing tells them from it. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly mergesLow: boolean;
  readonly mergesHigh: boolean;
}

export interface Shape {
  readonly variables: readonly VariableShape[];
  readonly automaton: Automaton;
  readonly bounds: readonly Bound[];
  /** Variables that make no difference to anything that is checked. */
  readonly unread: readonly string[];
  readonly classes: ReadonlyMap<Place, PlaceClass>;
  /** The bound of each class's numbers, overrides included. */
  readonly highOf: (place: Place) => number;
}

/** Bounds that replace the derived ones, by variable name; natural numbers. */
export type BoundOverrides = ReadonlyMap<string, number>;

/** A list is followed at least this far, so that its order and its repetitions show. */
const lengthMin = 2;

/** A list longer than this is followed only where an override says so: lists multiply faster than numbers. */
const lengthDerivedMax = 64;

/** A number that may come back from past its bound is followed as far as any other number of the automaton, up to this. */
const companionMax = 64;

/** Derives the shape from what the spec compares its variables with. */
export function shapeOf(automaton: Automaton, overrides: BoundOverrides): Shape {
  const classes = classesOf(linksOf(automaton));
  const matter = variablesThatMatter(automaton);
  const widest = [...classes.values()].reduce((high, each) => Math.max(high, rangeOf(each).high), 0);
  const highOf = (place: Place): number => classHigh(classes.get(place), overrides, Math.min(widest, companionMax));
  const counted = automaton.variables.filter(({ name }) => matter.has(name));
  const variables = counted.map((variable) => variableShape(variable, { classes, overrides, highOf }));
  return {
    variables,
    automaton,
    bounds: variables.flatMap(boundOf),
    unread: automaton.variables.filter(({ name }) => !matter.has(name)).map(({ name }) => name),
    classes,
    highOf,
  };
}

/** What the class is compared with, and the largest override of a variable in it. */
function classHigh(whole: PlaceClass | undefined, overrides: BoundOverrides, companion: number): number {
  if (whole === undefined) return rangeOf({ numbers: [] }).high;
  const wanted = [...overrides].filter(([name]) => whole.places.has(variablePlace(name)));
  const derived = mergesHigh(whole) || holdsLengths(whole) ? [] : [companion];
  return Math.max(rangeOf(whole).high, ...derived, ...wanted.map(([, high]) => high));
}

function holdsLengths({ places }: PlaceClass): boolean {
  return [...places].some(isLength);
}

interface Derivation extends Pick<Shape, "classes" | "highOf"> {
  readonly overrides: BoundOverrides;
}

function variableShape({ name, type }: Variable, derivation: Derivation): VariableShape {
  const place = variablePlace(name);
  const override = derivation.overrides.get(name);
  switch (type) {
    case "bool":
      return { kind: "bool", name };
    case "string":
    case "ref":
    case "status":
    case "null":
      return { kind: "text", name };
    case "list":
    case "set": {
      const lengthMax =
        override ?? Math.min(Math.max(lengthMin, derivation.highOf(lengthPlace(place))), lengthDerivedMax);
      return { kind: "list", name, lengthMax, ordered: type === "list" };
    }
    case "counter":
    case "int":
    case "float":
      return { kind: "number", name, fractions: type === "float", ...rangeIn(derivation, place, type, override) };
  }
}

function rangeIn(
  { classes, highOf }: Derivation,
  place: Place,
  type: "counter" | "int" | "float",
  override: number | undefined,
): Range {
  const whole = classes.get(place);
  assert(whole !== undefined, "a variable is linked with its initial value");
  const { low, high } = rangeOf(whole);
  return {
    low: type === "counter" ? 0 : low,
    high: override ?? highOf(place),
    mergesLow: mergesLow(whole),
    mergesHigh: mergesHigh(whole) && (override === undefined || override >= high),
  };
}

function boundOf(shape: VariableShape): readonly Bound[] {
  switch (shape.kind) {
    case "bool":
    case "text":
      return [];
    case "list":
      return [{ name: `len(${shape.name})`, high: shape.lengthMax, past: "cut" }];
    case "number": {
      const past = shape.mergesHigh ? "merged" : "cut";
      return [{ name: shape.name, high: shape.high, past, ...(shape.low < 0 && { low: shape.low }) }];
    }
  }
}
