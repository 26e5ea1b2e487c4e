/** How much TOML a file may hold, found by one look over its tokens before any parser builds or recurses. */

/** Brackets, braces and dotted keys nested deeper than this are refused. */
export const nestingMax = 64;

/** Entries of tables and arrays, counted by the marks before or after them; the parsers take 0.4 s for so many. */
const entriesMax = 20_000;

/** Characters in a bare key or a number; converting a number takes the square of its length. */
const wordLengthMax = 1_000;

/** Characters in a string; the parser spreads them over its stack. */
const stringLengthMax = 65_536;

/** Where a text goes past a limit, and past which: a depth, or so many of something. */
export interface Excess {
  readonly offset: number;
  readonly limit: "nesting" | { readonly what: string; readonly max: number };
}

/** The first place that goes past a limit; comments do not count. Linear in the length of the text. */
export function firstExcess(text: string): Excess | undefined {
  const counted = { depth: 0, dots: 0, entries: 0 };
  const token = /["'#[\]{}=,.]|\n\s*|[^\s"'#[\]{}=,.]+/g;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const { index: offset } = found;
    const first = text.charAt(offset);
    if (first === "#") token.lastIndex = endOf(text, "\n", offset);
    if (first === '"' || first === "'") token.lastIndex = endOfString(text, offset);
    const limit = count(first, counted) ?? tooLong(first, token.lastIndex - offset);
    if (limit !== undefined) return { offset, limit };
  }
  return undefined;
}

/** What the mark goes past, if anything. */
function count(mark: string, counted: { depth: number; dots: number; entries: number }): Excess["limit"] | undefined {
  switch (mark) {
    case "[":
    case "{":
      counted.depth += 1;
      counted.entries += 1;
      counted.dots = 0;
      break;
    case "=":
    case ",":
      counted.entries += 1;
      counted.dots = 0;
      break;
    case "]":
    case "}":
      counted.depth -= 1;
      counted.dots = 0;
      break;
    case "\n":
      counted.dots = 0;
      break;
    case ".":
      counted.dots += 1;
      break;
  }
  if (counted.depth > nestingMax || counted.dots > nestingMax) return "nesting";
  return counted.entries > entriesMax ? { what: "tables, keys and values", max: entriesMax } : undefined;
}

function tooLong(first: string, length: number): Excess["limit"] | undefined {
  if (length <= wordLengthMax || first === "#" || first === "\n") return undefined;
  const isString = first === '"' || first === "'";
  if (!isString) return { what: "characters in one key or number", max: wordLengthMax };
  return length > stringLengthMax ? { what: "characters in one string", max: stringLengthMax } : undefined;
}

/** Where a string ends that begins there: by a loop, because a pattern's stack is not made for megabytes. */
function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  const isLong = text.startsWith(quote.repeat(3), start);
  const close = isLong ? quote.repeat(3) : quote;
  if (quote === "'" && isLong) return endOf(text, close, start + 3) + 3;
  for (let at = start + close.length; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "\\" && quote === '"') at += 1;
    else if (character === "\n" && !isLong) return at;
    else if (character === quote && text.startsWith(close, at)) return at + close.length;
  }
  return text.length;
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}
