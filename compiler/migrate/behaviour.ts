/** One behaviour file in today's form: a few passes over its text, each of which leaves valid TOML. */

import type { Diagnostic, Report } from "../diagnostics/diagnostic.ts";
import type { Beside } from "./beside.ts";
import { applyEdits, type Edit } from "./edit.ts";
import { expressionEdits } from "./expressions.ts";
import { invariantEdits, terminalEdits } from "./invariants.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { legacyKeyEdits, lenientParamEdits, namedEffectEdits } from "./tables.ts";
import { triggerEdits } from "./triggers.ts";

/** What the compiler found out about the file. */
export interface Found {
  readonly path: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the automaton takes parameters that its actions do not declare. */
  readonly isLenient: boolean;
  readonly beside: Beside;
}

/** The codes of the warnings that say that a form is an older one. */
export const olderCodes = ["parse/older-form", "parse/legacy-key", "bind/implicit-counter-effect"] as const;

/** The text of the file in today's form. It compiled: what is wrong with it was told. */
export function migrateBehaviour(text: string, { path, diagnostics, isLenient, beside }: Found): string {
  const at = (code: (typeof olderCodes)[number]): ReadonlySet<number> =>
    new Set(diagnostics.filter((each) => each.code === code).map(({ span }) => span.start));
  const passes: readonly ((layout: Layout) => Edit[])[] = [
    (layout) => [
      ...legacyKeyEdits(layout, at("parse/legacy-key")),
      ...namedEffectEdits(layout, at("bind/implicit-counter-effect")),
    ],
    (layout) => triggerEdits(layout, beside),
    terminalEdits,
    (layout) => [...expressionEdits(layout), ...invariantEdits(layout)],
    (layout) => (isLenient ? lenientParamEdits(layout) : []),
  ];
  return inPasses({ path, text }, passes);
}

/** The passes one after the other, each over what the one before made. */
export function inPasses(
  { path, text }: { readonly path: string; readonly text: string },
  passes: readonly ((layout: Layout) => Edit[])[],
): string {
  const broken: Report = (code) => {
    throw new Error(`a change made ${path} malformed: ${code}`);
  };
  const made = passes.reduce((before, pass) => {
    const layout = layoutOf({ path, text: before }, broken);
    return layout === undefined ? before : applyEdits(before, pass(layout));
  }, text);
  return endsBlank(text) ? made : made.replace(/(\r?\n)(?:[ \t]*\r?\n)+$/, "$1");
}

function endsBlank(text: string): boolean {
  return /\n[ \t]*\r?\n$/.test(text);
}
