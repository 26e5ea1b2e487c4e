/** `cast` and `isof`: values as other types, and whether they are of one (OData 4.01 part 2, section 5.1.1.10). */
import type { PrimitiveTypeName } from "../../kernel/index.ts";
import type { FilterNode, FilterOperand, ScalarFunction } from "../../ports/index.ts";
import type { Failed } from "../call.ts";
import type { Binding } from "./binding.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import type { Expression } from "./grammar/syntax.ts";
import { integerRangeOf, readUrlLiteral, shown } from "./literals.ts";
import {
  asFilterOperand,
  type Family,
  familyOf,
  isInteger,
  type Operand,
  operandFamily,
  resultType,
} from "./operand-types.ts";

const primitives: Readonly<Record<string, PrimitiveTypeName>> = Object.fromEntries(
  (
    [
      "Edm.String",
      "Edm.Boolean",
      "Edm.Byte",
      "Edm.SByte",
      "Edm.Int16",
      "Edm.Int32",
      "Edm.Int64",
      "Edm.Decimal",
      "Edm.Double",
      "Edm.Single",
      "Edm.Guid",
      "Edm.Date",
      "Edm.DateTimeOffset",
      "Edm.TimeOfDay",
      "Edm.Duration",
      "Edm.Binary",
    ] as const
  ).map((name) => [name, name]),
);

/** The type that a cast names, where it is a primitive one. */
export function castType(tree: Expression | undefined): PrimitiveTypeName | undefined {
  const name = typeName(tree);
  return Object.hasOwn(primitives, name) ? primitives[name] : undefined;
}

function typeName(tree: Expression | undefined): string {
  const [segment] = tree?.kind === "path" ? tree.segments : [];
  return segment?.kind === "name" ? segment.name : "";
}

/** The operand as that type: a text that is a literal is read, what does not fit is null. */
export function cast(operand: Operand, type: PrimitiveTypeName, at: number): Operand | Failed {
  const family = familyOf({ name: "", type, collection: false, nullable: true, role: "field" });
  if (operand.kind === "literal") return castLiteral(operand, type, { family, at });
  const own = operandFamily(operand);
  if (own === "null") return operand;
  if (own === "number" && family === "number") return asNumber(operand, type, at);
  if (own === family) return operand;
  if (family === "string") return asText(operand, own, at);
  if (own === "instant" && (family === "date" || family === "time")) return computed(family, call(family, operand), at);
  return filterGap(at, `a cast of a ${own} to ${type}`);
}

function computed(family: Family, operand: FilterOperand, at: number, isWhole = false): Operand {
  return { kind: "computed", family, operand, isInteger: isWhole, at };
}

function call(name: ScalarFunction, operand: Operand): FilterOperand {
  return { kind: "call", function: name, arguments: [asFilterOperand(operand)] };
}

/** To an integer type a number is rounded, and null where it does not fit. */
function asNumber(operand: Operand, type: PrimitiveTypeName, at: number): Operand {
  const range = integerRangeOf(type);
  if (range === undefined || (operand.kind === "property" && operand.property.type === type)) return operand;
  const whole = isInteger(operand) ? asFilterOperand(operand) : call("round", operand);
  if (type === "Edm.Int64") return computed("number", whole, at, true);
  const bound = (operator: "ge" | "le", value: number): FilterNode => {
    return { kind: "compare", operator, left: whole, right: { kind: "literal", value } };
  };
  const when: FilterNode = { kind: "and", operands: [bound("ge", range[0]), bound("le", range[1])] };
  return computed("number", { kind: "case", branches: [{ when, value: whole }] }, at, true);
}

function asText(operand: Operand, own: Family, at: number): Operand | Failed {
  const value = asFilterOperand(operand);
  if (operand.kind === "property" && operand.property.flags !== undefined) {
    return filterGap(at, "a cast of an enumeration with flags to Edm.String");
  }
  switch (own) {
    case "number":
      if (!isInteger(operand)) return filterGap(at, "a cast of a number that is no integer to Edm.String");
      return computed("string", call("digits", operand), at);
    case "boolean": {
      const truth: FilterNode = { kind: "truth", operand: value };
      const branches = [
        { when: truth, value: { kind: "literal", value: "true" } as const },
        { when: { kind: "not", operand: truth } as const, value: { kind: "literal", value: "false" } as const },
      ];
      return computed("string", { kind: "case", branches }, at);
    }
    case "guid":
    case "date":
    case "enum": {
      const whole: FilterOperand = {
        kind: "call",
        function: "concat",
        arguments: [value, { kind: "literal", value: "" }],
      };
      return computed("string", whole, at);
    }
    default:
      return filterGap(at, `a cast of a ${own} to Edm.String`);
  }
}

function castLiteral(
  operand: Operand & { kind: "literal" },
  type: PrimitiveTypeName,
  { family, at }: { readonly family: Family; readonly at: number },
): Operand | Failed {
  if (operand.family === "null" || operand.value === null) return operand;
  if (operand.family === family && family === "duration") return operand;
  const text = String(operand.value);
  if (type === "Edm.String") return { kind: "literal", family, value: text, at };
  const isQuoted = family === "duration" || family === "binary";
  const read = readUrlLiteral(isQuoted ? `'${text}'` : text, type);
  if ("problem" in read || read.value === null) return filterFailure(operand.at, `${shown(text)} is no ${type}`);
  const isWhole = family === "number" && Number.isInteger(read.value);
  return { kind: "literal", family, value: read.value, isInteger: isWhole, at };
}

/** Whether the entity itself is of the type that the only argument names. Types have no others that derive from them. */
export function isEntityOf(
  named: Expression | undefined,
  { set, namespace, root }: Binding,
  at: number,
): FilterNode | Failed {
  const entity = root.set ?? set;
  const name = typeName(named);
  if (castType(named) !== undefined) return { kind: "constant", value: false };
  if (name === `${namespace}.${entity.type.name}`) return { kind: "constant", value: true };
  return name.startsWith(`${namespace}.`)
    ? { kind: "constant", value: false }
    : filterFailure(at, `there is no type ${shown(name)}`);
}

/** Whether a value is there and of that type. */
export function isValueOf(operand: Operand, named: Expression | undefined, at: number): FilterNode | Failed {
  const type = castType(named);
  if (type === undefined) return filterGap(at, "isof with such a type");
  const own = operand.kind === "property" ? operand.property.type : resultType(operand);
  if (own !== type) return { kind: "constant", value: false };
  const left = asFilterOperand(operand);
  return { kind: "compare", operator: "ne", left, right: { kind: "literal", value: null } };
}
