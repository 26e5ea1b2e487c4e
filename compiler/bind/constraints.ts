/** Binds `[[action.constraints]]`: what a parameter must be beyond its type. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Param } from "../ir/automaton.ts";
import type { ParamConstraint } from "../ir/reaction.ts";
import { classOf, type TypeClass } from "../ir/type-class.ts";
import type { constraintForm } from "../parse/reaction-forms.ts";
import { wrongType } from "../parse/shapes.ts";
import type { Read } from "../parse/table.ts";
import type { TomlNode } from "../parse/toml.ts";
import { scalarOf } from "./deeds.ts";
import { isBounded, matchedLengthMax } from "./pattern.ts";
import { type KeysOfKinds, reportWithoutEffect } from "./without-effect.ts";

type Reader = Read<typeof constraintForm>;

/** The constraint, or undefined with what is wrong reported. */
export function bindConstraint(
  reader: Reader,
  { action, params }: { readonly action: string; readonly params: readonly Param[] },
  report: Report,
): ParamConstraint | undefined {
  const param = reader.get("param");
  if (param === undefined) return undefined;
  const declared = params.find(({ name }) => name === param.value);
  if (declared === undefined) {
    const hint = didYouMean(
      param.value,
      params.map(({ name }) => name),
    );
    report("bind/unknown-param", param.span, { param: param.value, action }, { hint });
    return undefined;
  }
  const kind = classOf(declared.type);
  reportWithoutEffect(reader, kind, { what: "a constraint on a parameter", keys: keysOfClasses }, report);
  reportEmpty(reader, report);
  const oneOf = reader
    .get("enum")
    ?.flatMap((node) => enumerated(node, kind) ?? wrongType(node, "enum", values[kind], report) ?? []);
  const matched = bindPattern(reader, report);
  return matched && { param: param.value, span: param.span, ...bounds(reader), ...matched, ...(oneOf && { oneOf }) };
}

const keysOfClasses: KeysOfKinds<(typeof constraintForm)["keys"], TypeClass> = {
  number: ["min", "max", "enum"],
  text: ["pattern", "min_length", "max_length", "enum"],
  list: ["min_length", "max_length"],
  bool: ["enum"],
  null: [],
};

/** A parameter without a type is a text, and in older files its values may be of any. */
const values: Readonly<Record<TypeClass, string>> = {
  number: "a number",
  text: "a string, a number or a bool",
  list: "a string, a number or a bool",
  bool: "true or false",
  null: "a string, a number or a bool",
};

function enumerated(node: TomlNode, kind: TypeClass): ReturnType<typeof scalarOf> {
  const value = scalarOf(node);
  const isOther = (kind === "number" && typeof value !== "number") || (kind === "bool" && typeof value !== "boolean");
  return isOther ? undefined : value;
}

/** Between bounds that are the wrong way round there is no value. */
function reportEmpty(reader: Reader, report: Report): void {
  for (const [low, high] of [
    ["min", "max"],
    ["min_length", "max_length"],
  ] as const) {
    const [least, most] = [reader.get(low), reader.get(high)];
    if (least === undefined || most === undefined || least.value <= most.value) continue;
    report("bind/out-of-range", most.span, { key: high, range: `${least.value} or more, which is its ${low}` });
  }
}

function bounds(reader: Reader): Pick<ParamConstraint, "min" | "max" | "lengthMin" | "lengthMax" | "message"> {
  const [min, max] = [reader.get("min"), reader.get("max")];
  const [lengthMin, lengthMax, message] = [reader.get("min_length"), reader.get("max_length"), reader.get("message")];
  return {
    ...(min && { min: min.value }),
    ...(max && { max: max.value }),
    ...(lengthMin && { lengthMin: lengthMin.value }),
    ...(lengthMax && { lengthMax: lengthMax.value }),
    ...(message && { message: message.value }),
  };
}

/** A text that is matched has a length that it cannot exceed. */
function bindPattern(reader: Reader, report: Report): Pick<ParamConstraint, "pattern" | "lengthMax"> | undefined {
  const pattern = reader.get("pattern");
  if (pattern === undefined) return {};
  const written = reader.get("max_length");
  if (written !== undefined && written.value > matchedLengthMax) {
    const range = `at most ${matchedLengthMax} beside a pattern`;
    report("bind/out-of-range", written.span, { key: "max_length", range });
    return undefined;
  }
  const lengthMax = written?.value ?? matchedLengthMax;
  return isBounded(pattern, lengthMax, report) ? { pattern: pattern.value, lengthMax } : undefined;
}
