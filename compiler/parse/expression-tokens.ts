/** The tokens of the expression language, as `spec-language.md` gives its grammar. */

import { createToken, Lexer, type TokenType } from "chevrotain";

/** Sticky, because chevrotain cannot analyse Unicode properties and takes a function instead. */
const namePattern = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}]*/uy;

export const Name = createToken({
  name: "Name",
  line_breaks: false,
  pattern: (text, offset) => {
    namePattern.lastIndex = offset;
    return namePattern.exec(text);
  },
});

const keyword = (word: string): TokenType =>
  createToken({ name: `'${word}'`, pattern: new RegExp(word), longer_alt: Name });
const symbol = (text: string): TokenType =>
  createToken({ name: `'${text}'`, pattern: new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) });

/** A word that is special only before a parenthesis or a dot, so that it stays free as a name. */
const prefix = (name: string, pattern: RegExp): TokenType => createToken({ name, pattern, longer_alt: Name });

export const Empty = prefix("'empty'", /empty(?=\s*\()/);
export const Length = prefix("'len'", /len(?=\s*\()/);
export const Params = prefix("'params'", /params(?=\s*\.)/);
/** Effects that ask something of the world. */
export const Request = prefix("Request", /(?:schedule_at|schedule|spawn|emit)(?=\s*\()/);
/** Any other word before a parenthesis. */
export const FunctionName = prefix("FunctionName", /[A-Za-z_][A-Za-z0-9_]*(?=\s*\()/);

export const True = keyword("true");
export const False = keyword("false");
export const Null = keyword("null");
export const In = keyword("in");
export const Not = keyword("not");

export const Implies = symbol("=>");
export const Or = symbol("||");
export const And = symbol("&&");
export const Equal = symbol("==");
export const NotEqual = symbol("!=");
export const AtMost = symbol("<=");
export const AtLeast = symbol(">=");
export const Less = symbol("<");
export const Greater = symbol(">");
export const Bang = symbol("!");
export const AddAssign = symbol("+=");
export const SubtractAssign = symbol("-=");
export const Assign = symbol("=");
export const Plus = symbol("+");
export const Minus = symbol("-");
export const Times = symbol("*");
export const Open = symbol("(");
export const Close = symbol(")");
export const OpenBracket = symbol("[");
export const CloseBracket = symbol("]");
export const Comma = symbol(",");
export const Dot = symbol(".");

/** A string in single quotes; a quote inside is written twice. */
export const Text = createToken({ name: "Text", pattern: /'(?:[^']|'')*'/, line_breaks: true });
export const Decimal = createToken({ name: "Number", pattern: /\d+(?:\.\d+)?/ });
const Space = createToken({ name: "Space", pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

/** Longer symbols come before their prefixes. */
export const expressionTokens: TokenType[] = [
  Space,
  Implies,
  Or,
  And,
  Equal,
  NotEqual,
  AtMost,
  AtLeast,
  Less,
  Greater,
  Bang,
  AddAssign,
  SubtractAssign,
  Assign,
  Plus,
  Minus,
  Times,
  Open,
  Close,
  OpenBracket,
  CloseBracket,
  Comma,
  Dot,
  Text,
  Decimal,
  True,
  False,
  Null,
  In,
  Not,
  Empty,
  Length,
  Params,
  Request,
  FunctionName,
  Name,
];
