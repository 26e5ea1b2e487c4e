/** What expressions compute: OData's canonical functions and arithmetic, as far as every store has them. */
import type { FilterOperand, ScalarFunction } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import { filterFailure } from "./filter-failures.ts";
import { asFilterOperand, type Family, isInteger, type Operand, operandFamily } from "./operand-types.ts";
import { temporalArithmetic } from "./temporal.ts";

interface Signature {
  readonly takes: readonly (readonly Family[])[];
  readonly gives: Family;
  readonly isInteger?: true;
}

const text: readonly Family[] = ["string"];
const number: readonly Family[] = ["number"];
const day: readonly Family[] = ["date", "instant"];
const instant: readonly Family[] = ["instant"];
const clock: readonly Family[] = ["instant", "time"];

const signatures: ReadonlyMap<string, Signature & { readonly name: ScalarFunction }> = new Map([
  ["length", { name: "length", takes: [text], gives: "number", isInteger: true }],
  ["indexof", { name: "indexof", takes: [text, text], gives: "number", isInteger: true }],
  ["substring", { name: "substring", takes: [text, number, number], gives: "string" }],
  ["tolower", { name: "tolower", takes: [text], gives: "string" }],
  ["toupper", { name: "toupper", takes: [text], gives: "string" }],
  ["trim", { name: "trim", takes: [text], gives: "string" }],
  ["concat", { name: "concat", takes: [text, text], gives: "string" }],
  ["year", { name: "year", takes: [day], gives: "number", isInteger: true }],
  ["month", { name: "month", takes: [day], gives: "number", isInteger: true }],
  ["day", { name: "day", takes: [day], gives: "number", isInteger: true }],
  ["hour", { name: "hour", takes: [clock], gives: "number", isInteger: true }],
  ["minute", { name: "minute", takes: [clock], gives: "number", isInteger: true }],
  ["second", { name: "second", takes: [clock], gives: "number", isInteger: true }],
  ["fractionalseconds", { name: "fractionalseconds", takes: [clock], gives: "number" }],
  ["time", { name: "time", takes: [instant], gives: "time" }],
  ["totaloffsetminutes", { name: "offset", takes: [instant], gives: "number", isInteger: true }],
  ["date", { name: "date", takes: [instant], gives: "date" }],
  ["round", { name: "round", takes: [number], gives: "number" }],
  ["floor", { name: "floor", takes: [number], gives: "number" }],
  ["ceiling", { name: "ceiling", takes: [number], gives: "number" }],
]);

/** Seconds are what a duration is counted in, so this is no call at all. */
export function totalSeconds(given: readonly Operand[], at: number): Operand | Failed {
  const [duration] = given;
  const family = duration === undefined ? "null" : operandFamily(duration);
  if (duration === undefined || (family !== "duration" && family !== "null")) {
    return filterFailure(duration?.at ?? at, "totalseconds takes a duration");
  }
  return { kind: "computed", family: "number", operand: asFilterOperand(duration), isInteger: false, at };
}

/** The parts of a time of day are those of that time on some day. */
function argumentOf(operand: Operand): FilterOperand {
  const own = asFilterOperand(operand);
  if (operandFamily(operand) !== "time") return own;
  return { kind: "call", function: "concat", arguments: [{ kind: "literal", value: "1970-01-01T" }, own] };
}

/** True for a function that `called` knows. */
export function isComputed(name: string): boolean {
  return signatures.has(name);
}

/** The function, called; undefined for one that is not there. */
export function called(name: string, given: readonly Operand[], at: number): Operand | Failed | undefined {
  const signature = signatures.get(name);
  if (signature === undefined) return undefined;
  for (const [index, each] of given.entries()) {
    const families = signature.takes[index] ?? [];
    const family = operandFamily(each);
    if (family !== "null" && !families.includes(family)) {
      return filterFailure(each.at, `${name} does not take a ${family} here`);
    }
  }
  const operand = { kind: "call", function: signature.name, arguments: given.map(argumentOf) } as const;
  return { kind: "computed", family: signature.gives, operand, isInteger: signature.isInteger === true, at };
}

export type ArithmeticOperator = "add" | "sub" | "mul" | "div" | "divby" | "mod";

/** Of numbers, or of instants, dates and durations; `div` of two integers has no remainder. */
export function arithmetic(
  operator: ArithmeticOperator,
  [left, right]: readonly [Operand, Operand],
  at: number,
): Operand | Failed {
  const ofTime = temporalArithmetic(operator, [left, right], at);
  if (ofTime !== undefined) return ofTime;
  const stranger = [left, right].find((each) => !["number", "null"].includes(operandFamily(each)));
  if (stranger !== undefined) return filterFailure(stranger.at, `${operator} takes numbers`);
  const areIntegers = isInteger(left) && isInteger(right);
  if (operator === "mod" && !areIntegers) return filterFailure(at, "mod takes integers");
  const name = functionOf(operator, areIntegers);
  const operand = { kind: "call", function: name, arguments: [left, right].map(asFilterOperand) } as const;
  return { kind: "computed", family: "number", operand, isInteger: areIntegers && name !== "divide", at };
}

function functionOf(operator: ArithmeticOperator, areIntegers: boolean): ScalarFunction {
  if (operator === "div") return areIntegers ? "quotient" : "divide";
  return operator === "divby" ? "divide" : operator;
}

/** `-x`; a literal becomes its own negative. */
export function negated(operand: Operand, at: number): Operand | Failed {
  const family = operandFamily(operand);
  if (!["number", "duration", "null"].includes(family)) return filterFailure(at, "a minus stands before a number");
  if (operand.kind === "literal") {
    return { ...operand, value: typeof operand.value === "number" ? 0 - operand.value : null, at };
  }
  const negative = { kind: "call", function: "negate", arguments: [asFilterOperand(operand)] } as const;
  return { kind: "computed", family, operand: negative, isInteger: isInteger(operand), at };
}
