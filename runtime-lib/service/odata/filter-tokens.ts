/** The tokens of a `$filter` (OData 4.01 ABNF): operators in any case, literals before names. */
import { createToken, Lexer, type TokenType } from "chevrotain";

/** No literal runs into a name: `5and` is a mistake. */
const end = "(?![A-Za-z0-9_])";

const day = "\\d{4}-\\d{2}-\\d{2}";

export const Name = createToken({ name: "Name", label: "a name", pattern: /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/ });
export const EnumOrDuration = createToken({
  name: "EnumOrDuration",
  label: "an enum member",
  pattern: /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*'(?:[^']|'')*'/,
});
export const StringText = createToken({ name: "StringText", label: "a string", pattern: /'(?:[^']|'')*'/ });
export const Guid = createToken({
  name: "Guid",
  label: "a guid",
  pattern: new RegExp(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}${end}`),
});
export const Instant = createToken({
  name: "Instant",
  label: "a date and time",
  pattern: new RegExp(`${day}[Tt][0-9:.]+(?:[Zz]|[+ -]\\d{2}:\\d{2})${end}`),
});
export const Day = createToken({ name: "Day", label: "a date", pattern: new RegExp(day + end) });
export const NumberText = createToken({
  name: "NumberText",
  label: "a number",
  pattern: new RegExp(`[+-]?(?:\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|INF)${end}`),
});
export const Alias = createToken({ name: "Alias", label: "a parameter alias", pattern: /@[A-Za-z_]\w*/ });

function word(name: string): TokenType {
  return createToken({ name, label: name, pattern: new RegExp(name, "i"), longer_alt: Name });
}

export const Or = word("or");
export const And = word("and");
export const Not = word("not");
export const In = word("in");
export const Truth = createToken({ name: "Truth", label: "true or false", pattern: /true|false/i, longer_alt: Name });
export const Null = createToken({ name: "Null", label: "null", pattern: /null/, longer_alt: Name });
export const Equality = createToken({ name: "Equality", label: "eq or ne", pattern: /eq|ne/i, longer_alt: Name });
export const Relation = createToken({
  name: "Relation",
  label: "lt, le, gt or ge",
  pattern: /lt|le|gt|ge|has/i,
  longer_alt: Name,
});
export const Arithmetic = createToken({
  name: "Arithmetic",
  label: "add, sub, mul, div, divby or mod",
  pattern: /add|sub|mul|divby|div|mod/i,
  longer_alt: Name,
});

function sign(name: string, text: string): TokenType {
  return createToken({ name, label: `"${text}"`, pattern: text });
}

export const Open = sign("Open", "(");
export const Close = sign("Close", ")");
export const Comma = sign("Comma", ",");
export const Slash = sign("Slash", "/");
export const Colon = sign("Colon", ":");
const Space = createToken({ name: "Space", pattern: /[ \t\r\n]+/, group: Lexer.SKIPPED });

/** In the order in which they are tried. */
export const tokens: TokenType[] = [
  Space,
  EnumOrDuration,
  StringText,
  Guid,
  Instant,
  Day,
  NumberText,
  Alias,
  Or,
  And,
  Not,
  In,
  Truth,
  Null,
  Equality,
  Relation,
  Arithmetic,
  Name,
  Open,
  Close,
  Comma,
  Slash,
  Colon,
];
