/** `$skiptoken`: the last row's place in the order, so that the next page starts behind it whatever was inserted meanwhile. */
import type { Value, Values } from "../../kernel/index.ts";
import type { FeedPosition, FilterNode, FilterOperand } from "../../ports/index.ts";
import type { Failed, ListRead } from "../call.ts";
import { invalid } from "./failure.ts";
import { type Family, familyOf, typedLiteral } from "./operand-types.ts";
import type { Ordering } from "./order.ts";
import type { SetRoute } from "./routes.ts";

type Order = ListRead["orderBy"];
type OrderItem = Order[number];

/** The token for the page behind that row. It is a position, not a secret: it says nothing that the row did not. */
export function tokenBehind(row: Values, orderBy: Order, followed?: FeedPosition): string {
  const place = Buffer.from(JSON.stringify(orderBy.map((item) => row[item.property] ?? null))).toString("base64url");
  return followed === undefined ? place : `${place}.${Buffer.from(followed).toString("base64url")}`;
}

/** Where the delta link begins that the pages before have promised; undefined where they have promised none. */
export function followedIn(token: string | undefined): FeedPosition | undefined {
  const [, followed] = token?.split(".") ?? [];
  return followed === undefined ? undefined : Buffer.from(followed, "base64url").toString("utf8");
}

/** What comes behind a token's place in that order; undefined without a token, a refusal for one that is not ours. */
export function afterToken(
  token: string | undefined,
  { orderBy, computed }: Ordering,
  set: SetRoute,
): FilterNode | undefined | Failed {
  if (token === undefined) return undefined;
  const place = readPlace(token.replace(/\.[\w-]{1,200}$/, ""));
  if (place === undefined || place.length !== orderBy.length) return badToken();
  const places: Place[] = [];
  for (const [index, item] of orderBy.entries()) {
    const value = place[index];
    const column = computed.find(({ name }) => name === item.property);
    const isRight = column === undefined ? isOfType(value, item, set) : isOfFamily(value, column.family);
    if (!isRight || !isValue(value)) return badToken();
    const operand = column?.operand ?? { kind: "property", property: item.property };
    places.push({ operand, direction: item.direction, value, literal: typedLiteral(value, column?.family ?? "null") });
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

function isOfType(value: unknown, item: OrderItem, set: SetRoute): boolean {
  const property = set.properties.get(item.property) ?? (item.property === set.type.key ? set.keyProperty : undefined);
  if (property === undefined || (value === null && !property.nullable)) return false;
  return isOfFamily(value, familyOf(property));
}

function isOfFamily(value: unknown, family: Family): boolean {
  return value === null || typeof value === jsTypeOf(family);
}

function jsTypeOf(family: Family): "number" | "boolean" | "string" {
  if (family === "boolean") return "boolean";
  return family === "number" || family === "duration" ? "number" : "string";
}

function isValue(value: unknown): value is string | number | boolean | null {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

interface Place {
  readonly operand: FilterOperand;
  readonly direction: "asc" | "desc";
  readonly value: Value;
  readonly literal: FilterOperand;
}

/**
 * Behind in the first item, or equal there and behind in the rest. Null comes first in ascending order (part 2, 5.1.5). There it is
 * said first that none is before it, because that is where a walk along an index can begin.
 */
function behind(places: readonly Place[]): FilterNode {
  const [first, ...rest] = places;
  if (first === undefined) return { kind: "constant", value: false };
  const further = furtherThan(first);
  if (rest.length === 0) return further;
  if (first.direction === "asc" && first.value !== null) {
    const notBefore = compare(first, "ge", first.literal);
    return { kind: "and", operands: [notBefore, { kind: "or", operands: [further, behind(rest)] }] };
  }
  const equal = compare(first, "eq", first.literal);
  return { kind: "or", operands: [further, { kind: "and", operands: [equal, behind(rest)] }] };
}

function furtherThan(place: Place): FilterNode {
  const { direction, value, literal } = place;
  if (value === null) {
    return direction === "asc" ? compare(place, "ne", nothing) : { kind: "constant", value: false };
  }
  if (direction === "asc") return compare(place, "gt", literal);
  return { kind: "or", operands: [compare(place, "lt", literal), compare(place, "eq", nothing)] };
}

const nothing: FilterOperand = { kind: "literal", value: null };

function compare({ operand }: Place, operator: "eq" | "ne" | "lt" | "gt" | "ge", right: FilterOperand): FilterNode {
  return { kind: "compare", operator, left: operand, right };
}
