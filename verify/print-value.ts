/** Values of variables and parameters as the spec would write them, with nothing in them that could move a cursor. */
import type { Value, Values } from "@temperc/runtime";

export function printValue(value: Value): string {
  if (typeof value === "string") return `'${visible(value).replaceAll("'", "''")}'`;
  if (typeof value !== "object" || value === null) return String(value);
  return `[${value.map(printValue).join(", ")}]`;
}

/** `AddItem(ProductId='another value')`. */
export function printCall(action: string, params: Values): string {
  const given = Object.entries(params).map(([name, value]) => `${visible(name)}=${printValue(value)}`);
  return `${visible(action)}(${given.join(", ")})`;
}

/** Control characters and what else does not show, as escapes. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
