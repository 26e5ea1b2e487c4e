/** `$select`: which properties a caller wants to see, and which items of its collections. */
import type { Failed } from "../call.ts";
import { type Aliases, type FilterScope, type Lowering, withNested } from "./binding.ts";
import { readSelectItems } from "./decoded-option.ts";
import { invalid, isFailed, notImplemented } from "./failure.ts";
import { inOption, optionFailure } from "./filter-failures.ts";
import type { SelectItem } from "./grammar/syntax.ts";
import { type Items, itemOptions, wantedItems } from "./items.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import type { SetRoute } from "./routes.ts";

/** By name, with what is wanted of a collection's items. Undefined where everything is shown. */
export type Selection = ReadonlyMap<string, Items | undefined> | undefined;

export interface SelectScope {
  readonly namespace: string;
  readonly aliases: Aliases;
  readonly limits: ODataLimits;
}

/** The selected names; `*` is all of them. A path or an unknown name is refused. */
export function readSelect(text: string | undefined, set: SetRoute, scope: SelectScope): Selection | Failed {
  if (text === undefined) return undefined;
  const { expandDepthMax, filterDepthMax, urlLengthMax } = scope.limits;
  const bounds = { depthMax: expandDepthMax + filterDepthMax, nodesMax: urlLengthMax };
  const parsed = readSelectItems(text.trim(), bounds);
  if (parsed.kind === "parsed") return selectionOf(parsed.tree, { ...scope, set }, { ...scope, origin: parsed.origin });
  return optionFailure("$select", parsed.at, parsed.message);
}

type SelectLowering = Lowering & { readonly limits: ODataLimits };

/** The selection that the items are. */
export function selectionOf(
  items: readonly SelectItem[],
  scope: FilterScope,
  lowering: SelectLowering,
): Selection | Failed {
  const selected = new Map<string, Items | undefined>();
  let isAll = false;
  for (const item of items) {
    const name = selectedName(item, scope.set);
    if (isFailed(name)) return name;
    if (name === "*") isAll = true;
    else if (item.options.length > 0 && scope.set.properties.get(name)?.complexType !== undefined) {
      const nested = withinComplex(item, name, scope, lowering);
      if (isFailed(nested)) return nested;
      for (const [path, wanted] of nested ?? [[name, undefined]]) selected.set(path, wanted);
    } else {
      const wanted = itemsOf(item, name, scope, lowering);
      if (isFailed(wanted)) return wanted;
      selected.set(name, wanted);
    }
  }
  if (!isAll) return selected;
  const wanted = [...selected.values()].some((each) => each !== undefined);
  return wanted
    ? new Map([...[...scope.set.properties.keys()].map((name) => [name, undefined] as const), ...selected])
    : undefined;
}

/** `Home($select=City)` is `Home/City`; undefined for the whole of it. */
function withinComplex(
  item: SelectItem,
  name: string,
  scope: FilterScope,
  lowering: SelectLowering,
): Selection | Failed {
  const other = item.options.find((option) => option.kind !== "select");
  if (other !== undefined) {
    const option = other.kind === "plain" ? other.name : other.kind;
    return invalid(`$${option} is for collections, and ${name} is none`, "$select");
  }
  const inner = item.options.flatMap((option) => (option.kind === "select" ? option.items : []));
  if (inner.some(({ segments: [first] }) => first?.kind === "star")) return undefined;
  const paths = inner.map((each) => ({ ...each, segments: [...item.segments, ...each.segments] }));
  return selectionOf(paths, scope, lowering);
}

function selectedName({ segments: [cast, ...behind] }: SelectItem, set: SetRoute): string | Failed {
  // A cast to the very type that stands there says nothing.
  const isCast = cast?.kind === "name" && cast.name === `${set.namespace}.${set.type.name}` && behind.length > 0;
  const segments = isCast || cast === undefined ? behind : [cast, ...behind];
  const [first, further] = segments;
  if (first?.kind === "star" && further === undefined) return "*";
  if (first?.kind !== "name") return notImplemented("what is no property in $select", "$select");
  // Of a navigation property the link is selected, of a stream where it is, and of an operation the advertisement, which only full metadata shows.
  const isLink =
    set.streams.has(first.name) ||
    set.navigations.has(first.name) ||
    set.actions.has(first.name) ||
    set.functions.has(first.name);
  if (isLink && further === undefined) return first.name;
  if (!set.properties.has(first.name)) {
    return invalid(`${set.type.name} has no property ${shown(first.name)}`, "$select");
  }
  if (further === undefined) return first.name;
  const names = segments.flatMap((each) => (each.kind === "name" ? [each.name] : []));
  if (names.length < segments.length) return notImplemented("a path to what is no property in $select", "$select");
  const path = names.join("/");
  return set.properties.has(path) ? path : invalid(`${set.type.name} has nothing called ${shown(path)}`, "$select");
}

const taken: ReadonlySet<string> = new Set(itemOptions);

function itemsOf(
  item: SelectItem,
  name: string,
  around: FilterScope,
  lowering: SelectLowering,
): Items | undefined | Failed {
  const options = item.options.filter(({ kind }) => kind !== "alias");
  if (options.length === 0) return undefined;
  const scope = { ...around, aliases: withNested(around.aliases, item.options) };
  const names = options.map((option) => (option.kind === "plain" ? option.name : option.kind));
  const other = names.find((each) => !taken.has(each));
  if (other !== undefined) return notImplemented(`the query option $${other} within $select`, "$select");
  const repeated = names.find((each, index) => names.indexOf(each) !== index);
  if (repeated !== undefined) return invalid(`$${repeated} stands twice in $select=${name}`, "$select");
  if (scope.set.properties.get(name)?.collection !== true) {
    return invalid(`$${names[0]} is for collections, and ${name} is none`, "$select");
  }
  const [filter] = options.filter((option) => option.kind === "filter");
  const [search] = options.filter((option) => option.kind === "search");
  const [order] = options.filter((option) => option.kind === "orderby");
  const plain = (name: string): string | undefined =>
    options.flatMap((option) => (option.kind === "plain" && option.name === name ? [option.value] : []))[0];
  const written = { filter: filter?.condition, search: search?.expression, orderBy: order?.items ?? [], plain };
  const items = wantedItems(written, scope, lowering);
  return isFailed(items) ? inOption(items, "$select") : items;
}
