/** The literals of OData 4.01 as patterns: in URLs, where delimiters may be percent-encoded, and as plain values (ABNF, part 7). */
import { either, exactly, maybe, type Pattern, repeat, separated, sequence, step, word } from "./patterns.ts";

/** How the delimiters of a literal may be written. */
interface Writing {
  readonly colon: Pattern;
  readonly comma: Pattern;
  readonly sign: Pattern;
  readonly quote: Pattern;
  readonly open: Pattern;
  readonly close: Pattern;
  readonly semicolon: Pattern;
}

const urlWriting: Writing = {
  colon: step("(?::|%3[Aa])"),
  comma: step("(?:,|%2[Cc])"),
  sign: step("(?:[+-]|%2[Bb])"),
  quote: step("(?:'|%27)"),
  open: step("(?:\\(|%28)"),
  close: step("(?:\\)|%29)"),
  semicolon: step("(?:;|%3[Bb])"),
};

const plainWriting: Writing = {
  ...urlWriting,
  colon: step(":"),
  comma: step(","),
  sign: step("[+-]"),
};

const digit = step("[0-9]");
const nonZero = step("[1-9]");
const hex = step("[0-9A-Fa-f]");
const digits = repeat(digit, 1);
const twoDigits = sequence(step("[0-5]"), digit);

/** A name: letters, digits and `_`; letters beyond ASCII plain or percent-encoded, as the comment in the ABNF has it. */
const letter = "[A-Za-z_]|[^\\x00-\\x7f]|%[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f])+";
export const identifier = sequence(step(`(?:${letter})`), repeat(step(`(?:[0-9]|${letter})`), 0, 127));
export const qualifiedName = sequence(identifier, repeat(sequence(step("\\."), identifier), 1));
const optionallyQualified = sequence(identifier, repeat(sequence(step("\\."), identifier), 0));

const year = sequence(
  maybe(step("-")),
  either(sequence(step("0"), repeat(digit, 3, 3)), sequence(nonZero, repeat(digit, 3))),
);
const month = either(sequence(step("0"), nonZero), sequence(step("1"), step("[0-2]")));
const day = either(sequence(step("0"), nonZero), sequence(step("[12]"), digit), sequence(step("3"), step("[01]")));
const hour = either(sequence(step("[01]"), digit), sequence(step("2"), step("[0-3]")));
const second = either(twoDigits, exactly("60"));
export const date = sequence(year, step("-"), month, step("-"), day);

export const guid = sequence(
  ...[8, 4, 4, 4, 12].flatMap((length, index) => [
    ...(index === 0 ? [] : [step("-")]),
    ...Array.from({ length }, () => hex),
  ]),
);

function timeOfDay({ colon }: Writing): Pattern {
  const fraction = sequence(step("\\."), repeat(digit, 1, 12));
  return sequence(hour, colon, twoDigits, maybe(sequence(colon, second, maybe(fraction))));
}

/** `space` stands for a plus that a client did not escape in a query. */
function instant(writing: Writing, space: boolean): Pattern {
  const sign = space ? either(writing.sign, step(" ")) : writing.sign;
  const offset = either(word("z"), sequence(sign, hour, writing.colon, twoDigits));
  return sequence(date, word("t"), timeOfDay(writing), offset);
}

function decimal({ sign }: Writing): Pattern {
  const exponent = sequence(word("e"), maybe(sign), digits);
  const plain = sequence(maybe(sign), digits, maybe(sequence(step("\\."), digits)), maybe(exponent));
  return either(plain, exactly("NaN"), exactly("-INF"), exactly("INF"));
}

/** A number without the names of what is none: those are read as names first. */
export const numberInUrl = sequence(
  maybe(urlWriting.sign),
  digits,
  maybe(sequence(step("\\."), digits)),
  maybe(sequence(word("e"), maybe(urlWriting.sign), digits)),
);

function integer({ sign }: Writing, length: number): Pattern {
  return sequence(maybe(sign), repeat(digit, 1, length));
}

export const durationValue = sequence(
  maybe(step("-")),
  word("p"),
  maybe(sequence(digits, word("d"))),
  maybe(
    sequence(
      word("t"),
      maybe(sequence(digits, word("h"))),
      maybe(sequence(digits, word("m"))),
      maybe(sequence(digits, maybe(sequence(step("\\."), digits)), word("s"))),
    ),
  ),
);

const base64 = step("[A-Za-z0-9_-]");
export const binaryValue = sequence(
  repeat(sequence(base64, base64, base64, base64), 0),
  maybe(
    either(
      sequence(base64, base64, step("[AEIMQUYcgkosw048]"), maybe(step("="))),
      sequence(base64, step("[AQgw]"), maybe(exactly("=="))),
    ),
  ),
);

function enumMembers(writing: Writing): Pattern {
  return separated(either(identifier, integer(writing, 19)), writing.comma);
}
export const enumMembersInUrl = enumMembers(urlWriting);

/** Collections in collections are read to this depth: no client nests them deeper, and the pattern stays finite. */
const geoDepthMax = 3;

function geoShapes(writing: Writing): Readonly<Record<string, Pattern>> {
  const { open, close, comma } = writing;
  const number = decimal(plainWriting);
  const space = step("(?: |%20)");
  const position = sequence(number, repeat(sequence(space, number), 1, 3));
  const line = sequence(open, separated(position, comma, 1), close);
  const point = sequence(open, position, close);
  const ring = sequence(open, separated(position, comma), close);
  const polygon = sequence(open, separated(ring, comma), close);
  const several = (part: Pattern) => sequence(open, maybe(separated(part, comma)), close);
  const flat = {
    LineString: sequence(word("linestring"), line),
    MultiLineString: sequence(word("multilinestring"), several(line)),
    MultiPoint: sequence(word("multipoint"), several(point)),
    MultiPolygon: sequence(word("multipolygon"), several(polygon)),
    Point: sequence(word("point"), point),
    Polygon: sequence(word("polygon"), polygon),
  };
  let shape = either(...Object.values(flat));
  for (let depth = 0; depth < geoDepthMax; depth += 1) {
    shape = either(...Object.values(flat), sequence(word("geometrycollection"), open, separated(shape, comma), close));
  }
  return {
    ...flat,
    Collection: sequence(word("geometrycollection"), open, separated(shape, comma), close),
  };
}

function full(shape: Pattern, { semicolon }: Writing): Pattern {
  return sequence(word("srid"), step("="), repeat(digit, 1, 5), semicolon, shape);
}

export const geoInUrl: Pattern = either(
  ...Object.values(geoShapes(urlWriting)).map((shape) => full(shape, urlWriting)),
);

function geoRules(): readonly (readonly [string, Pattern])[] {
  return Object.entries(geoShapes(urlWriting)).flatMap(([name, shape]) => {
    const { quote } = urlWriting;
    const value = full(shape, urlWriting);
    return [
      [`geography${name}`, sequence(word("geography"), quote, value, quote)],
      [`geometry${name}`, sequence(word("geometry"), quote, value, quote)],
      [`full${name}Literal`, value],
    ] as const;
  });
}

const percentNoQuote = "%(?:[013-689A-Fa-f][0-9A-Fa-f]|2[0-689A-Fa-f]|7[0-9A-Fa-f])";
const inString = step(`(?:[^'%#/?\\x00-\\x1f\\x7f]|${percentNoQuote})`);
const inQueryString = step(`(?:[^'%#\\x00-\\x1f\\x7f]|${percentNoQuote})`);

function quotedText(character: Pattern): Pattern {
  const { quote } = urlWriting;
  const unit = either(sequence(quote, quote), character);
  return sequence(quote, repeat(unit, 0), quote);
}

/** A quoted string in the path, where `/` and `?` part what is not encoded, and in the query, where they do not. */
export const stringInPath = quotedText(inString);
export const stringInQuery = quotedText(inQueryString);
export const instantInUrl = instant(urlWriting, true);
export const timeInUrl = timeOfDay(urlWriting);

function urlRules(): readonly (readonly [string, Pattern])[] {
  const { quote } = urlWriting;
  const number = decimal(urlWriting);
  return [
    ["null", exactly("null")],
    ["boolean", either(word("true"), word("false"))],
    ["binaryLiteral", sequence(word("binary"), quote, binaryValue, quote)],
    ["decimalLiteral", number],
    ["doubleLiteral", number],
    ["singleLiteral", number],
    ["sbyteLiteral", integer(urlWriting, 3)],
    ["byte", repeat(digit, 1, 3)],
    ["int16Literal", integer(urlWriting, 5)],
    ["int32Literal", integer(urlWriting, 10)],
    ["int64Literal", integer(urlWriting, 19)],
    ["stringLiteral", stringInPath],
    ["dateTimeOffsetLiteral", instant(urlWriting, false)],
    ["timeOfDayLiteral", timeInUrl],
    ["durationLiteral", sequence(maybe(word("duration")), quote, durationValue, quote)],
    ["enumLiteral", sequence(maybe(optionallyQualified), quote, enumMembersInUrl, quote)],
    ...geoRules(),
  ];
}

function plainRules(): readonly (readonly [string, Pattern])[] {
  const number = decimal(plainWriting);
  return [
    ["booleanValue", either(exactly("true"), exactly("false"))],
    ["guidValue", guid],
    ["durationValue", durationValue],
    ["dateTimeOffsetValue", instant(plainWriting, false)],
    ["dateValue", date],
    ["timeOfDayValue", timeOfDay(plainWriting)],
    ["enumValue", enumMembers(plainWriting)],
    ["decimalValue", number],
    ["doubleValue", number],
    ["singleValue", number],
    ["sbyteValue", integer(plainWriting, 3)],
    ["byteValue", repeat(digit, 1, 3)],
    ["int16Value", integer(plainWriting, 5)],
    ["int32Value", integer(plainWriting, 10)],
    ["int64Value", integer(plainWriting, 19)],
    ["binaryValue", binaryValue],
  ];
}

/** Every rule of the ABNF that names a literal, a value or an identifier, by its name. */
export function literalRules(): ReadonlyMap<string, Pattern> {
  const plain = plainRules();
  const url = urlRules();
  const geo = url.filter(([name]) => name.startsWith("full")).map(([, pattern]) => pattern);
  return new Map([
    ...url,
    ...plain,
    ["date", date],
    ["guid", guid],
    ["odataIdentifier", identifier],
    ["primitiveValue", either(...plain.map(([, pattern]) => pattern), ...geo)],
    ["primitiveLiteral", either(...url.map(([, pattern]) => pattern), date, guid)],
  ]);
}
