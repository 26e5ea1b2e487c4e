/** Makes nodes of the tree from tokens: literals, names and what a name with parentheses is. */
import type { IToken } from "chevrotain";
import { binaryValue, durationValue, enumMembersInUrl, geoInUrl } from "./literal-patterns.ts";
import { leavesAt, type Pattern } from "./patterns.ts";
import type { Argument, Expression, Literal, LiteralType, PathSyntax, Place, Segment } from "./syntax.ts";
import * as t from "./tokens.ts";
import { arityOf } from "./words.ts";

/** Said of a text whose tokens fit but whose meaning as OData's own syntax does not. */
export type Complain = (at: number, message: string) => void;

/** An argument as it was read; behind a colon stands a lambda's condition or a case's value. */
export interface RawArgument extends Argument {
  readonly behindColon?: Expression;
}

/** The text that percent-encoding stands for; the whole URL was checked to be UTF-8 before. */
export function decoded(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text;
}

export function placeOf(first: Place | IToken, last: Place | IToken = first): Place {
  return { at: "at" in first ? first.at : first.startOffset, end: "at" in last ? last.end : endOf(last) };
}

export function endOf(token: IToken): number {
  return (token.endOffset ?? token.startOffset) + 1;
}

const typeByToken = new Map([
  [t.GuidText, "guid"],
  [t.InstantText, "dateTimeOffset"],
  [t.DateText, "date"],
  [t.TimeText, "timeOfDay"],
  [t.NumberText, "number"],
] as const);

/** The literal that a token is. */
export function literalOf(token: IToken, complain: Complain): Literal {
  const text = decoded(token.image);
  const place = placeOf(token);
  const type = typeByToken.get(token.tokenType);
  // In a query a plus that was not escaped stands for a blank; no date and time has one.
  if (type !== undefined) return { kind: "literal", type, text: text.replace(" ", "+"), ...place };
  const quote = text.indexOf("'");
  const inner = text.slice(quote + 1, -1).replaceAll("''", "'");
  if (quote <= 0) return { kind: "literal", type: "string", text: inner, ...place };
  return prefixed(text.slice(0, quote), inner, token, complain);
}

const innerPatterns: ReadonlyMap<string, { readonly type: LiteralType; readonly pattern: Pattern }> = new Map([
  ["duration", { type: "duration", pattern: durationValue }],
  ["binary", { type: "binary", pattern: binaryValue }],
  ["geography", { type: "geography", pattern: geoInUrl }],
  ["geometry", { type: "geometry", pattern: geoInUrl }],
]);

function prefixed(prefix: string, inner: string, token: IToken, complain: Complain): Literal {
  const known = innerPatterns.get(prefix.toLowerCase());
  const raw = token.image.slice(prefix.length).replace(/^(?:'|%27)/, "");
  const wrong = leavesAt(known?.pattern ?? enumMembersInUrl, raw.replace(/(?:'|%27)$/, ""));
  const start = endOf(token) - raw.length;
  if (wrong !== undefined)
    complain(start + wrong, `this is no ${known === undefined ? "member of an enumeration" : known.type}`);
  const place = placeOf(token);
  if (known !== undefined) return { kind: "literal", type: known.type, text: inner, ...place };
  return { kind: "literal", type: "enum", text: inner, typeName: prefix, ...place };
}

/** `true`, `null`, `INF` are read as names; as a whole path they are literals. */
export function pathOrLiteral(path: PathSyntax): Expression {
  const [only, second] = path.segments;
  if (only?.kind !== "name" || second !== undefined || only.arguments !== undefined) return path;
  const type = wordLiteral(only.name);
  return type === undefined ? path : { kind: "literal", type, text: only.name, at: path.at, end: path.end };
}

function wordLiteral(name: string): LiteralType | undefined {
  if (name === "null") return "null";
  if (/^(?:true|false)$/i.test(name)) return "boolean";
  return name === "NaN" || name === "INF" ? "number" : undefined;
}

/** The first segment of an expression: a canonical function where its name and its place say so. */
export function functionCall(
  segment: Segment,
  raw: readonly RawArgument[] | undefined,
  complain: Complain,
): Expression | undefined {
  if (segment.kind !== "name" || raw === undefined) return undefined;
  const arity = arityOf(segment.name);
  if (arity === undefined || raw.some((argument) => argument.name !== undefined)) return undefined;
  const name = segment.name.toLowerCase();
  const values = raw.flatMap(({ value, behindColon }) => (behindColon === undefined ? [value] : [value, behindColon]));
  const isCase = name === "case";
  const uneven = raw.find(({ behindColon }) => (behindColon !== undefined) !== isCase);
  if (uneven !== undefined)
    complain(uneven.end, isCase ? "a case needs a colon and a value" : "a colon has no meaning here");
  const [least, most] = arity;
  if (values.length < least || values.length > most) {
    complain(
      segment.end - 1,
      `${name} takes ${least === most ? least : `${least} to ${most}`} arguments, not ${values.length}`,
    );
  }
  return { kind: "call", name, arguments: values, at: segment.at, end: segment.end };
}

/** `any(…)` and `all(…)` behind a path. */
export function lambdaOf(
  segment: Segment,
  raw: readonly RawArgument[] | undefined,
  complain: Complain,
): Segment | undefined {
  if (segment.kind !== "name" || raw === undefined) return undefined;
  const quantifier = segment.name.toLowerCase();
  if (quantifier !== "any" && quantifier !== "all") return undefined;
  const [first, second] = raw;
  const place = { at: segment.at, end: segment.end };
  if (second !== undefined) complain(second.at - 1, `${quantifier} takes one condition`);
  if (first === undefined) {
    if (quantifier === "all") complain(segment.end - 1, "all needs a variable, a colon and a condition");
    return { kind: "lambda", quantifier, ...place };
  }
  const variable = bareName(first.value);
  if (variable === undefined) complain(first.at, "a lambda begins with the name of its variable");
  if (first.behindColon === undefined) {
    complain(first.end, "behind a lambda's variable come a colon and a condition");
    return { kind: "lambda", quantifier, ...place };
  }
  return { kind: "lambda", quantifier, variable: variable ?? "", condition: first.behindColon, ...place };
}

/** The name that an expression is, where it is nothing else. */
export function bareName(value: Expression): string | undefined {
  const [only, second] = value.kind === "path" ? value.segments : [];
  return only?.kind === "name" && second === undefined && only.arguments === undefined ? only.name : undefined;
}

/** Arguments where no colon has a meaning: keys and parameters. */
export function plainArguments(raw: readonly RawArgument[], complain: Complain): readonly Argument[] {
  const colon = raw.find(({ behindColon }) => behindColon !== undefined);
  if (colon !== undefined) complain(colon.value.end, "a colon has no meaning here");
  return raw;
}
