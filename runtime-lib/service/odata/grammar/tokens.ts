/** The tokens of an OData URL, plain or percent-encoded (OData 4.01 ABNF): literals before names, names before signs. */
import { createToken, Lexer, type TokenType } from "chevrotain";
import {
  date,
  guid,
  identifier,
  instantInUrl,
  numberInUrl,
  qualifiedName,
  stringInPath,
  stringInQuery,
  timeInUrl,
} from "./literal-patterns.ts";
import { sourceOf } from "./patterns.ts";

/** No literal runs into a name: `5and` is a mistake. */
const end = "(?![A-Za-z0-9_])";
const name = sourceOf(identifier);
const qualified = sourceOf(qualifiedName);
const quoted = (string: typeof stringInPath) => `${sourceOf(string)}(?!'|%27)`;

function token(label: string, source: string, categories: TokenType[] = []): TokenType {
  return createToken({ name: label, label, pattern: new RegExp(source), categories, line_breaks: false });
}

function category(label: string): TokenType {
  return createToken({ name: label, label, pattern: Lexer.NA });
}

export const LiteralText = category("a literal");
export const StringText = createToken({ name: "a string", pattern: Lexer.NA, categories: [LiteralText] });
export const Prefixed = createToken({ name: "a prefixed literal", pattern: Lexer.NA, categories: [LiteralText] });
export const AnyName = category("a name");
export const Open = category("(");
export const Close = category(")");
export const Semicolon = category(";");
export const OptionName = category("an option");
export const PlainOption = createToken({
  name: "an option with a plain value",
  pattern: Lexer.NA,
  categories: [OptionName],
});

const PathString = token("a string in the path", quoted(stringInPath), [StringText]);
const QueryString = token("a string in the query", quoted(stringInQuery), [StringText]);
const PathPrefixed = token("a prefixed literal in the path", `${name}(?:\\.${name})*${quoted(stringInPath)}`, [
  Prefixed,
]);
const QueryPrefixed = token("a prefixed literal in the query", `${name}(?:\\.${name})*${quoted(stringInQuery)}`, [
  Prefixed,
]);
/** Never expected: where it stands, the string's end is missing, and that is what its end points at. */
export const UnclosedPath = token(
  "an unclosed string",
  "(?:'|%27)(?:''|%27%27|%2[0-689A-Fa-f]|%[013-9A-Fa-f][0-9A-Fa-f]|[^'/?#%])*",
);
export const UnclosedQuery = token("an unclosed string in the query", "(?:'|%27)[^#]*");
export const GuidText = token("a guid", sourceOf(guid) + end, [LiteralText]);
export const InstantText = token("a date and time", sourceOf(instantInUrl) + end, [LiteralText]);
export const DateText = token("a date", sourceOf(date) + end, [LiteralText]);
export const TimeText = token("a time of day", sourceOf(timeInUrl) + end, [LiteralText]);
export const NumberText = token("a number", `(?:${sourceOf(numberInUrl)}|-INF)${end}`, [LiteralText]);
export const JsonString = token(
  "a string in double quotes",
  '(?:"|%22)(?:(?:\\\\|%5[Cc])(?:%[0-9A-Fa-f]{2}|.)|%(?!22|5[Cc])[0-9A-Fa-f]{2}|[^"\\\\%])*(?:"|%22)',
);

export const QualifiedName = token("a qualified name", qualified, [AnyName]);
export const Name = token("an identifier", name, [AnyName]);
export const AllOf = token("a namespace and a star", `${name}(?:\\.${name})*\\.(?:\\*|%2[Aa])`);
export const AtName = token("a name with @", `(?:@|%40)${name}(?:\\.${name})*(?:%23${name})?`);
export const AtNameInContext = token("an annotation", `@${name}(?:\\.${name})*(?:#${name})?`, [AtName]);
/** Words of OData's own; they are case-sensitive. */
export const Word = token("a word with $", `(?:\\$|%24)[A-Za-z]+`);

/** `$filter=`, with or without the `$`, in any case: inside `$expand` and `$select`. */
function option(label: string, words: string, kind = OptionName): TokenType {
  const letters = [...words].map((letter) => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : letter));
  return token(`${label}=`, `(?:\\$|%24)?(?:${letters.join("")})(?:=|%3[Dd])`, [kind]);
}
export const FilterOption = option("$filter", "filter");
export const OrderbyOption = option("$orderby", "orderby");
export const SelectOption = option("$select", "select");
export const ExpandOption = option("$expand", "expand");
export const ComputeOption = option("$compute", "compute");
export const ApplyOption = option("$apply", "apply");
export const TopOption = option("$top", "top", PlainOption);
export const SkipOption = option("$skip", "skip", PlainOption);
export const CountOption = option("$count", "count", PlainOption);
export const LevelsOption = option("$levels", "levels", PlainOption);
export const TemporalOption = token("$at=", "\\$(?:at|from|toInclusive|to)=", [PlainOption]);
export const SearchOption = createToken({
  name: "$search=",
  pattern: /(?:\$|%24)?[sS][eE][aA][rR][cC][hH](?:=|%3[Dd])/,
  categories: [OptionName],
  push_mode: "search",
});

export const ExpressionOpen = token("( in an expression", "\\(|%28", [Open]);
export const ExpressionClose = token(") in an expression", "\\)|%29", [Close]);
export const Comma = token(",", ",|%2[Cc]");
export const QuerySemicolon = token("; in a query", ";|%3[Bb]", [Semicolon]);
export const Colon = token(":", ":|%3[Aa]");
export const Equals = token("=", "=|%3[Dd]");
export const Star = token("*", "\\*|%2[Aa]");
export const Minus = token("-", "-");
export const Plus = token("+", "\\+");
export const OpenBracket = token("[", "\\[|%5[Bb]");
export const CloseBracket = token("]", "\\]|%5[Dd]");
export const OpenBrace = token("{", "\\{|%7[Bb]");
export const CloseBrace = token("}", "\\}|%7[Dd]");
export const Slash = category("/");
const QuerySlash = token("/ in a query", "/|%2[Ff]", [Slash]);
const PathSlash = token("/ in a path", "/", [Slash]);
const Space = createToken({
  name: "space",
  pattern: /(?:[ \t\r\n]|%20|%09)+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});

/** A segment that is neither a name nor a word of OData's: a key. Only the lexer of paths makes it. */
export const KeyText = createToken({ name: "a key", pattern: keyText, line_breaks: false });

const nameSegment = new RegExp(`^(?:\\$|%24|${name}(?:\\.${name})*(?=[/?#(]|%28|$))`);

function keyText(text: string, offset: number, before: { readonly tokenType: TokenType }[]): RegExpExecArray | null {
  if (!startsSegment(before)) return null;
  const rest = /^[^/?#]+/.exec(text.slice(offset));
  return rest === null || nameSegment.test(text.slice(offset)) ? null : rest;
}

/** At the beginning, or behind a slash outside all parentheses. */
function startsSegment(before: readonly { readonly tokenType: TokenType }[]): boolean {
  const last = before.at(-1);
  if (last === undefined) return true;
  if (last.tokenType !== PathSlash) return false;
  let depth = 0;
  for (const { tokenType } of before) {
    if (tokenType === ExpressionOpen) depth += 1;
    if (tokenType === ExpressionClose) depth -= 1;
  }
  return depth === 0;
}

/** The transformation `search(…)` of `$apply`. */
export const SearchCall = createToken({
  name: "search(",
  pattern: /[sS][eE][aA][rR][cC][hH](?:\(|%28)/,
  push_mode: "search",
});
export const SearchOpen = createToken({
  name: "( in a search",
  pattern: /\(|%28/,
  categories: [Open],
  push_mode: "search",
});
export const SearchClose = createToken({
  name: ") in a search",
  pattern: /\)|%29/,
  categories: [Close],
  pop_mode: true,
});
const SearchSemicolon = createToken({ name: "; in a search", pattern: /;/, categories: [Semicolon], pop_mode: true });
export const SearchPhrase = token("a phrase", '(?:"|%22)(?:%(?!22)[0-9A-Fa-f]{2}|[^"%#&])+(?:"|%22)');
export const SearchWord = token(
  "a word",
  '(?:%(?!2[0289]|09)[0-9A-Fa-f]{2}|[^\\s"\'();#&%])(?:%(?!2[0289]|09)[0-9A-Fa-f]{2}|[^\\s"();#&%])*',
);
export const SearchIncomplete = token("an incomplete search", "'(?:''|[^'#&])*'");
/** Never expected: a phrase without its end. */
export const UnclosedPhrase = token("an unclosed phrase", '(?:"|%22)[^"#&]*');

const literals = [GuidText, InstantText, DateText, TimeText, NumberText];
const optionNames = [
  FilterOption,
  OrderbyOption,
  SelectOption,
  ExpandOption,
  ComputeOption,
  ApplyOption,
  TopOption,
  SkipOption,
  CountOption,
  LevelsOption,
  TemporalOption,
  SearchOption,
];
const signs = [
  ExpressionOpen,
  ExpressionClose,
  Comma,
  QuerySemicolon,
  Colon,
  Equals,
  Star,
  Minus,
  Plus,
  OpenBracket,
  CloseBracket,
  OpenBrace,
  CloseBrace,
];
const names = [AllOf, QualifiedName, Name];
const categories = [LiteralText, StringText, Prefixed, AnyName, Open, Close, Semicolon, OptionName, PlainOption, Slash];

const search = [
  Space,
  SearchPhrase,
  SearchIncomplete,
  SearchOpen,
  SearchClose,
  SearchSemicolon,
  SearchWord,
  UnclosedPhrase,
];

const query = [
  Space,
  QueryPrefixed,
  QueryString,
  ...literals,
  ...optionNames,
  JsonString,
  SearchCall,
  ...names,
  AtName,
  Word,
  ...signs,
  QuerySlash,
  UnclosedQuery,
];

const path = [
  KeyText,
  Space,
  PathPrefixed,
  PathString,
  ...literals,
  JsonString,
  ...names,
  AtName,
  Word,
  ...signs,
  PathSlash,
  UnclosedPath,
];

const context = [
  PathPrefixed,
  PathString,
  ...literals,
  ...names,
  AtNameInContext,
  Word,
  ...signs,
  PathSlash,
  UnclosedPath,
];

/** Every token that a parser may name. */
export const allTokens: TokenType[] = [...new Set([...categories, ...query, ...path, ...context, ...search])];

export type Mode = "query" | "path" | "context" | "search";

/** What to read a text as: the value of a query option, a resource path, a context fragment, or a search. */
export const modes: Readonly<Record<Mode, TokenType[]>> = { query, path, context, search };
