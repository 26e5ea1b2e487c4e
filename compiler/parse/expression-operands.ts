/** The lower half of the grammar: what has a value. Conditions and effects are built on it in `expression-grammar.ts`. */

import { EmbeddedActionsParser, type IToken } from "chevrotain";
import { asOperand, between, constant, nameOf, rangeOf } from "./expression-nodes.ts";
import type { OperandSyntax } from "./expression-syntax.ts";
import * as t from "./expression-tokens.ts";

/** The rules of operands. Whoever extends it analyses the grammar once all rules are there. */
export class OperandParser extends EmbeddedActionsParser {
  /** Validating the grammar takes longer than parsing a spec: a test does it once, for everybody. */
  constructor({ isValidated }: { readonly isValidated: boolean }) {
    super(t.expressionTokens, { recoveryEnabled: true, maxLookahead: 2, skipValidations: !isValidated });
  }

  /** The meaning of a symbol that was just consumed. */
  protected sign<T extends string>(_token: IToken, meaning: T): T {
    return meaning;
  }

  /** operand = product { ("+"|"-") product } */
  readonly operand = this.RULE(
    "operand",
    (): OperandSyntax => {
      let left = this.SUBRULE(this.product);
      this.MANY(() => {
        const operator = this.OR<"+" | "-">([
          { ALT: () => this.sign(this.CONSUME(t.Plus), "+") },
          { ALT: () => this.sign(this.CONSUME(t.Minus), "-") },
        ]);
        const right = this.SUBRULE2(this.product);
        left = this.ACTION(
          (): OperandSyntax => ({ kind: "arithmetic", operator, left, right, ...between(left, right) }),
        );
      });
      return left;
    },
    asOperand,
  );

  readonly product = this.RULE(
    "product",
    (): OperandSyntax => {
      let left = this.SUBRULE(this.primary);
      this.MANY(() => {
        this.CONSUME(t.Times);
        const right = this.SUBRULE2(this.primary);
        left = this.ACTION(
          (): OperandSyntax => ({ kind: "arithmetic", operator: "*", left, right, ...between(left, right) }),
        );
      });
      return left;
    },
    asOperand,
  );

  readonly primary = this.RULE(
    "primary",
    (): OperandSyntax =>
      this.OR<OperandSyntax>([
        { ALT: () => this.SUBRULE(this.literal) },
        { ALT: () => this.SUBRULE(this.length) },
        { ALT: () => this.SUBRULE(this.param) },
        { ALT: () => this.SUBRULE(this.reference) },
      ]),
    asOperand,
  );

  /** "len" "(" name ")" */
  readonly length = this.RULE(
    "length",
    (): OperandSyntax => {
      const start = this.CONSUME(t.Length);
      this.CONSUME(t.Open);
      const name = this.CONSUME(t.Name);
      const end = this.CONSUME(t.Close);
      return this.ACTION((): OperandSyntax => {
        return { kind: "length", name: nameOf(name), ...between(rangeOf(start), rangeOf(end)) };
      });
    },
    asOperand,
  );

  /** "params" "." name */
  readonly param = this.RULE(
    "param",
    (): OperandSyntax => {
      const start = this.CONSUME(t.Params);
      this.CONSUME(t.Dot);
      const name = this.CONSUME(t.Name);
      return this.ACTION((): OperandSyntax => {
        return { kind: "param", name: name.image, ...between(rangeOf(start), rangeOf(name)) };
      });
    },
    asOperand,
  );

  /** A name, or Type "[" idField "]" "." "status" */
  readonly reference = this.RULE(
    "reference",
    (): OperandSyntax => {
      const name = this.CONSUME(t.Name);
      const related = this.OPTION(() => {
        this.CONSUME(t.OpenBracket);
        const reference = this.CONSUME2(t.Name);
        this.CONSUME(t.CloseBracket);
        this.CONSUME(t.Dot);
        const property = this.CONSUME3(t.Name);
        return this.ACTION((): OperandSyntax => {
          const names = { type: nameOf(name), reference: nameOf(reference), property: nameOf(property) };
          return { kind: "related", ...names, ...between(rangeOf(name), rangeOf(property)) };
        });
      });
      return related ?? this.ACTION((): OperandSyntax => ({ kind: "name", ...nameOf(name) }));
    },
    asOperand,
  );

  readonly literal = this.RULE(
    "literal",
    (): OperandSyntax =>
      this.OR<OperandSyntax>([
        {
          ALT: () => {
            const minus = this.OPTION(() => this.CONSUME(t.Minus));
            const digits = this.CONSUME(t.Decimal);
            const sign = minus === undefined ? 1 : -1;
            return this.ACTION(
              (): OperandSyntax => ({
                kind: "literal",
                value: sign * Number(digits.image),
                ...between(rangeOf(minus ?? digits), rangeOf(digits)),
              }),
            );
          },
        },
        {
          ALT: () => {
            const text = this.CONSUME(t.Text);
            return this.ACTION(
              (): OperandSyntax => ({
                kind: "literal",
                value: text.image.slice(1, -1).replaceAll("''", "'"),
                ...rangeOf(text),
              }),
            );
          },
        },
        { ALT: () => constant(true, this.CONSUME(t.True)) },
        { ALT: () => constant(false, this.CONSUME(t.False)) },
        { ALT: () => constant(null, this.CONSUME(t.Null)) },
      ]),
    asOperand,
  );
}
