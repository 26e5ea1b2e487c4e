/** Cedar's `like` as a literal-safe text filter, where its wildcards stand at the ends only. */
import type { FilterNode, FilterOperand } from "../../ports/index.ts";
import { type Json, member } from "./expression.ts";

/** The filter, or undefined for a pattern with a wildcard in the middle. */
export function likeFilter(operand: FilterOperand, pattern: readonly Json[]): FilterNode | undefined {
  const first = pattern.findIndex((element) => element !== "Wildcard");
  if (first === -1) return pattern.length === 0 ? equal(operand, "") : { kind: "constant", value: true };
  const last = pattern.findLastIndex((element) => element !== "Wildcard");
  const letters = pattern.slice(first, last + 1).map((element) => member(element, "Literal"));
  if (!letters.every((letter) => typeof letter === "string")) return undefined;
  const part = letters.join("");
  const opensWild = first > 0;
  const closesWild = last < pattern.length - 1;
  if (!opensWild && !closesWild) return equal(operand, part);
  const side = opensWild && closesWild ? "contains" : opensWild ? "endswith" : "startswith";
  return { kind: "text", function: side, text: operand, part: { kind: "literal", value: part } };
}

function equal(operand: FilterOperand, value: string): FilterNode {
  return { kind: "compare", operator: "eq", left: operand, right: { kind: "literal", value } };
}
