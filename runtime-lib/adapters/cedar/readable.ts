/** What a principal may list, as a filter: Cedar's partial evaluation with the resource left open, never wider than its decisions. */
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import type { FilterNode, Principal, Readable } from "../../ports/index.ts";
import { and, type Condition, constant, evaluates, or } from "./condition.ts";
import { cedar } from "./engine.ts";
import { actionEntity, principalAttributes, principalEntity } from "./entities.ts";
import { member } from "./expression.ts";
import { conditionOf, Inexpressible } from "./residual.ts";
import type { Slice } from "./slices.ts";

export interface ActionSlice {
  readonly action: string;
  readonly slice: Slice;
}

/** Which entities of the type all of the actions are allowed on. */
export function readableBy(principal: Principal, type: EntityTypeDescriptor, slices: readonly ActionSlice[]): Readable {
  const unsaid = slices.flatMap(({ slice }) =>
    looksIntoCaller(principal, type, slice) ? Object.keys(slice.policies) : [],
  );
  const filter = and(distinct(slices.map((each) => allowedWhere(principal, type, each, unsaid))));
  if (filter.kind === "constant" && !filter.value) return { kind: "none" };
  if (unsaid.length > 0) return { kind: "inexpressible", policies: [...new Set(unsaid)] };
  return filter.kind === "constant" ? { kind: "all" } : { kind: "where", filter };
}

/** Policies mostly say the same of both verbs, and a query need not ask twice. */
function distinct(filters: readonly FilterNode[]): readonly FilterNode[] {
  return [...new Map(filters.map((filter) => [JSON.stringify(filter), filter])).values()];
}

const callerAttributes: ReadonlySet<string> = new Set(["id", "kind", "tenant", "roles"]);

/** A caller that is in the listed set itself has the attributes of its row there, and only there: no query says that. */
function looksIntoCaller(principal: Principal, type: EntityTypeDescriptor, slice: Slice): boolean {
  if (principal.type !== type.name || slice.parsed === undefined) return false;
  const { principal: needed } = slice.needs;
  return needed === "all" || [...needed].some((name) => !callerAttributes.has(name));
}

/** Permitted by one policy, forbidden by none, and none fails: a decision with an error in it denies. Ids of what cannot be said go to `unsaid`. */
function allowedWhere(
  principal: Principal,
  type: EntityTypeDescriptor,
  each: ActionSlice,
  unsaid: string[],
): FilterNode {
  const { action, slice } = each;
  if (slice.parsed === undefined) return constant(false);
  const answer = cedar().isAuthorizedPartial({
    principal: { type: principal.type, id: principal.id },
    action: { type: "Action", id: `${type.name}::${action}` },
    resource: null,
    context: {},
    policies: { staticPolicies: { ...slice.policies } },
    entities: [
      principalEntity(principal, principalAttributes(principal), slice.needs),
      actionEntity(type.name, action),
    ],
  });
  if (answer.type === "failure" || answer.response.errored.length > 0) return constant(false);
  const conditions = [...slice.effects].flatMap(([id, effect]) => {
    const condition = translated(principal, type, member(answer.response.residuals, id));
    if (condition === undefined) unsaid.push(id);
    return condition === undefined ? [] : [{ effect, condition }];
  });
  const permits = conditions.filter(({ effect }) => effect === "permit").map(({ condition }) => condition.isTrue);
  const forbids = conditions.filter(({ effect }) => effect === "forbid").map(({ condition }) => condition.isFalse);
  const whole = conditions.map(({ condition }) => evaluates(condition));
  return and([unsaid.length > 0 ? constant(true) : or(permits), ...forbids, ...whole]);
}

function translated(principal: Principal, type: EntityTypeDescriptor, residual: unknown): Condition | undefined {
  try {
    return conditionOf({ principal, type }, residual);
  } catch (error) {
    if (error instanceof Inexpressible) return undefined;
    throw error;
  }
}
