/** The grammar of conditions and effects: one chevrotain parser with error recovery, whose actions build the syntax tree. */

import { asCondition, asEffect, asSet, asSign, between, joined, nameOf, rangeOf } from "./expression-nodes.ts";
import { OperandParser } from "./expression-operands.ts";
import type { ComparisonSign, ConditionSyntax, EffectSyntax, OperandSyntax, Range } from "./expression-syntax.ts";
import * as t from "./expression-tokens.ts";

const comparisons = [
  [t.Equal, "=="],
  [t.NotEqual, "!="],
  [t.AtMost, "<="],
  [t.AtLeast, ">="],
  [t.Less, "<"],
  [t.Greater, ">"],
] as const;

/** The parser; its rules are `condition` and `effect`. One instance is reused: chevrotain analyses the grammar once. */
export class ExpressionParser extends OperandParser {
  constructor(options = { isValidated: false }) {
    super(options);
    this.performSelfAnalysis();
  }

  /** expr = or [ "=>" expr ] */
  readonly condition = this.RULE(
    "condition",
    (): ConditionSyntax => {
      const premise = this.SUBRULE(this.disjunction);
      return (
        this.OPTION(() => {
          this.CONSUME(t.Implies);
          const conclusion = this.SUBRULE(this.condition);
          return this.ACTION(
            (): ConditionSyntax => ({ kind: "implies", premise, conclusion, ...between(premise, conclusion) }),
          );
        }) ?? premise
      );
    },
    asCondition,
  );

  /** or = and { "||" and } */
  readonly disjunction = this.RULE(
    "disjunction",
    (): ConditionSyntax => {
      const operands: ConditionSyntax[] = [];
      this.AT_LEAST_ONE_SEP({
        SEP: t.Or,
        DEF: () => {
          operands.push(this.SUBRULE(this.conjunction));
        },
      });
      return this.ACTION(() => joined("or", operands));
    },
    asCondition,
  );

  /** and = unary { "&&" unary } */
  readonly conjunction = this.RULE(
    "conjunction",
    (): ConditionSyntax => {
      const operands: ConditionSyntax[] = [];
      this.AT_LEAST_ONE_SEP({
        SEP: t.And,
        DEF: () => {
          operands.push(this.SUBRULE(this.unary));
        },
      });
      return this.ACTION(() => joined("and", operands));
    },
    asCondition,
  );

  /** unary = "!" unary | atom */
  readonly unary = this.RULE(
    "unary",
    (): ConditionSyntax =>
      this.OR<ConditionSyntax>([
        {
          ALT: () => {
            const bang = this.CONSUME(t.Bang);
            const operand = this.SUBRULE(this.unary);
            return this.ACTION((): ConditionSyntax => ({ kind: "not", operand, ...between(rangeOf(bang), operand) }));
          },
        },
        { ALT: () => this.SUBRULE(this.atom) },
      ]),
    asCondition,
  );

  /** atom = "(" expr ")" | "empty" "(" name ")" | term */
  readonly atom = this.RULE(
    "atom",
    (): ConditionSyntax =>
      this.OR<ConditionSyntax>([
        {
          ALT: () => {
            this.CONSUME(t.Open);
            const inner = this.SUBRULE(this.condition);
            this.CONSUME(t.Close);
            return inner;
          },
        },
        { ALT: () => this.SUBRULE(this.empty) },
        { ALT: () => this.SUBRULE(this.term) },
      ]),
    asCondition,
  );

  /** "empty" "(" name ")" */
  readonly empty = this.RULE(
    "empty",
    (): ConditionSyntax => {
      const start = this.CONSUME(t.Empty);
      this.CONSUME(t.Open);
      const name = this.CONSUME(t.Name);
      const end = this.CONSUME(t.Close);
      return this.ACTION((): ConditionSyntax => {
        return { kind: "empty", name: nameOf(name), ...between(rangeOf(start), rangeOf(end)) };
      });
    },
    asCondition,
  );

  /** term = operand [ comparison operand | ["not"] "in" set ] */
  readonly term = this.RULE(
    "term",
    (): ConditionSyntax => {
      const left = this.SUBRULE(this.operand);
      const truth = this.ACTION(
        (): ConditionSyntax => ({ kind: "truth", operand: left, start: left.start, end: left.end }),
      );
      return this.OR<ConditionSyntax>([
        {
          ALT: () => {
            const operator = this.SUBRULE(this.comparison);
            const right = this.SUBRULE2(this.operand);
            return this.ACTION(
              (): ConditionSyntax => ({ kind: "comparison", operator, left, right, ...between(left, right) }),
            );
          },
        },
        {
          ALT: () => {
            const negated = this.OPTION(() => this.CONSUME(t.Not)) !== undefined;
            this.CONSUME(t.In);
            const set = this.SUBRULE(this.set);
            return this.ACTION(
              (): ConditionSyntax => ({
                kind: "membership",
                element: left,
                set: set.of,
                negated,
                ...between(left, set),
              }),
            );
          },
        },
        { ALT: () => truth },
      ]);
    },
    asCondition,
  );

  readonly comparison = this.RULE(
    "comparison",
    (): ComparisonSign =>
      this.OR<ComparisonSign>(
        comparisons.map(([token, operator], index) => ({
          ALT: () => {
            this.consume(index, token);
            return operator;
          },
        })),
      ),
    asSign,
  );

  /** set = "[" [lit {"," lit}] "]" | name */
  readonly set = this.RULE(
    "set",
    (): Range & { readonly of: readonly OperandSyntax[] | OperandSyntax } =>
      this.OR([
        {
          ALT: () => {
            const start = this.CONSUME(t.OpenBracket);
            const items: OperandSyntax[] = [];
            this.MANY_SEP({
              SEP: t.Comma,
              DEF: () => {
                items.push(this.SUBRULE(this.primary));
              },
            });
            const end = this.CONSUME(t.CloseBracket);
            return this.ACTION(() => ({ of: items, ...between(rangeOf(start), rangeOf(end)) }));
          },
        },
        {
          ALT: () => {
            const name = this.CONSUME(t.Name);
            return this.ACTION(() => ({ of: { kind: "name" as const, ...nameOf(name) }, ...rangeOf(name) }));
          },
        },
      ]),
    asSet,
  );

  /** effect = name ("="|"+="|"-=") arg | function "(" … ")" */
  readonly effect = this.RULE(
    "effect",
    (): EffectSyntax =>
      this.OR<EffectSyntax>([
        { ALT: () => this.SUBRULE(this.assignment) },
        { ALT: () => this.SUBRULE(this.request) },
        { ALT: () => this.SUBRULE(this.call) },
      ]),
    asEffect,
  );

  readonly assignment = this.RULE(
    "assignment",
    (): EffectSyntax => {
      const target = this.CONSUME(t.Name);
      const operator = this.OR<"=" | "+=" | "-=">([
        { ALT: () => this.sign(this.CONSUME(t.Assign), "=") },
        { ALT: () => this.sign(this.CONSUME(t.AddAssign), "+=") },
        { ALT: () => this.sign(this.CONSUME(t.SubtractAssign), "-=") },
      ]);
      const value = this.SUBRULE(this.operand);
      return this.ACTION((): EffectSyntax => {
        const range = between(rangeOf(target), value);
        return { kind: "assign", operator, target: nameOf(target), value, ...range };
      });
    },
    asEffect,
  );

  readonly request = this.RULE(
    "request",
    (): EffectSyntax => {
      const name = this.CONSUME(t.Request);
      this.CONSUME(t.Open);
      const args: OperandSyntax[] = [];
      this.MANY_SEP({
        SEP: t.Comma,
        DEF: () => {
          args.push(this.SUBRULE(this.operand));
        },
      });
      const end = this.CONSUME(t.Close);
      return this.ACTION((): EffectSyntax => {
        return { kind: "request", name: nameOf(name), args, ...between(rangeOf(name), rangeOf(end)) };
      });
    },
    asEffect,
  );

  readonly call = this.RULE(
    "call",
    (): EffectSyntax => {
      const name = this.CONSUME(t.FunctionName);
      this.CONSUME(t.Open);
      const target = this.CONSUME(t.Name);
      this.CONSUME(t.Comma);
      const argument = this.SUBRULE(this.operand);
      const end = this.CONSUME(t.Close);
      return this.ACTION((): EffectSyntax => {
        const range = between(rangeOf(name), rangeOf(end));
        return { kind: "call", name: nameOf(name), target: nameOf(target), argument, ...range };
      });
    },
    asEffect,
  );
}
