/** Permits that are asked for again and again: what Cedar says of them with the resource left open, kept and looked up per row. */
import type { EntityTypeDescriptor } from "../../kernel/index.ts";
import { matches } from "../../ports/filter-values.ts";
import type { AuthorizationRequest, Decision, FilterNode } from "../../ports/index.ts";
import { isLawful, policyConditions } from "./partial.ts";
import type { Slice } from "./slices.ts";

/** Partial evaluation costs as much as some twenty decisions, so only what is asked for more often is learnt. */
export const learntAfter = 20;
/** Callers and actions that are remembered, with their counts. */
const rememberedMax = 10_000;

interface Learnt {
  /** Where no policy forbids and none fails. */
  readonly lawful: FilterNode;
  readonly permits: readonly { readonly id: string; readonly where: FilterNode }[];
}

/** How often it was asked, what was learnt, or that there is nothing to learn. */
type Memory = number | Learnt | "ask";

export class Permits {
  readonly #learntAfter: number;
  readonly #memories = new Map<string, Memory>();

  constructor(after: number) {
    this.#learntAfter = after;
  }

  /** The decision that permits, where that is known; undefined asks Cedar, which alone denies. */
  permit(request: AuthorizationRequest, type: EntityTypeDescriptor, slice: Slice): Decision | undefined {
    const memory = this.#memoryOf(request, type, slice);
    if (memory === "ask" || typeof memory === "number") return undefined;
    const { values } = request.resource;
    if (!matches(type, memory.lawful, values)) return undefined;
    const reasons = memory.permits.filter(({ where }) => matches(type, where, values)).map(({ id }) => id);
    return reasons.length === 0 ? undefined : { allowed: true, reasons, errors: [] };
  }

  #memoryOf(request: AuthorizationRequest, type: EntityTypeDescriptor, slice: Slice): Memory {
    if (slice.needs.context) return "ask";
    const { principal, action } = request;
    const key = JSON.stringify([principal.type, principal.id, principal.tenant, principal.roles, type.name, action]);
    const known = this.#memories.get(key) ?? 0;
    if (typeof known !== "number") return known;
    if (this.#memories.size >= rememberedMax) this.#memories.clear();
    const next = known < this.#learntAfter ? known + 1 : learn(request, type, slice);
    this.#memories.set(key, next);
    return next;
  }
}

function learn(request: AuthorizationRequest, type: EntityTypeDescriptor, slice: Slice): Learnt | "ask" {
  const { principal, action } = request;
  const policies = policyConditions({ principal, session: undefined }, type, { action, slice });
  const permits = policies.flatMap(({ id, effect, condition }) =>
    effect === "permit" && condition !== undefined ? [{ id, where: condition.isTrue }] : [],
  );
  return policies.some(({ condition }) => condition === undefined) ? "ask" : { lawful: isLawful(policies), permits };
}
