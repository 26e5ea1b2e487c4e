/** Paths in expressions: properties here and at the end of navigation, lambdas over collections, and counts. */
import type { PropertyDescriptor } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand, Way } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { type Binding, fromHere, propertyOperand, type Subject } from "./binding.ts";
import { isFailed } from "./failure.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import type { Expression, PathSyntax, Segment } from "./grammar/syntax.ts";
import { shown } from "./literals.ts";
import type { Operand } from "./operand-types.ts";
import type { NavigationRoute, SetRoute } from "./routes.ts";

/** What a path comes to. */
export type Reached =
  | { readonly kind: "operand"; readonly operand: Operand }
  | { readonly kind: "condition"; readonly node: FilterNode }
  | ReachedEntity
  | ReachedComplex
  | ReachedList;

/** An entity itself: there is one or none, and `identity` tells it from others of its set. */
export interface ReachedEntity {
  readonly kind: "entity";
  readonly name: string;
  readonly exists: FilterNode;
  readonly set: SetRoute;
  readonly identity: FilterOperand;
}

/** A value of a complex type itself. Its members are among the properties of the set, by paths that begin with its name. */
export interface ReachedComplex {
  readonly kind: "complex";
  readonly name: string;
  readonly set: SetRoute;
  readonly operand: (property: string) => FilterOperand;
}

/** A collection itself; the property says what its items are. */
export interface ReachedList {
  readonly kind: "list";
  readonly property: PropertyDescriptor;
  readonly operand: FilterOperand;
  /** How deep the scope of an item is, and that one of them is as a condition in that scope says. */
  readonly itemDepth: number;
  readonly someItem: (filter: FilterNode) => FilterNode;
}

/** Binds the condition of a lambda. */
export type BindCondition = (tree: Expression, binding: Binding) => FilterNode | Failed;

/** What is no single value, in words. */
export function nameOf(whole: ReachedEntity | ReachedComplex | ReachedList): string {
  return whole.kind === "list" ? `the collection ${whole.property.name}` : whole.name;
}

interface Walk {
  readonly binding: Binding;
  readonly bind: BindCondition;
  /** Where the path begins in the option. */
  readonly at: number;
  /** The single-valued ways gone so far. */
  readonly ways: readonly Way[];
  /** Where the walk stands. */
  readonly subject: Subject;
}

/** What the path means. */
export function reached(path: PathSyntax, binding: Binding, bind: BindCondition): Reached | Failed {
  const at = binding.origin(path.at);
  const [first, ...rest] = path.segments;
  if (first === undefined) return filterFailure(at, "a path belongs here");
  const variable =
    first.kind === "name" && first.arguments === undefined ? binding.variables.get(first.name) : undefined;
  const subject = variable ?? binding.root;
  const start = { binding, bind, at, ways: [], subject };
  if (variable !== undefined) return rest.length === 0 ? itself(start) : walk(rest, start);
  if (first.kind === "word" && first.word === "$this" && rest.length === 0) return itself(start);
  if (first.kind !== "word" || first.word !== "$it") return walk(path.segments, start);
  if (binding.root.set === undefined && binding.depth === 0)
    return filterGap(at, "$it beside the items of a collection");
  const whole = { ...start, subject: { set: binding.set, depth: 0 } };
  return rest.length === 0 ? itself(whole) : walk(rest, whole);
}

function operand(read: Operand | Failed): Reached | Failed {
  return isFailed(read) ? read : { kind: "operand", operand: read };
}

/** A lambda's variable, `$it` or `$this` by itself: an entity, or the item of a collection. */
function itself({ subject, binding, at }: Walk): Reached | Failed {
  const { set } = subject;
  if (set !== undefined) {
    const identity = propertyOperand(set.type.key, binding.depth, subject);
    return { kind: "entity", name: set.type.name, exists: { kind: "constant", value: true }, set, identity };
  }
  const name = "$it";
  const type = subject.itemType ?? "Edm.String";
  const property = { name, type, collection: false, nullable: false, role: "field" } as const;
  return operand({ kind: "property", property, operand: propertyOperand(name, binding.depth, subject), at });
}

function walk([segment, ...rest]: readonly Segment[], walking: Walk): Reached | Failed {
  const { subject, binding, at } = walking;
  const { set } = subject;
  if (segment === undefined || set === undefined) return filterFailure(at, "a text has nothing below it");
  if (segment.kind !== "name") return otherSegment(segment, walking);
  const column = columnAt(segment.name, rest, set.properties);
  if (column.name !== segment.name) return walk([{ ...segment, name: column.name }, ...column.rest], walking);
  const { name } = segment;
  if (segment.arguments !== undefined) return unknownCall(name, rest, walking);
  if (name === `${binding.namespace}.${set.type.name}` && rest.length > 0) return walk(rest, walking);
  const navigation = set.navigations.get(name);
  if (navigation !== undefined) return along(navigation, rest, walking);
  const property = set.properties.get(name);
  if (property === undefined) {
    const computed = walking.ways.length === 0 && subject === binding.root ? binding.computed?.get(name) : undefined;
    if (computed !== undefined && rest.length === 0 && binding.depth === 0) return operand({ ...computed, at });
    return filterFailure(at, `${set.type.name} has no property ${shown(name)}`);
  }
  if (property.complexType !== undefined) return whole(property, set, { rest, walking });
  if (property.collection) {
    const way: Way = { kind: "items", property: name, ...fromHere(placeOf(walking).depth, subject) };
    const itemType = property.type === "Edm.Guid" || property.type === "Edm.Date" ? property.type : "Edm.String";
    if (rest.length === 0) {
      return listAt(property, way, walking);
    }
    return overCollection(way, { depth: placeOf(walking).depth + 1, itemType }, { name, rest, walking });
  }
  if (rest.length > 0) return filterFailure(at, `${name} has nothing below it`);
  const here = propertyOperand(name, placeOf(walking).depth, subject);
  return operand({ kind: "property", property, operand: wrapped(walking.ways, here), at });
}

function listAt(property: PropertyDescriptor, way: Way, walking: Walk): ReachedList {
  const { depth } = placeOf(walking);
  const operand = wrapped(walking.ways, propertyOperand(property.name, depth, walking.subject));
  const someItem = (filter: FilterNode): FilterNode => some([...walking.ways, way], filter);
  return { kind: "list", property, operand, itemDepth: depth + 1, someItem };
}

/** A value of a complex type by itself: there, or null. */
function whole(
  { name, complexType = "" }: PropertyDescriptor,
  set: SetRoute,
  { rest, walking }: Pick<Onwards, "rest" | "walking">,
): Reached | Failed {
  if (rest.length > 0) return filterFailure(walking.at, `${complexType} has no such property`);
  const { ways, subject } = walking;
  const operand = (property: string) => wrapped(ways, propertyOperand(property, placeOf(walking).depth, subject));
  return { kind: "complex", name, set, operand };
}

/** Members of complex types and columns of groups are called by paths: `Address/City` is one name there. The longest one counts. */
function columnAt(
  name: string,
  rest: readonly Segment[],
  columns: ReadonlyMap<string, unknown>,
): { readonly name: string; readonly rest: readonly Segment[] } {
  const [next, ...further] = rest;
  if (next?.kind !== "name" || next.arguments !== undefined) return { name, rest };
  const longer = columnAt(`${name}/${next.name}`, further, columns);
  return columns.has(longer.name) ? longer : { name, rest };
}

/** The depth that conditions and operands have at the end of the ways gone so far. */
function placeOf({ binding, ways }: Walk): { readonly depth: number } {
  return { depth: binding.depth + ways.length };
}

function wrapped(ways: readonly Way[], inner: FilterOperand): FilterOperand {
  return ways.reduceRight<FilterOperand>((sofar, way) => ({ kind: "at", way, operand: sofar }), inner);
}

function otherSegment(segment: Exclude<Segment, { kind: "name" }>, { binding, at }: Walk): Failed {
  const place = binding.origin(segment.at);
  if (segment.kind === "at") return filterGap(place, `the annotation @${segment.name}`);
  if (segment.kind === "word") return filterGap(place, segment.word);
  if (segment.kind === "lambda") return filterFailure(at, `${segment.quantifier} stands behind a collection`);
  return filterGap(place, `$${segment.kind} in a path`);
}

function unknownCall(name: string, rest: readonly Segment[], { at }: Walk): Failed {
  if (rest.length > 0) return filterGap(at, `a path that goes on behind ${name}(…)`);
  return filterFailure(at, `there is no function ${shown(name)}`);
}

function along(navigation: NavigationRoute, rest: readonly Segment[], walking: Walk): Reached | Failed {
  const { subject, at } = walking;
  const { name, pairs } = navigation;
  const { filterWaysMax } = walking.binding.limits;
  if (placeOf(walking).depth >= filterWaysMax) {
    return filterFailure(at, `it leads over more than ${filterWaysMax} navigation properties (filterWaysMax)`);
  }
  const set = navigation.target();
  if (set === undefined || pairs.length === 0) {
    return filterGap(at, `the navigation property ${name}, for which the contract has no referential constraint,`);
  }
  const { depth } = placeOf(walking);
  const way: Way = { kind: "entities", target: set.type, pairs, ...fromHere(depth, subject) };
  const next = { set, depth: depth + 1 };
  if (navigation.collection) return overCollection(way, next, { name, rest, walking });
  if (rest.length === 0) {
    const ways = [...walking.ways, way];
    const identity = wrapped(ways, { kind: "property", property: set.type.key });
    return { kind: "entity", name, exists: some(ways), set, identity };
  }
  return walk(rest, { ...walking, ways: [...walking.ways, way], subject: next });
}

function some(ways: readonly Way[], filter?: FilterNode): FilterNode {
  const [first, ...rest] = ways;
  if (first === undefined) return filter ?? { kind: "constant", value: true };
  if (rest.length === 0 && filter === undefined) return { kind: "some", way: first };
  return { kind: "some", way: first, filter: some(rest, filter) };
}

interface Onwards {
  readonly name: string;
  readonly rest: readonly Segment[];
  readonly walking: Walk;
}

function overCollection(way: Way, next: Subject, { name, rest, walking }: Onwards): Reached | Failed {
  const [segment, further] = rest;
  const { at } = walking;
  if (segment === undefined) return filterGap(at, `the collection ${name} without any, all or $count`);
  if (further !== undefined) return filterGap(at, `a path that goes on behind the collection ${name}`);
  if (segment.kind === "count") return counted(way, next, { segment, walking });
  if (segment.kind === "lambda") return quantified(way, next, { segment, walking });
  return filterGap(at, `a path that goes on behind the collection ${name}`);
}

function quantified(
  way: Way,
  next: Subject,
  { segment, walking }: { readonly segment: Segment & { kind: "lambda" }; readonly walking: Walk },
): Reached | Failed {
  const { binding, bind, ways } = walking;
  const { variable, condition, quantifier } = segment;
  if (variable === undefined || condition === undefined) return { kind: "condition", node: some([...ways, way]) };
  const variables = new Map(binding.variables).set(variable, next);
  const filter = bind(condition, { ...binding, variables, depth: next.depth });
  if (isFailed(filter)) return filter;
  if (quantifier === "any") return { kind: "condition", node: some([...ways, way], filter) };
  const exception: FilterNode = { kind: "not", operand: { kind: "known", operand: filter } };
  return { kind: "condition", node: { kind: "not", operand: some([...ways, way], exception) } };
}

/** Inside `$count($filter=…)` bare names are of what is counted. */
function counted(
  way: Way,
  next: Subject,
  { segment, walking }: { readonly segment: Segment & { kind: "count" }; readonly walking: Walk },
): Reached | Failed {
  const { binding, bind, ways, at } = walking;
  const filters: FilterNode[] = [];
  for (const option of segment.options) {
    if (option.kind !== "filter") return filterGap(binding.origin(option.at), `$${option.kind} within $count`);
    const filter = bind(option.condition, { ...binding, root: next, depth: next.depth });
    if (isFailed(filter)) return filter;
    filters.push(filter);
  }
  const count: FilterOperand = { kind: "count", way, ...(filters[0] === undefined ? {} : { filter: filters[0] }) };
  return operand({ kind: "computed", family: "number", operand: wrapped(ways, count), isInteger: true, at });
}
