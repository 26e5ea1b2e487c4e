/** Runs the grammar of OData URLs on an option that was percent-decoded already; offsets count in the decoded text. */
import type { GrammarLimits } from "./grammar/limits.ts";
import { type Parsed, parsePiece } from "./grammar/parse.ts";
import type { GrammarError } from "./grammar/text.ts";
import type { UrlParser } from "./grammar/url-parser.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const unplain = /[%#\u0001-\u001f\u007f]/g;

/** A tree, with how its offsets are found in the text that was given. */
export interface ReadOption<T> extends Parsed<T> {
  readonly origin: (offset: number) => number;
}

/** The grammar reads percent-encoded text, so what would not stand for itself is encoded again. */
export function readDecoded<T>(
  rule: (parser: UrlParser) => () => T,
  text: string,
  bounds: Omit<GrammarLimits, "lengthMax">,
  mode: "query" | "search" = "query",
): ReadOption<T> | GrammarError {
  const encoded = text.replace(unplain, (each) => `%${each.charCodeAt(0).toString(16).padStart(2, "0")}`);
  const origin = (offset: number) => offset - 2 * (encoded.slice(0, offset).match(/%/g)?.length ?? 0);
  const limits = { ...bounds, lengthMax: encoded.length };
  const parsed = parsePiece(rule, mode, { text: encoded, base: 0 }, limits);
  return parsed.kind === "error" ? { ...parsed, at: origin(parsed.at) } : { ...parsed, origin };
}
