/** Places that meet, joined into classes: all that a class is compared with decides which of its values can be told apart. */
import type { Operand } from "../../compiler/ir/index.ts";
import type { Link, Place, Trait } from "./links.ts";

export interface PlaceClass {
  readonly places: ReadonlySet<Place>;
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  readonly traits: ReadonlySet<Trait>;
  /** Groups of operands that stand together in a comparison or assignment with arithmetic. */
  readonly sums: readonly (readonly Operand[])[];
}

/** The class of each place that any link mentions. */
export function classesOf(links: readonly Link[]): ReadonlyMap<Place, PlaceClass> {
  const roots = joined(links);
  const groups = new Map<Place, Link[]>();
  for (const link of links) {
    const [first] = link.places;
    if (first === undefined) continue;
    const root = rootOf(roots, first);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [link]);
    else group.push(link);
  }
  return new Map([...groups.values()].flatMap((group) => placed(merged(group))));
}

function placed(whole: PlaceClass): readonly [Place, PlaceClass][] {
  return [...whole.places].map((place) => [place, whole]);
}

/** Union-find: each place's parent, roots pointing at themselves. */
function joined(links: readonly Link[]): Map<Place, Place> {
  const parents = new Map<Place, Place>();
  for (const { places } of links) {
    for (const place of places) if (!parents.has(place)) parents.set(place, place);
    const [first, ...others] = places;
    for (const other of others) {
      if (first !== undefined) parents.set(rootOf(parents, other), rootOf(parents, first));
    }
  }
  return parents;
}

function rootOf(parents: Map<Place, Place>, place: Place): Place {
  let root = place;
  while (parents.get(root) !== root) root = parents.get(root) ?? root;
  parents.set(place, root);
  return root;
}

function merged(links: readonly Link[]): PlaceClass {
  const constants = links.flatMap((link) => link.constants);
  return {
    places: new Set(links.flatMap(({ places }) => places)),
    numbers: [...new Set(constants.filter((value) => typeof value === "number"))].sort((a, b) => a - b),
    texts: [...new Set(constants.filter((value) => typeof value === "string"))],
    traits: new Set(links.flatMap(({ traits }) => traits)),
    sums: links.flatMap(({ sums }) => (sums === undefined ? [] : [sums])),
  };
}

/** One above the largest constant, and one below the smallest; zero always counts as compared with. */
export function rangeOf({ numbers }: Pick<PlaceClass, "numbers">): { readonly low: number; readonly high: number } {
  const low = Math.floor(Math.min(0, numbers[0] ?? 0)) - 1;
  const high = Math.ceil(Math.max(0, numbers.at(-1) ?? 0)) + 1;
  return { low: Math.max(low, Number.MIN_SAFE_INTEGER), high: Math.min(high, Number.MAX_SAFE_INTEGER) };
}

/** True where the class is compared with nothing but constants, so that no comparison tells values past them apart. */
function isMergeable({ traits, sums }: PlaceClass): boolean {
  return !traits.has("related") && !traits.has("arithmetic") && sums.length === 0;
}

/** True where a value past the largest constant can be followed as that constant's successor: none of them ever comes back. */
export function mergesHigh(whole: PlaceClass): boolean {
  return isMergeable(whole) && !whole.traits.has("falls");
}

/** The same below the smallest constant. */
export function mergesLow(whole: PlaceClass): boolean {
  return isMergeable(whole) && !whole.traits.has("rises");
}

/** The largest magnitude that the operands reach together when each variable and parameter in them is at most `high`. */
export function magnitude(operands: readonly Operand[], high: number): number {
  return operands.reduce((sum, operand) => sum + magnitudeOf(operand, high), 0);
}

function magnitudeOf(operand: Operand, high: number): number {
  switch (operand.kind) {
    case "variable":
    case "param":
    case "field":
    case "related":
    case "length":
      return high;
    case "literal":
      return typeof operand.value === "number" ? Math.abs(operand.value) : 0;
    case "status":
      return 0;
    case "arithmetic": {
      const [left, right] = [magnitudeOf(operand.left, high), magnitudeOf(operand.right, high)];
      return operand.operator === "*" ? left * right : left + right;
    }
  }
}
