/** Older forms become text of today's grammar: one parser and one binder for every generation of the language. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { TomlNode, TomlString } from "./toml.ts";

/** A piece of text of today's grammar, with the place in the file that it stands for where it has one. */
export type Piece = string | { readonly text: string; readonly span: Span };

/** A parameter that an older form takes without declaring it. */
export interface ImpliedParam {
  readonly name: TomlString;
  readonly type: "counter" | "string";
}

/** An expression in today's grammar. */
export interface Lowered {
  readonly text: TomlString;
  readonly params: readonly ImpliedParam[];
  /** False where the file had it in today's form already. */
  readonly isOlder: boolean;
}

/** Text that the file has as it is. */
export function asWritten(text: TomlString): Lowered {
  return { text, params: [], isOlder: false };
}

/** The pieces as one text that stands for `node`. */
export function lowered(node: TomlNode, pieces: readonly Piece[], params: readonly ImpliedParam[] = []): Lowered {
  const places: { readonly start: number; readonly end: number; readonly span: Span }[] = [];
  let value = "";
  for (const piece of pieces) {
    const text = typeof piece === "string" ? piece : piece.text;
    if (typeof piece !== "string")
      places.push({ start: value.length, end: value.length + text.length, span: piece.span });
    value += text;
  }
  return { text: { kind: "string", value, source: "", span: node.span, pieces: places }, params, isOlder: true };
}

/** Pieces with one between each two. */
export function separated(all: readonly (readonly Piece[])[], separator: string): readonly Piece[] {
  return all.flatMap((pieces, index) => (index === 0 ? pieces : [separator, ...pieces]));
}

/**
 * Tells that `node` is an older form of `text`, and how it is written today. The fix is for editors, where the text alone
 * does it; `temperc migrate` also declares parameters, and rewrites what is spread over several lines.
 */
export function reportOlder(what: string, node: TomlNode, { text, params, isOlder }: Lowered, report: Report): void {
  if (!isOlder) return;
  const today = quoteToml(text.value);
  const isWhole = node.kind === "table" ? node.isInline : node.kind !== "string" || node.source !== "";
  const stands = isWhole && params.length === 0;
  report(
    "parse/older-form",
    node.span,
    { what },
    { hint: `today it is written ${today}`, ...(stands && { fix: { span: node.span, text: today } }) },
  );
}

/** A basic string of TOML. */
export function quoteToml(text: string): string {
  return JSON.stringify(text).replace(/\u007f/g, "\\u007F");
}

/** A string of the expression language. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const namePattern = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}\p{Pc}]*$/u;

/** The string as a name of the expression language. Reports `parse/wrong-type`, so that no table smuggles an expression in. */
export function namePiece(string: TomlString, key: string, report: Report): Piece | undefined {
  if (namePattern.test(string.value)) return { text: string.value, span: string.span };
  report("parse/wrong-type", string.span, { key, wanted: "a name", found: JSON.stringify(string.value) });
  return undefined;
}
