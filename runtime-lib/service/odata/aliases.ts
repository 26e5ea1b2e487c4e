/** Parameter aliases in expressions: each stands for the expression that the request gives it (OData 4.01 part 2, section 5.1.1.15). */
import type { Failed } from "../call.ts";
import type { Binding } from "./binding.ts";
import { readAliasValue } from "./decoded-option.ts";
import { filterFailure } from "./filter-failures.ts";
import type { Expression } from "./grammar/syntax.ts";

/** An expression, and what it is bound in. */
export interface Placed {
  readonly kind: "placed";
  readonly tree: Expression;
  readonly binding: Binding;
}

/** What stands in the alias's place; every other expression as it is. An alias without a value is null. */
export function unaliased(tree: Expression, binding: Binding): Placed | Failed {
  if (tree.kind !== "path") return { kind: "placed", tree, binding };
  const [only, further] = tree.segments;
  // What has a dot is an annotation.
  if (only?.kind !== "at" || further !== undefined || only.name.includes(".")) {
    return { kind: "placed", tree, binding };
  }
  const at = binding.origin(tree.at);
  const name = `@${only.name}`;
  const value = binding.aliases.get(name);
  if (value === undefined) {
    return { kind: "placed", tree: { kind: "literal", type: "null", text: "null", at: 0, end: 0 }, binding };
  }
  const { filterDepthMax, filterLengthMax, aliasDepthMax } = binding.limits;
  if (binding.aliasDepth >= aliasDepthMax) {
    return filterFailure(at, `aliases stand for aliases more than ${aliasDepthMax} times (aliasDepthMax)`);
  }
  binding.budget.left -= typeof value === "string" ? value.length : value.end - value.at;
  if (binding.budget.left < 0) {
    return filterFailure(at, `aliases stand for more than ${filterLengthMax} characters (filterLengthMax)`);
  }
  const inside = { ...binding, origin: () => at, aliasDepth: binding.aliasDepth + 1 };
  if (typeof value !== "string") return unaliased(value, inside);
  const bounds = { depthMax: filterDepthMax, nodesMax: filterLengthMax + 1 };
  const parsed = readAliasValue(value.trim(), bounds);
  return parsed.kind === "parsed"
    ? unaliased(parsed.tree, inside)
    : filterFailure(at, `the alias ${name}: ${parsed.message}`);
}
