/** `$orderby`: what rows are sorted by, always to a total order. */
import type { Computed } from "../../ports/index.ts";
import type { Failed, ListRead } from "../call.ts";
import { bindingOf, type FilterScope, type Lowering } from "./binding.ts";
import { readOrderItems } from "./decoded-option.ts";
import { invalid, isFailed, notImplemented } from "./failure.ts";
import { conditionOf } from "./filter.ts";
import { inOption, optionFailure } from "./filter-failures.ts";
import type { OrderItem } from "./grammar/syntax.ts";
import type { ODataLimits } from "./limits.ts";
import { asFilterOperand, type Family, type Operand, operandFamily, resultType } from "./operand-types.ts";
import { operandOf } from "./operands.ts";

export type Order = ListRead["orderBy"];

/** An order whose items may be computed columns: those are listed beside it. */
export interface Ordering {
  readonly orderBy: Order;
  readonly computed: readonly OrderColumn[];
}

export interface OrderColumn extends Computed {
  readonly family: Family;
}

type OrderLowering = Lowering & { readonly limits: Pick<ODataLimits, "orderByMax"> };

/** As the caller asked, and then by the key. */
export function readOrder(text: string | undefined, scope: FilterScope, limits: ODataLimits): Ordering | Failed {
  if (text === undefined) return orderOf([], scope, { origin: (offset) => offset, limits });
  const bounds = { depthMax: limits.filterDepthMax, nodesMax: limits.urlLengthMax };
  const parsed = readOrderItems(text, bounds);
  if (parsed.kind === "parsed") return orderOf(parsed.tree, scope, { origin: parsed.origin, limits });
  return optionFailure("$orderby", parsed.at, parsed.message);
}

/** The order that the items are, and then the key's, in the direction of the last item: an index serves it either way. */
export function orderOf(items: readonly OrderItem[], scope: FilterScope, lowering: OrderLowering): Ordering | Failed {
  const { orderByMax } = lowering.limits;
  if (items.length > orderByMax) return invalid(`$orderby has more than ${orderByMax} items (orderByMax)`, "$orderby");
  const orderBy: Order[number][] = [];
  const computed: OrderColumn[] = [];
  for (const { expression, direction } of items) {
    const operand = sorted(operandOf(expression, bindingOf(scope, lowering), conditionOf));
    if (isFailed(operand)) return inOption(operand, "$orderby");
    const column = columnOf(operand, computed.length);
    if (typeof column !== "string") computed.push(column);
    const property = typeof column === "string" ? column : column.name;
    if (!orderBy.some((earlier) => earlier.property === property)) orderBy.push({ property, direction });
  }
  const { key } = scope.set.type;
  const isTotal = orderBy.some((item) => item.property === key);
  const direction = orderBy.at(-1)?.direction ?? "asc";
  return { orderBy: isTotal ? orderBy : [...orderBy, { property: key, direction }], computed };
}

function sorted(operand: Operand | Failed): Operand | Failed {
  const isFlags = !isFailed(operand) && operand.kind === "property" && operand.property.flags !== undefined;
  if (isFlags) return notImplemented("the order of an enumeration with flags", "$orderby");
  if (isFailed(operand) || operand.kind !== "literal") return operand;
  return notImplemented("a literal in $orderby", "$orderby");
}

/** A property of the set's own is its own column. The name of another begins as no property's can. */
function columnOf(operand: Operand, number: number): string | OrderColumn {
  if (operand.kind === "property" && operand.operand.kind === "property") return operand.property.name;
  const family = operandFamily(operand);
  return { name: `$orderby ${number}`, operand: asFilterOperand(operand), type: resultType(operand), family };
}
