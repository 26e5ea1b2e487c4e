/** Literals in expressions. */
import type { Failed } from "../call.ts";
import type { Binding } from "./binding.ts";
import { filterFailure, filterGap } from "./filter-failures.ts";
import type { Literal } from "./grammar/syntax.ts";
import {
  readBinary,
  readDate,
  readDuration,
  readGuid,
  readInstant,
  readNumber,
  readTimeOfDay,
  shown,
} from "./literals.ts";
import type { Family, Operand } from "./operand-types.ts";

/** The literal with its type. */
export function literalOperand(literal: Literal, at: number, { namespace }: Binding): Operand | Failed {
  const { type, text } = literal;
  switch (type) {
    case "null":
      return { kind: "literal", family: "null", value: null, at };
    case "boolean":
      return { kind: "literal", family: "boolean", value: text.toLowerCase() === "true", at };
    case "string":
      return { kind: "literal", family: "string", value: text, at };
    case "number":
      return numberOperand(text, at);
    case "guid":
      return read(readGuid(text), "guid", at);
    case "date":
      return read(readDate(text), "date", at);
    case "dateTimeOffset":
      return read(readInstant(text), "instant", at);
    case "enum":
      return enumOperand(literal, at, namespace);
    case "timeOfDay":
      return read(readTimeOfDay(text), "time", at);
    case "duration":
      return read(readDuration(text), "duration", at);
    case "binary":
      return read(readBinary(text), "binary", at);
    case "geography":
    case "geometry":
      return filterGap(at, `a ${type} literal`);
  }
}

function numberOperand(text: string, at: number): Operand | Failed {
  const operand = read(readNumber(text, "Edm.Double"), "number", at);
  return operand.kind === "literal" ? { ...operand, isInteger: /^[+-]?\d+$/.test(text) } : operand;
}

function read(result: ReturnType<typeof readNumber>, family: Family, at: number): Operand | Failed {
  return "problem" in result ? filterFailure(at, result.problem) : { kind: "literal", family, value: result.value, at };
}

function enumOperand({ text, typeName = "" }: Literal, at: number, namespace: string): Operand | Failed {
  if (!typeName.startsWith(`${namespace}.`)) return filterFailure(at, `there is no type ${shown(typeName)}`);
  return { kind: "literal", family: "enum", value: text, enumName: typeName.slice(namespace.length + 1), at };
}
