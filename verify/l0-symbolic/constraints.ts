/** Parameter constraints as conditions on the parameter: a text's form and length can be said only of texts that the spec names. */
import { breaks } from "@temperc/runtime/kernel";
import type { Literal, Operand, Param, ParamConstraint, Predicate } from "../../compiler/ir/index.ts";

/** What holds of the parameter where it is given, in a service that refuses what breaks the constraint; `texts` are those that the spec names. */
export function conditionsOn(
  param: Param,
  constraint: ParamConstraint,
  texts: readonly string[],
): readonly Predicate[] {
  const { name, type, span } = param;
  const { min, max, lengthMin, lengthMax, oneOf } = constraint;
  const given: Operand = { kind: "param", name, type, span };
  const isNumber = type === "counter" || type === "int" || type === "float";
  const isList = type === "list" || type === "set";
  const isAtLeast = (operand: Operand, least: number | undefined): readonly Predicate[] =>
    least === undefined
      ? []
      : [{ kind: "comparison", operator: ">=", left: operand, right: literal(least, param), span }];
  const isAtMost = (operand: Operand, most: number | undefined): readonly Predicate[] =>
    most === undefined
      ? []
      : [{ kind: "comparison", operator: "<=", left: operand, right: literal(most, param), span }];
  const isIn = (values: readonly Literal[], negated: boolean): Predicate => {
    return { kind: "membership", element: given, set: values.map((value) => literal(value, param)), negated, span };
  };
  const length: Operand = { kind: "length", of: given, type: "int", span };
  const broken = texts.filter((text) => breaks(text, constraint));
  return [
    ...(isNumber ? [...isAtLeast(given, min), ...isAtMost(given, max)] : []),
    ...(isList ? [...isAtLeast(length, lengthMin), ...isAtMost(length, lengthMax)] : []),
    ...(!isNumber && !isList && type !== "bool" && broken.length > 0 ? [isIn(broken, true)] : []),
    ...(oneOf === undefined ? [] : [isIn(oneOf, false)]),
  ];
}

function literal(value: Literal, { span }: Param): Operand {
  const type =
    typeof value === "string" ? "string" : typeof value === "boolean" ? "bool" : value === null ? "null" : "float";
  return { kind: "literal", value, type, span };
}
