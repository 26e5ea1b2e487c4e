/** The options of a collection read, typed: `$filter`, `$select`, `$orderby`, `$top`, `$skip`, `$count`, `$skiptoken`. */
import type { FilterNode } from "../../ports/index.ts";
import type { Failed, ListRead } from "../call.ts";
import { failed, invalid, isFailed, notImplemented } from "./failure.ts";
import { filterNode } from "./filter.ts";
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
  const order: Order[number][] = [];
  for (const part of text === undefined ? [] : text.split(",")) {
    const item = orderItem(part.trim(), set);
    if (isFailed(item)) return item;
    if (!order.some((earlier) => earlier.property === item.property)) order.push(item);
  }
  if (order.length > limits.orderByMax) {
    return invalid(`$orderby has more than ${limits.orderByMax} items (orderByMax)`, "$orderby");
  }
  const { key } = set.type;
  return order.some((item) => item.property === key) ? order : [...order, { property: key, direction: "asc" }];
}

function orderItem(text: string, set: SetRoute): Order[number] | Failed {
  const match = /^([^\s()/]+)(?:\s+(asc|desc))?$/i.exec(text);
  const name = match?.[1] ?? "";
  const property = set.properties.get(name);
  if (property?.collection) return invalid(`a collection such as ${name} has no order`, "$orderby");
  if (property !== undefined) {
    return { property: name, direction: match?.[2]?.toLowerCase() === "desc" ? "desc" : "asc" };
  }
  if (match !== null) return invalid(`${set.type.name} has no property ${shown(name)}`, "$orderby");
  if (/[()/]|\s(?:add|sub|mul|div|mod)\s/.test(text)) return notImplemented("an expression in $orderby", "$orderby");
  return invalid(`${shown(text)} is not a property with asc or desc`, "$orderby");
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
