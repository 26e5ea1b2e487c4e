/** Values that callers send: for parameters what the spec tells apart and what it does not, for fields of a new entity some that fit. */
import type { EntityTypeDescriptor, PropertyDescriptor, Value, Values } from "@temperc/runtime";
import type * as FastCheck from "fast-check";
import type { Param, ValueType } from "../../compiler/ir/index.ts";

/** Four times in five a value that level 1 tells from the others, else any of the type. */
export function paramArbitrary(
  fc: typeof FastCheck,
  { type }: Param,
  told: readonly Value[],
  ids: readonly string[],
): FastCheck.Arbitrary<Value> {
  const any = anyOf(fc, type, ids);
  if (told.length === 0) return any;
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...told) }, { weight: 1, arbitrary: any });
}

function anyOf(fc: typeof FastCheck, type: ValueType, ids: readonly string[]): FastCheck.Arbitrary<Value> {
  switch (type) {
    case "bool":
      return fc.boolean();
    case "counter":
      return fc.nat(10_000);
    case "int":
      return fc.integer({ min: -10_000, max: 10_000 });
    case "float":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "ref":
      return fc.constantFrom(...ids, "nobody");
    case "string":
    case "status":
      return fc.string({ maxLength: 20 });
    case "list":
    case "set":
      return fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 });
    case "null":
      return fc.constant(null);
  }
}

/** How many ways of filling the fields of a new entity there are to try: its invariants may refuse some. */
export const fillings = 4;

/** The fields that a new entity must be given; `filling` chooses among values that fit. */
export function requiredFields({ properties }: EntityTypeDescriptor, filling: number): Values {
  const needed = properties.filter(
    ({ role, nullable, collection, defaultValue }) =>
      role === "field" && !nullable && !collection && defaultValue === undefined,
  );
  return Object.fromEntries(needed.map((property) => [property.name, sample(property, filling)]));
}

/** The `index`-th of a few values of the property's type; different ones for 0 and 1 wherever the type has two. */
export function sample(property: PropertyDescriptor, index: number): Value {
  const { type, members = [], maxLength = 8 } = property;
  if (property.complexType !== undefined) return true;
  switch (type) {
    case "enum":
      return members[index % members.length] ?? "";
    case "Edm.Boolean":
      return index % 2 === 0;
    case "Edm.String":
      return (["one", "two", "three", "four"][index % 4] ?? "").slice(0, maxLength);
    case "Edm.Guid":
      return `00000000-0000-4000-8000-00000000000${index % 10}`;
    case "Edm.Date":
      return `2026-01-0${1 + (index % 9)}`;
    case "Edm.DateTimeOffset":
      return `2026-01-0${1 + (index % 9)}T00:00:00Z`;
    case "Edm.TimeOfDay":
      return `0${index % 10}:00:00`;
    case "Edm.Binary":
      return "AQ".slice(0, 2 * (index % 2));
    default:
      return [1, 0, 10, 100][index % 4] ?? 1;
  }
}
