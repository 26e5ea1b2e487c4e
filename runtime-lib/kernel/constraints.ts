/** Parameter constraints: what a given value must be beyond its type. */
import type { ConstraintDescriptor } from "./reactions.ts";
import type { Value } from "./value.ts";

/** What a constraint wants of a value. */
type Wanted = Pick<ConstraintDescriptor, "min" | "max" | "lengthMin" | "lengthMax" | "pattern" | "oneOf">;

/** True where the value is given and is not what the constraint wants. */
export function breaks(value: Value, constraint: Wanted): boolean {
  if (value === null) return false;
  const { min, max, lengthMin, lengthMax, pattern, oneOf } = constraint;
  if (typeof value === "number" && ((min !== undefined && value < min) || (max !== undefined && value > max)))
    return true;
  const length = lengthOf(value);
  if (length !== undefined && ((lengthMin ?? 0) > length || (lengthMax ?? length) < length)) return true;
  if (pattern !== undefined && typeof value === "string" && !expression(pattern).test(value)) return true;
  return oneOf !== undefined && !oneOf.includes(value);
}

function lengthOf(value: Value): number | undefined {
  return typeof value === "string" || Array.isArray(value) ? value.length : undefined;
}

const expressions = new Map<string, RegExp>();

/** Patterns come from the spec alone, so there are few of them. */
function expression(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const made = new RegExp(`^(?:${pattern})$`, "u");
  expressions.set(pattern, made);
  return made;
}

/** What the constraint wants, as a sentence for the caller. */
export function constraintText({
  param,
  min,
  max,
  lengthMin,
  lengthMax,
  pattern,
  oneOf,
}: ConstraintDescriptor): string {
  const wants = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(lengthMin === undefined ? [] : [`at least ${lengthMin} long`]),
    ...(lengthMax === undefined ? [] : [`at most ${lengthMax} long`]),
    ...(pattern === undefined ? [] : [`of the form ${pattern}`]),
    ...(oneOf === undefined ? [] : [`one of ${oneOf.map(String).join(", ")}`]),
  ];
  return `${param} must be ${wants.join(" and ")}`;
}
