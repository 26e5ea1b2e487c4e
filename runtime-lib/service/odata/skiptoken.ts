/** `$skiptoken`: the last row's place in the order, so that the next page starts behind it whatever was inserted meanwhile. */
import type { Value, Values } from "../../kernel/index.ts";
import type { FilterNode } from "../../ports/index.ts";
import type { Failed, ListRead } from "../call.ts";
import { invalid } from "./failure.ts";
import { familyOf } from "./filter-operands.ts";
import type { SetRoute } from "./routes.ts";

type Order = ListRead["orderBy"];
type OrderItem = Order[number];

/** The token for the page behind that row. It is a position, not a secret: it says nothing that the row did not. */
export function tokenBehind(row: Values, orderBy: Order): string {
  const place = orderBy.map((item) => row[item.property] ?? null);
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** What comes behind a token's place in that order; undefined without a token, a refusal for one that is not ours. */
export function afterToken(token: string | undefined, orderBy: Order, set: SetRoute): FilterNode | undefined | Failed {
  if (token === undefined) return undefined;
  const place = readPlace(token);
  if (place === undefined || place.length !== orderBy.length) return badToken();
  const places: Place[] = [];
  for (const [index, item] of orderBy.entries()) {
    const value = place[index];
    if (!isOfType(value, item, set)) return badToken();
    places.push({ item, value });
  }
  return behind(places);
}

function badToken(): Failed {
  return invalid("the $skiptoken is not one that this service gave for this query", "$skiptoken");
}

function readPlace(token: string): readonly unknown[] | undefined {
  if (!/^[\w-]{1,4096}$/.test(token)) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return Array.isArray(place) ? place : undefined;
  } catch {
    return undefined;
  }
}

function isOfType(value: unknown, item: OrderItem, set: SetRoute): value is Value {
  const property = set.properties.get(item.property);
  if (property === undefined) return false;
  if (value === null) return property.nullable;
  const family = familyOf(property);
  return typeof value === (family === "number" || family === "boolean" ? family : "string");
}

interface Place {
  readonly item: OrderItem;
  readonly value: Value;
}

/** Behind in the first item, or equal there and behind in the rest. Null comes first in ascending order (part 2, 5.1.5). */
function behind(places: readonly Place[]): FilterNode {
  const [first, ...rest] = places;
  if (first === undefined) return { kind: "constant", value: false };
  const further = furtherThan(first);
  if (rest.length === 0) return further;
  return { kind: "or", operands: [further, { kind: "and", operands: [equal(first), behind(rest)] }] };
}

function furtherThan({ item, value }: Place): FilterNode {
  if (value === null) {
    return item.direction === "asc" ? compare(item, "ne", null) : { kind: "constant", value: false };
  }
  if (item.direction === "asc") return compare(item, "gt", value);
  return { kind: "or", operands: [compare(item, "lt", value), compare(item, "eq", null)] };
}

function equal({ item, value }: Place): FilterNode {
  return compare(item, "eq", value);
}

function compare(item: OrderItem, operator: "eq" | "ne" | "lt" | "gt", value: Value): FilterNode {
  return {
    kind: "compare",
    operator,
    left: { kind: "property", property: item.property },
    right: { kind: "literal", value },
  };
}
