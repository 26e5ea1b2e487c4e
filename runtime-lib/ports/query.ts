/** A query as data: what OData's options mean, and what an adapter turns into SQL with bound parameters. */
import type { EntityTypeDescriptor, PropertyDescriptor, Value } from "../kernel/index.ts";
import type { Pattern } from "./patterns.ts";
import type { StoredRow } from "./store.ts";

export interface Query {
  readonly tenant: string;
  readonly entityType: EntityTypeDescriptor;
  /** The caller's `$filter`, already typed. */
  readonly filter?: FilterNode;
  /** What authorization leaves readable; always conjoined with `filter`. */
  readonly restriction?: FilterNode;
  /**
   * What authorization leaves readable of the other types that filters and computed columns reach.
   * A type that is not in it is read by nobody.
   */
  readonly restrictions?: ReadonlyMap<string, FilterNode>;
  /** Rows of the tenant, by their type, as they were read before: the type has these in this query, whatever has become of them since. */
  readonly asRead?: ReadonlyMap<string, readonly StoredRow[]>;
  /** Further columns of each row, by names that are no properties. */
  readonly computed?: readonly Computed[];
  /** Groups of the rows in place of the rows: the order, the paging and the count are of the groups, by their columns. */
  readonly grouping?: Grouping;
  /** By properties and computed columns. The key is always appended, so the order is total. */
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
  | PropertyOperand
  /** What is true, false or null by itself. */
  | { readonly kind: "truth"; readonly operand: FilterOperand }
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
  /** The pattern matches somewhere in the text; null where that is. */
  | { readonly kind: "pattern"; readonly text: FilterOperand; readonly pattern: Pattern }
  /** Of two collections, see `ListRelation`: null where one is null, but for `same`, which is never null. */
  | {
      readonly kind: "lists";
      readonly relation: ListRelation;
      readonly left: FilterOperand;
      readonly right: FilterOperand;
    }
  /** All of these flags are set in a property of an enumeration with flags; null where it is. */
  | {
      readonly kind: "has";
      readonly operand: FilterOperand;
      readonly property: PropertyDescriptor;
      readonly bits: number;
    }
  /** Something stands at the end of the way that the filter selects. Never null. */
  | { readonly kind: "some"; readonly way: Way; readonly filter?: FilterNode }
  /** The operand is true, and neither false nor null. */
  | { readonly kind: "known"; readonly operand: FilterNode }
  | { readonly kind: "not"; readonly operand: FilterNode }
  | { readonly kind: "and" | "or"; readonly operands: readonly FilterNode[] };

/** Whether they are equal; whether the left one becomes the right one by leaving items out, in another order or in its own. */
export type ListRelation = "same" | "subset" | "subsequence";

/** Each way that is gone is a scope within the scope where it begins; `from` counts scopes outwards, the innermost is 0. */
export interface PropertyOperand {
  readonly kind: "property";
  readonly property: string;
  readonly from?: number;
}

export type FilterOperand =
  | PropertyOperand
  /** Of an instant or a time of day, which columns spell in their own way, with its type; beside a property it has the property's. */
  | { readonly kind: "literal"; readonly value: Value; readonly type?: "Edm.DateTimeOffset" | "Edm.TimeOfDay" }
  /** The operand as it is at the end of a way that leads to one entity at most; null where it leads to none. */
  | { readonly kind: "at"; readonly way: Way; readonly operand: FilterOperand }
  | { readonly kind: "count"; readonly way: Way; readonly filter?: FilterNode }
  | { readonly kind: "call"; readonly function: ScalarFunction; readonly arguments: readonly FilterOperand[] }
  /** What a condition is: true, false or null. */
  | { readonly kind: "test"; readonly node: FilterNode }
  /** The value of the first branch whose condition is true; null where there is none. The values are of one type. */
  | {
      readonly kind: "case";
      readonly branches: readonly { readonly when: FilterNode; readonly value: FilterOperand }[];
    };

/** What leads from a row to others. */
export type Way =
  /** To the entities of a type that share values with it, as far as they are readable. */
  | {
      readonly kind: "entities";
      readonly target: EntityTypeDescriptor;
      readonly pairs: readonly { readonly here: string; readonly there: string }[];
      readonly from?: number;
    }
  /** To the items of one of its collections; each is the property `itemProperty` of a scope of its own. */
  | { readonly kind: "items"; readonly property: string; readonly from?: number };

export const itemProperty = "$it";

/**
 * Null where an argument is null. `tolower` and `toupper` change A to Z only and `trim` takes ASCII blanks, so that every store
 * answers alike; texts are counted in characters. `quotient` and `mod` are of integers; to divide by zero gives null.
 */
export type ScalarFunction =
  | "length"
  | "indexof"
  | "substring"
  | "tolower"
  | "toupper"
  | "trim"
  | "concat"
  | "year"
  | "month"
  | "day"
  | "hour"
  | "minute"
  | "second"
  | "fractionalseconds"
  | "date"
  | "time"
  /** Minutes from UTC: instants are kept in UTC, so 0. */
  | "offset"
  | "round"
  | "floor"
  | "ceiling"
  | "add"
  | "sub"
  | "mul"
  | "quotient"
  | "divide"
  | "mod"
  | "negate"
  /** Microseconds from 1970 to an instant, or to the beginning of a date. */
  | "micros"
  /** The instant so many microseconds after 1970; null before the year 1 and after 9999. */
  | "instant"
  /** The digits of an integer. */
  | "digits";

export interface Computed {
  readonly name: string;
  readonly operand: FilterOperand;
  /** What it gives, where that is no property as it is. */
  readonly type: PropertyDescriptor["type"];
}

/** One group of all rows where `by` is empty, also where there are no rows. */
export interface Grouping {
  readonly by: readonly GroupColumn[];
  readonly aggregates: readonly Aggregate[];
  /** Which groups are wanted, in terms of their columns. */
  readonly having?: FilterNode;
}

export interface GroupColumn {
  /** What the column is called, and its type. */
  readonly property: PropertyDescriptor;
  readonly operand: FilterOperand;
}

export type AggregateMethod = "sum" | "min" | "max" | "average" | "countdistinct";

/** Nulls are left out; of no values all but the counts are null. */
export type Aggregate =
  | { readonly method: "count"; readonly property: PropertyDescriptor }
  | { readonly method: AggregateMethod; readonly operand: FilterOperand; readonly property: PropertyDescriptor };
