/** `in`: one operand among literals, or among the items of a collection. */
import type { Value } from "../../kernel/index.ts";
import { type FilterNode, itemProperty } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { unaliased } from "./aliases.ts";
import type { Binding } from "./binding.ts";
import { isFailed } from "./failure.ts";
import { filterFailure } from "./filter-failures.ts";
import type { Expression } from "./grammar/syntax.ts";
import { agreed, asFilterOperand, literalFor, type Operand, operandFamily } from "./operand-types.ts";
import { operandOf } from "./operands.ts";
import { type BindCondition, type ReachedList, reached } from "./paths.ts";

/** The node of `operand in (…)` and `operand in Collection`. */
export function membership(
  tree: Expression & { kind: "binary" },
  around: Binding,
  bind: BindCondition,
): FilterNode | Failed {
  const placed = unaliased(tree.right, around);
  if (isFailed(placed)) return placed;
  const { binding, tree: right } = placed;
  if (right.kind === "list") return amongLiterals(tree.left, right, { around, binding, bind });
  const at = around.origin(tree.right.at);
  const found = right.kind === "path" ? reached(right, binding, bind) : undefined;
  if (isFailed(found)) return found;
  if (found?.kind !== "list") return filterFailure(at, "behind `in` stands a list or a collection");
  return amongItems(tree.left, found, { around, bind });
}

interface Within {
  /** What the operand is bound in. */
  readonly around: Binding;
  readonly bind: BindCondition;
}

function amongItems(left: Expression, list: ReachedList, { around, bind }: Within): FilterNode | Failed {
  const operand = operandOf(left, { ...around, depth: list.itemDepth }, bind);
  if (isFailed(operand)) return operand;
  const property = { ...list.property, name: itemProperty, collection: false, nullable: false };
  const item = { kind: "property", property, operand: { kind: "property", property: itemProperty } } as const;
  const sides = agreed({ ...item, at: operand.at }, operand);
  if (isFailed(sides)) return sides;
  return list.someItem({ kind: "compare", operator: "eq", left: sides[0], right: sides[1] });
}

function amongLiterals(
  left: Expression,
  { items }: Expression & { kind: "list" },
  { around, binding, bind }: Within & { readonly binding: Binding },
): FilterNode | Failed {
  const { inValuesMax } = binding.limits;
  const operand = operandOf(left, around, bind);
  if (isFailed(operand)) return operand;
  const beyond = items[inValuesMax];
  if (beyond !== undefined) {
    return filterFailure(binding.origin(beyond.at), `the list is longer than ${inValuesMax} (inValuesMax)`);
  }
  if (operand.kind === "literal") return filterFailure(operand.at, "a literal stands before `in`: write a property");
  const values: Value[] = [];
  for (const each of items) {
    const literal = operandOf(each, binding, bind);
    if (isFailed(literal)) return literal;
    if (literal.kind !== "literal") return filterFailure(literal.at, "the list of `in` has literals only");
    const value = valueBeside(operand, literal);
    if (isFailed(value)) return value;
    values.push(value);
  }
  return { kind: "in", operand: asFilterOperand(operand), values };
}

function valueBeside(
  operand: Exclude<Operand, { kind: "literal" }>,
  literal: Operand & { kind: "literal" },
): Value | Failed {
  if (operand.kind === "property") return literalFor(operand.property, literal);
  const isSame = literal.family === "null" || literal.family === operandFamily(operand);
  return isSame ? literal.value : filterFailure(literal.at, `a ${literal.family} is not a ${operandFamily(operand)}`);
}
