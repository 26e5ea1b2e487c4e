/** `aggregate(…)`: what is calculated over the entities of a group (OData Extension for Data Aggregation 4.0, section 3.2.1). */
import type { PropertyDescriptor } from "../../kernel/index.ts";
import type { Aggregate, AggregateMethod } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import type { Binding } from "./binding.ts";
import { invalid, isFailed, notImplemented } from "./failure.ts";
import { conditionOf } from "./filter.ts";
import type { AggregateItem, Expression } from "./grammar/syntax.ts";
import { asFilterOperand, isInteger, type Operand, operandFamily, resultType } from "./operand-types.ts";
import { operandOf } from "./operands.ts";

/** One item: `$count as N` or `Cost with sum as Total`. */
export function aggregateOf(item: AggregateItem, binding: Binding): Aggregate | Failed {
  const { expression, method, from, as: name } = item;
  if (from.length > 0) return gap("from");
  if (name === undefined) return gap("a custom aggregate");
  if (isCount(expression)) return { method: "count", property: column(name, "Edm.Int64") };
  const known = methodOf(method ?? "");
  if (known === undefined) return gap(`the method ${method ?? "of a custom aggregate"}`);
  const operand = operandOf(expression, binding, conditionOf);
  if (isFailed(operand)) return operand;
  if (operand.kind === "literal") return invalid("a literal has no aggregate", "$apply");
  const wrong = misfit(known, operand);
  if (wrong !== undefined) return wrong;
  return { method: known, operand: asFilterOperand(operand), property: resultOf(known, operand, name) };
}

/** Why the method does not take the operand. */
function misfit(method: AggregateMethod, operand: Operand): Failed | undefined {
  const family = operandFamily(operand);
  if (family === "duration" && (method === "average" || operand.kind !== "property")) {
    return gap(`${method} of durations${operand.kind === "property" ? "" : " that are computed"}`);
  }
  const needsNumber = method === "sum" || method === "average";
  if (needsNumber && family !== "number" && family !== "duration") return invalid(`${method} takes numbers`, "$apply");
  const isOrdered = family !== "enum" && family !== "binary";
  return needsNumber || method === "countdistinct" || isOrdered
    ? undefined
    : gap(`the order of ${family === "enum" ? "an enumeration" : "octets"}`);
}

function gap(feature: string): Failed {
  return notImplemented(`${feature} in aggregate`, "$apply");
}

function isCount(expression: Expression): boolean {
  const [only, further] = expression.kind === "path" ? expression.segments : [];
  return only?.kind === "count" && only.options.length === 0 && further === undefined;
}

function methodOf(name: string): AggregateMethod | undefined {
  const lower = name.toLowerCase();
  const methods = ["sum", "min", "max", "average", "countdistinct"] as const;
  return methods.find((method) => method === lower);
}

function resultOf(method: AggregateMethod, operand: Operand, name: string): PropertyDescriptor {
  if (method === "countdistinct") return column(name, "Edm.Int64");
  if (method === "average") return column(name, "Edm.Double");
  if (operand.kind === "property") {
    const { property } = operand;
    const isSum = method === "sum" && isInteger(operand);
    return isSum ? column(name, "Edm.Int64") : { ...property, name, nullable: true, role: "field" };
  }
  return column(name, resultType(operand));
}

function column(name: string, type: PropertyDescriptor["type"]): PropertyDescriptor {
  return { name, type, collection: false, nullable: true, role: "field" };
}
