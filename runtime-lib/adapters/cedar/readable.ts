/** What a principal may list, as a filter: Cedar's partial evaluation with the resource left open, never wider than its decisions. */
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import type { FilterNode, Readable } from "../../ports/index.ts";
import { and, type Condition, constant, or } from "./condition.ts";
import { type ActionSlice, isLawful, type PolicyCondition, policyConditions, type Reader } from "./partial.ts";

/** Which entities of the type all of the actions are allowed on. */
export function readableBy(reader: Reader, type: EntityTypeDescriptor, slices: readonly ActionSlice[]): Readable {
  const conditions = slices.map((each) => policyConditions(reader, type, each));
  const filter = and(distinct(conditions.map(allowedWhere)));
  if (filter.kind === "constant" && !filter.value) return { kind: "none", forbids: forbidding(conditions.flat()) };
  const unsaid = conditions.flat().filter(({ condition }) => condition === undefined);
  if (unsaid.length > 0)
    return { kind: "inexpressible", policies: [...new Set(unsaid.map(({ id }) => id))], within: filter };
  return filter.kind === "constant" ? { kind: "all" } : { kind: "where", filter };
}

/** Where the policies allow, as far as it can be said: what cannot is taken to permit, and is reported by its caller. */
function allowedWhere(policies: readonly PolicyCondition[]): FilterNode {
  const permits = policies.filter(({ effect }) => effect === "permit").map(({ condition }) => truth(condition));
  return and([or(permits), isLawful(policies)]);
}

function truth(condition: Condition | undefined): FilterNode {
  return condition === undefined ? constant(true) : condition.isTrue;
}

/** Policies mostly say the same of both verbs, and a query need not ask twice. */
function distinct(filters: readonly FilterNode[]): readonly FilterNode[] {
  return [...new Map(filters.map((filter) => [JSON.stringify(filter), filter])).values()];
}

/** Those that forbid every entity. */
function forbidding(policies: readonly PolicyCondition[]): readonly string[] {
  const always = policies.filter(({ effect, condition }) => {
    const isTrue = condition?.isTrue;
    return effect === "forbid" && isTrue?.kind === "constant" && isTrue.value;
  });
  return [...new Set(always.map(({ id }) => id))];
}
