/** The options of a collection read, typed: `$filter`, `$select`, `$orderby`, `$expand`, `$top`, `$skip`, `$count`, `$skiptoken`. */
import type { Computed, FeedPosition, FilterNode, Grouping } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { type Applied, readApply } from "./apply.ts";
import type { FilterScope } from "./binding.ts";
import { type Computation, readCompute } from "./compute.ts";
import { type ExpandScope, type Expansion, readExpand } from "./expand.ts";
import { isFailed, notImplemented } from "./failure.ts";
import { filterNode } from "./filter.ts";
import type { ODataLimits } from "./limits.ts";
import { type Options, onlyOptions } from "./options.ts";
import { type Ordering, readOrder } from "./order.ts";
import { readCountOption, readNumberOption } from "./plain-options.ts";
import type { SetRoute } from "./routes.ts";
import { readSearch } from "./search.ts";
import { readSelect, type Selection } from "./select.ts";
import { afterToken, followedIn } from "./skiptoken.ts";

export interface ListOptions {
  /** Of entities; of groups where there are groups. */
  readonly filter?: FilterNode;
  /** Where the answer has groups: which, and of which entities. */
  readonly groups?: { readonly grouping: Grouping; readonly of?: FilterNode };
  /** What the answer is made of: the set, or its groups as one. */
  readonly set: SetRoute;
  /** What a `$skiptoken` leaves: the entities behind the last one of the page before. */
  readonly after?: FilterNode;
  /** Where a delta link begins that the pages before have promised. */
  readonly followed?: FeedPosition;
  readonly select: Selection;
  /** As the caller asked, and then the key: a total order. */
  readonly ordering: Ordering;
  /** What is added to each entity. */
  readonly computed: readonly Computed[];
  /** What the caller wants in all; undefined where the service decides. */
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
  readonly expand: readonly Expansion[];
}

const allowed = [
  "filter",
  "search",
  "apply",
  "compute",
  "select",
  "orderby",
  "top",
  "skip",
  "count",
  "expand",
  "format",
  "skiptoken",
  "deltatoken",
] as const;

/** The options of `GET /Set`, checked against the set's type. */
export function listOptions(
  options: Options,
  set: SetRoute,
  namespace: string,
  limits: ODataLimits,
): ListOptions | Failed {
  const { system, aliases } = options;
  const wrong = onlyOptions(options, allowed, "a collection");
  if (wrong !== undefined) return wrong;
  const applied = readApply(system.get("apply"), { set, namespace, aliases }, limits) ?? { set };
  if (isFailed(applied)) return applied;
  if (applied.grouping === undefined) return optionsOf(options, applied, { namespace, aliases, limits });
  const other = (["search", "compute", "expand"] as const).find((name) => system.has(name));
  if (other !== undefined) return notImplemented(`$${other} of groups`, `$${other}`);
  return optionsOf(options, { set: applied.set }, { namespace, aliases, limits }, applied);
}

/** The options behind `$apply`: of its groups where `groups` is there. */
function optionsOf(
  options: Options,
  { set, filter: before }: Applied,
  scope: ExpandScope,
  groups?: Applied,
): ListOptions | Failed {
  const { system, aliases } = options;
  const { namespace, limits } = scope;
  const computation = readCompute(system.get("compute"), { set, namespace, aliases }, limits) ?? nothingComputed(set);
  if (isFailed(computation)) return computation;
  const names = { set, namespace, aliases, computed: computation.operands };
  const asked = readFilter(options, names, limits);
  if (isFailed(asked)) return asked;
  const filter = allOf(before, asked);
  const select = readSelect(system.get("select"), computation.set, scope);
  if (isFailed(select)) return select;
  const ordering = readOrder(system.get("orderby"), names, limits);
  if (isFailed(ordering)) return ordering;
  if (groups !== undefined && ordering.computed.length > 0) {
    return notImplemented("an expression over groups in $orderby", "$orderby");
  }
  const total = groups === undefined ? ordering : ofGroups(ordering, set);
  const paging = pagingOf(options, limits);
  if (isFailed(paging)) return paging;
  const after = afterToken(system.get("skiptoken"), total, set);
  if (isFailed(after)) return after;
  const followed = followedIn(system.get("skiptoken"));
  const expand = readExpand(system.get("expand"), set, scope);
  if (isFailed(expand)) return expand;
  return {
    select,
    expand,
    ordering: total,
    computed: computation.columns,
    set: computation.set,
    ...paging,
    ...(filter && { filter }),
    ...(after && { after }),
    ...(followed !== undefined && { followed }),
    ...(groups?.grouping && { groups: { grouping: groups.grouping, ...(groups.filter && { of: groups.filter }) } }),
  };
}

function nothingComputed(set: SetRoute): Computation {
  return { set, columns: [], operands: new Map() };
}

function allOf(one: FilterNode | undefined, other: FilterNode | undefined): FilterNode | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { kind: "and", operands: [one, other] };
}

/** Groups have no key: they are in a total order by all of their columns, those that were not asked for in the last direction. */
function ofGroups({ orderBy, computed }: Ordering, set: SetRoute): Ordering {
  const rest = set.type.properties.filter(({ name }) => !orderBy.some(({ property }) => property === name));
  const direction = orderBy.at(-1)?.direction ?? "asc";
  return {
    orderBy: [...orderBy, ...rest.map(({ name }) => ({ property: name, direction }))],
    computed,
  };
}

function pagingOf({ system }: Options, limits: ODataLimits): Pick<ListOptions, "top" | "skip" | "count"> | Failed {
  const top = readNumberOption("$top", system.get("top"), Number.MAX_SAFE_INTEGER);
  if (isFailed(top)) return top;
  const skip = readNumberOption("$skip", system.get("skip"), limits.skipMax) ?? 0;
  if (isFailed(skip)) return skip;
  const count = readCountOption(system.get("count"));
  if (isFailed(count)) return count;
  return { skip, count, ...(top === undefined ? {} : { top }) };
}

/** The options of `GET /Set/$count`: only a filter has a meaning there. */
export function countFilter(
  options: Options,
  set: SetRoute,
  namespace: string,
  limits: ODataLimits,
): FilterNode | undefined | Failed {
  return (
    onlyOptions(options, ["filter", "search"], "$count") ??
    readFilter(options, { set, namespace, aliases: options.aliases }, limits)
  );
}

function readFilter(options: Options, scope: FilterScope, limits: ODataLimits): FilterNode | undefined | Failed {
  const search = readSearch(options.system.get("search"), scope.set, limits);
  if (isFailed(search)) return search;
  const text = options.system.get("filter");
  if (text === undefined) return search;
  const filter = filterNode(text, scope, limits);
  return isFailed(filter) ? filter : allOf(search, filter);
}
