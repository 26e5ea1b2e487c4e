/** Arithmetic of instants, dates and durations (OData 4.01 part 2, section 5.1.1.2). */
import { durationSeconds, type Value } from "../../kernel/index.ts";
import type { FilterOperand, ScalarFunction } from "../../ports/index.ts";
import { scalar } from "../../ports/scalars.ts";
import type { Failed } from "../call.ts";
import type { ArithmeticOperator } from "./computations.ts";
import { filterFailure } from "./filter-failures.ts";
import { asFilterOperand, type Family, type Operand, operandFamily } from "./operand-types.ts";

type Sides = readonly [Operand, Operand];

/** What the operator gives of these two; undefined where neither is of such a type. */
export function temporalArithmetic(
  operator: ArithmeticOperator,
  given: Sides,
  at: number,
): Operand | Failed | undefined {
  if (!given.some((side) => temporal.has(operandFamily(side)))) return undefined;
  const sides = [unprefixed(given[0]), unprefixed(given[1])] as const;
  const [left, right] = [operandFamily(sides[0]), operandFamily(sides[1])];
  const [one, other] = [asFilterOperand(sides[0]), asFilterOperand(sides[1])];
  const isSum = operator === "add" || operator === "sub";
  if (isSum && isDay(left) && right === "duration") return settled(left, shifted(left, operator, [one, other]), at);
  if (operator === "add" && left === "duration" && isDay(right)) {
    return settled(right, shifted(right, "add", [other, one]), at);
  }
  if (operator === "sub" && isDay(left) && left === right) {
    const apart = call("sub", microsOf(one), microsOf(other));
    return settled("duration", call("divide", apart, microsInSecond), at);
  }
  if (isSum && left === "duration" && right === "duration") return settled("duration", call(operator, one, other), at);
  if (right === "number" && left === "duration" && operator !== "mod" && !isSum) {
    return settled("duration", call(operator === "mul" ? "mul" : "divide", one, other), at);
  }
  if (operator === "mul" && left === "number" && right === "duration") {
    return settled("duration", call("mul", one, other), at);
  }
  if (left === "null" || right === "null") return { kind: "literal", family: "null", value: null, at };
  return filterFailure(at, `${operator} does not take a ${named(left)} and a ${named(right)}`);
}

/** 4.01 lets the prefix of a duration go: beside an instant, a date or a duration a text is one. */
function unprefixed(side: Operand): Operand {
  if (side.kind !== "literal" || side.family !== "string") return side;
  const value = durationSeconds(String(side.value));
  return value === undefined ? side : { ...side, family: "duration", value };
}

const temporal: ReadonlySet<Family> = new Set(["instant", "date", "duration"]);

function isDay(family: Family): family is "instant" | "date" {
  return family === "instant" || family === "date";
}

function named(family: Family): string {
  return family === "instant" ? "date and time" : family;
}

const microsInSecond: FilterOperand = { kind: "literal", value: 1e6 };

function shifted(
  family: "instant" | "date",
  operator: "add" | "sub",
  [day, duration]: readonly [FilterOperand, FilterOperand],
): FilterOperand {
  const moved = call("instant", call(operator, microsOf(day), call("mul", duration, microsInSecond)));
  return family === "instant" ? moved : call("date", moved);
}

/** Of what was moved already, the microseconds are at hand: a chain of sums stays flat. */
function microsOf(day: FilterOperand): FilterOperand {
  const [moved] = day.kind === "call" && day.function === "instant" ? day.arguments : [];
  return moved ?? call("micros", day);
}

function call(name: ScalarFunction, ...operands: readonly FilterOperand[]): FilterOperand {
  return { kind: "call", function: name, arguments: operands };
}

/** What is known before any row is seen is a literal, so that an index on the other side serves: `Due lt now() sub duration'P1D'`. */
function settled(family: Family, operand: FilterOperand, at: number): Operand | Failed {
  const value = constant(operand);
  if (value === undefined) return { kind: "computed", family, operand, isInteger: false, at };
  if (value === null) return filterFailure(at, "this is before the year 1 or after 9999");
  return { kind: "literal", family, value, at };
}

function constant(operand: FilterOperand): Value | undefined {
  if (operand.kind === "literal") return operand.value;
  if (operand.kind !== "call") return undefined;
  const values: Value[] = [];
  for (const argument of operand.arguments) {
    const value = constant(argument);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return scalar(operand.function, values);
}
