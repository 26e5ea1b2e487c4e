/** Reads one condition or effect out of a TOML string; every error points at its character in the file. */

import { type ILexingResult, type IRecognitionException, type IToken, Lexer, tokenMatcher } from "chevrotain";
import type { Report } from "../diagnostics/diagnostic.ts";
import { ExpressionParser } from "./expression-grammar.ts";
import type { ConditionSyntax, EffectSyntax } from "./expression-syntax.ts";
import {
  And,
  AtLeast,
  AtMost,
  Bang,
  Close,
  Comma,
  Equal,
  expressionTokens,
  Greater,
  Implies,
  Less,
  Minus,
  NotEqual,
  Open,
  Or,
  Plus,
  Times,
} from "./expression-tokens.ts";
import type { TomlString } from "./toml.ts";
import { spanInString } from "./toml-string.ts";

/** How deep conditions may nest, as the language defines it. */
const depthMax = 64;
const lengthMax = 10_000;

/** A syntax tree with the string it was read from, so that its ranges can be shown in the file. */
export interface Written<T> {
  readonly syntax: T;
  readonly text: TomlString;
}

const lexer = new Lexer(expressionTokens, { ensureOptimizations: false, positionTracking: "onlyOffset" });
let parser: ExpressionParser | undefined;

/** What is being read: as messages call it, and what it looks like. */
interface Wanted {
  readonly what: string;
  readonly example: string;
}

const condition: Wanted = { what: "a condition", example: "a condition is such as items > 0 && !closed" };
const effect: Wanted = { what: "an effect", example: "an effect is such as items += 1 or append(names, params.name)" };

/** A guard or an assertion. Reports `parse/expression-syntax` and `parse/expression-limit`; then there is none. */
export function parseCondition(text: TomlString, report: Report): Written<ConditionSyntax> | undefined {
  return parse(text, report, condition, (each) => each.condition());
}

/** One effect. Reports as `parseCondition` does. */
export function parseEffect(text: TomlString, report: Report): Written<EffectSyntax> | undefined {
  return parse(text, report, effect, (each) => each.effect());
}

function parse<T>(
  text: TomlString,
  report: Report,
  wanted: Wanted,
  rule: (parser: ExpressionParser) => T,
): Written<T> | undefined {
  if (text.value.length > lengthMax) {
    report("parse/expression-limit", text.span, { what: `${lengthMax} characters` });
    return undefined;
  }
  const lexed = lexer.tokenize(text.value);
  if (reportLexing(lexed, text, wanted, report) || reportDepth(lexed.tokens, text, report)) return undefined;
  parser ??= new ExpressionParser();
  parser.input = lexed.tokens;
  const syntax = rule(parser);
  for (const error of parser.errors) reportSyntax(error, text, wanted, report);
  return parser.errors.length === 0 ? { syntax, text } : undefined;
}

function reportLexing({ errors }: ILexingResult, text: TomlString, { example }: Wanted, report: Report): boolean {
  for (const error of errors) {
    const found = String.fromCodePoint(text.value.codePointAt(error.offset) ?? 0);
    const span = spanInString(text, error.offset, error.offset + error.length);
    const hint = lexingHints.get(found) ?? example;
    report("parse/expression-syntax", span, { problem: `unexpected ${JSON.stringify(found)}` }, { hint });
  }
  return errors.length > 0;
}

const lexingHints: ReadonlyMap<string, string> = new Map([
  ['"', "strings inside an expression take single quotes: 'like this'"],
  ["'", "this string has no closing quote"],
  ["&", "`and` is written &&"],
  ["|", "`or` is written ||"],
]);

/** Each nests what stands before it, up to the end of its operand. */
const arithmetic = [Plus, Minus, Times];
const ends = [And, Or, Implies, Equal, NotEqual, Less, AtMost, Greater, AtLeast, Comma];

/** Counts what makes the parser and all who follow it recurse, before they do. */
function reportDepth(tokens: readonly IToken[], text: TomlString, report: Report): boolean {
  let depth = 0;
  let chain = 0;
  let terms = 0;
  for (const token of tokens) {
    if (tokenMatcher(token, Open)) depth += 1;
    if (tokenMatcher(token, Close)) depth -= 1;
    if (tokenMatcher(token, Bang) || tokenMatcher(token, Implies)) chain += 1;
    if (arithmetic.some((each) => tokenMatcher(token, each))) terms += 1;
    if (ends.some((each) => tokenMatcher(token, each))) terms = 0;
    if (depth + chain + terms <= depthMax) continue;
    const span = spanInString(text, token.startOffset, token.startOffset + 1);
    report("parse/expression-limit", span, { what: `${depthMax} levels of nesting` });
    return true;
  }
  return false;
}

function reportSyntax(error: IRecognitionException, text: TomlString, { what, example }: Wanted, report: Report): void {
  const { token } = error;
  if (Number.isNaN(token.startOffset)) {
    const at = text.value.length;
    const hint = at === 0 ? "it is empty" : `something is missing after \`${text.value.trimEnd().slice(-20)}\``;
    report("parse/expression-syntax", spanInString(text, at, at), { problem: `${what} ends too early` }, { hint });
    return;
  }
  const span = spanInString(text, token.startOffset, token.startOffset + token.image.length);
  const hint = wordHints.get(token.image) ?? example;
  report("parse/expression-syntax", span, { problem: `unexpected \`${token.image}\` in ${what}` }, { hint });
}

const wordHints: ReadonlyMap<string, string> = new Map([
  ["and", "`and` is written &&"],
  ["or", "`or` is written ||"],
  ["=", "equality is written =="],
  ["params", "empty and len take a variable: compare a parameter by == or !="],
  ["in", "`in` asks for a member, as in status in ['Open', 'Closed']; nothing can be called by that name"],
]);
