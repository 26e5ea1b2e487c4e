/** `$expand`: the related entities that an answer brings along, typed (OData 4.01 part 2, section 5.1.3). */
import type { Computed, FilterNode } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { type Aliases, withNested } from "./binding.ts";
import { type Computation, computationOf } from "./compute.ts";
import { readExpandItems } from "./decoded-option.ts";
import { invalid, isFailed, notImplemented } from "./failure.ts";
import { filterOf } from "./filter.ts";
import { inOption, optionFailure } from "./filter-failures.ts";
import type { OptionSyntax, Segment, SelectItem } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import { type Ordering, orderOf } from "./order.ts";
import { readCountOption, readNumberOption } from "./plain-options.ts";
import type { NavigationRoute, SetRoute } from "./routes.ts";
import { nestedSearch } from "./search.ts";
import { type Selection, selectionOf } from "./select.ts";

/** One navigation property that is followed, with what is wanted of the entities at its end. */
export interface Expansion {
  readonly navigation: NavigationRoute;
  readonly set: SetRoute;
  /** `Items`, `Items/$ref`, or `Items/$count`. */
  readonly form: "entities" | "references" | "count";
  readonly filter?: FilterNode;
  readonly select: Selection;
  readonly ordering: Ordering;
  /** What is added to each entity. */
  readonly computed: readonly Computed[];
  /** Of each parent. */
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
  readonly expand: readonly Expansion[];
}

export interface ExpandScope {
  readonly namespace: string;
  readonly aliases: Aliases;
  readonly limits: ODataLimits;
}

interface Reading extends ExpandScope {
  readonly origin: (offset: number) => number;
  readonly depth: number;
  /** How many more navigation properties may be followed. */
  readonly budget: { left: number };
}

/** What the option asks for; nothing where it is not there. */
export function readExpand(text: string | undefined, set: SetRoute, scope: ExpandScope): readonly Expansion[] | Failed {
  if (text === undefined) return [];
  const { expandDepthMax, expandItemsMax, filterDepthMax, urlLengthMax } = scope.limits;
  const bounds = { depthMax: expandDepthMax + filterDepthMax, nodesMax: urlLengthMax };
  const parsed = readExpandItems(text.trim(), bounds);
  if (parsed.kind === "error") return optionFailure("$expand", parsed.at, parsed.message);
  const budget = { left: expandItemsMax };
  return expansionsOf(parsed.tree, set, { ...scope, origin: parsed.origin, depth: 1, budget });
}

function expansionsOf(items: readonly SelectItem[], set: SetRoute, reading: Reading): readonly Expansion[] | Failed {
  const found: Expansion[] = [];
  for (const item of items) {
    for (const navigation of followed(item, set)) {
      if (isFailed(navigation)) return navigation;
      if (found.some((each) => each.navigation === navigation)) {
        return invalid(`${navigation.name} is expanded twice`, "$expand");
      }
      const expansion = expansionOf(item, navigation, reading);
      if (isFailed(expansion)) return expansion;
      found.push(expansion);
    }
  }
  return found;
}

/** The navigation that the item names, or all that can be followed where it is a star. */
function followed({ segments: [first] }: SelectItem, set: SetRoute): readonly (NavigationRoute | Failed)[] {
  if (first?.kind === "star") {
    return [...set.navigations.values()].filter((each) => each.pairs.length > 0 && each.target() !== undefined);
  }
  if (first?.kind !== "name") return [notImplemented("what is no navigation property in $expand", "$expand")];
  const navigation = set.navigations.get(first.name);
  return [navigation ?? invalid(`${set.type.name} has no navigation property ${shown(first.name)}`, "$expand")];
}

function expansionOf(item: SelectItem, navigation: NavigationRoute, reading: Reading): Expansion | Failed {
  const { expandDepthMax, expandItemsMax } = reading.limits;
  const set = navigation.target();
  if (set === undefined || navigation.pairs.length === 0) {
    return notImplemented(
      `$expand of ${navigation.name}, for which the contract has no referential constraint`,
      "$expand",
    );
  }
  if (reading.depth > expandDepthMax) {
    return invalid(`$expand is deeper than ${expandDepthMax} (expandDepthMax)`, "$expand");
  }
  reading.budget.left -= 1;
  if (reading.budget.left < 0) {
    return invalid(`$expand follows more than ${expandItemsMax} navigation properties (expandItemsMax)`, "$expand");
  }
  const form = formOf(item.segments.slice(1), set, reading.namespace);
  if (isFailed(form)) return form;
  const aliases = withNested(reading.aliases, item.options);
  const options = nestedOptions(item.options, navigation, set, { ...reading, aliases });
  if (isFailed(options)) return options;
  const levels = levelsOf(item.options, reading);
  if (isFailed(levels)) return levels;
  const again = levels > 1 ? set.navigations.get(navigation.name) : undefined;
  const deeper = { ...reading, depth: reading.depth + 1 };
  const next = again === undefined ? undefined : expansionOf(withLevels(item, levels - 1), again, deeper);
  if (isFailed(next)) return next;
  const expand = next === undefined ? options.expand : [...options.expand, next];
  return { ...options, navigation, form, expand };
}

/** Behind the name: nothing, a cast to the very type, `$ref` or `$count`. */
function formOf(segments: readonly Segment[], set: SetRoute, namespace: string): Expansion["form"] | Failed {
  const [first, ...rest] = segments;
  if (first === undefined) return "entities";
  if (first.kind === "name" && first.name === `${namespace}.${set.type.name}`) return formOf(rest, set, namespace);
  if (first.kind === "word" && first.word === "$ref" && rest.length === 0) return "references";
  if (first.kind === "word" && first.word === "$count" && rest.length === 0) return "count";
  return notImplemented("such a path in $expand", "$expand");
}

function levelsOf(options: readonly OptionSyntax[], { depth, limits }: Reading): number | Failed {
  const given = plain(options, "levels");
  if (given === undefined) return 1;
  const left = limits.expandDepthMax - depth + 1;
  if (given.toLowerCase() === "max") return left;
  if (Number(given) <= left) return Number(given);
  return invalid(`$levels goes deeper than ${limits.expandDepthMax} (expandDepthMax)`, "$levels");
}

function withLevels(item: SelectItem, levels: number): SelectItem {
  const others = item.options.filter((option) => option.kind !== "plain" || option.name !== "levels");
  const { at, end } = item;
  return { ...item, options: [...others, { kind: "plain", name: "levels", value: String(levels), at, end }] };
}

const ofCollections = ["filter", "search", "orderby", "top", "skip", "count"];
const taken = [...ofCollections, "select", "expand", "compute", "levels"];

type Nested = Omit<Expansion, "navigation" | "form">;

function nestedOptions(
  all: readonly OptionSyntax[],
  navigation: NavigationRoute,
  set: SetRoute,
  reading: Reading,
): Nested | Failed {
  const options = all.filter(({ kind }) => kind !== "alias");
  const names = options.map((option) => (option.kind === "plain" ? option.name : option.kind));
  const later = names.find((name) => !taken.includes(name));
  if (later !== undefined) return notImplemented(`the query option $${later} within $expand`, "$expand");
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return invalid(`$${repeated} stands twice in $expand=${navigation.name}`, "$expand");
  const astray = navigation.collection ? undefined : names.find((name) => ofCollections.includes(name));
  if (astray !== undefined) return invalid(`$${astray} is for collections, and ${navigation.name} is none`, "$expand");
  return readNested(options, set, reading);
}

function readNested(options: readonly OptionSyntax[], own: SetRoute, reading: Reading): Nested | Failed {
  const computed = computationOf(ofKind(options, "compute")?.items ?? [], { ...reading, set: own }, reading);
  if (isFailed(computed)) return inOption(computed, "$expand");
  const { set } = computed;
  const filter = filterIn(options, computed, { ...reading, set: own });
  if (isFailed(filter)) return inOption(filter, "$expand");
  const scope = { ...reading, set: own, computed: computed.operands };
  const ordering = orderOf(ofKind(options, "orderby")?.items ?? [], scope, reading);
  if (isFailed(ordering)) return inOption(ordering, "$expand");
  const select = optional(ofKind(options, "select"), ({ items }) => selectionOf(items, { ...reading, set }, reading));
  if (isFailed(select)) return select;
  const nested = ofKind(options, "expand")?.items ?? [];
  const expand = expansionsOf(nested, own, { ...reading, depth: reading.depth + 1 });
  if (isFailed(expand)) return expand;
  const paging = pagingIn(options, reading);
  if (isFailed(paging)) return paging;
  const shown = { set, select, ordering, expand, computed: computed.columns };
  return { ...shown, ...paging, ...(filter && { filter }) };
}

/** What `$filter` and `$search` leave. */
function filterIn(
  options: readonly OptionSyntax[],
  { operands }: Computation,
  reading: Reading & { readonly set: SetRoute },
): FilterNode | undefined | Failed {
  const { set, limits } = reading;
  const filter = optional(ofKind(options, "filter"), ({ condition }) =>
    filterOf(condition, { ...reading, computed: operands }, reading),
  );
  if (isFailed(filter)) return filter;
  const search = optional(ofKind(options, "search"), ({ expression }) => nestedSearch(expression, set, limits));
  if (search === undefined || isFailed(search) || filter === undefined) return search ?? filter;
  return { kind: "and", operands: [filter, search] };
}

function pagingIn(
  options: readonly OptionSyntax[],
  { limits }: Reading,
): Pick<Expansion, "top" | "skip" | "count"> | Failed {
  const top = readNumberOption("$top", plain(options, "top"), Number.MAX_SAFE_INTEGER);
  if (isFailed(top)) return top;
  const skip = readNumberOption("$skip", plain(options, "skip"), limits.skipMax) ?? 0;
  if (isFailed(skip)) return skip;
  const count = readCountOption(plain(options, "count"));
  if (isFailed(count)) return count;
  return { skip, count, ...(top === undefined ? {} : { top }) };
}

function optional<T, R>(given: T | undefined, read: (present: T) => R): R | undefined {
  return given === undefined ? undefined : read(given);
}

function ofKind<K extends OptionSyntax["kind"]>(
  options: readonly OptionSyntax[],
  kind: K,
): Extract<OptionSyntax, { kind: K }> | undefined {
  const isOfKind = (option: OptionSyntax): option is Extract<OptionSyntax, { kind: K }> => option.kind === kind;
  return options.find(isOfKind);
}

function plain(options: readonly OptionSyntax[], name: string): string | undefined {
  for (const option of options) if (option.kind === "plain" && option.name === name) return option.value;
  return undefined;
}
