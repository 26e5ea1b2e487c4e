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

/** The first place that goes past a limit; strings and comments do not count. Linear in the length of the text. */
export function firstExcess(text: string): Excess | undefined {
  let depth = 0;
  let dots = 0;
  let entries = 0;
  for (const [token, offset] of tokensIn(text)) {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (token === ".") dots += 1;
    if (/^[[\]{}=,\n]/.test(token)) dots = 0;
    if (/^[[{=,]$/.test(token)) entries += 1;
    if (depth > nestingMax || dots > nestingMax) return { offset, limit: "nesting" };
    if (entries > entriesMax) return { offset, limit: { what: "tables, keys and values", max: entriesMax } };
    const tooLong = excessOf(token);
    if (tooLong !== undefined) return { offset, limit: tooLong };
  }
  return undefined;
}

function excessOf(token: string): { readonly what: string; readonly max: number } | undefined {
  if (/^["']/.test(token))
    return token.length > stringLengthMax ? { what: "characters in one string", max: stringLengthMax } : undefined;
  const isWord = token.length > wordLengthMax && !token.startsWith("\n");
  return isWord ? { what: "characters in one key or number", max: wordLengthMax } : undefined;
}

/** Marks, line ends, bare words and strings, with where they begin. Comments are passed over. */
function* tokensIn(text: string): Generator<readonly [string, number]> {
  const token = /["'#[\]{}=,.]|\n\s*|[^\s"'#[\]{}=,.]+/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === '"' || found === "'") {
      token.lastIndex = endOfString(text, match.index);
      yield [text.slice(match.index, token.lastIndex), match.index];
    } else if (found === "#") token.lastIndex = endOf(text, "\n", match.index);
    else yield [found, match.index];
  }
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
