/** Reads a file of Cedar policies that belongs to no program, such as one that is tried out or added while a service runs. */

import { policyBody } from "./bind/cedar-body.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { createReporter } from "./diagnostics/reporter.ts";
import type { PolicyBody } from "./ir/cedar.ts";
import { parsePolicies } from "./parse/cedar.ts";

export interface ReadPolicy {
  /** Its `@id`, or `policy<n>` by its place in the file. */
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly text: string;
  readonly body: PolicyBody;
}

export interface ReadPolicies {
  readonly policies: readonly ReadPolicy[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The policies in their order. Reports what `parsePolicies` reports, and `bind/duplicate-policy`. */
export function readPolicies(file: { readonly path: string; readonly text: string }): ReadPolicies {
  const { report, diagnostics } = createReporter();
  const policies = new Map<string, ReadPolicy>();
  for (const [index, syntax] of parsePolicies(file, report).entries()) {
    if (syntax.kind === "refused") continue;
    const { effect, text, exact } = syntax;
    const id = syntax.id?.text ?? `policy${index}`;
    if (policies.has(id)) report("bind/duplicate-policy", syntax.id?.span ?? syntax.span, { id });
    else policies.set(id, { id, effect, text, body: policyBody(exact) });
  }
  return { policies: [...policies.values()], diagnostics: diagnostics() };
}
