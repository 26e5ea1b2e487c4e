/** Checks the names of a tree against the roles that a model gives them: what may follow what (OData 4.01 ABNF, parts 1 and 4). */
import type { Argument, Expression, NameSegment, PathSyntax, Segment } from "./syntax.ts";

/** What a name can be, as the ABNF calls it. */
export type Role =
  | Kind
  | "entitySetName"
  | "singletonEntity"
  | "actionImport"
  | "action"
  | "namespacePart"
  | "entityTypeName"
  | "complexTypeName"
  | "typeDefinitionName"
  | "enumerationTypeName"
  | "keyPathLiteral"
  | "lambdaVariableExpr"
  | "customAggregate";
type Kind =
  | `${Shape}${"Property" | "Function" | "FunctionImport"}`
  | "entityNavigationProperty"
  | "entityColNavigationProperty"
  | "primitiveKeyProperty"
  | "primitiveNonKeyProperty"
  | "streamProperty";
type Shape = "entity" | "entityCol" | "complex" | "complexCol" | "primitive" | "primitiveCol";

/** The model as the grammar sees it: whether a name can have a role. Without a model every name can have every role. */
export interface Vocabulary {
  readonly has: (role: Role, name: string) => boolean;
}

export const anyNames: Vocabulary = { has: () => true };

/** What a path has come to; `cast` states cannot be cast again, `open` ones must go on. */
type State =
  | Shape
  | "stream"
  | "entity cast"
  | "entityCol cast"
  | "complex cast"
  | "complexCol cast"
  | "entity open"
  | "entityCol open"
  | "keyed"
  | "root"
  | "each"
  | "query"
  | "end";

export type States = ReadonlySet<State>;

const everything: readonly State[] = [
  "entity",
  "entityCol",
  "complex",
  "complexCol",
  "primitive",
  "primitiveCol",
  "stream",
];
const shapes: readonly Shape[] = ["entity", "entityCol", "complex", "complexCol", "primitive", "primitiveCol"];

/** Where a name is wrong, and what to say. */
export interface NameError {
  readonly at: number;
  readonly name: string;
  readonly message: string;
}

/** `through` lets a path of an aggregation go on behind a collection; `group` lets nothing but properties follow. */
export type Mode = "path" | "expression" | "through" | "group";

interface Walk {
  readonly names: Vocabulary;
  readonly mode: Mode;
}

/** Follows a path through every way to understand it at once; undefined where one of them reaches the end. */
export function pathError({ segments, end }: PathSyntax, names: Vocabulary, mode: Mode): NameError | undefined {
  const walk = { names, mode };
  let states: States = new Set<State>();
  for (const [index, segment] of segments.entries()) {
    const next =
      index === 0 ? start(segment, walk) : new Set([...states].flatMap((state) => follow(state, segment, walk)));
    if (next.size === 0) return errorAt(segment, states, walk);
    states = next;
  }
  const isOpen = mode !== "through" && [...states].every((state) => state.endsWith(" open"));
  return isOpen ? { at: end, name: "", message: "a property has to follow the type" } : undefined;
}

function errorAt(segment: Segment, states: States, { mode }: Walk): NameError {
  const name = segment.kind === "name" ? segment.name : "";
  const closed = [...states].every((state) => isClosed(state, mode));
  if (states.size > 0 && closed) return { at: segment.at - 1, name, message: "nothing can follow here" };
  if (segment.kind !== "name") return { at: segment.at, name, message: "this has no place here" };
  const keysFollow = mode === "path" && (states.has("entityCol") || states.has("entityCol cast"));
  return { at: keysFollow ? segment.end : segment.nameEnd, name, message: `there is no ${name} here` };
}

function isClosed(state: State, mode: Mode): boolean {
  if (mode === "group") return state.startsWith("primitive") || state === "stream" || state.startsWith("entityCol");
  return state === "end" || state === "query";
}

function start(segment: Segment, walk: Walk): States {
  if (walk.mode === "path") return new Set(rootOf(segment, walk));
  switch (segment.kind) {
    case "word":
      return new Set<State>(segment.word === "$root" ? ["root"] : everything);
    case "at":
      return new Set(everything);
    case "name":
      return new Set([...member(segment, walk), ...variable(segment, walk)]);
    case "count":
    case "filter":
    case "lambda":
    case "aggregate":
      return new Set<State>(["end"]);
    case "star":
    case "key":
      return new Set();
  }
}

function variable(segment: NameSegment, { names }: Walk): readonly State[] {
  const bare = segment.arguments === undefined && !segment.name.includes(".");
  return bare && names.has("lambdaVariableExpr", segment.name) ? everything : [];
}

const rootWords = new Set(["$metadata", "$batch", "$entity", "$crossjoin"]);

function rootOf(segment: Segment, { names }: Walk): readonly State[] {
  if (segment.kind === "word") {
    if (segment.word === "$all") return ["entityCol"];
    if (segment.word === "$entity") return ["entity"];
    return rootWords.has(segment.word) ? ["query"] : [];
  }
  if (segment.kind !== "name") return [];
  const { name } = segment;
  const called = segment.arguments !== undefined;
  const found: State[] = [];
  if (names.has("entitySetName", name)) found.push(called ? "entity" : "entityCol");
  if (!called && names.has("singletonEntity", name)) found.push("entity");
  if (!called && names.has("actionImport", name)) found.push("end");
  for (const shape of shapes) {
    if (names.has(`${shape}FunctionImport`, name)) found.push(called ? shape : "query");
  }
  return found;
}

/** The ways to go on from one state with one segment. */
function follow(state: State, segment: Segment, walk: Walk): readonly State[] {
  if (state === "root") return rootOf(segment, walk);
  if (state === "end") return [];
  if (state === "query") return segment.kind === "word" && segment.word === "$query" ? ["end"] : [];
  return walk.mode === "path" ? followPath(state, segment, walk) : followExpression(state, segment, walk);
}

function baseOf(state: State): string {
  return state === "keyed" ? "entity" : state.replace(/ (?:cast|open)$/, "");
}

function isCollection(state: State): boolean {
  return baseOf(state).endsWith("Col");
}

const wordsBehind: Readonly<Record<string, readonly string[]>> = {
  entityCol: ["$count", "$ref", "$query"],
  entity: ["$ref", "$value", "$query"],
  complexCol: ["$count", "$query"],
  primitiveCol: ["$count", "$query"],
  complex: ["$query"],
  primitive: ["$value", "$query"],
};

function followPath(state: State, segment: Segment, walk: Walk): readonly State[] {
  const base = baseOf(state);
  switch (segment.kind) {
    case "word":
      if (segment.word === "$each" && base === "entityCol") return ["each"];
      return wordsBehind[base]?.includes(segment.word) ? ["end"] : [];
    case "filter":
      if (base !== "entityCol") return [];
      return [segment.key === undefined ? "entityCol" : "entity"];
    case "key":
      return followKey(state, base, segment.text, walk);
    case "name":
      return [...followName(state, segment, walk), ...keyName(state, segment, walk)];
    case "at":
    case "count":
    case "lambda":
    case "aggregate":
    case "star":
      return [];
  }
}

function followKey(state: State, base: string, text: string, { names }: Walk): readonly State[] {
  if (base === "entityCol" || state === "keyed") return names.has("keyPathLiteral", text) ? ["keyed"] : [];
  return /^-?\d+$/.test(text) && isCollection(state) ? ["end"] : [];
}

/** A name where a key may stand is a key, if the model does not know better. */
function keyName(state: State, segment: NameSegment, { names }: Walk): readonly State[] {
  const mayBeKey = baseOf(state) === "entityCol" || state === "keyed";
  return mayBeKey && segment.arguments === undefined && names.has("keyPathLiteral", segment.name) ? ["keyed"] : [];
}

/** Properties, types and operations behind a state. */
function followName(state: State, segment: NameSegment, walk: Walk): readonly State[] {
  const base = baseOf(state);
  const goesOn = base === "entity" || base === "complex" || (walk.mode === "through" && isCollection(state));
  return [...(goesOn ? properties(segment, walk) : []), ...casts(state, segment, walk), ...operations(segment, walk)];
}

function casts(state: State, segment: NameSegment, { names, mode }: Walk): readonly State[] {
  if (state.endsWith(" cast") || state.endsWith(" open")) return [];
  const base = baseOf(state);
  const called = segment.arguments !== undefined;
  const ending = mode === "path" ? "cast" : "open";
  if (base === "entity" && !called && isType("entityTypeName", segment, names)) return [`entity ${ending}`];
  if (base === "entityCol" && isType("entityTypeName", segment, names))
    return [called ? "entity" : `entityCol ${ending}`];
  if (base !== "complex" && base !== "complexCol") return [];
  return !called && isType("complexTypeName", segment, names) ? [`${base} cast`] : [];
}

function isType(role: "entityTypeName" | "complexTypeName", { name }: NameSegment, names: Vocabulary): boolean {
  return hasQualified(role, name, names);
}

/** The parts before the last dot are a namespace, the rest has the role. */
export function hasQualified(role: Role, name: string, names: Vocabulary): boolean {
  const parts = name.split(".");
  const last = parts.pop() ?? "";
  return names.has(role, last) && parts.every((part) => names.has("namespacePart", part));
}

function properties(segment: NameSegment, { names }: Walk): readonly State[] {
  const { name } = segment;
  if (segment.arguments !== undefined) return names.has("entityColNavigationProperty", name) ? ["entity"] : [];
  const found: State[] = [];
  if (names.has("entityColNavigationProperty", name)) found.push("entityCol");
  if (names.has("entityNavigationProperty", name)) found.push("entity");
  if (names.has("complexColProperty", name)) found.push("complexCol");
  if (names.has("complexProperty", name)) found.push("complex");
  if (names.has("primitiveColProperty", name)) found.push("primitiveCol");
  if (names.has("primitiveKeyProperty", name) || names.has("primitiveNonKeyProperty", name)) found.push("primitive");
  if (names.has("streamProperty", name)) found.push("stream");
  if (names.has("customAggregate", name)) found.push("primitive");
  return found;
}

function operations(segment: NameSegment, { names, mode }: Walk): readonly State[] {
  const called = segment.arguments !== undefined;
  if (!called && mode !== "path") return [];
  const found: State[] = [];
  if (!called && hasQualified("action", segment.name, names)) found.push("end");
  for (const shape of shapes) {
    if (hasQualified(`${shape}Function`, segment.name, names)) found.push(called ? shape : "query");
  }
  return found;
}

/** The first name of an expression: a property, a function, a type before a property. */
function member(segment: NameSegment, walk: Walk): readonly State[] {
  const types: State[] = [];
  if (segment.arguments === undefined && isType("entityTypeName", segment, walk.names)) types.push("entity open");
  if (segment.arguments === undefined && isType("complexTypeName", segment, walk.names)) types.push("complex cast");
  return [...properties(segment, walk), ...operations(segment, walk), ...types];
}

function followExpression(state: State, segment: Segment, walk: Walk): readonly State[] {
  const { mode } = walk;
  const collection = isCollection(state) || mode === "through";
  switch (segment.kind) {
    case "name":
      if (mode === "group" && isCollection(state)) return [];
      return followName(state, segment, walk);
    case "at":
      return mode === "group" ? [] : everything;
    case "count":
    case "lambda":
    case "aggregate":
      return collection && mode !== "group" ? ["end"] : [];
    case "filter":
      if (!collection) return [];
      return segment.key === undefined ? shapes.filter((shape) => shape === baseOf(state)) : ["entity"];
    case "word":
    case "star":
    case "key":
      return [];
  }
}

/** Whether the path of an aggregation leads through a collection. */
export function leadsThroughCollection(path: Expression, names: Vocabulary): boolean {
  if (path.kind !== "path" || path.segments.length < 2) return false;
  return pathError(path, names, "expression") !== undefined && pathError(path, names, "through") === undefined;
}

/** The arguments of every segment that has some. */
export function argumentsOf(segment: Segment): readonly Argument[] {
  if (segment.kind === "name" || segment.kind === "word") return segment.arguments ?? [];
  return segment.kind === "filter" ? (segment.key ?? []) : [];
}
