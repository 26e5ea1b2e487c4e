/** What the service fills in, as the search tries it: ids that are new, and every status that a guard on related entities can tell apart. */

import type { Value } from "@temperc/runtime";
import type { Action, Automaton, FilledParam, Operand } from "../../compiler/ir/index.ts";
import { type Domain, domainOf } from "./domains.ts";
import { atomsOf, operandsOf } from "./expressions.ts";
import type { Shape } from "./shape.ts";

/** More conditions on one reference than this can hold in more ways than two related entities show. */
const conditionsMax = 2;

/** The values of one filled parameter; guards on related entities are free here, and real in the composition. */
export function filledDomain(filled: FilledParam, action: Action, shape: Shape): Domain {
  switch (filled.kind) {
    case "field":
      return { values: [null], whole: true };
    case "fresh": {
      const param = { name: filled.name, type: "ref", required: true, span: action.span } as const;
      const { values, whole } = domainOf(action, param, shape);
      return {
        values: values.filter((value) => typeof value === "string" && value.startsWith("another value")),
        whole,
      };
    }
    case "related":
      return relatedDomain(filled, action, shape.automaton);
  }
}

type Related = FilledParam & { readonly kind: "related" };

function relatedDomain(filled: Related, action: Action, automaton: Automaton): Domain {
  const asked = automaton.rules
    .filter((rule) => rule.action === action.name)
    .flatMap(({ guard }) => (guard === undefined ? [] : atomsOf(guard)))
    .map(operandsOf)
    .filter((operands) => operands.some((operand) => isAbout(operand, filled)));
  const literals = asked.flat().flatMap((operand) => (operand.kind === "literal" ? [operand.value] : []));
  const statuses = [...new Set([...literals.filter((value) => typeof value === "string"), "another status", ""])];
  const singles: Value[] = statuses.map((status) => [status]);
  if (!isList(filled, automaton)) return { values: singles, whole: true };
  const pairs = statuses.flatMap((one, index) => statuses.slice(index + 1).map((other) => [one, other]));
  return { values: [[], ...singles, ...pairs], whole: asked.length <= conditionsMax };
}

function isAbout(operand: Operand, { entityType, reference }: Related): boolean {
  return operand.kind === "related" && operand.entityType === entityType && operand.reference === reference;
}

/** A field that is no variable may be a list: then both are tried. */
function isList({ reference }: Related, { variables }: Automaton): boolean {
  const type = variables.find(({ name }) => name === reference)?.type;
  return type === undefined || type === "list" || type === "set";
}
