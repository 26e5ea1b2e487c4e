/** Conditions that stand as values, and `case`, whose value a condition chooses (OData 4.01 part 2, section 5.1.1.13). */
import type { FilterNode, FilterOperand } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import type { Binding } from "./binding.ts";
import { isFailed } from "./failure.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import type { Call, Expression } from "./grammar/syntax.ts";
import { asFilterOperand, isInteger, type Operand, operandFamily } from "./operand-types.ts";
import type { BindCondition } from "./paths.ts";

type BindOperand = (tree: Expression, binding: Binding) => Operand | Failed;

/** A binding one deeper among values that conditions make: each is written several times in SQL, so their nesting is bounded. */
export function withinValue(binding: Binding, at: number): Binding | Failed {
  const { filterCasesMax } = binding.limits;
  if (binding.values < filterCasesMax) return { ...binding, values: binding.values + 1 };
  return filterFailure(at, `more than ${filterCasesMax} conditions stand as values within each other (filterCasesMax)`);
}

/** The condition as a value: true, false or null. */
export function tested(tree: Expression, binding: Binding, bind: BindCondition): Operand | Failed {
  const at = binding.origin(tree.at);
  const within = withinValue(binding, at);
  if (isFailed(within)) return within;
  const node = bind(tree, within);
  if (isFailed(node)) return node;
  return { kind: "computed", family: "boolean", operand: { kind: "test", node }, isInteger: false, at };
}

/** `case(A gt 1:'many',true:'few')`: the value behind the first condition that is true. */
export function chosen(
  tree: Call,
  binding: Binding,
  { condition, operand }: { readonly condition: BindCondition; readonly operand: BindOperand },
): Operand | Failed {
  const at = binding.origin(tree.at);
  const within = withinValue(binding, at);
  if (isFailed(within)) return within;
  const branches: { readonly when: FilterNode; readonly value: FilterOperand }[] = [];
  const values: Operand[] = [];
  for (let index = 0; index + 1 < tree.arguments.length; index += 2) {
    const [asked, given] = [tree.arguments[index], tree.arguments[index + 1]];
    if (asked === undefined || given === undefined) break;
    const when = condition(asked, within);
    if (isFailed(when)) return when;
    const value = operand(given, within);
    if (isFailed(value)) return value;
    branches.push({ when, value: asFilterOperand(value) });
    values.push(value);
  }
  return ofOneType(values, { kind: "case", branches }, at);
}

function ofOneType(values: readonly Operand[], operand: FilterOperand, at: number): Operand | Failed {
  const known = values.filter((each) => operandFamily(each) !== "null");
  const [first] = known;
  const family = first === undefined ? "null" : operandFamily(first);
  const stranger = known.find((each) => operandFamily(each) !== family);
  if (stranger !== undefined) {
    return filterFailure(stranger.at, `a ${operandFamily(stranger)} stands beside a ${family} in case`);
  }
  if (family === "enum") return filterGap(at, "case with members of an enumeration");
  return { kind: "computed", family, operand, isInteger: known.every(isInteger), at };
}
