/** A pattern as text for a database: SQLite's REGEXP and PostgreSQL's `~` read it alike, and both gather ways instead of trying one after the other. */
import type { CodeRange, Pattern } from "../../ports/index.ts";

/** The pattern, without anything that the two read differently. */
export function patternText(pattern: Pattern): string {
  return textOf(pattern) ?? "";
}

/** Undefined for what is empty, which no operator may stand behind. */
function textOf(pattern: Pattern): string | undefined {
  switch (pattern.kind) {
    case "one":
      return `[${pattern.ranges.map(rangeText).join("")}]`;
    case "start":
      return "^";
    case "end":
      return "$";
    case "sequence": {
      const parts = pattern.parts.map(textOf).filter((part) => part !== undefined);
      return parts.length === 0 ? undefined : parts.join("");
    }
    case "either": {
      const parts = pattern.parts.map(textOf);
      const some = parts.filter((part) => part !== undefined);
      if (some.length === 0) return undefined;
      return some.length === parts.length ? `(${some.join("|")})` : `(${some.join("|")})?`;
    }
    case "repeat":
      return repeatedText(pattern);
  }
}

function repeatedText({ part, least, most }: Pattern & { kind: "repeat" }): string | undefined {
  const text = most === 0 ? undefined : textOf(part);
  if (text === undefined) return undefined;
  const grouped = part.kind === "one" ? text : `(${text})`;
  if (most === undefined) return `${grouped}${least === 0 ? "*" : least === 1 ? "+" : `{${least},}`}`;
  if (most === 1) return least === 0 ? `${grouped}?` : grouped;
  return `${grouped}{${least === most ? least : `${least},${most}`}}`;
}

function rangeText([from, to]: CodeRange): string {
  return from === to ? codeText(from) : `${codeText(from)}-${codeText(to)}`;
}

/** Escapes have four digits; what has more stands for itself, and means nothing else. */
function codeText(code: number): string {
  return code > 0xffff ? String.fromCodePoint(code) : `\\u${code.toString(16).padStart(4, "0")}`;
}
