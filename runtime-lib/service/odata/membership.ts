/** `in`: one operand among literals. */
import type { Value } from "../../kernel/index.ts";
import type { FilterNode } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import type { Binding } from "./binding.ts";
import { isFailed } from "./failure.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import type { Expression } from "./grammar/syntax.ts";
import { asFilterOperand, literalFor, type Operand, operandFamily } from "./operand-types.ts";
import { operandOf } from "./operands.ts";
import type { BindCondition } from "./paths.ts";

/** The node of `operand in (…)`. */
export function membership(
  tree: Expression & { kind: "binary" },
  binding: Binding,
  bind: BindCondition,
): FilterNode | Failed {
  const { inValuesMax } = binding.limits;
  const at = binding.origin(tree.at);
  const operand = operandOf(tree.left, binding, bind);
  if (isFailed(operand)) return operand;
  if (tree.right.kind !== "list") return filterGap(at, "in with something else than a list");
  const { items } = tree.right;
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
