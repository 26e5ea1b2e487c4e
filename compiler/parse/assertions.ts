/** `[[invariant]]` and `[[field_invariant]]` of every generation: what they assert, in today's grammar. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { fieldInvariantForm, invariantForm } from "./automaton-forms.ts";
import { parseCondition, type Written } from "./expression.ts";
import type { ConditionSyntax } from "./expression-syntax.ts";
import { asWritten, type Lowered, lowered, type Piece, quoteText, quoteToml, reportOlder } from "./lowering.ts";
import { lowerCondition } from "./older-conditions.ts";
import type { Read } from "./table.ts";
import type { TomlNode, TomlString } from "./toml.ts";

export interface AssertionSyntax {
  readonly name: TomlString;
  readonly assert: Written<ConditionSyntax>;
  readonly message?: string;
}

/** `first` is visited before `second`; `text` is where that is written. */
export interface OrderingSyntax {
  readonly name: TomlString;
  readonly first: TomlString;
  readonly second: TomlString;
  readonly text: TomlString;
}

/** What one `[[invariant]]` says. */
export type InvariantSyntax =
  | { readonly kind: "assertion"; readonly assertion: AssertionSyntax }
  | { readonly kind: "ordering"; readonly ordering: OrderingSyntax }
  /** No action leads out of these. */
  | { readonly kind: "terminal"; readonly statuses: readonly TomlString[] };

/** One `[[invariant]]`. */
export function parseInvariant(reader: Read<typeof invariantForm>, report: Report): InvariantSyntax | undefined {
  const name = reader.get("name");
  const text = reader.get("assert");
  const when = reader.get("when") ?? [];
  if (name === undefined || text === undefined) return undefined;
  if (isTerminal(text.value)) {
    const statuses = when.map(({ value }) => quoteToml(value)).join(", ");
    const hint = `today it stands in [automaton]: terminal = [${statuses}]`;
    report("parse/older-form", reader.span, { what: "the invariant" }, { hint });
    return { kind: "terminal", statuses: when };
  }
  const ordering = /^\s*ordering\s*\(\s*(.+?)\s*,\s*(.+?)\s*\)\s*$/.exec(text.value);
  if (ordering !== null) {
    const unused = reader.entries.find(({ key }) => key === "when");
    if (unused !== undefined) report("parse/legacy-key", unused.keySpan, { key: "when", table: "an ordering" });
    const [, first = "", second = ""] = ordering.map((part) => part.replace(/^(['"])(.*)\1$/, "$2"));
    return { kind: "ordering", ordering: { name, first: made(text, first), second: made(text, second), text } };
  }
  const condition = reader.has("when") ? premised(reader, text, report) : plainAssertion(text, report);
  const assert = parseCondition(condition.text, report);
  return assert && { kind: "assertion", assertion: { name, assert } };
}

/** The older form of `terminal`, whose statuses are its `when`. */
export function isTerminal(assertion: string): boolean {
  return assertion.trim() === "no_further_transitions";
}

function plainAssertion(text: TomlString, report: Report): Lowered {
  const plain = lowerCondition(text, "assert", report) ?? asWritten(text);
  reportOlder("the assertion", text, plain, report);
  return plain;
}

function premised(reader: Read<typeof invariantForm>, text: TomlString, report: Report): Lowered {
  const whole = guarded(text, reader.get("when") ?? [], report);
  const hint = `today it is written assert = ${quoteToml(whole.text.value)}`;
  report("parse/older-form", reader.span, { what: "the invariant" }, { hint });
  return whole;
}

function made(text: TomlString, value: string): TomlString {
  return { kind: "string", value, source: "", span: text.span, pieces: [] };
}

/** `status in W => P`; where P is as the file has it, its places are those of its own characters. */
export function guarded(text: TomlString, when: readonly TomlString[], report: Report): Lowered {
  const plain = lowerCondition(text, "assert", report) ?? asWritten(text);
  if (when.length === 0) return plain;
  const set = when.map(({ value }) => quoteText(value)).join(", ");
  const start = when[0]?.span ?? text.span;
  const premise: Piece = { text: `status in [${set}]`, span: { ...start, end: when.at(-1)?.span.end ?? start.end } };
  return lowered(text, [premise, " => (", { text: plain.text.value, span: text.span }, ")"]);
}

type FieldInvariant = Read<typeof fieldInvariantForm>;

/** One `[[field_invariant]]`: `assert`, or the older `when` and `require`. */
export function parseFieldInvariant(reader: FieldInvariant, report: Report): AssertionSyntax | undefined {
  const name = reader.get("name");
  const message = reader.get("message")?.value;
  const condition = reader.has("require") ? required(reader, report) : asserted(reader, report);
  const assert = condition && parseCondition(condition.text, report);
  if (name === undefined || assert === undefined) return undefined;
  return { name, assert, ...(message !== undefined && { message }) };
}

function asserted(reader: FieldInvariant, report: Report): Lowered | undefined {
  if (!reader.has("assert")) report("parse/missing-key", reader.span, { key: "assert", table: "[[field_invariant]]" });
  const text = reader.get("assert");
  const condition = text && lowerCondition(text, "assert", report);
  if (text !== undefined && condition !== undefined) reportOlder("the assertion", text, condition, report);
  return condition;
}

/** `when` is the premise of `require`. */
function required(reader: FieldInvariant, report: Report): Lowered | undefined {
  const node = reader.get("require");
  const premise = reader.get("when");
  const conclusion = node && lowerCondition(node, "require", report);
  const whenTrue = premise && lowerCondition(premise, "when", report);
  if (node === undefined || conclusion === undefined) return undefined;
  if (premise !== undefined && whenTrue === undefined) return undefined;
  const whole =
    premise === undefined || whenTrue === undefined
      ? conclusion
      : lowered(node, ["(", inside(premise, whenTrue), ") => (", inside(node, conclusion), ")"]);
  const hint = `today it is written assert = ${quoteToml(whole.text.value)}`;
  report("parse/older-form", reader.span, { what: "the field invariant" }, { hint });
  return whole;
}

function inside({ span }: TomlNode, { text }: Lowered): Piece {
  return { text: text.value, span };
}
