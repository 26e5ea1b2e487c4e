/** Reads a URL behind the service root, a query string, one query option or an expression into a tree (OData 4.01 ABNF). */
import { decoded } from "./build.ts";
import { namesInContext, namesInExpression, namesInOption, namesInUrl } from "./check-names.ts";
import type { GrammarLimits } from "./limits.ts";
import { anyNames, type NameError, type Vocabulary } from "./names.ts";
import { type Outcome, type Piece, parsePiece, unreadable } from "./parse.ts";
import { leavesAt } from "./patterns.ts";
import { customOption, dollarOnly, plainValues } from "./plain-values.ts";
import type { ContextSyntax, Expression, OptionSyntax, PathSyntax, Segment, UrlSyntax } from "./syntax.ts";
import { type GrammarError, grammarError } from "./text.ts";

export interface Reading {
  readonly limits: GrammarLimits;
  /** Without it, every name is taken for what it could be. */
  readonly names?: Vocabulary;
}

/** `Orders?$filter=Total gt 5`: the path and the options, or the first character that is wrong. */
export function readUrl(text: string, reading: Reading): Outcome<UrlSyntax> {
  const { limits, names = anyNames } = reading;
  const wrong = unreadable({ text, base: 0 }, limits);
  if (wrong !== undefined) return wrong;
  const hash = text.indexOf("#");
  const whole = hash < 0 ? text : text.slice(0, hash);
  const mark = whole.indexOf("?");
  const path = parsePiece(
    (p) => p.resourcePath,
    "path",
    { text: mark < 0 ? whole : whole.slice(0, mark), base: 0 },
    limits,
  );
  if (path.kind === "error") return path;
  const pathWrong = nameError(namesInUrl({ path: path.tree, options: [] }, names));
  if (pathWrong !== undefined) return pathWrong;
  const options = optionsBehind(
    path.tree,
    mark < 0 ? undefined : { text: whole.slice(mark + 1), base: mark + 1 },
    reading,
  );
  if (options.kind === "error") return options;
  if (hash < 0) return { kind: "parsed", tree: { path: path.tree, options: options.tree } };
  if (first(path.tree) !== "$metadata") return grammarError(hash, "a fragment follows $metadata only");
  const context = readContext({ text: text.slice(hash + 1), base: hash + 1 }, reading);
  if (context.kind === "error") return context;
  return { kind: "parsed", tree: { path: path.tree, options: options.tree, context: context.tree } };
}

function first({ segments: [segment] }: PathSyntax): string {
  return segment?.kind === "word" ? segment.word : "";
}

/** Which options the words at the root take; every other resource takes all of them. */
const narrow: Readonly<Record<string, readonly string[]>> = {
  $batch: ["format", "custom"],
  $metadata: ["format", "custom"],
  $entity: ["format", "custom", "id"],
};

function optionsBehind(path: PathSyntax, piece: Piece | undefined, reading: Reading): Outcome<readonly OptionSyntax[]> {
  const options = piece === undefined ? { kind: "parsed" as const, tree: [] } : readQuery(piece, reading);
  if (options.kind === "error") return options;
  const word = first(path);
  const cast = word === "$entity" && path.segments.length > 1 ? ["expand", "select"] : [];
  const allowed = narrow[word];
  const astray = options.tree.find(
    (option) => allowed !== undefined && ![...allowed, ...cast].includes(nameOf(option)),
  );
  if (astray !== undefined) return grammarError(astray.at, `${word} takes no such option`);
  const lacksId = word === "$entity" && !options.tree.some((option) => nameOf(option) === "id");
  return lacksId ? grammarError(path.end, "$entity needs $id") : options;
}

function nameOf(option: OptionSyntax): string {
  return option.kind === "plain" ? option.name : option.kind;
}

/** Everything behind `?`. A plus means a space, as HTML forms write it, and `%2B` a plus. */
export function readQuery({ text, base }: Piece, reading: Reading): Outcome<readonly OptionSyntax[]> {
  const options: OptionSyntax[] = [];
  let at = base;
  for (const part of text === "" ? [] : text.split("&")) {
    const option = readOption({ text: part, base: at }, reading);
    if (option.kind === "error") return option;
    options.push(option.tree);
    at += part.length + 1;
  }
  return { kind: "parsed", tree: options };
}

/** One option, with its name: `$filter=…`, `top=5`, `@alias=…`, or one that the service defines. */
export function readOption(piece: Piece, reading: Reading): Outcome<OptionSyntax> {
  const wrong = unreadable(piece, reading.limits);
  if (wrong !== undefined) return wrong;
  const equals = piece.text.indexOf("=");
  const name = decoded(equals < 0 ? piece.text : piece.text.slice(0, equals));
  const place = { at: piece.base, end: piece.base + piece.text.length };
  const value = { text: equals < 0 ? "" : piece.text.slice(equals + 1), base: piece.base + equals + 1 };
  if (name.startsWith("@")) return aliasOption(name, value, place.at, reading);
  const bare = name.replace(/^\$/, "").toLowerCase();
  const isOwn = name.startsWith("$") || !dollarOnly.has(bare);
  const plain = isOwn ? plainValues.get(bare) : undefined;
  if (plain !== undefined) {
    const leaves = leavesAt(plain, value.text);
    if (leaves === undefined)
      return { kind: "parsed", tree: { kind: "plain", name: bare, value: decoded(value.text), ...place } };
    return grammarError(value.base + leaves, `this is no value for $${bare}`);
  }
  const own = systemOption(bare, spaced(value), place, reading);
  if (own !== undefined) return checked(own, reading.names);
  if (name.startsWith("$")) return grammarError(place.at, `there is no query option ${JSON.stringify(name)}`);
  const leaves = leavesAt(customOption, piece.text.replaceAll(" ", "+"));
  if (leaves !== undefined) return grammarError(piece.base + leaves, "this character has no place in a query option");
  return { kind: "parsed", tree: { kind: "custom", name, value: decoded(value.text), ...place } };
}

function aliasOption(name: string, value: Piece, at: number, reading: Reading): Outcome<OptionSyntax> {
  if (!/^@[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}\p{Cf}]{0,127}$/u.test(name)) {
    return grammarError(at, `${JSON.stringify(name.slice(0, 40))} is no name for an alias`);
  }
  const parsed = parsePiece((p) => p.commonExpr, "query", spaced(value), reading.limits);
  if (parsed.kind === "error") return parsed;
  const place = { at, end: value.base + value.text.length };
  return checked({ kind: "parsed", tree: { kind: "alias", name, value: parsed.tree, ...place } }, reading.names);
}

type Place = { readonly at: number; readonly end: number };

/** Undefined for what is no option of OData's own with an expression in it. */
function systemOption(
  name: string,
  value: Piece,
  place: Place,
  { limits }: Reading,
): Outcome<OptionSyntax> | undefined {
  const read = systemOptions[name];
  if (read === undefined || !Object.hasOwn(systemOptions, name)) return undefined;
  const blank = name === "search" ? 0 : (/^(?:[ \t]|%20|%09)*/.exec(value.text)?.[0].length ?? 0);
  if (blank > 0) return grammarError(value.base + blank, "a blank begins the value");
  return read(value, place, limits);
}

type ReadSystemOption = (value: Piece, place: Place, limits: GrammarLimits) => Outcome<OptionSyntax>;

function made<T>(parsed: Outcome<T>, make: (tree: T) => OptionSyntax): Outcome<OptionSyntax> {
  return parsed.kind === "error" ? parsed : { kind: "parsed", tree: make(parsed.tree) };
}

const systemOptions: Readonly<Record<string, ReadSystemOption>> = {
  filter: (value, place, limits) =>
    made(
      parsePiece((p) => p.commonExpr, "query", value, limits),
      (condition) => ({ kind: "filter", condition, ...place }),
    ),
  orderby: (value, place, limits) =>
    made(
      parsePiece((p) => p.orderbyItems, "query", value, limits),
      (items) => ({ kind: "orderby", items, ...place }),
    ),
  compute: (value, place, limits) =>
    made(
      parsePiece((p) => p.computeItems, "query", value, limits),
      (items) => ({ kind: "compute", items, ...place }),
    ),
  select: (value, place, limits) =>
    made(
      parsePiece((p) => p.selectItems, "query", value, limits),
      (items) => ({ kind: "select", items, ...place }),
    ),
  expand: (value, place, limits) =>
    made(
      parsePiece((p) => p.expandItems, "query", value, limits),
      (items) => ({ kind: "expand", items, ...place }),
    ),
  apply: (value, place, limits) =>
    made(
      parsePiece((p) => p.transformations, "query", value, limits),
      (transformations) => ({ kind: "apply", transformations, ...place }),
    ),
  search: (value, place, limits) =>
    made(
      parsePiece((p) => p.searchExpr, "search", value, limits),
      (expression) => ({ kind: "search", expression, ...place }),
    ),
};

function spaced({ text, base }: Piece): Piece {
  return { text: text.replaceAll("+", " "), base };
}

function checked(option: Outcome<OptionSyntax>, names: Vocabulary = anyNames): Outcome<OptionSyntax> {
  return option.kind === "error" ? option : (nameError(namesInOption(option.tree, names)) ?? option);
}

/** The first wrong name as an error of the grammar; undefined where there is none. */
export function nameError(errors: readonly NameError[]): GrammarError | undefined {
  const [wrong] = [...errors].sort((one, other) => one.at - other.at);
  return wrong === undefined ? undefined : grammarError(wrong.at, wrong.message);
}

/** An expression by itself. */
export function readExpression(piece: Piece, { limits, names = anyNames }: Reading): Outcome<Expression> {
  const parsed = parsePiece((p) => p.commonExpr, "query", spaced(piece), limits);
  if (parsed.kind === "error") return parsed;
  return nameError(namesInExpression(parsed.tree, names)) ?? parsed;
}

const contextWords: readonly string[] = ["$entity", "$delta", "$deletedEntity", "$link", "$deletedLink", "$ref"];

/** A context fragment, behind its `#`. */
export function readContext(piece: Piece, { limits, names = anyNames }: Reading): Outcome<ContextSyntax> {
  const parsed = parsePiece((p) => p.contextFragment, "context", piece, limits);
  if (parsed.kind === "error") return parsed;
  const astray = parsed.tree.segments.find((segment) => isForeign(segment));
  if (astray !== undefined) return grammarError(astray.at, "this word has no place in a context");
  return nameError(namesInContext(parsed.tree, names)) ?? parsed;
}

function isForeign(segment: Segment): boolean {
  return segment.kind === "word" && !contextWords.includes(segment.word);
}
