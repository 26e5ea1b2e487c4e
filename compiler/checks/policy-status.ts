/** A policy that asks for a status which there is not: no request will ever be what it says. */

import type { Report } from "../diagnostics/diagnostic.ts";
import { didYouMean } from "../diagnostics/did-you-mean.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Automaton } from "../ir/automaton.ts";
import { type CedarNode, cedarOperands } from "../ir/cedar.ts";
import type { Policy } from "../ir/program.ts";

/** Reports `check/policy-status` for policies about entities of this type, of whom their own and their context's statuses are known. */
export function checkPolicyStatuses(
  automaton: Automaton,
  report: Report,
  { automata, policies }: { readonly automata: readonly Automaton[]; readonly policies: readonly Policy[] },
): void {
  for (const policy of policies) {
    if (policy.body.kind !== "compiled" || typeOf(policy) !== automaton.name) continue;
    for (const { of, value } of policy.body.conditions.flatMap(statusesAsked)) {
      const asked = askedType(of, automaton);
      const statuses = automata.find(({ name }) => name === asked)?.statuses.map(({ name }) => name);
      if (asked === undefined || statuses === undefined || statuses.includes(value)) continue;
      const facts = { id: policy.id, entity: asked, status: value };
      report("check/policy-status", placeOf(value, policy), facts, { hint: didYouMean(value, statuses) });
    }
  }
}

/** The one type of entity that the head lets it be about. */
function typeOf({ scope: { resourceType, actions = [] } }: Policy): string | undefined {
  if (resourceType !== undefined) return resourceType;
  const types = new Set(actions.map((action) => action.split("::")[0]));
  return types.size === 1 && actions.every((action) => action.includes("::")) ? [...types][0] : undefined;
}

type Attribute = CedarNode & { readonly kind: "attribute" };

interface StatusAsked {
  readonly of: Attribute;
  readonly value: string;
}

/** Every text that an attribute is compared with, or looked for in a set of texts. */
function statusesAsked(node: CedarNode): readonly StatusAsked[] {
  const below = cedarOperands(node).flatMap(statusesAsked);
  if (node.kind !== "binary") return below;
  const { operator, left, right } = node;
  const [of, others] = left.kind === "attribute" ? [left, right] : [right, left];
  if (of.kind !== "attribute" || !["==", "!=", "contains"].includes(operator)) return below;
  const values = others.kind === "set" ? others.elements : [others];
  return [...values.flatMap((each) => (each.kind === "string" ? [{ of, value: each.value }] : [])), ...below];
}

/** Whose status the attribute is: the resource's, or that of an entity in the context. */
function askedType({ of, name }: Attribute, automaton: Automaton): string | undefined {
  if (of.kind !== "variable") return undefined;
  if (of.part === "resource") return name.toLowerCase() === "status" ? automaton.name : undefined;
  const context = automaton.contextEntities.find((each) => `ctx_${each.name}_status` === name);
  return of.part === "context" ? context?.entityType : undefined;
}

/** Where the text stands, as far as it stands there as it is. */
function placeOf(value: string, { text, span }: Policy): Span {
  const quoted = JSON.stringify(value);
  const at = text.indexOf(quoted);
  return at < 0 ? span : { file: span.file, start: span.start + at, end: span.start + at + quoted.length };
}
