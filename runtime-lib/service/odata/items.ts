/** Which items of a collection a caller wants: the options of `$select=Tags(…)`, and those of `Set(key)/Tags?…`. */

import type { Value } from "../../kernel/index.ts";
import { compareValues, itemMatches, ofItem } from "../../ports/filter-values.ts";
import type { FilterNode } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { bindingOf, type FilterScope, type Lowering } from "./binding.ts";
import { type Reader, readExpression, readOrderItems, readSearchWords } from "./decoded-option.ts";
import { invalid, isFailed } from "./failure.ts";
import { conditionOf } from "./filter.ts";
import { inOption, optionFailure } from "./filter-failures.ts";
import type { Expression, OrderItem, SearchExpression } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { asFilterOperand } from "./operand-types.ts";
import { operandOf } from "./operands.ts";
import type { OptionName } from "./options.ts";
import { readCountOption, readNumberOption } from "./plain-options.ts";
import { searchedItem } from "./search.ts";

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

/** The options as they are written; those with plain values by their names. */
export interface WrittenItems {
  readonly filter: Expression | undefined;
  readonly search: SearchExpression | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly plain: (name: "top" | "skip" | "count") => string | undefined;
}

type ItemLowering = Lowering & { readonly limits: ODataLimits };

/** The options that a collection by itself takes. */
export const itemOptions: readonly OptionName[] = ["filter", "search", "orderby", "top", "skip", "count"];

/** What the options of a request want of the collection that it is for (OData 4.01 part 1, section 11.2.6). */
export function readItems(
  system: ReadonlyMap<OptionName, string>,
  scope: FilterScope,
  limits: ODataLimits,
): Items | Failed {
  const filter = writtenOption(system, "filter", readExpression, limits);
  if (isFailed(filter)) return filter;
  const search = writtenOption(system, "search", readSearchWords, limits);
  if (isFailed(search)) return search;
  const orderBy = writtenOption(system, "orderby", readOrderItems, limits);
  if (isFailed(orderBy)) return orderBy;
  const origin = filter?.origin ?? ((offset) => offset);
  const plain = (name: "top" | "skip" | "count") => system.get(name);
  const written = { filter: filter?.tree, search: search?.tree, orderBy: [], plain };
  const items = wantedItems(written, scope, { origin, limits });
  if (isFailed(items) || orderBy === undefined) return items;
  const orders = orderOfItems(orderBy.tree, scope, { origin: orderBy.origin, limits });
  return isFailed(orders) ? inOption(orders, "$orderby") : { ...items, orderBy: orders };
}

function writtenOption<T>(
  system: ReadonlyMap<OptionName, string>,
  name: "filter" | "search" | "orderby",
  reader: Reader<T>,
  { filterDepthMax, filterLengthMax }: ODataLimits,
) {
  const text = system.get(name);
  if (text === undefined) return undefined;
  if (text.length > filterLengthMax)
    return invalid(`$${name} is longer than ${filterLengthMax} characters (filterLengthMax)`, `$${name}`);
  const parsed = reader(text.trim(), { depthMax: filterDepthMax, nodesMax: filterLengthMax });
  if (parsed.kind === "parsed") return parsed;
  return optionFailure(`$${name}`, parsed.at, parsed.message);
}

/** The items that options want; what is wrong is said as of `$filter`. */
export function wantedItems(written: WrittenItems, scope: FilterScope, lowering: ItemLowering): Items | Failed {
  const filter = filterOfItems(written, scope, lowering);
  if (isFailed(filter)) return filter;
  const orderBy = orderOfItems(written.orderBy, scope, lowering);
  if (isFailed(orderBy)) return orderBy;
  const paging = pagingOf(written, lowering.limits);
  return isFailed(paging) ? paging : { ...paging, orderBy, ...(filter && { filter }) };
}

function filterOfItems(
  { filter, search }: WrittenItems,
  scope: FilterScope,
  lowering: ItemLowering,
): FilterNode | undefined | Failed {
  const asked = filter && conditionOf(filter, ofItems(scope, lowering));
  if (search === undefined || isFailed(asked)) return asked;
  const found = searchedItem(search, lowering.limits);
  if (asked === undefined || isFailed(found)) return found;
  return { kind: "and", operands: [asked, found] };
}

function orderOfItems(
  items: readonly OrderItem[],
  scope: FilterScope,
  lowering: ItemLowering,
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

function pagingOf({ plain }: WrittenItems, limits: ODataLimits): Pick<Items, "skip" | "top" | "count"> | Failed {
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
  value: Value | undefined,
  { filter, orderBy, skip, top }: Items,
): { readonly shown: readonly string[]; readonly count: number } {
  const items = typeof value === "object" && value !== null ? value : [];
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
