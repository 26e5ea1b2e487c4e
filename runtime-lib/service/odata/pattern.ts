/** Reads the regular expression of `matchesPattern`: ECMAScript's (OData 4.01 part 2, section 5.1.1.7.1), as far as no text can keep it busy. */
import type { CodeRange, Pattern } from "../../ports/index.ts";

/** What is wrong with the text; `gap` where it is right, and not there yet. */
export type PatternProblem =
  | { readonly kind: "wrong"; readonly problem: string }
  | { readonly kind: "gap"; readonly problem: string };

/** The pattern that the text is, or why it is none. */
export function readPattern(text: string): Pattern | PatternProblem {
  const wrong = syntaxProblem(text);
  if (wrong !== undefined) return { kind: "wrong", problem: wrong };
  const reader = new Reader(text);
  const pattern = reader.either();
  if (reader.problem !== undefined) return reader.problem;
  return endsBefore(pattern, false) ? { kind: "gap", problem: "something behind the end of the text" } : pattern;
}

/** True where something may stand behind a `$`: SQLite does not look for what matches nothing there. */
function endsBefore(pattern: Pattern, isFollowed: boolean): boolean {
  switch (pattern.kind) {
    case "one":
    case "start":
      return false;
    case "end":
      return isFollowed;
    case "sequence":
      return pattern.parts.some((part, index) => endsBefore(part, isFollowed || index + 1 < pattern.parts.length));
    case "either":
      return pattern.parts.some((part) => endsBefore(part, isFollowed));
    case "repeat":
      return endsBefore(pattern.part, true);
  }
}

/** ECMAScript itself is asked; it says it behind the expression. */
function syntaxProblem(text: string): string | undefined {
  try {
    new RegExp(text, "u");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^.*: (?=[^:]+$)/s, "") : "it is no regular expression";
  }
}

const codeMax = 0x10_ffff;
const digit: readonly CodeRange[] = [[0x30, 0x39]];
const word: readonly CodeRange[] = [...digit, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
const lineEnds = one(0x0a, 0x0d, 0x2028, 0x2029);
const blank: readonly CodeRange[] = [
  [0x09, 0x0d],
  [0x2000, 0x200a],
  ...one(0x20, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff),
];

const classes: Readonly<Record<string, readonly CodeRange[]>> = {
  ...{ d: digit, w: word, s: blank },
  ...{ D: without(digit), W: without(word), S: without(blank) },
};

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, "0": 0 };

function one(...codes: readonly number[]): readonly CodeRange[] {
  return codes.map((code) => [code, code]);
}

/** All characters but these. */
function without(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const rest: CodeRange[] = [];
  let from = 0;
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    if (start > from) rest.push([from, start - 1]);
    from = Math.max(from, end + 1);
  }
  return from > codeMax ? rest : [...rest, [from, codeMax]];
}

/** What texts in a store can have: neither U+0000 nor halves of a pair. */
function storable(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const parts: readonly CodeRange[] = [
    [1, 0xd7ff],
    [0xe000, codeMax],
  ];
  return ranges.flatMap(([from, to]) =>
    parts.flatMap(([first, last]): readonly CodeRange[] => {
      const [start, end] = [Math.max(from, first), Math.min(to, last)];
      return start > end ? [] : [[start, end]];
    }),
  );
}

/** Reads a text that ECMAScript takes; it recurses once for each group, and a pattern's length is bounded. */
class Reader {
  /** The first thing that is not taken. */
  problem: PatternProblem | undefined;
  readonly #text: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#text = [...text];
  }

  either(): Pattern {
    const parts = [this.#sequence()];
    while (this.#takes("|")) parts.push(this.#sequence());
    const [first, second] = parts;
    return first !== undefined && second === undefined ? first : { kind: "either", parts };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")") parts.push(this.#term());
    const [first, second] = parts;
    return first !== undefined && second === undefined ? first : { kind: "sequence", parts };
  }

  get #next(): string | undefined {
    return this.#text[this.#at];
  }

  #takes(text: string): boolean {
    const isThere = this.#text.slice(this.#at, this.#at + text.length).join("") === text;
    if (isThere) this.#at += text.length;
    return isThere;
  }

  #take(): string {
    const taken = this.#next ?? "";
    this.#at += 1;
    return taken;
  }

  #term(): Pattern {
    if (this.#takes("^")) return { kind: "start" };
    if (this.#takes("$")) return { kind: "end" };
    const part = this.#takes("(") ? this.#group() : this.#character();
    return this.#repeated(part);
  }

  #group(): Pattern {
    if (["?=", "?!", "?<=", "?<!"].some((mark) => this.#takes(mark))) this.#refuse("gap", "a look around");
    if (!this.#takes("?:") && this.#takes("?<")) while (this.#take() !== ">");
    const inner = this.either();
    this.#take();
    return inner;
  }

  #character(): Pattern {
    const ranges = storable(this.#ranges());
    if (ranges.length === 0) this.#refuse("wrong", "it has a class without characters");
    return { kind: "one", ranges };
  }

  #refuse(kind: PatternProblem["kind"], problem: string): readonly CodeRange[] {
    this.problem ??= { kind, problem };
    return [];
  }

  #ranges(): readonly CodeRange[] {
    if (this.#takes(".")) return without(lineEnds);
    if (this.#takes("[")) return this.#class();
    return this.#takes("\\") ? this.#escaped(false) : one(codeOf(this.#take()));
  }

  #class(): readonly CodeRange[] {
    const isNegative = this.#takes("^");
    const ranges: CodeRange[] = [];
    while (!this.#takes("]")) {
      const item = this.#classItem();
      const isRange = this.#next === "-" && this.#text[this.#at + 1] !== "]";
      if (!isRange) {
        ranges.push(...item);
        continue;
      }
      this.#take();
      ranges.push([item[0]?.[0] ?? 0, this.#classItem()[0]?.[1] ?? 0]);
    }
    return isNegative ? without(ranges) : ranges;
  }

  #classItem(): readonly CodeRange[] {
    return this.#takes("\\") ? this.#escaped(true) : one(codeOf(this.#take()));
  }

  #escaped(isInClass: boolean): readonly CodeRange[] {
    const mark = this.#take();
    const named = Object.hasOwn(classes, mark) ? classes[mark] : undefined;
    if (named !== undefined) return named;
    if (/[pP]/.test(mark)) return this.#refuse("gap", `the Unicode property \\${mark}{…}`);
    if (/[1-9k]/.test(mark)) return this.#refuse("gap", "a back-reference");
    if (mark === "b" && isInClass) return one(8);
    if (/[bB]/.test(mark)) return this.#refuse("gap", "a word boundary");
    if (mark === "c") return one(codeOf(this.#take()) % 32);
    if (mark === "x") return one(this.#hex(2));
    if (mark === "u") return one(this.#unicode());
    return one(controls[mark] ?? codeOf(mark));
  }

  #hex(digits: number): number {
    let text = "";
    while (text.length < digits) text += this.#take();
    return Number.parseInt(text, 16);
  }

  /** `u{1F600}`, or four digits, or two times four for a pair. */
  #unicode(): number {
    if (this.#takes("{")) {
      let text = "";
      while (!this.#takes("}")) text += this.#take();
      return Number.parseInt(text, 16);
    }
    const high = this.#hex(4);
    const isPair = high >= 0xd800 && high < 0xdc00 && this.#text.slice(this.#at, this.#at + 2).join("") === "\\u";
    if (!isPair) return high;
    this.#at += 2;
    return codeOf(String.fromCharCode(high, this.#hex(4)));
  }

  #repeated(part: Pattern): Pattern {
    const counts = this.#counts();
    if (counts === undefined) return part;
    this.#takes("?");
    return { kind: "repeat", part, ...counts };
  }

  #counts(): { readonly least: number; readonly most?: number } | undefined {
    if (this.#takes("*")) return { least: 0 };
    if (this.#takes("+")) return { least: 1 };
    if (this.#takes("?")) return { least: 0, most: 1 };
    if (!this.#takes("{")) return undefined;
    let text = "";
    while (!this.#takes("}")) text += this.#take();
    const [least = "0", most] = text.split(",");
    if (most === "") return { least: Number(least) };
    return { least: Number(least), most: Number(most ?? least) };
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
