/** Reads a file of Cedar policies that belongs to no program, templates and all. */

import { policyBody, type SlotValues } from "./bind/cedar-body.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { createReporter } from "./diagnostics/reporter.ts";
import type { Span } from "./diagnostics/span.ts";
import type { PolicyBody } from "./ir/cedar.ts";
import { parsePolicies } from "./parse/cedar.ts";
import type { ExactPolicy } from "./parse/cedar-numbers.ts";
import { parseTemplate } from "./parse/cedar-template.ts";

export interface ReadPolicy {
  /** Its `@id`, or `policy<n>` by its place in the file; of a link its own. */
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly text: string;
  readonly body: PolicyBody;
  /** Present where it is a template with its slots filled; the text is the template's. */
  readonly link?: { readonly templateId: string; readonly values: SlotValues };
}

/** A policy with slots, which is none until it is linked. */
export interface ReadTemplate {
  readonly id: string;
  readonly text: string;
  readonly slots: readonly string[];
  readonly exact: ExactPolicy;
}

export interface ReadPolicies {
  readonly policies: readonly ReadPolicy[];
  readonly templates: readonly ReadTemplate[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The policies and the templates in their order. Reports what `parsePolicies` reports, and `bind/duplicate-policy`. */
export function readPolicies(file: { readonly path: string; readonly text: string }): ReadPolicies {
  const { report, diagnostics } = createReporter();
  const policies = new Map<string, ReadPolicy>();
  const templates = new Map<string, ReadTemplate>();
  const templateSpans: Span[] = [];
  for (const [index, syntax] of parsePolicies(file, report).entries()) {
    const text = file.text.slice(syntax.span.start, syntax.span.end);
    const read = syntax.kind === "static" ? syntax : parseTemplate(text);
    if (read === undefined) continue;
    const annotated = syntax.kind === "static" ? syntax.id?.text : read.exact.json.annotations?.id;
    const id = annotated === undefined || annotated === "" ? `policy${index}` : annotated;
    if (policies.has(id) || templates.has(id)) {
      report("bind/duplicate-policy", syntax.span, { id });
      continue;
    }
    const { exact } = read;
    if (syntax.kind === "static") {
      policies.set(id, { id, effect: syntax.effect, text, body: policyBody(exact) });
      continue;
    }
    templateSpans.push(syntax.span);
    templates.set(id, { id, text, slots: slotsOf(exact), exact });
  }
  const isOfProgramsOnly = ({ code, span }: Diagnostic): boolean => {
    const within = (template: Span): boolean => template.start <= span.start && span.end <= template.end;
    return code === "parse/cedar-template" && templateSpans.some(within);
  };
  return {
    policies: [...policies.values()],
    templates: [...templates.values()],
    diagnostics: diagnostics().filter((each) => !isOfProgramsOnly(each)),
  };
}

/** The template with its slots filled, as a policy of that id. */
export function linkTemplate(template: ReadTemplate, id: string, values: SlotValues): ReadPolicy {
  const { text, exact } = template;
  return {
    id,
    effect: exact.json.effect,
    text,
    body: policyBody(exact, values),
    link: { templateId: template.id, values },
  };
}

function slotsOf({ json: { principal, resource } }: ExactPolicy): readonly string[] {
  return [principal, resource].flatMap((constraint) => {
    if ("slot" in constraint) return [constraint.slot];
    return "in" in constraint && constraint.in !== undefined && "slot" in constraint.in ? [constraint.in.slot] : [];
  });
}
