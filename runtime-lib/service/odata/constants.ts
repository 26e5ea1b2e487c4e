/** Calls whose value is known before any row is seen, and casts: to its own type of what has it, to another of a literal. */
import type { PrimitiveTypeName } from "../../kernel/index.ts";
import type { Failed } from "../call.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import type { Call, Expression } from "./grammar/syntax.ts";
import { readUrlLiteral, shown } from "./literals.ts";
import { type Family, familyOf, type Operand } from "./operand-types.ts";

/** `now()`, `mindatetime()`, `maxdatetime()`; undefined for another function. */
export function constantCall({ name }: Call, at: number): Operand | undefined {
  switch (name) {
    case "now":
      return instant(new Date().toISOString(), at);
    case "mindatetime":
      return instant("0001-01-01T00:00:00Z", at);
    case "maxdatetime":
      return instant("9999-12-31T23:59:59.999999999999Z", at);
    default:
      return undefined;
  }
}

function instant(value: string, at: number): Operand {
  return { kind: "literal", family: "instant", value, at };
}

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
  const [segment] = tree?.kind === "path" ? tree.segments : [];
  const name = segment?.kind === "name" ? segment.name : "";
  return Object.hasOwn(primitives, name) ? primitives[name] : undefined;
}

/** The operand as that type (OData 4.01 part 2, 5.1.1.10.1): a text that is a literal is read, numbers are numbers of any type. */
export function cast(operand: Operand, type: PrimitiveTypeName, at: number): Operand | Failed {
  const family = familyOf({ name: "", type, collection: false, nullable: true, role: "field" });
  if (operand.kind === "literal") return castLiteral(operand, type, { family, at });
  const own = operand.kind === "property" ? familyOf(operand.property) : operand.family;
  return own === family ? operand : filterGap(at, `a cast of a ${own} to ${type}`);
}

function castLiteral(
  operand: Operand & { kind: "literal" },
  type: PrimitiveTypeName,
  { family, at }: { readonly family: Family; readonly at: number },
): Operand | Failed {
  if (operand.family === "null" || operand.value === null) return operand;
  const text = String(operand.value);
  if (type === "Edm.String") return { kind: "literal", family, value: text, at };
  const read = readUrlLiteral(text, type);
  if ("problem" in read || read.value === null) return filterFailure(operand.at, `${shown(text)} is no ${type}`);
  const isInteger = family === "number" && Number.isInteger(read.value);
  return { kind: "literal", family, value: read.value, isInteger, at };
}
