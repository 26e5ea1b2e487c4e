/** Conditions and their operands after binding: every name in here is proven to exist and every comparison is well typed. */
import type { Span } from "../diagnostics/span.ts";

/** The run-time types of a variable or parameter, as `spec-language.md` lists them. `status` is the automaton's own status. */
export type ValueType = "counter" | "bool" | "list" | "set" | "string" | "int" | "float" | "ref" | "status" | "null";

export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type ArithmeticOperator = "+" | "-" | "*";

/** A literal as the spec wrote it. */
export type Literal = string | number | boolean | null;

/** Something that has a value: the left or right side of a comparison, or the amount of an effect. */
export type Operand =
  | { readonly kind: "status"; readonly type: "status"; readonly span: Span }
  | { readonly kind: "variable"; readonly name: string; readonly type: ValueType; readonly span: Span }
  | { readonly kind: "param"; readonly name: string; readonly type: ValueType; readonly span: Span }
  | { readonly kind: "length"; readonly of: Operand; readonly type: "int"; readonly span: Span }
  /** Any field of the entity that is no variable: triggers' guards, field invariants and cross-invariants see them. */
  | { readonly kind: "field"; readonly name: string; readonly type: ValueType; readonly span: Span }
  /**
   * `Type[field].status`, or another field of the related entities: one value per id in `field`, null for an id that is unset or
   * leads nowhere. A comparison with it must hold for all of them.
   */
  | {
      readonly kind: "related";
      readonly entityType: string;
      readonly reference: string;
      readonly property: string;
      readonly type: ValueType;
      readonly span: Span;
    }
  | { readonly kind: "literal"; readonly value: Literal; readonly type: ValueType; readonly span: Span }
  | {
      readonly kind: "arithmetic";
      readonly operator: ArithmeticOperator;
      readonly left: Operand;
      readonly right: Operand;
      readonly type: ValueType;
      readonly span: Span;
    };

/** A condition: guards, invariants and field invariants are all of this type. */
export type Predicate =
  | { readonly kind: "constant"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "truth"; readonly operand: Operand; readonly span: Span }
  | {
      readonly kind: "comparison";
      readonly operator: ComparisonOperator;
      readonly left: Operand;
      readonly right: Operand;
      readonly span: Span;
    }
  /** `element in ['a', 'b']`, or `element in listVariable`. `negated` is `not in`. */
  | {
      readonly kind: "membership";
      readonly element: Operand;
      readonly set: readonly Operand[] | Operand;
      readonly negated: boolean;
      readonly span: Span;
    }
  | { readonly kind: "empty"; readonly operand: Operand; readonly span: Span }
  | { readonly kind: "not"; readonly operand: Predicate; readonly span: Span }
  | { readonly kind: "and"; readonly operands: readonly Predicate[]; readonly span: Span }
  | { readonly kind: "or"; readonly operands: readonly Predicate[]; readonly span: Span }
  | { readonly kind: "implies"; readonly premise: Predicate; readonly conclusion: Predicate; readonly span: Span };
