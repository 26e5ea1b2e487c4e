/** From a text to a tree: checks the encoding, counts against the limits, reads tokens and runs one rule of the parser. */
import { type IToken, Lexer } from "chevrotain";
import { endOf } from "./build.ts";
import type { GrammarLimits } from "./limits.ts";
import { encodingError, type GrammarError, grammarError, normalised } from "./text.ts";
import * as t from "./tokens.ts";
import { UrlParser } from "./url-parser.ts";

/** A piece of a text: what is read, and where it stands in the whole. */
export interface Piece {
  readonly text: string;
  readonly base: number;
}

export interface Parsed<T> {
  readonly kind: "parsed";
  readonly tree: T;
}

export type Outcome<T> = Parsed<T> | GrammarError;

/** The parser's rules by name; each gives its node. */
type RuleOf<T> = (parser: UrlParser) => () => T;

const lexers = new Map<t.Mode, Lexer>();
let parser: UrlParser | undefined;

function lexerOf(mode: t.Mode): Lexer {
  const present = lexers.get(mode);
  if (present !== undefined) return present;
  const modes = { [mode]: t.modes[mode], search: t.modes.search };
  const made = new Lexer(
    { modes, defaultMode: mode },
    { positionTracking: "onlyOffset", ensureOptimizations: false, skipValidations: true },
  );
  lexers.set(mode, made);
  return made;
}

/** Runs a rule on a piece. The error is the first character that no reading of the text can take. */
export function parsePiece<T>(rule: RuleOf<T>, mode: t.Mode, piece: Piece, limits: GrammarLimits): Outcome<T> {
  const wrong = unreadable(piece, limits);
  if (wrong !== undefined) return wrong;
  const { text, origin } = normalised(piece.text);
  const place = (offset: number) => piece.base + origin(offset);
  const scanned = lexerOf(mode).tokenize(text);
  for (const token of scanned.tokens) {
    const end = token.startOffset + token.image.length;
    token.startOffset = place(token.startOffset);
    token.endOffset = place(end) - 1;
  }
  const tooLarge = beyond(scanned.tokens, limits);
  if (tooLarge !== undefined) return tooLarge;
  const lexed = scanned.errors[0];
  const found = run(rule, scanned.tokens, piece.base + piece.text.length);
  if (lexed === undefined) return found;
  const at = place(lexed.offset);
  return found.kind === "error" && found.at <= at ? found : unexpected(at, characterAt(text, lexed.offset));
}

/** What can be said before any token is read. */
export function unreadable({ text, base }: Piece, { lengthMax }: GrammarLimits): GrammarError | undefined {
  if (text.length > lengthMax) {
    return grammarError(base + lengthMax, `the text is longer than ${lengthMax} characters (lengthMax)`);
  }
  const wrong = encodingError(text);
  return wrong === undefined ? undefined : grammarError(base + wrong.at, wrong.message);
}

function run<T>(rule: RuleOf<T>, tokens: IToken[], end: number): Outcome<T> {
  parser ??= new UrlParser();
  parser.input = tokens;
  parser.mistakes = [];
  const tree = rule(parser).call(parser);
  const errors = [...parser.errors.map(({ token }) => syntaxError(token, end)), ...parser.mistakes];
  const first = errors.sort((one, other) => one.at - other.at)[0];
  return first === undefined ? { kind: "parsed", tree } : grammarError(Math.min(first.at, end), first.message);
}

function syntaxError(token: IToken, end: number): GrammarError {
  if (Number.isNaN(token.startOffset) || token.image === "") return grammarError(end, "the text ends too early");
  const unclosed = [t.UnclosedPath, t.UnclosedQuery, t.UnclosedPhrase].includes(token.tokenType);
  if (unclosed) return grammarError(endOf(token), "what begins with a quote has no end");
  return unexpected(token.startOffset, token.image);
}

/** One character, encoded or not. */
function characterAt(text: string, offset: number): string {
  return /^%[0-9A-Fa-f]{2}/.exec(text.slice(offset, offset + 3))?.[0] ?? text.slice(offset, offset + 1);
}

/** What other languages write, and how OData says it. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^(?:"|%22)/, "a text stands in single quotes"],
  [/^(?:=|%3D)/i, "equality is eq"],
  [/^!/, "inequality is ne, negation not"],
  [/^(?:<|%3C)/i, "less is lt, at most le, inequality ne"],
  [/^(?:>|%3E)/i, "more is gt, at least ge"],
  [/^(?:&|%26)/, "a conjunction is and"],
  [/^(?:\||%7C)/i, "a disjunction is or"],
  [/^\*/, "a product is mul"],
];

function unexpected(at: number, image: string): GrammarError {
  const [, written] = elsewhere.find(([pattern]) => pattern.test(image)) ?? [];
  const told = `${JSON.stringify(image.slice(0, 40))} is not expected here`;
  return grammarError(at, written === undefined ? told : `${told}: ${written}`);
}

/** Counted on the tokens, so that the recursion of the parser is bounded before it starts. */
function beyond(tokens: readonly IToken[], { depthMax, nodesMax }: GrammarLimits): GrammarError | undefined {
  const last = tokens[nodesMax];
  if (last !== undefined) return grammarError(last.startOffset, `the text has more than ${nodesMax} parts (nodesMax)`);
  let depth = 0;
  let prefixes = 0;
  for (const token of tokens) {
    if (opens(token)) depth += 1;
    if (closes(token)) depth -= 1;
    prefixes = isPrefix(token) ? prefixes + 1 : opens(token) ? prefixes : 0;
    if (depth + prefixes > depthMax) {
      return grammarError(token.startOffset, `nesting is deeper than ${depthMax} (depthMax)`);
    }
  }
  return undefined;
}

const openings = new Set([t.ExpressionOpen, t.SearchOpen, t.SearchCall, t.OpenBracket, t.OpenBrace]);
const closings = new Set([t.ExpressionClose, t.SearchClose, t.CloseBracket, t.CloseBrace]);

function opens(token: IToken): boolean {
  return openings.has(token.tokenType);
}

function closes(token: IToken): boolean {
  return closings.has(token.tokenType);
}

function isPrefix({ tokenType, image }: IToken): boolean {
  return tokenType === t.Minus || /^not$/i.test(image);
}
