/** Packs a snapshot's digits, by a function that is written as JavaScript for each automaton. */
// A loop over property names takes several times as long as the emitted step itself, and this is the innermost of all loops.
import type { Snapshot } from "@temperc/runtime";
import { assert } from "../assert.ts";
import { type Digit, past } from "./digits.ts";

/** The digits as one integer in mixed radix, or `past`. For digits whose sizes multiply to 2^53 at most. */
export type PackNumber = (snapshot: Snapshot) => number;

/** Writes the digits into 32-bit words; false where one is past its bound. */
export type PackWords = (snapshot: Snapshot, words: Uint32Array) => boolean;

export function numberPacker(digits: readonly Digit[]): PackNumber {
  const groups = inGroups(digits, 2 ** 31);
  const declared = groups.map((_, group) => `let part${group} = 0;`);
  const lines = groups.flatMap((group, number) => {
    const part = `part${number}`;
    return group.flatMap(({ digit, index }, place) => [
      ...digitLines(digit, index, `return ${past};`),
      place === 0 ? `${part} = digit;` : `${part} = (Math.imul(${part}, ${digit.size}) + digit) | 0;`,
    ]);
  });
  const key = groups.reduce((sum, group, number) => {
    return number === 0 ? "part0" : `(${sum} * ${sizeOf(group)} + part${number})`;
  }, "0");
  // The text written here is a function of a snapshot that returns a number: the key, or `past`.
  return compiled([...declared, ...lines, `return ${key};`], "snapshot", digits) as PackNumber;
}

interface Placed {
  readonly digit: Digit;
  readonly index: number;
}

/** Digits whose sizes multiply to at most `productMax` together: arithmetic on small integers is several times as fast. */
function inGroups(digits: readonly Digit[], productMax: number): readonly (readonly Placed[])[] {
  const groups: Placed[][] = [];
  let product = Number.POSITIVE_INFINITY;
  for (const [index, digit] of digits.entries()) {
    product *= digit.size;
    if (product > productMax) {
      groups.push([]);
      product = digit.size;
    }
    groups.at(-1)?.push({ digit, index });
  }
  return groups;
}

/** How many combinations of their digits there are. */
function sizeOf(placed: readonly Placed[]): number {
  return placed.reduce((product, { digit }) => product * digit.size, 1);
}

/** The snapshot of a key, but for what the digits leave out, which is as it is in `like`; absent where a digit cannot be read back. */
export function numberUnpacker(digits: readonly Digit[], like: Snapshot): ((key: number) => Snapshot) | undefined {
  const names = Object.keys(like);
  if (names.includes("__proto__") || digits.some(({ kind }) => kind === "met")) return undefined;
  const groups = inGroups(digits, 2 ** 31);
  const parts = groups.map((group, number) => {
    if (number === 0) return "const part0 = key | 0;";
    // Exact for keys of up to 53 bits, and much faster than the remainder of large numbers.
    const size = sizeOf(group);
    return `const rest${number} = Math.floor(key / ${size}); const part${number} = (key - rest${number} * ${size}) | 0; key = rest${number};`;
  });
  const lines = groups.flatMap((group, number) =>
    group.map(({ digit, index }, place) => {
      const above = `((part${number} / ${sizeOf(group.slice(place + 1))}) | 0)`;
      return `const digit${index} = ${place === 0 ? above : `${above} % ${digit.size}`};`;
    }),
  );
  const values = names.map((name) => {
    const index = digits.findIndex((digit) => digit.name === name);
    const digit = digits[index];
    return `${JSON.stringify(name)}: ${digit === undefined ? `like[${JSON.stringify(name)}]` : textOfValue(digit, index)}`;
  });
  // As literals they are the strings of the emitted code, which are compared at once.
  const texts = digits.map((digit) => (digit.kind === "named" ? digit.texts : []));
  const constants = texts.map((each, index) => `const texts${index} = ${JSON.stringify(each)};`);
  const text = [...parts.toReversed(), ...lines, `return { ${values.join(", ")} };`].join("\n");
  // The text written here is a function of a number that returns a snapshot with the properties of `like`.
  return new Function("like", `${constants.join(" ")} return (key) => { ${text} };`)(like) as (key: number) => Snapshot;
}

function textOfValue(digit: Digit, index: number): string {
  const place = `digit${index}`;
  switch (digit.kind) {
    case "bool":
      return `${place} === 1`;
    case "counted":
      return digit.low === 0 ? place : `${place} + ${digit.low}`;
    case "named":
      return `texts${index}[${place}]`;
    case "met":
      assert(false, "what is met is not read back");
  }
}

/** How many words there are, and the function that fills them. No digit is split over two words. */
export function wordPacker(digits: readonly Digit[]): { readonly width: number; readonly pack: PackWords } {
  let [word, factor] = [0, 1];
  const lines = digits.flatMap((digit, index) => {
    if (factor * digit.size > 2 ** 32) [word, factor] = [word + 1, 1];
    const start = factor === 1 ? `words[${word}] = digit;` : `words[${word}] += digit * ${factor};`;
    factor *= digit.size;
    return [...digitLines(digit, index, "return false;"), start];
  });
  // The text written here is a function of a snapshot and words that returns a bool.
  return { width: word + 1, pack: compiled([...lines, "return true;"], "snapshot, words", digits) as PackWords };
}

/** Nothing from the spec gets into the text but names and strings as JSON, which is JavaScript for the same string. */
function compiled(lines: readonly string[], parameters: string, digits: readonly Digit[]): unknown {
  const digitOf = digits.map((digit) => (digit.kind === "met" ? digit.digitOf : () => past));
  const text = `return (${parameters}) => { let digit = 0; ${lines.join("\n")} };`;
  return new Function("digitOf", text)(digitOf);
}

/** Statements that leave the digit in `digit`, or do `leave` where it is past its bound. */
function digitLines(digit: Digit, index: number, leave: string): readonly string[] {
  const value = `snapshot[${JSON.stringify(digit.name)}]`;
  switch (digit.kind) {
    case "bool":
      return [`digit = ${value} ? 1 : 0;`];
    case "named":
      return [`digit = ${placeAmong(digit.texts, value)};`];
    case "counted": {
      const { low, high, mergesLow, mergesHigh } = digit;
      return [
        `digit = ${value};`,
        `if (digit > ${high}) ${mergesHigh ? `digit = ${high};` : leave}`,
        `if (digit < ${low}) ${mergesLow ? `digit = ${low};` : leave}`,
        ...(low === 0 ? [] : [`digit -= ${low};`]),
      ];
    }
    case "met":
      return [`digit = digitOf[${index}](${value});`, `if (digit === ${past}) ${leave}`];
  }
}

/** Strings that are the same object are compared at once, so that a chain of comparisons is faster than a table. */
function placeAmong(texts: readonly (string | null)[], value: string): string {
  assert(texts.length > 0, "a variable takes at least one value");
  const last = texts.length - 1;
  return texts
    .slice(0, last)
    .reduceRight<string>(
      (rest, text, place) => `${value} === ${JSON.stringify(text)} ? ${place} : ${rest}`,
      String(last),
    );
}
