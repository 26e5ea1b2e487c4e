/** Conditions and effects as written: names are not looked up yet. Offsets are those of the expression's own text. */

/** The comparisons that the grammar has; the binder checks that they make sense. */
export type ComparisonSign = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type ArithmeticSign = "+" | "-" | "*";

/** A half-open range of UTF-16 offsets in the text of one expression. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export type OperandSyntax = Range &
  (
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "param"; readonly name: string }
    | { readonly kind: "length"; readonly name: NameSyntax }
    | {
        readonly kind: "related";
        readonly type: NameSyntax;
        readonly reference: NameSyntax;
        readonly property: NameSyntax;
      }
    | { readonly kind: "literal"; readonly value: string | number | boolean | null }
    | {
        readonly kind: "arithmetic";
        readonly operator: ArithmeticSign;
        readonly left: OperandSyntax;
        readonly right: OperandSyntax;
      }
  );

export type ConditionSyntax = Range &
  (
    | { readonly kind: "truth"; readonly operand: OperandSyntax }
    | {
        readonly kind: "comparison";
        readonly operator: ComparisonSign;
        readonly left: OperandSyntax;
        readonly right: OperandSyntax;
      }
    | {
        readonly kind: "membership";
        readonly element: OperandSyntax;
        readonly set: readonly OperandSyntax[] | OperandSyntax;
        readonly negated: boolean;
      }
    | { readonly kind: "empty"; readonly name: NameSyntax }
    | { readonly kind: "not"; readonly operand: ConditionSyntax }
    | { readonly kind: "and"; readonly operands: readonly ConditionSyntax[] }
    | { readonly kind: "or"; readonly operands: readonly ConditionSyntax[] }
    | { readonly kind: "implies"; readonly premise: ConditionSyntax; readonly conclusion: ConditionSyntax }
  );

/** `target` is the variable on the left, or a function's first argument. */
export type EffectSyntax = Range &
  (
    | {
        readonly kind: "assign";
        readonly operator: "=" | "+=" | "-=";
        readonly target: NameSyntax;
        readonly value: OperandSyntax;
      }
    | {
        readonly kind: "call";
        readonly name: NameSyntax;
        readonly target: NameSyntax;
        readonly argument: OperandSyntax;
      }
    /** `schedule`, `schedule_at`, `spawn` and `emit`: asked of the world, not of a variable. */
    | { readonly kind: "request"; readonly name: NameSyntax; readonly args: readonly OperandSyntax[] }
  );

export interface NameSyntax extends Range {
  readonly name: string;
}
