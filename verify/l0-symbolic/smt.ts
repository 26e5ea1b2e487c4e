/** Terms of SMT-LIB 2.6 as text, built by small functions that leave out what says nothing. */

/** A well-formed term; names in it are symbols that `symbol` made. */
export type Term = string;

export type Sort = "Bool" | "Int" | "Real" | "(Array Int Int)";

/** A constant that a script declares, or a parameter of a function that it defines. */
export interface Constant {
  readonly name: Term;
  readonly sort: Sort;
}

export interface Definition extends Constant {
  readonly term: Term;
}

/** `kind.name`, quoted where a plain symbol cannot hold it; other names give other symbols. A spec's names are untrusted. */
export function symbol(kind: string, name: string): Term {
  if (/^[\w/@]*$/.test(name)) return `${kind}.${name}`;
  const escaped = name.replace(/[^\x20-\x7e]|[|\\{]/gu, (each) => `{${(each.codePointAt(0) ?? 0).toString(16)}}`);
  return `|${kind}.${escaped}|`;
}

export function apply(name: string, ...terms: readonly Term[]): Term {
  return terms.length === 0 ? name : `(${name} ${terms.join(" ")})`;
}

export function all(terms: readonly Term[]): Term {
  const asked = terms.filter((term) => term !== "true");
  if (asked.includes("false")) return "false";
  return asked.length > 1 ? apply("and", ...asked) : (asked[0] ?? "true");
}

export function any(terms: readonly Term[]): Term {
  const asked = terms.filter((term) => term !== "false");
  if (asked.includes("true")) return "true";
  return asked.length > 1 ? apply("or", ...asked) : (asked[0] ?? "false");
}

export function not(term: Term): Term {
  if (term === "true") return "false";
  return term === "false" ? "true" : apply("not", term);
}

export function either(condition: Term, one: Term, other: Term): Term {
  if (condition === "true" || one === other) return one;
  return condition === "false" ? other : apply("ite", condition, one, other);
}

export function implies(premise: Term, conclusion: Term): Term {
  return premise === "true" ? conclusion : apply("=>", premise, conclusion);
}

export function sum(terms: readonly Term[]): Term {
  return terms.length > 1 ? apply("+", ...terms) : (terms[0] ?? "0");
}

/** A number as a numeral of the integers, or a decimal of the reals that orders among them as the number does. */
export function numeral(value: number, sort: "Int" | "Real"): Term {
  const [digits = "0", exponent = "0"] = String(Math.abs(value)).split("e");
  const [whole = "0", fraction = ""] = digits.split(".");
  const places = Number(exponent);
  const shifted = shift(whole, fraction, places);
  const text = sort === "Real" && !shifted.includes(".") ? `${shifted}.0` : shifted;
  return value < 0 ? apply("-", text) : text;
}

/** The digits with the point moved so many places to the right. */
function shift(whole: string, fraction: string, places: number): string {
  if (places === 0) return fraction === "" ? whole : `${whole}.${fraction}`;
  if (places < 0) return `0.${"0".repeat(-places - 1)}${whole}${fraction}`;
  return whole + fraction.padEnd(places, "0");
}

/** `(declare-const x Int)`. */
export function declaration({ name, sort }: Constant): string {
  return `(declare-const ${name} ${sort})`;
}

/** `(define-fun x () Int (+ y 1))`. */
export function definition({ name, sort, term }: Definition): string {
  return `(define-fun ${name} () ${sort} ${term})`;
}

/** The parameters of a function, or what a quantifier binds: `(x Int) (y Bool)`. */
export function parameters(constants: readonly Constant[]): string {
  return constants.map(({ name, sort }) => `(${name} ${sort})`).join(" ");
}

/** A text to stand after `;`, with nothing in it that could end the line. */
export function remark(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (each) => `{${(each.codePointAt(0) ?? 0).toString(16)}}`);
}
