/** Binds `[[action.constraints]]`: what a parameter must be beyond its type. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Param } from "../ir/automaton.ts";
import type { ParamConstraint } from "../ir/reaction.ts";
import type { constraintForm } from "../parse/reaction-forms.ts";
import { wrongType } from "../parse/shapes.ts";
import type { Read } from "../parse/table.ts";
import { scalarOf } from "./deeds.ts";
import { isBounded, matchedLengthMax } from "./pattern.ts";

type Reader = Read<typeof constraintForm>;

/** The constraint, or undefined with what is wrong reported. */
export function bindConstraint(
  reader: Reader,
  { action, params }: { readonly action: string; readonly params: readonly Param[] },
  report: Report,
): ParamConstraint | undefined {
  const param = reader.get("param");
  if (param === undefined) return undefined;
  if (!params.some(({ name }) => name === param.value)) {
    const hint = didYouMean(
      param.value,
      params.map(({ name }) => name),
    );
    report("bind/unknown-param", param.span, { param: param.value, action }, { hint });
    return undefined;
  }
  const oneOf = reader
    .get("enum")
    ?.flatMap((node) => scalarOf(node) ?? wrongType(node, "enum", "a string, a number or a bool", report) ?? []);
  const matched = bindPattern(reader, report);
  return matched && { param: param.value, span: param.span, ...bounds(reader), ...matched, ...(oneOf && { oneOf }) };
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
