/** The options of a collection read, typed: `$filter`, `$select`, `$orderby`, `$expand`, `$top`, `$skip`, `$count`, `$skiptoken`. */
import type { FilterNode } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { type Expansion, readExpand } from "./expand.ts";
import { isFailed } from "./failure.ts";
import { filterNode } from "./filter.ts";
import type { ODataLimits } from "./limits.ts";
import { type Options, onlyOptions } from "./options.ts";
import { type Ordering, readOrder } from "./order.ts";
import { readCountOption, readNumberOption } from "./plain-options.ts";
import type { SetRoute } from "./routes.ts";
import { readSelect, type Selection } from "./select.ts";
import { afterToken } from "./skiptoken.ts";

export interface ListOptions {
  readonly filter?: FilterNode;
  /** What a `$skiptoken` leaves: the entities behind the last one of the page before. */
  readonly after?: FilterNode;
  readonly select: Selection;
  /** As the caller asked, and then the key: a total order. */
  readonly ordering: Ordering;
  /** What the caller wants in all; undefined where the service decides. */
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
  readonly expand: readonly Expansion[];
}

const allowed = ["filter", "select", "orderby", "top", "skip", "count", "expand", "format", "skiptoken"] as const;

/** The options of `GET /Set`, checked against the set's type. */
export function listOptions(
  options: Options,
  set: SetRoute,
  namespace: string,
  limits: ODataLimits,
): ListOptions | Failed {
  const { system } = options;
  const wrong = onlyOptions(options, allowed, "a collection");
  if (wrong !== undefined) return wrong;
  const filter = readFilter(options, set, namespace, limits);
  if (isFailed(filter)) return filter;
  const select = readSelect(system.get("select"), set, limits);
  if (isFailed(select)) return select;
  const ordering = readOrder(system.get("orderby"), { set, namespace, aliases: options.aliases }, limits);
  if (isFailed(ordering)) return ordering;
  const top = readNumberOption("$top", system.get("top"), Number.MAX_SAFE_INTEGER);
  if (isFailed(top)) return top;
  const skip = readNumberOption("$skip", system.get("skip"), limits.skipMax) ?? 0;
  if (isFailed(skip)) return skip;
  const count = readCountOption(system.get("count"));
  if (isFailed(count)) return count;
  const after = afterToken(system.get("skiptoken"), ordering, set);
  if (isFailed(after)) return after;
  const expand = readExpand(system.get("expand"), set, { namespace, aliases: options.aliases, limits });
  if (isFailed(expand)) return expand;
  return {
    select,
    expand,
    ordering,
    skip,
    count,
    ...(filter === undefined ? {} : { filter }),
    ...(after === undefined ? {} : { after }),
    ...(top === undefined ? {} : { top }),
  };
}

/** The options of `GET /Set/$count`: only a filter has a meaning there. */
export function countFilter(
  options: Options,
  set: SetRoute,
  namespace: string,
  limits: ODataLimits,
): FilterNode | undefined | Failed {
  return onlyOptions(options, ["filter"], "$count") ?? readFilter(options, set, namespace, limits);
}

function readFilter(
  options: Options,
  set: SetRoute,
  namespace: string,
  limits: ODataLimits,
): FilterNode | undefined | Failed {
  const text = options.system.get("filter");
  if (text === undefined) return undefined;
  return filterNode(text, { set, namespace, aliases: options.aliases }, limits);
}
