/** The trees of texts that come again with other values: parsed once for each form, and given the strings and numbers of each text. */
import type { Expression } from "./grammar/syntax.ts";

/** A tree, with how its offsets are found in the text that it is given for. */
export interface Found<T> {
  readonly tree: T;
  readonly origin: (offset: number) => number;
}

/** A string or a number where it stands in a text. */
interface Value {
  readonly at: number;
  readonly size: number;
  /** Without quotes. */
  readonly text: string;
}

interface Form {
  /** The text without its values. */
  readonly text: string;
  readonly values: readonly Value[];
}

/** Makes the part of a tree with values in it anew, with the values of another text. */
type Filling = (values: readonly Value[]) => unknown;

interface Kept {
  readonly tree: unknown;
  /** Those that it was parsed with. */
  readonly values: readonly Value[];
  /** Undefined where the tree has no values. */
  readonly fill: Filling | undefined;
}

const formsMax = 500;
const textLengthMax = 2_000;

/** The trees that one rule of the grammar gives. */
export class KeptTrees<T> {
  readonly #kept = new Map<string, Kept>();

  /**
   * The tree of a text; `parse` makes it where no text of its form was parsed before, and where the form does not tell how it
   * would be parsed. What `parse` refuses is not kept.
   */
  tree<R>(text: string, bounds: string, parse: () => R | Found<T>): R | Found<T> {
    const form = formOf(text);
    if (form === undefined) return parse();
    const name = `${bounds}\n${form.text}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined) return filled(kept, form.values);
    const parsed = parse();
    if (typeof parsed === "object" && parsed !== null && "tree" in parsed) this.#keep(name, parsed.tree, form.values);
    return parsed;
  }

  #keep(name: string, tree: T, values: readonly Value[]): void {
    const seen = new Set<number>();
    const fill = fillingOf(tree, values, seen);
    // A value that is no literal of the tree was read as something else: as the number of `$top` within parentheses.
    if (seen.size < values.length) return;
    if (this.#kept.size >= formsMax) this.#kept.clear();
    this.#kept.set(name, { tree, values, fill });
  }
}

function filled<T>({ tree, values: own, fill }: Kept, values: readonly Value[]): Found<T> {
  // A tree of the same form has the same type: nothing differs but the texts of literals.
  const found = (fill === undefined ? tree : fill(values)) as T;
  return { tree: found, origin: (offset) => moved(offset, own, values) };
}

/** An offset of the text that was parsed, in another text of its form. */
function moved(offset: number, from: readonly Value[], to: readonly Value[]): number {
  let place = offset;
  for (const [index, { at, size }] of from.entries()) {
    if (at >= offset) break;
    place += (to[index]?.size ?? size) - size;
  }
  return place;
}

/** What makes percent-encoding, JSON's strings and halves of characters: such a text is parsed each time. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const peculiar = /[%#"\u0000-\u001f\u007f\ud800-\udfff]/;

/** Strings, and what stands before their quotes; numbers that stand alone. */
const valued = /'((?:[^']|'')*)'|(?<=[ (,])\d{1,15}(?:\.\d{1,15})?(?=[ ),]|$)/g;

const opening = new Set(["", " ", "(", ",", "[", ":"]);

/**
 * The grammar takes any character in a string, and a number for what it is by its digits, so a text is parsed as every other one
 * is that has its strings and its numbers in the same places. An alias that is given a value in it is counted by its length.
 */
function formOf(text: string): Form | undefined {
  if (text.length > textLengthMax || peculiar.test(text)) return undefined;
  if (text.includes("@") && text.includes("=")) return undefined;
  const values: Value[] = [];
  const form = text.replace(valued, (whole: string, inner: string | undefined, at: number) => {
    if (inner === undefined) values.push({ at, size: whole.length, text: whole });
    else if (opening.has(text.charAt(at - 1)))
      values.push({ at, size: whole.length, text: inner.replaceAll("''", "'") });
    else return whole;
    return inner === undefined ? "\u0001" : "\u0002";
  });
  return { text: form, values };
}

/** Undefined where there is no value in the node. The places of values that were found go into `seen`. */
function fillingOf(node: unknown, values: readonly Value[], seen: Set<number>): Filling | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  if (isLiteral(node)) {
    const place = values.findIndex(({ at, text }) => at === node.at && text === node.text);
    if (place < 0) return undefined;
    seen.add(place);
    return (given) => ({ ...node, text: given[place]?.text ?? node.text });
  }
  const fillings: [string, Filling][] = [];
  for (const [name, member] of Object.entries(node)) {
    const filling = fillingOf(member, values, seen);
    if (filling !== undefined) fillings.push([name, filling]);
  }
  if (fillings.length === 0) return undefined;
  return (given) => {
    const made: Record<string, unknown> | unknown[] = Array.isArray(node) ? [...node] : { ...node };
    for (const [name, filling] of fillings) Reflect.set(made, name, filling(given));
    return made;
  };
}

function isLiteral(node: object): node is Expression & { readonly kind: "literal" } {
  return "kind" in node && node.kind === "literal";
}
