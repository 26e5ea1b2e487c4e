/** What people govern a running service by: its pending decisions, its added policies, and who listens for changes of them. */
import type { AuthorizerFactory, DecisionRecord, PolicyCompiler, PolicyJudge, Principal } from "../../ports/index.ts";
import { defaultTenant } from "../api-keys.ts";
import type { Attempt, Authenticate, CallContext, Denial } from "../call.ts";
import type { Revision } from "../revision.ts";
import type { Ruling } from "../ruling.ts";
import type { World } from "../world.ts";
import { AddedPolicies } from "./added-policies.ts";
import { recordDenial } from "./denials.ts";
import { type RefusedCredential, Strangers } from "./strangers.ts";

/** What a service is given to be governed: without it nothing is recorded and nothing can be added. */
export interface GovernanceOptions {
  readonly judge: PolicyJudge;
  /** Compiles added policies; without it Cedar itself judges by them. */
  readonly compile?: PolicyCompiler;
  /** Whose operators are shown the credentials that nobody is known by; `default` where absent. */
  readonly tenant?: string;
}

/** The part of the service's world that decisions need. */
export type GovernedWorld = Pick<World, "store" | "clock" | "ids" | "limits" | "onInternalError">;

/** How much of a name is kept that a caller has made up. */
const keptMax = 256;

export class Governance {
  readonly world: GovernedWorld;
  readonly judge: PolicyJudge;
  readonly policies: AddedPolicies;
  /** The revision that is live now. */
  readonly revision: () => Revision;
  readonly #listeners = new Set<(tenant: string) => void>();
  readonly #strangers: Strangers;

  constructor(
    world: GovernedWorld,
    { judge, compile, tenant = defaultTenant }: GovernanceOptions,
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
    const stranger = { type: "Nobody", id: "unknown", tenant, roles: [] };
    this.#strangers = new Strangers({
      record: (refused) => this.refused(stranger, credentialAttempt(refused), refused.times),
      onInternalError: world.onInternalError,
      everyMs: limits.refusedCredentialsMs,
    });
  }

  /** The same callers are known; a credential that nobody is known by is recorded. */
  watching(authenticate: Authenticate): Authenticate {
    return this.#strangers.watching(authenticate);
  }

  /** Resolves when what is to be recorded is. */
  close(): Promise<void> {
    return this.#strangers.close();
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
  async refused(principal: Principal, attempt: Attempt, times = 1): Promise<void> {
    const entityId = attempt.entityId?.slice(0, keptMax) ?? null;
    const denial = { ...attempt, entityId, policies: [], errors: [], state: "refused" } as const;
    const record = await recordDenial(this.world, { principal, times }, denial);
    if (record !== undefined) this.changed(record.tenant);
  }

  /** Records that a credential reached for another tenant, with the caller's own: the other one is not told that anybody asked. */
  crossed(principal: Principal, tenant: string): Promise<void> {
    const because = "a credential reaches its own tenant only";
    return this.refused(principal, { action: "reach", entityType: "Tenant", entityId: tenant, because });
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

/** Callers of a service are known as before; where it is governed, credentials that nobody is known by are recorded. */
export function watched(
  { governance }: { readonly governance: Governance | undefined },
  authenticate: Authenticate,
): Authenticate {
  return governance?.watching(authenticate) ?? authenticate;
}

function credentialAttempt({ kind, address, because }: RefusedCredential): Attempt {
  return {
    action: "authenticate",
    entityType: "Credential",
    entityId: kind,
    because: `${because}; last from ${address}`,
  };
}
