/** The options of a collection read, typed: `$filter`, `$select`, `$orderby`, `$top`, `$skip`, `$count`, `$skiptoken`. */
import type { FilterNode } from "../../ports/index.ts";
import type { Failed, ListRead } from "../call.ts";
import { readDecoded } from "./decoded-option.ts";
import { failed, invalid, isFailed, notImplemented } from "./failure.ts";
import { filterNode } from "./filter.ts";
import type { OrderItem } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import { type Options, onlyOptions } from "./options.ts";
import type { SetRoute } from "./routes.ts";
import { readSelect, type Selection } from "./select.ts";
import { afterToken } from "./skiptoken.ts";

export type Order = ListRead["orderBy"];

export interface ListOptions {
  readonly filter?: FilterNode;
  /** What a `$skiptoken` leaves: the entities behind the last one of the page before. */
  readonly after?: FilterNode;
  readonly select: Selection;
  /** As the caller asked, and then the key: a total order. */
  readonly orderBy: Order;
  /** What the caller wants in all; undefined where the service decides. */
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
}

const allowed = ["filter", "select", "orderby", "top", "skip", "count", "format", "skiptoken"] as const;

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
  const select = readSelect(system.get("select"), set);
  if (isFailed(select)) return select;
  const orderBy = readOrder(system.get("orderby"), set, limits);
  if (isFailed(orderBy)) return orderBy;
  const top = readCount("$top", system.get("top"), Number.MAX_SAFE_INTEGER);
  if (isFailed(top)) return top;
  const skip = readCount("$skip", system.get("skip"), limits.skipMax) ?? 0;
  if (isFailed(skip)) return skip;
  const count = readFlag(system.get("count"));
  if (isFailed(count)) return count;
  const after = afterToken(system.get("skiptoken"), orderBy, set);
  if (isFailed(after)) return after;
  return {
    select,
    orderBy,
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

function readOrder(text: string | undefined, set: SetRoute, limits: ODataLimits): Order | Failed {
  const items = text === undefined ? [] : orderItems(text, limits);
  if (isFailed(items)) return items;
  const order: Order[number][] = [];
  for (const each of items) {
    const item = orderItem(each, set);
    if (isFailed(item)) return item;
    if (!order.some((earlier) => earlier.property === item.property)) order.push(item);
  }
  if (order.length > limits.orderByMax) {
    return invalid(`$orderby has more than ${limits.orderByMax} items (orderByMax)`, "$orderby");
  }
  const { key } = set.type;
  return order.some((item) => item.property === key) ? order : [...order, { property: key, direction: "asc" }];
}

function orderItems(text: string, { filterDepthMax, urlLengthMax }: ODataLimits): readonly OrderItem[] | Failed {
  const bounds = { depthMax: filterDepthMax, nodesMax: urlLengthMax };
  const parsed = readDecoded((parser) => parser.orderbyItems, text, bounds);
  if (parsed.kind === "parsed") return parsed.tree;
  return invalid(`$orderby, character ${parsed.at + 1}: ${parsed.message}`, "$orderby");
}

function orderItem({ expression, direction }: OrderItem, set: SetRoute): Order[number] | Failed {
  const [only, further] = expression.kind === "path" ? expression.segments : [];
  if (only?.kind !== "name" || only.arguments !== undefined || further !== undefined) {
    return notImplemented("an expression in $orderby", "$orderby");
  }
  const property = set.properties.get(only.name);
  if (property === undefined) return invalid(`${set.type.name} has no property ${shown(only.name)}`, "$orderby");
  if (property.collection) return invalid(`a collection such as ${only.name} has no order`, "$orderby");
  return { property: only.name, direction };
}

function readCount(name: "$top" | "$skip", text: string | undefined, most: number): number | undefined | Failed {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) return invalid(`${name} is ${shown(text)}, not a non-negative integer`, name);
  return value <= most ? value : invalid(`${name} is beyond ${most}`, name);
}

function readFlag(text: string | undefined): boolean | Failed {
  if (text === undefined) return false;
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  return failed("InvalidParameter", `$count is ${shown(text)}, not true or false`, "$count");
}
