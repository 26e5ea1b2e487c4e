/** The tree of a `$filter` as it was written, before names are looked up and types are checked. */

/** `at` is the offset of the first character in the option's text. */
export type FilterSyntax =
  | { readonly kind: "literal"; readonly type: LiteralType; readonly text: string; readonly at: number }
  | { readonly kind: "path"; readonly text: string; readonly at: number }
  | { readonly kind: "alias"; readonly name: string; readonly at: number }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly FilterSyntax[]; readonly at: number }
  | { readonly kind: "lambda"; readonly path: string; readonly at: number }
  | {
      readonly kind: "binary";
      /** In lower case. */
      readonly operator: string;
      readonly left: FilterSyntax;
      readonly right: FilterSyntax;
      readonly at: number;
    }
  | {
      readonly kind: "in";
      readonly operand: FilterSyntax;
      readonly values: readonly FilterSyntax[];
      readonly at: number;
    }
  | { readonly kind: "not"; readonly operand: FilterSyntax; readonly at: number };

/** `enum` has its qualified type name in the text: `Shop.Currency'EUR'`; `duration` is read to be named in a refusal. */
export type LiteralType = "null" | "boolean" | "number" | "string" | "guid" | "date" | "instant" | "enum" | "duration";
