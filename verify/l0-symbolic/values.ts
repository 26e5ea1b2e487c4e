/** What stands for a value in the terms: a number, a text, or for a list its length and how often each text is in it. */
import type { Variable } from "../../compiler/ir/index.ts";
import { all, apply, type Constant, numeral, sum, symbol, type Term } from "./smt.ts";
import { none, type Texts } from "./texts.ts";

/** `given` is false where a parameter is absent; a text that is absent is null, as conditions do not tell the two apart. */
export type Encoded =
  | EncodedNumber
  | { readonly kind: "bool"; readonly term: Term; readonly given: Term }
  | { readonly kind: "text"; readonly term: Term }
  | EncodedList
  | { readonly kind: "null" };

export interface EncodedNumber {
  readonly kind: "number";
  readonly term: Term;
  readonly sort: "Int" | "Real";
  readonly given: Term;
  /** True for what arithmetic gives: past 2^53 JavaScript rounds it. */
  readonly mayRound?: boolean;
}

/** The order of a list is left out, but for a number that equal lists have in common. */
export interface EncodedList {
  readonly kind: "list";
  readonly isSet: boolean;
  readonly length: Term;
  /** How often each text is in it; absent where nothing asks. */
  readonly counts?: Term;
  readonly order?: Term;
  readonly given: Term;
}

/** The variables by name, and the status under `status`. */
export type State = ReadonlyMap<string, Encoded>;

/** What of lists the spec can tell: their contents, and whether two are equal. */
export interface ListDetail {
  readonly counts: boolean;
  readonly order: boolean;
}

/** Makes the symbol of a component from its name. */
export type Naming = (name: string) => Term;

export function naming(kind: string): Naming {
  return (name) => symbol(kind, name);
}

/** The value whose components are constants of those names. */
export function encodedAs(type: Variable["type"], name: string, named: Naming, detail: ListDetail): Encoded {
  switch (type) {
    case "counter":
    case "int":
      return { kind: "number", term: named(name), sort: "Int", given: "true" };
    case "float":
      return { kind: "number", term: named(name), sort: "Real", given: "true" };
    case "bool":
      return { kind: "bool", term: named(name), given: "true" };
    case "string":
    case "ref":
    case "status":
      return { kind: "text", term: named(name) };
    case "list":
    case "set":
      return {
        kind: "list",
        isSet: type === "set",
        length: named(`len/${name}`),
        ...(detail.counts && { counts: named(`count/${name}`) }),
        ...(detail.order && { order: named(`order/${name}`) }),
        given: "true",
      };
    case "null":
      return { kind: "null" };
  }
}

/** The components of a value, in the order in which a function takes them. */
export function componentsOf(value: Encoded): readonly Constant[] {
  switch (value.kind) {
    case "number":
      return [{ name: value.term, sort: value.sort }];
    case "bool":
      return [{ name: value.term, sort: "Bool" }];
    case "text":
      return [{ name: value.term, sort: "Int" }];
    case "list":
      return [
        { name: value.length, sort: "Int" },
        ...(value.counts === undefined ? [] : [{ name: value.counts, sort: "(Array Int Int)" } as const]),
        ...(value.order === undefined ? [] : [{ name: value.order, sort: "Int" } as const]),
      ];
    case "null":
      return [];
  }
}

export const counterMax = Number.MAX_SAFE_INTEGER;

/** What is true of every value of the type, so that no proof need show it. */
export function factsOf(type: Variable["type"], value: Encoded, texts: Texts): readonly Term[] {
  switch (value.kind) {
    case "number":
      return value.sort === "Real" ? [] : [within(value.term, type === "counter" ? 0 : -counterMax)];
    case "text":
      return [apply(">=", value.term, type === "ref" ? none : "0")];
    case "list":
      return listFacts(value, texts);
    case "bool":
    case "null":
      return [];
  }
}

function within(term: Term, low: number): Term {
  return apply("<=", numeral(low, "Int"), term, numeral(counterMax, "Int"));
}

function listFacts(list: EncodedList, texts: Texts): readonly Term[] {
  const nonNegative = apply("<=", "0", list.length);
  const { counts } = list;
  if (counts === undefined) return [nonNegative];
  const named = texts.all.map((text) => apply("select", counts, texts.term(text)));
  const each = named.map((count) => apply("<=", "0", count, list.isSet ? "1" : list.length));
  return [nonNegative, ...each, apply("<=", sum(named), list.length)];
}

/** What is true of how often any one text is in a list: no more often than there is room beside those that the spec names. */
export function itemFacts(list: EncodedList, text: Term, texts: Texts): Term {
  const { counts } = list;
  if (counts === undefined) return "true";
  const named = texts.all.map(texts.term);
  const count = apply("select", counts, text);
  const isNamed = named.map((each) => apply("=", text, each));
  const others = apply("ite", apply("or", "false", ...isNamed), "0", count);
  const total = sum([...named.map((each) => apply("select", counts, each)), others]);
  return all([apply("<=", "0", count, list.isSet ? "1" : list.length), apply("<=", total, list.length)]);
}
