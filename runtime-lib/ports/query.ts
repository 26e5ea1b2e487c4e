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
}

/** Three-valued, as OData and SQL have it: a comparison with null is unknown, except `eq null` and `ne null`. */
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
