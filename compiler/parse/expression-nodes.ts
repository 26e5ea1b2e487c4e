/** The pieces that the grammar builds its tree from: ranges of tokens, and what stands in where recovery skipped a rule. */

import type { IToken } from "chevrotain";
import type {
  ComparisonSign,
  ConditionSyntax,
  EffectSyntax,
  NameSyntax,
  OperandSyntax,
  Range,
} from "./expression-syntax.ts";

export function between(start: Range, end: Range): Range {
  return { start: start.start, end: end.end };
}

/** A token that error recovery made up has no place. */
export function rangeOf({ startOffset, image }: IToken): Range {
  const start = Number.isNaN(startOffset) ? 0 : startOffset;
  return { start, end: start + image.length };
}

export function nameOf(token: IToken): NameSyntax {
  return { name: token.image, ...rangeOf(token) };
}

/** What a rule gives when recovery skipped it: the error is told already, so the value only has to be there. */
const nowhere: Range = { start: 0, end: 0 };
const nothing: OperandSyntax = { kind: "literal", value: null, ...nowhere };
export const asOperand = { recoveryValueFunc: (): OperandSyntax => nothing };
export const asCondition = {
  recoveryValueFunc: (): ConditionSyntax => ({ kind: "truth", operand: nothing, ...nowhere }),
};
export const asEffect = {
  recoveryValueFunc: (): EffectSyntax => ({ kind: "request", name: { name: "", ...nowhere }, args: [], ...nowhere }),
};
export const asSign = { recoveryValueFunc: (): ComparisonSign => "==" };
export const asSet = {
  recoveryValueFunc: (): Range & { readonly of: readonly OperandSyntax[] } => ({ of: [], ...nowhere }),
};

export function constant(value: boolean | null, token: IToken): OperandSyntax {
  return { kind: "literal", value, ...rangeOf(token) };
}

/** One operand stands for itself; several are one node over all of them. */
export function joined(kind: "and" | "or", operands: readonly ConditionSyntax[]): ConditionSyntax {
  const [first] = operands;
  const last = operands.at(-1);
  if (first === undefined || last === undefined) return asCondition.recoveryValueFunc();
  return operands.length === 1 ? first : { kind, operands, ...between(first, last) };
}
