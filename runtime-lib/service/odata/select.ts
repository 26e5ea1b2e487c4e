/** `$select`: which properties a caller wants to see, and which items of its collections. */
import { compareValues, itemMatches, ofItem } from "../../ports/filter-values.ts";
import type { FilterNode } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { type Aliases, bindingOf, type FilterScope, type Lowering, withNested } from "./binding.ts";
import { readSelectItems } from "./decoded-option.ts";
import { invalid, isFailed, notImplemented } from "./failure.ts";
import { conditionOf } from "./filter.ts";
import { inOption } from "./filter-failures.ts";
import type { OptionSyntax, OrderItem, SelectItem } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import { asFilterOperand } from "./operand-types.ts";
import { operandOf } from "./operands.ts";
import { readCountOption, readNumberOption } from "./plain-options.ts";
import type { SetRoute } from "./routes.ts";
import { searchedItem } from "./search.ts";

/** By name, with what is wanted of a collection's items. Undefined where everything is shown. */
export type Selection = ReadonlyMap<string, Items | undefined> | undefined;

/** Which items of a collection, in which order, and whether their number is told. */
export interface Items {
  readonly filter?: FilterNode;
  readonly orderBy: readonly ItemOrder[];
  readonly skip: number;
  readonly top?: number;
  readonly count: boolean;
}

interface ItemOrder {
  readonly operand: Parameters<typeof ofItem>[0];
  readonly direction: "asc" | "desc";
}

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
  return invalid(`$select, character ${parsed.at + 1}: ${parsed.message}`, "$select");
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

function selectedName({ segments }: SelectItem, set: SetRoute): string | Failed {
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
  const names = segments.map((each) => (each.kind === "name" ? each.name : ""));
  const path = names.join("/");
  return set.properties.has(path) ? path : invalid(`${set.type.name} has nothing called ${shown(path)}`, "$select");
}

const taken = new Set(["filter", "search", "orderby", "top", "skip", "count"]);

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
  const filter = filterOfItems(options, scope, lowering);
  if (isFailed(filter)) return inOption(filter, "$select");
  const orderBy = orderOfItems(options.find((option) => option.kind === "orderby")?.items ?? [], scope, lowering);
  if (isFailed(orderBy)) return inOption(orderBy, "$select");
  const paging = pagingOf(options, lowering.limits);
  return isFailed(paging) ? paging : { ...paging, orderBy, ...(filter && { filter }) };
}

function filterOfItems(
  options: readonly OptionSyntax[],
  scope: FilterScope,
  lowering: SelectLowering,
): FilterNode | undefined | Failed {
  const filter = options.find((option) => option.kind === "filter");
  const asked = filter && conditionOf(filter.condition, ofItems(scope, lowering));
  const search = options.find((option) => option.kind === "search");
  if (search === undefined || isFailed(asked)) return asked;
  const found = searchedItem(search.expression, lowering.limits);
  if (asked === undefined || isFailed(found)) return found;
  return { kind: "and", operands: [asked, found] };
}

function orderOfItems(
  items: readonly OrderItem[],
  scope: FilterScope,
  lowering: SelectLowering,
): readonly ItemOrder[] | Failed {
  const { orderByMax } = lowering.limits;
  if (items.length > orderByMax) return invalid(`$orderby has more than ${orderByMax} items (orderByMax)`, "$select");
  const orders: ItemOrder[] = [];
  for (const { expression, direction } of items) {
    const operand = operandOf(expression, ofItems(scope, lowering), conditionOf);
    if (isFailed(operand)) return operand;
    orders.push({ operand: asFilterOperand(operand), direction });
  }
  return orders;
}

/** Nothing but `$this` is there to be asked: the text itself. */
function ofItems(scope: FilterScope, lowering: Lowering): ReturnType<typeof bindingOf> {
  return { ...bindingOf(scope, lowering), root: { depth: 0 } };
}

function pagingOf(
  options: readonly OptionSyntax[],
  limits: ODataLimits,
): Pick<Items, "skip" | "top" | "count"> | Failed {
  const plain = (name: string): string | undefined => {
    for (const option of options) if (option.kind === "plain" && option.name === name) return option.value;
    return undefined;
  };
  const top = readNumberOption("$top", plain("top"), Number.MAX_SAFE_INTEGER);
  if (isFailed(top)) return top;
  const skip = readNumberOption("$skip", plain("skip"), limits.skipMax) ?? 0;
  if (isFailed(skip)) return skip;
  const count = readCountOption(plain("count"));
  if (isFailed(count)) return count;
  return { skip, count, ...(top !== undefined && { top }) };
}

/** The items that are wanted, and how many there are of them whatever the paging. */
export function itemsWanted(
  items: readonly string[],
  { filter, orderBy, skip, top }: Items,
): { readonly shown: readonly string[]; readonly count: number } {
  const found = filter === undefined ? items : items.filter((item) => itemMatches(filter, item));
  const sorted = orderBy.length === 0 ? found : [...found].sort((one, other) => inOrder(orderBy, one, other));
  return { shown: sorted.slice(skip, top === undefined ? undefined : skip + top), count: found.length };
}

function inOrder(orderBy: readonly ItemOrder[], one: string, other: string): number {
  for (const { operand, direction } of orderBy) {
    const result = compareValues(ofItem(operand, one), ofItem(operand, other));
    if (result !== 0) return direction === "asc" ? result : -result;
  }
  return 0;
}
