/** Cedar's partial evaluation with the resource left open: per policy, on which entities it is satisfied. */
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import type { FilterNode, Principal } from "../../ports/index.ts";
import { and, type Condition, evaluates, failing } from "./condition.ts";
import { cedar } from "./engine.ts";
import { actionEntity, principalAttributes, principalEntity } from "./entities.ts";
import { member } from "./expression.ts";
import { conditionOf, Inexpressible } from "./residual.ts";
import type { Slice } from "./slices.ts";

export interface ActionSlice {
  readonly action: string;
  readonly slice: Slice;
}

export interface PolicyCondition {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  /** Undefined where a filter cannot say it. */
  readonly condition: Condition | undefined;
}

/** Who reads, and in which session. */
export interface Reader {
  readonly principal: Principal;
  readonly session: string | undefined;
}

/** The condition of each policy of the slice, for calls without parameters. No policies: nothing is permitted. */
export function policyConditions(
  { principal, session }: Reader,
  type: EntityTypeDescriptor,
  each: ActionSlice,
): readonly PolicyCondition[] {
  const { action, slice } = each;
  if (slice.parsed === undefined) return [];
  const policies = [...slice.effects].map(([id, effect]) => ({ id, effect }));
  if (looksIntoCaller(principal, type, slice) || looksAtOthers(type, slice))
    return policies.map((policy) => ({ ...policy, condition: undefined }));
  const answer = cedar().isAuthorizedPartial({
    principal: { type: principal.type, id: principal.id },
    action: { type: "Action", id: `${type.name}::${action}` },
    resource: null,
    context: {
      tenant: principal.tenant,
      agentTypeVerified: principal.isTypeVerified ?? true,
      ...(session !== undefined && { session }),
    },
    policies: { staticPolicies: { ...slice.policies } },
    entities: [
      principalEntity(principal, principalAttributes(principal), slice.needs),
      actionEntity(type.name, action),
    ],
  });
  if (answer.type === "failure") return policies.map((policy) => ({ ...policy, condition: failing }));
  const { errored, residuals } = answer.response;
  return policies.map(({ id, effect }) => {
    if (errored.includes(id)) return { id, effect, condition: failing };
    return { id, effect, condition: translated(principal, type, member(residuals, id)) };
  });
}

const callerAttributes: ReadonlySet<string> = new Set(["id", "kind", "tenant", "roles"]);

/** A caller that is in the listed set itself has the attributes of its row there, and only there: no filter says that. */
function looksIntoCaller(principal: Principal, type: EntityTypeDescriptor, slice: Slice): boolean {
  if (principal.type !== type.name) return false;
  const { principal: needed } = slice.needs;
  return needed === "all" || [...needed].some((name) => !callerAttributes.has(name));
}

/** The statuses of related entities are in the context of a decision, and not in a row that a filter could look at. */
function looksAtOthers({ reactions }: EntityTypeDescriptor, { needs }: Slice): boolean {
  return needs.context && (reactions?.contextEntities ?? []).length > 0;
}

function translated(principal: Principal, type: EntityTypeDescriptor, residual: unknown): Condition | undefined {
  try {
    return conditionOf({ principal, type }, residual);
  } catch (error) {
    if (error instanceof Inexpressible) return undefined;
    throw error;
  }
}

/** Where no policy forbids and none fails to evaluate: a decision with an error in it denies. */
export function isLawful(policies: readonly PolicyCondition[]): FilterNode {
  return and(
    policies.flatMap(({ effect, condition }) => {
      if (condition === undefined) return [];
      return effect === "forbid" ? [condition.isFalse] : [evaluates(condition)];
    }),
  );
}
