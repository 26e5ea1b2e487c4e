/** `$orderby`: what rows are sorted by, always to a total order. */
import type { Failed, ListRead } from "../call.ts";
import { readDecoded } from "./decoded-option.ts";
import { invalid, isFailed, notImplemented } from "./failure.ts";
import type { OrderItem } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { shown } from "./literals.ts";
import type { SetRoute } from "./routes.ts";

export type Order = ListRead["orderBy"];

/** As the caller asked, and then by the key. */
export function readOrder(text: string | undefined, set: SetRoute, limits: ODataLimits): Order | Failed {
  if (text === undefined) return orderOf([], set, limits);
  const bounds = { depthMax: limits.filterDepthMax, nodesMax: limits.urlLengthMax };
  const parsed = readDecoded((parser) => parser.orderbyItems, text, bounds);
  if (parsed.kind === "parsed") return orderOf(parsed.tree, set, limits);
  return invalid(`$orderby, character ${parsed.at + 1}: ${parsed.message}`, "$orderby");
}

/** The order that the items are, and then the key's. */
export function orderOf(items: readonly OrderItem[], set: SetRoute, limits: ODataLimits): Order | Failed {
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
