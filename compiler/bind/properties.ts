/** Binds what must hold: invariants, field invariants and liveness properties. */

import type { Report } from "../diagnostics/diagnostic.ts";
import type { FieldInvariant, Invariant, Liveness } from "../ir/automaton.ts";
import type { AssertionSyntax } from "../parse/assertions.ts";
import type { LivenessSyntax } from "../parse/automaton.ts";
import { distinct } from "./names.ts";
import { bindPredicate } from "./predicate.ts";
import type { Scope } from "./scope.ts";
import { knownStatuses } from "./statuses.ts";

/** Safety properties over status and variables. */
export function bindInvariants(
  syntaxes: readonly AssertionSyntax[],
  scope: Scope,
  report: Report,
): readonly Invariant[] {
  return distinct("the invariant", syntaxes, report).flatMap(({ name, assert }) => {
    const bound = bindPredicate(assert.syntax, { scope, text: assert.text, report });
    if (bound?.kind === "constant" && bound.value)
      report("bind/vacuous-invariant", assert.text.span, { invariant: name.value });
    return bound === undefined ? [] : [{ name: name.value, assert: bound, span: assert.text.span }];
  });
}

/** Properties of every write, over status and variables. */
export function bindFieldInvariants(
  syntaxes: readonly AssertionSyntax[],
  scope: Scope,
  report: Report,
): readonly FieldInvariant[] {
  const invariants = bindInvariants(syntaxes, { ...scope, seesFields: true }, report);
  return invariants.map((invariant) => {
    const message = syntaxes.find(({ name }) => name.value === invariant.name)?.message;
    return { ...invariant, ...(message !== undefined && { message }) };
  });
}

/** Liveness properties, of every status that is not terminal unless they say of which; one that promises nothing is reported. */
export function bindLiveness(
  syntaxes: readonly LivenessSyntax[],
  { terminal, ...scope }: Scope & { readonly terminal: readonly string[] },
  report: Report,
): readonly Liveness[] {
  return distinct("the liveness property", syntaxes, report).flatMap(
    ({ name, from, reaches, eventually, hasActions }): readonly Liveness[] => {
      const sources = knownStatuses(from, scope, report);
      const targets = knownStatuses(reaches, scope, report);
      const inevitable = knownStatuses(eventually, scope, report);
      const all = from.length === 0 ? scope.statuses.filter((name) => !terminal.includes(name)) : sources;
      const wantsActions = hasActions?.value === true;
      if (reaches.length === 0 && eventually.length === 0 && !wantsActions) {
        report(
          "parse/missing-key",
          name.span,
          { key: "reaches", table: "[[liveness]]" },
          { hint: "or eventually, or has_actions = true" },
        );
      }
      return [
        ...(targets.length > 0
          ? [{ kind: "reaches", name: name.value, from: all, targets, span: name.span } as const]
          : []),
        ...(inevitable.length > 0
          ? [{ kind: "eventually", name: name.value, from: all, targets: inevitable, span: name.span } as const]
          : []),
        ...(wantsActions ? [{ kind: "has-actions", name: name.value, from: all, span: name.span } as const] : []),
      ];
    },
  );
}
