/** What people govern a running service by: its pending decisions, its added policies, and who listens for changes of them. */
import type { AuthorizerFactory, DecisionRecord, PolicyCompiler, PolicyJudge, Principal } from "../../ports/index.ts";
import type { CallContext, Denial } from "../call.ts";
import type { Revision } from "../revision.ts";
import type { Ruling } from "../ruling.ts";
import type { World } from "../world.ts";
import { AddedPolicies } from "./added-policies.ts";
import { recordDenial } from "./denials.ts";

/** What a service is given to be governed: without it nothing is recorded and nothing can be added. */
export interface GovernanceOptions {
  readonly judge: PolicyJudge;
  /** Compiles added policies; without it Cedar itself judges by them. */
  readonly compile?: PolicyCompiler;
}

/** The part of the service's world that decisions need. */
export type GovernedWorld = Pick<World, "store" | "clock" | "ids" | "limits">;

/** How much of a name is kept that a caller has made up. */
const keptMax = 256;

export class Governance {
  readonly world: GovernedWorld;
  readonly judge: PolicyJudge;
  readonly policies: AddedPolicies;
  /** The revision that is live now. */
  readonly revision: () => Revision;
  readonly #listeners = new Set<(tenant: string) => void>();

  constructor(
    world: GovernedWorld,
    { judge, compile }: GovernanceOptions,
    live: { readonly authorizer: AuthorizerFactory; readonly revision: () => Revision },
  ) {
    const { store, clock, limits } = world;
    this.world = world;
    this.judge = judge;
    this.revision = live.revision;
    this.policies = new AddedPolicies({
      store,
      clock,
      limits,
      authorizer: live.authorizer,
      ...(compile && { compile }),
    });
  }

  /** The policies in force for a call at this moment. */
  ruling(revision: Revision, context: CallContext): Ruling | Promise<Ruling> {
    return this.policies.ruling(revision, context);
  }

  /** Records a denial of the service; undefined where there is no room for it. */
  async denied(context: CallContext, denial: Denial): Promise<DecisionRecord | undefined> {
    const record = await recordDenial(this.world, context, denial);
    if (record !== undefined) this.changed(record.tenant);
    return record;
  }

  /** Records an attempt at what nobody can approve: to decide for oneself, or to reach into another tenant. */
  async refused(principal: Principal, attempt: Attempt): Promise<void> {
    const { action, entityType, entityId, because } = attempt;
    const denial = { action, entityType, entityId, because, policies: [], errors: [], state: "refused" } as const;
    const record = await recordDenial(this.world, { principal }, denial);
    if (record !== undefined) this.changed(record.tenant);
  }

  /** Records that a credential reached for another tenant, with the caller's own: the other one is not told that anybody asked. */
  crossed(principal: Principal, tenant: string): Promise<void> {
    const because = "a credential reaches its own tenant only";
    return this.refused(principal, {
      action: "reach",
      entityType: "Tenant",
      entityId: tenant.slice(0, keptMax),
      because,
    });
  }

  /** Tells whoever listens that a decision or a policy of the tenant has changed. */
  changed(tenant: string): void {
    for (const listener of this.#listeners) listener(tenant);
  }

  /** Calls `listener` after each change of a decision in this process; the answer ends it. */
  listen(listener: (tenant: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export interface Attempt {
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string | null;
  readonly because: string;
}
