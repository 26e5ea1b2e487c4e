/** What people govern a running service by: its pending decisions, its added policies, and who listens for changes of them. */
import type { AuthorizerFactory, DecisionRecord, PolicyCompiler, PolicyJudge, Principal } from "../../ports/index.ts";
import { defaultTenant } from "../api-keys.ts";
import type { Attempt, Authenticate, CallContext, Denial, Failed } from "../call.ts";
import type { Revision } from "../revision.ts";
import type { Ruling } from "../ruling.ts";
import type { World } from "../world.ts";
import { AddedPolicies } from "./added-policies.ts";
import { credentialAttempt, crossing, nobody } from "./attempts.ts";
import { recordDenial } from "./denials.ts";
import { watching } from "./strangers.ts";
import { Tally } from "./tally.ts";

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
  readonly #tally: Tally;
  readonly #tenant: string;

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
    this.#tenant = tenant;
    this.#tally = new Tally({
      record: (principal, attempt, times) => this.refused(principal, attempt, times),
      onInternalError: world.onInternalError,
      everyMs: limits.refusedCredentialsMs,
    });
  }

  /** The same callers are known; a credential that nobody is known by is recorded, and a header that claims to be somebody. */
  watching(authenticate: Authenticate, by: (tenant: string) => Governance | undefined): Authenticate {
    return watching(authenticate, this.#tenant, (principal, attempt) =>
      by(principal.tenant)?.counted(principal, attempt),
    );
  }

  /** One more of an attempt that may come with every request. */
  counted(principal: Principal, attempt: Attempt): void {
    this.#tally.count(principal, attempt);
  }

  /** One more request that is not signed as its endpoint wants it. */
  unsigned(address: string): void {
    this.counted(nobody(this.#tenant), credentialAttempt("signature", address));
  }

  /** Resolves when what is to be recorded is. */
  close(): Promise<void> {
    return this.#tally.close();
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
    return this.refused(principal, crossing(tenant));
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

export interface Governed {
  readonly governance: Governance | undefined;
}

/** The services of a host: of a tenant that has one of its own, or why it cannot be served; `service` is of all others. */
export interface Governing {
  readonly service: Governed;
  readonly serviceOf?: (tenant: string) => Governed | Failed | undefined;
}

/** By what the tenant is governed; undefined where it is not, or cannot be served now. */
export function governanceOf({ service, serviceOf }: Governing, tenant: string): Governance | undefined {
  const own = serviceOf?.(tenant) ?? service;
  return "governance" in own ? own.governance : undefined;
}

/**
 * Callers of a service are known as before; where it is governed, credentials that nobody is known by are recorded, and
 * headers that claim to be somebody.
 */
export function watched(
  service: Governed,
  authenticate: Authenticate,
  serviceOf: Governing["serviceOf"] = () => undefined,
): Authenticate {
  const by = (tenant: string) => governanceOf({ service, serviceOf }, tenant);
  return service.governance?.watching(authenticate, by) ?? authenticate;
}
