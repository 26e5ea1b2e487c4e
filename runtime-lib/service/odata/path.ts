/** Finds what a request path names: OData 4.01 part 2, section 4, as far as this service goes. */
import {
  type ActionDescriptor,
  entityIdOf,
  type FunctionDescriptor,
  named,
  type PropertyDescriptor,
  type Value,
  type Values,
} from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { failed, invalid, isFailed, notImplemented } from "./failure.ts";
import { type KeyPredicate, keyName, readPredicate } from "./key-predicate.ts";
import type { ODataLimits } from "./limits.ts";
import { readUrlLiteral, shown } from "./literals.ts";
import type { NavigationRoute, Routes, SetRoute } from "./routes.ts";

export type Resource =
  | { readonly kind: "service-document" }
  | { readonly kind: "metadata" }
  /** `filters` are the texts of `/$filter(…)` behind it. */
  | { readonly kind: "set" | "count"; readonly set: SetRoute; readonly filters?: readonly string[] }
  | { readonly kind: "entity"; readonly set: SetRoute; readonly id: string }
  /** `…/$ref`: of a set or of an entity the ids alone. */
  | { readonly kind: "set-ids"; readonly set: SetRoute; readonly filters?: readonly string[] }
  | { readonly kind: "entity-id"; readonly set: SetRoute; readonly id: string }
  | { readonly kind: "action"; readonly set: SetRoute; readonly id: string; readonly action: ActionDescriptor }
  | { readonly kind: "unknown-action"; readonly set: SetRoute; readonly id: string; readonly name: string }
  | {
      readonly kind: "related";
      readonly set: SetRoute;
      readonly id: string;
      readonly navigation: NavigationRoute;
      readonly filters?: readonly string[];
      /** `…/$count`. */
      readonly isCount: boolean;
    }
  /** `…/$each`, of a set or of what a navigation property leads to; with an action behind it, where one is to be taken. */
  | {
      readonly kind: "each";
      readonly set: SetRoute;
      readonly filters: readonly string[];
      readonly within?: { readonly set: SetRoute; readonly id: string; readonly navigation: NavigationRoute };
      readonly action?: ActionDescriptor;
    }
  /** `Set(key)/Navigation/$ref`: that the entities belong together; `to` is the one of a collection that is meant. */
  | {
      readonly kind: "reference";
      readonly set: SetRoute;
      readonly id: string;
      readonly navigation: NavigationRoute;
      readonly to?: KeyPredicate;
    }
  /** A property as JSON, or its value as it is, or how many items it has. */
  | {
      readonly kind: "property" | "value" | "item-count";
      readonly set: SetRoute;
      readonly id: string;
      readonly property: PropertyDescriptor;
    }
  /** The bytes of a stream property, or of a media entity. */
  | {
      readonly kind: "stream";
      readonly set: SetRoute;
      readonly id: string;
      readonly property: PropertyDescriptor;
    }
  | { readonly kind: "function"; readonly function: FunctionDescriptor; readonly arguments: string }
  | {
      readonly kind: "bound-function";
      readonly set: SetRoute;
      readonly id: string;
      readonly function: FunctionDescriptor;
      readonly arguments: string;
    };

/** What only the store can tell: which entity a path has led to so far. */
export type Step =
  | {
      readonly kind: "alternate";
      readonly set: SetRoute;
      readonly key: Values;
      /** What the path goes on to, once the entity's id is known. */
      readonly inside: Inside;
    }
  /** Behind a navigation property: the entity at its end, or the one with that key among those at its end. */
  | {
      readonly kind: "through";
      readonly set: SetRoute;
      readonly id: string;
      readonly navigation: NavigationRoute;
      readonly target: SetRoute;
      readonly key?: KeyPredicate;
      readonly inside: Inside;
    }
  /** `$entity?$id=…`: what the option names. */
  | { readonly kind: "by-id" };

export type Named = Resource | Step | Failed;

type Inside = (id: string) => Named;

type Limits = Pick<ODataLimits, "keyLengthMax">;

const rootWords = new Set(["$batch", "$all", "$crossjoin", "$events"]);
const segmentWords = new Set(["$ref", "$value", "$count", "$links", "$each", "$filter", "$query"]);

/** The resource that decoded segments name; 404 for what is not there, 501 for what OData has and this service has not. */
export function resourceOf(segments: readonly string[], routes: Routes, limits: Limits): Named {
  const first = segments[0];
  if (first === undefined) return { kind: "service-document" };
  if (first.startsWith("$")) return controlSegment(first, segments);
  const open = first.indexOf("(");
  const name = open < 0 ? first : first.slice(0, open);
  const set = routes.sets.get(name);
  if (set !== undefined) {
    const scope = { limits, namespaces: routes.namespaces };
    return insideSet(set, open < 0 ? undefined : first.slice(open), uncast(segments, set, scope), scope);
  }
  const singleton = routes.singletons.get(first);
  if (singleton !== undefined) {
    const scope = { limits, namespaces: routes.namespaces };
    return insideEntity(singleton, first, segments.slice(1), scope);
  }
  const called = routes.functions.get(name);
  if (called !== undefined) return functionCall(called, open < 0 ? "" : first.slice(open), segments);
  return failed("NotFound", `there is no entity set ${shown(name)}`);
}

interface Scope {
  readonly limits: Limits;
  /** The namespace of the types, and its alias. */
  readonly namespaces: readonly string[];
}

/** A cast to the very type that stands there says nothing; there are no derived types. */
function uncast(segments: readonly string[], set: SetRoute, scope: Scope): readonly string[] {
  const [first = "", second, ...rest] = segments.length < 2 ? [] : segments;
  const isCast = second !== undefined && scope.namespaces.some((each) => second === `${each}.${set.type.name}`);
  return isCast ? [first, ...rest] : segments;
}

function controlSegment(first: string, segments: readonly string[]): Named {
  if (first === "$entity") return segments.length === 1 ? { kind: "by-id" } : notImplemented("a path behind $entity");
  if (first === "$metadata") {
    return segments.length === 1 ? { kind: "metadata" } : failed("NotFound", "there is nothing below $metadata");
  }
  const word = first.replace(/\(.*$/s, "");
  return rootWords.has(word) ? notImplemented(word) : failed("NotFound", `there is no resource ${shown(word)}`);
}

function insideSet(set: SetRoute, predicate: string | undefined, segments: readonly string[], scope: Scope): Named {
  const second = segments[1];
  if (predicate === undefined && second === undefined) return { kind: "set", set };
  if (predicate === undefined && second?.startsWith("$")) return setSegment(set, segments.slice(1));
  const key = predicate === undefined ? segmentKey(set, segments.slice(1)) : readPredicate(set, predicate);
  if (isFailed(key)) return key;
  const tooLong = lengthProblem(key, set, scope.limits);
  if (tooLong !== undefined) return tooLong;
  const rest = segments.slice(predicate === undefined ? 1 + set.keyParts.length : 1);
  const inside = (id: string) => insideEntity(set, id, rest, scope);
  switch (key.kind) {
    case "key":
      return inside(key.id);
    case "parts":
      return inside(entityIdOf(set.type, key.values) ?? "");
    case "alternate":
      return { kind: "alternate", set, key: key.values, inside };
  }
}

function lengthProblem(named: KeyPredicate, set: SetRoute, { keyLengthMax }: Limits): Failed | undefined {
  if (named.kind === "key" && named.id.length <= keyLengthMax) return undefined;
  const parts = named.kind === "key" ? [[set.type.key, named.id] as const] : Object.entries(named.values);
  const [name] = parts.find(([, value]) => String(value).length > keyLengthMax) ?? [];
  return name === undefined
    ? undefined
    : invalid(`the key is longer than ${keyLengthMax} characters (keyLengthMax)`, name);
}

/** What stands behind a set but no key. */
function setSegment(set: SetRoute, rest: readonly string[]): Resource | Failed {
  const trail = trailOf(rest, set);
  if (isFailed(trail)) return trail;
  const { end, action, filters } = trail;
  const own = filters.length === 0 ? { set } : { set, filters };
  if (end === "each") return { kind: "each", set, filters, ...(action && { action }) };
  return { kind: end ?? "set", ...own };
}

/** What may stand behind a collection: `$filter(…)`, and more of them, and then `$count`, or `$each` and an action of each. */
interface Trail {
  readonly kind: "trail";
  readonly filters: readonly string[];
  readonly end?: "count" | "set-ids" | "each";
  readonly action?: ActionDescriptor;
}

/** OData 4.01 part 2, sections 4.10, 4.12 and 4.13. */
function trailOf(rest: readonly string[], set: SetRoute, filters: readonly string[] = []): Trail | Failed {
  const [next, further, ...beyond] = rest;
  if (next === undefined) return { kind: "trail", filters };
  if (next === "$count") {
    if (further === undefined) return { kind: "trail", filters, end: "count" };
    return failed("NotFound", "there is nothing below $count");
  }
  if (next === "$ref" && further === undefined) return { kind: "trail", filters, end: "set-ids" };
  if (next === "$each") {
    if (further === undefined) return { kind: "trail", filters, end: "each" };
    const action = set.actions.get(further);
    if (action === undefined || beyond.length > 0) return notImplemented("a path behind $each that is no action");
    return { kind: "trail", filters, end: "each", action };
  }
  if (!next.startsWith("$filter(")) return unknownSegment(next);
  const size = segmentsOf(rest);
  if (size === undefined) return failed("InvalidRequest", "$filter( lacks its closing parenthesis");
  const text = rest.slice(0, size).join("/").slice("$filter(".length, -1);
  return trailOf(rest.slice(size), set, [...filters, text]);
}

/** How many segments a call in parentheses goes over: the slashes of the paths in it have parted it. */
function segmentsOf(rest: readonly string[]): number | undefined {
  for (let size = 1; size <= rest.length; size += 1) {
    const bare = rest
      .slice(0, size)
      .join("/")
      .replace(/'(?:[^']|'')*'(?!')/g, "");
    const isClosed = bare.split("(").length === bare.split(")").length;
    if (isClosed && !bare.includes("'") && bare.endsWith(")")) return size;
  }
  return undefined;
}

function unknownSegment(word: string): Failed {
  const bare = word.replace(/\(.*$/s, "");
  return segmentWords.has(bare) ? notImplemented(bare) : failed("NotFound", `there is no resource ${shown(bare)}`);
}

/** `/Set/key`: whole segments are the parts of the key, without quotes. */
function segmentKey(set: SetRoute, segments: readonly string[]): KeyPredicate | Failed {
  const values = named<Value>();
  for (const [index, { name, type }] of set.keyParts.entries()) {
    const text = segments[index];
    if (text === undefined) return failed("NotFound", `there is nothing by a part of the key (${keyName(set)})`);
    const isText = type === "enum" || type === "Edm.String";
    const read = isText ? { value: text } : readUrlLiteral(text, type);
    if ("problem" in read) return invalid(read.problem, name);
    values[name] = read.value;
  }
  if (set.type.identity !== undefined) return { kind: "parts", values };
  return { kind: "key", id: String(values[set.type.key]) };
}

function insideEntity(set: SetRoute, id: string, behind: readonly string[], scope: Scope): Named {
  if (behind.length === 0) return { kind: "entity", set, id };
  const [, ...rest] = uncast(["", ...behind], set, scope);
  const [name, next] = rest;
  if (name === undefined) return { kind: "entity", set, id };
  const action = set.actions.get(name);
  if (action !== undefined && next === undefined) return { kind: "action", set, id, action };
  if (action !== undefined) return notImplemented(`a path that goes on behind the action ${action.name}`);
  const stream = set.streams.get(name);
  if (stream !== undefined && next === undefined) return { kind: "stream", set, id, property: stream };
  if (name === "$ref" && next === undefined) return { kind: "entity-id", set, id };
  if (name.startsWith("$")) return unknownSegment(name);
  const bare = name.replace(/\(.*$/s, "");
  const called = set.functions.get(bare);
  if (called !== undefined) {
    const found = functionCall(called, name.slice(bare.length), rest);
    return isFailed(found) ? found : { ...found, kind: "bound-function", set, id };
  }
  const property = name.includes("/") ? undefined : set.properties.get(name);
  if (property !== undefined) return propertyPath({ set, id, property }, rest.slice(1));
  const navigation = set.navigations.get(bare);
  if (navigation !== undefined) return navigationPath({ set, id, navigation }, name, rest.slice(1), scope);
  return { kind: "unknown-action", set, id, name };
}

function propertyPath(
  named: Omit<Resource & { kind: "property" }, "kind">,
  [next, ...further]: readonly string[],
): Resource | Failed {
  const { set, property } = named;
  if (next === undefined) return { kind: "property", ...named };
  if (property.complexType !== undefined && !next.includes("/")) {
    const member = set.properties.get(`${property.name}/${next}`);
    if (member !== undefined) return propertyPath({ ...named, property: member }, further);
  } else if (further.length === 0) {
    if (next === "$value") return { kind: "value", ...named };
    if (next === "$count" && property.collection) return { kind: "item-count", ...named };
  }
  return failed("NotFound", `${named.property.name} has nothing called ${shown(next)}`);
}

type Navigated = Omit<Resource & { kind: "related" }, "kind" | "isCount">;

function navigationPath(named: Navigated, name: string, rest: readonly string[], scope: Scope): Named {
  const { navigation } = named;
  const predicate = name === navigation.name ? undefined : name.slice(navigation.name.length);
  const target = navigation.target();
  if (target === undefined || navigation.pairs.length === 0) {
    return notImplemented(`a path along ${navigation.name}, for which the contract has no referential constraint,`);
  }
  if (!navigation.collection && predicate !== undefined) return failed("NotFound", `${navigation.name} has no keys`);
  const behind = uncast(["", ...rest], target, scope).slice(1);
  const [next, further] = behind;
  if (predicate === undefined) {
    if (next === undefined) return { kind: "related", ...named, isCount: false };
    if (next === "$ref" && further === undefined) return { kind: "reference", ...named };
    if (navigation.collection && next.startsWith("$")) return relatedSegment(named, target, behind);
  }
  return navigation.collection
    ? amongPath({ ...named, target }, predicate, rest, scope)
    : { kind: "through", ...named, target, inside: (id) => insideEntity(target, id, rest, scope) };
}

function relatedSegment(named: Navigated, target: SetRoute, rest: readonly string[]): Resource | Failed {
  const trail = trailOf(rest, target);
  if (isFailed(trail)) return trail;
  const { end, action, filters } = trail;
  if (end === "each") return { kind: "each", set: target, filters, within: named, ...(action && { action }) };
  if (end === "set-ids") return notImplemented("$ref behind a filter of what a navigation property leads to");
  return { kind: "related", ...named, ...(filters.length > 0 && { filters }), isCount: end === "count" };
}

/** One entity of a collection: by a predicate, or by its key as a segment. */
function amongPath(
  named: Navigated & { readonly target: SetRoute },
  predicate: string | undefined,
  rest: readonly string[],
  scope: Scope,
): Named {
  const { target } = named;
  const [next = ""] = rest;
  if (predicate === undefined && next.startsWith("$")) return unknownSegment(next);
  const key = predicate === undefined ? segmentKey(target, rest) : readPredicate(target, predicate);
  if (isFailed(key)) return key;
  const tooLong = lengthProblem(key, target, scope.limits);
  if (tooLong !== undefined) return tooLong;
  const behind = predicate === undefined ? rest.slice(target.keyParts.length) : rest;
  if (behind.length === 1 && behind[0] === "$ref") return { kind: "reference", ...named, to: key };
  return { kind: "through", ...named, key, inside: (id) => insideEntity(target, id, behind, scope) };
}

function functionCall(
  called: FunctionDescriptor,
  text: string,
  segments: readonly string[],
): (Resource & { kind: "function" }) | Failed {
  if (segments.length > 1) return notImplemented(`a path that goes on behind the function ${called.name}`);
  if (called.isAction === true && text !== "")
    return failed("NotFound", `${called.name} is an action: its parameters go in the body`);
  if (text !== "" && !text.endsWith(")")) {
    return failed("InvalidRequest", `the call of ${called.name} lacks its closing parenthesis`);
  }
  return { kind: "function", function: called, arguments: text.slice(1, -1) };
}
