/** A query as data: what OData's options mean, and what an adapter turns into SQL with bound parameters. */
import type { EntityTypeDescriptor, Value } from "../kernel/index.ts";

export interface Query {
  readonly tenant: string;
  readonly entityType: EntityTypeDescriptor;
  /** The caller's `$filter`, already typed. */
  readonly filter?: FilterNode;
  /** What authorization leaves readable; always conjoined with `filter`. */
  readonly restriction?: FilterNode;
  /** The key is always appended, so the order is total. */
  readonly orderBy: readonly { readonly property: string; readonly direction: "asc" | "desc" }[];
  readonly top: number;
  readonly skip: number;
  readonly count: boolean;
  /** Pages each group of rows that share these properties by itself, in the query's order; `top` still bounds them all. */
  readonly each?: Window;
}

/** The part of each group that is wanted; its first row comes in any case, so that `of` is known. */
export interface Window {
  readonly by: readonly string[];
  readonly skip: number;
  readonly top: number;
}

/**
 * As OData 4.01 has it (URL Conventions, 5.1.1): null equals null and nothing else, so `eq` and `ne` are never null; an order
 * comparison with one null is false, `ge` and `le` of two nulls true; a null boolean property or text is null, and `not`,
 * `and` and `or` are three-valued. Only true selects.
 */
export type FilterNode =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "property"; readonly property: string }
  | {
      readonly kind: "compare";
      readonly operator: "eq" | "ne" | "lt" | "le" | "gt" | "ge";
      readonly left: FilterOperand;
      readonly right: FilterOperand;
    }
  | { readonly kind: "in"; readonly operand: FilterOperand; readonly values: readonly Value[] }
  | {
      readonly kind: "text";
      readonly function: "contains" | "startswith" | "endswith";
      readonly text: FilterOperand;
      readonly part: FilterOperand;
    }
  | { readonly kind: "not"; readonly operand: FilterNode }
  | { readonly kind: "and" | "or"; readonly operands: readonly FilterNode[] };

export type FilterOperand =
  | { readonly kind: "property"; readonly property: string }
  | { readonly kind: "literal"; readonly value: Value };
