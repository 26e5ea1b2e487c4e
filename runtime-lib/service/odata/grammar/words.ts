/** The words of OData's expressions: operators with how they bind, and canonical functions with what they take. */
import type { Operator } from "./syntax.ts";

/** Higher binds tighter (OData 4.01 URL Conventions, 5.1.1.17). */
const bindings = {
  or: 1,
  and: 2,
  eq: 3,
  ne: 3,
  gt: 4,
  ge: 4,
  lt: 4,
  le: 4,
  in: 4,
  has: 4,
  add: 5,
  sub: 5,
  mul: 6,
  div: 6,
  divby: 6,
  mod: 6,
} as const satisfies Record<Operator, number>;

/** The operator that a word is, in any case. */
export function operatorOf(image: string): Operator | undefined {
  const lower = image.toLowerCase();
  return isOperator(lower) ? lower : undefined;
}

function isOperator(word: string): word is Operator {
  return Object.hasOwn(bindings, word);
}

/** How tightly a word binds as an operator; 0 for what is none. */
export function bindingOf(image: string): number {
  const operator = operatorOf(image);
  return operator === undefined ? 0 : bindings[operator];
}

const one = [1, 1] as const;
const two = [2, 2] as const;
const none = [0, 0] as const;

/** The least and the most arguments of each canonical function, by its name in lower case (ABNF, methodCallExpr). */
const functions: ReadonlyMap<string, readonly [number, number]> = new Map([
  ...names("concat contains endswith indexof matchespattern startswith hassubset hassubsequence", two),
  ...names("geo.distance geo.intersects", two),
  ...names("length tolower toupper trim year month day hour minute second fractionalseconds totalseconds", one),
  ...names("date time totaloffsetminutes round floor ceiling geo.length isdefined", one),
  ...names("mindatetime maxdatetime now", none),
  ["substring", [2, 3]],
  ["cast", [1, 2]],
  ["isof", [1, 2]],
  ["case", [2, Number.POSITIVE_INFINITY]],
]);

function names(
  list: string,
  count: readonly [number, number],
): readonly (readonly [string, readonly [number, number]])[] {
  return list.split(" ").map((name) => [name, count]);
}

/** What a canonical function takes; undefined for a name that is none. */
export function arityOf(name: string): readonly [number, number] | undefined {
  return functions.get(name.toLowerCase());
}
