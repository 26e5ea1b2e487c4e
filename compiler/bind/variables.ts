/** Binds `[[state]]` entries: a known type, an initial value that fits it, and a name of its own. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Variable } from "../ir/automaton.ts";
import type { Literal, ValueType } from "../ir/expression.ts";
import type { VariableSyntax } from "../parse/automaton.ts";
import { typeWords } from "../parse/automaton-forms.ts";
import { describe } from "../parse/shapes.ts";
import type { TomlNode, TomlString } from "../parse/toml.ts";
import { distinct, isUsableVariable } from "./names.ts";

/** Every spelling of a type, and the type it is. */
const types: Readonly<Record<(typeof typeWords)[number], VariableType>> = {
  counter: "counter",
  bool: "bool",
  list: "list",
  set: "set",
  string: "string",
  status: "string",
  int: "int",
  integer: "int",
  float: "float",
  number: "float",
  ref: "ref",
};

type VariableType = Exclude<ValueType, "status" | "null">;
type Initial = Literal | readonly string[];

const zeros: Readonly<Record<VariableType, Initial>> = {
  counter: 0,
  bool: false,
  list: [],
  set: [],
  string: "",
  int: 0,
  float: 0,
  ref: null,
};

/** The variables with their initial values. What does not bind is reported and left out. */
export function bindVariables(syntaxes: readonly VariableSyntax[], report: Report): readonly Variable[] {
  const usable = withoutRepeats(syntaxes, report).filter(({ name }) => isUsableVariable(name, report));
  return distinct("the variable", usable, report).flatMap((syntax) => bindVariable(syntax, report) ?? []);
}

/** Real files declare a variable twice alike; that is told and forgiven. */
function withoutRepeats(syntaxes: readonly VariableSyntax[], report: Report): readonly VariableSyntax[] {
  const seen = new Set<string>();
  return syntaxes.filter((syntax) => {
    const key = JSON.stringify([syntax.name.value, syntax.type.value, syntax.initial && initialText(syntax.initial)]);
    if (seen.has(key)) report("bind/repeated-variable", syntax.name.span, { name: syntax.name.value });
    return !seen.has(key) && seen.add(key);
  });
}

function initialText(node: TomlNode): string {
  if (node.kind === "array") return node.items.map(initialText).join();
  return "value" in node ? String(node.value) : node.kind;
}

/** Where a value is kept shows nowhere: a spec that asks for another place is told, and means the same. */
const keptInline = { hint: "delete it: every value is kept with its entity, whatever its size" };

function bindVariable(syntax: VariableSyntax, report: Report): Variable | undefined {
  const { name, type, entityType, isIndexed, inlineBytesMax, ttlSeconds } = syntax;
  const bound = bindType("variable", type, report);
  if (inlineBytesMax !== undefined)
    report(
      "bind/key-without-effect",
      inlineBytesMax.span,
      { key: "overflow_inline_max_bytes", what: "[[state]]" },
      keptInline,
    );
  if (bound === undefined) return undefined;
  return {
    name: name.value,
    type: bound,
    initial: bindInitial(bound, syntax, report) ?? zeros[bound],
    span: name.span,
    ...(entityType && { entityType: entityType.value }),
    ...(isIndexed && { isIndexed }),
    ...(ttlSeconds && { ttlSeconds: ttlSeconds.value }),
  };
}

/** The value that is written. Reports `bind/initial-type`; the variable is there all the same, and its other uses are checked. */
function bindInitial(type: VariableType, { name, initial }: VariableSyntax, report: Report): Initial | undefined {
  if (initial === undefined) return undefined;
  const value = initialValue(type, initial);
  if (value === undefined)
    report("bind/initial-type", initial.span, { variable: name.value, type, found: initialProblem(initial) });
  return value;
}

/** The type of that name. Reports `bind/unknown-type`. */
export function bindType(what: string, type: TomlString, report: Report): VariableType | undefined {
  const word = typeWords.find((each) => each === type.value);
  if (word !== undefined) return types[word];
  report("bind/unknown-type", type.span, { what, type: type.value }, { hint: didYouMean(type.value, typeWords) });
  return undefined;
}

function initialProblem(node: TomlNode): string {
  if (node.kind === "number") return String(node.value);
  return node.kind === "string" ? JSON.stringify(node.value) : describe(node);
}

/** The value, if it fits; a number or bool may also be written as a string, as older files do. */
function initialValue(type: VariableType, node: TomlNode): Initial | undefined {
  switch (type) {
    case "counter":
      return integerOf(node, 0);
    case "int":
      return integerOf(node, Number.MIN_SAFE_INTEGER);
    case "float":
      return numberOf(node);
    case "bool":
      return node.kind === "boolean" ? node.value : boolOf(node);
    case "string":
      return node.kind === "string" ? node.value : undefined;
    case "ref":
      return node.kind === "string" ? node.value || null : undefined;
    case "list":
      return stringsOf(node);
    case "set": {
      const items = stringsOf(node);
      return items && [...new Set(items)];
    }
  }
}

function numberOf(node: TomlNode): number | undefined {
  if (node.kind === "number") return Number.isFinite(node.value) ? node.value : undefined;
  return node.kind === "string" && /^-?\d+(\.\d+)?$/.test(node.value) ? Number(node.value) : undefined;
}

function integerOf(node: TomlNode, min: number): number | undefined {
  const value = node.kind === "number" && !node.isInteger ? undefined : numberOf(node);
  return value !== undefined && Number.isSafeInteger(value) && value >= min ? value : undefined;
}

function boolOf(node: TomlNode): boolean | undefined {
  if (node.kind !== "string") return undefined;
  return node.value === "true" ? true : node.value === "false" ? false : undefined;
}

function stringsOf(node: TomlNode): readonly string[] | undefined {
  if (node.kind === "string" && (node.value === "" || node.value === "[]")) return [];
  if (node.kind !== "array") return undefined;
  const items = node.items.flatMap((item) => (item.kind === "string" ? [item.value] : []));
  return items.length === node.items.length ? items : undefined;
}
