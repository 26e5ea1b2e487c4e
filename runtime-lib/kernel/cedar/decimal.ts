/** Cedar's `decimal` extension: four digits after the point, in 64 bits. */
import { extensionFailure, typeFailure } from "./failure.ts";
import { cedarString, isLong, wholeNumber } from "./operators.ts";
import type { CedarDecimal, CedarTerm } from "./term.ts";

const scale = 4;

/** `decimal("1.5")`. Fails where the text is no decimal, has more than four digits after the point, or is too large. */
export function cedarDecimal(term: CedarTerm): CedarDecimal {
  const text = cedarString(term);
  const [, sign = "", whole = "", part = ""] = /^(-?)([0-9]+)\.([0-9]+)$/.exec(text) ?? [];
  if (whole === "") throw extensionFailure("decimal", `\`${text}\` is not a well-formed decimal value`);
  if (part.length > scale) throw extensionFailure("decimal", `too many digits after the decimal in \`${text}\``);
  const size = wholeNumber(whole) * 10n ** BigInt(scale) + BigInt(part.padEnd(scale, "0"));
  const value = sign === "-" ? -size : size;
  if (!isLong(value)) throw extensionFailure("decimal", "overflow when converting to decimal");
  return { kind: "decimal", value };
}

export function cedarDecimalLess(left: CedarTerm, right: CedarTerm): boolean {
  const [a, b] = [decimal(left), decimal(right)];
  return a < b;
}

export function cedarDecimalLessOrEqual(left: CedarTerm, right: CedarTerm): boolean {
  const [a, b] = [decimal(left), decimal(right)];
  return a <= b;
}

export function cedarDecimalGreater(left: CedarTerm, right: CedarTerm): boolean {
  const [a, b] = [decimal(left), decimal(right)];
  return a > b;
}

export function cedarDecimalGreaterOrEqual(left: CedarTerm, right: CedarTerm): boolean {
  const [a, b] = [decimal(left), decimal(right)];
  return a >= b;
}

function decimal(term: CedarTerm): bigint {
  if (typeof term === "object" && term.kind === "decimal") return term.value;
  throw typeFailure(["decimal"], term);
}
