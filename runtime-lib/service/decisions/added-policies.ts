/** The policies that were added while the service runs: per tenant, per session and per moment, as one ruling with the spec's. */
import type { Decide, PolicyText } from "../../kernel/index.ts";
import type { AddedPolicy, AuthorizerFactory, Clock, PolicyCompiler, Store } from "../../ports/index.ts";
import type { CallContext } from "../call.ts";
import type { Limits } from "../limits.ts";
import type { Revision } from "../revision.ts";
import { Ruling } from "../ruling.ts";
import { type Addition, withAdded } from "./with-added.ts";

export interface AddedPoliciesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly authorizer: AuthorizerFactory;
  /** Without it Cedar itself judges by what is added. */
  readonly compile?: PolicyCompiler;
}

/** What is known of a tenant's policies, and since when. */
interface Known {
  readonly mark: number;
  /** Neither revoked nor switched off; they may not have begun to be in force for a call, or have expired. */
  readonly policies: readonly { readonly policy: AddedPolicy; readonly addition: Addition }[];
  readonly rulings: Map<string, { readonly of: Revision; readonly ruling: Ruling }>;
  readonly checkedAt: number;
}

/** Sets of policies of one tenant whose rulings are remembered, and tenants. */
const rulingsMax = 64;
const tenantsMax = 1_000;

export class AddedPolicies {
  readonly #options: AddedPoliciesOptions;
  readonly #known = new Map<string, Known>();
  readonly #looking = new Map<string, Promise<Known>>();
  /** Grows with every change, so that what was being read meanwhile is read again. */
  #age = 0;

  constructor(options: AddedPoliciesOptions) {
    this.#options = options;
  }

  /** The ruling for a call at this moment. What another process has added or revoked is known after `policiesFreshMs`. */
  ruling(revision: Revision, context: Pick<CallContext, "tenant" | "sessionId">): Ruling | Promise<Ruling> {
    const known = this.#known.get(context.tenant);
    const now = this.#options.clock.now();
    // A clock that is set back makes nothing fresh that was looked at long ago.
    if (known !== undefined && Math.abs(now - known.checkedAt) < this.#options.limits.policiesFreshMs) {
      return this.#rulingOf(known, revision, context);
    }
    return this.#look(context.tenant).then((fresh) => this.#rulingOf(fresh, revision, context));
  }

  /** All policies in force for a call at this moment, the spec's and those that were added, under the ids that denials name. */
  async texts(
    { definition }: Revision,
    { tenant, sessionId }: Pick<CallContext, "tenant" | "sessionId">,
  ): Promise<readonly PolicyText[]> {
    const { policies } = await this.#look(tenant);
    const inForce = policies.filter(({ policy }) => this.#isInForce(policy, sessionId));
    return withAdded(
      definition.authorization,
      inForce.map(({ addition }) => addition),
    ).policies;
  }

  /** To be called after a change in this process: the next call looks. */
  forget(tenant: string): void {
    this.#age += 1;
    this.#known.delete(tenant);
    this.#looking.delete(tenant);
  }

  #look(tenant: string): Promise<Known> {
    const looking = this.#looking.get(tenant);
    if (looking !== undefined) return looking;
    const fresh = this.#read(tenant).finally(() => {
      if (this.#looking.get(tenant) === fresh) this.#looking.delete(tenant);
    });
    this.#looking.set(tenant, fresh);
    return fresh;
  }

  async #read(tenant: string): Promise<Known> {
    for (;;) {
      const age = this.#age;
      const known = await this.#readOnce(tenant);
      if (age !== this.#age) continue;
      if (this.#known.size >= tenantsMax) this.#known.clear();
      this.#known.set(tenant, known);
      return known;
    }
  }

  async #readOnce(tenant: string): Promise<Known> {
    const { store, clock } = this.#options;
    const checkedAt = clock.now();
    const mark = await store.decisions.policiesMark(tenant);
    const before = this.#known.get(tenant);
    if (before !== undefined && before.mark === mark) return { ...before, checkedAt };
    const added = mark === 0 ? [] : await store.decisions.addedPolicies(tenant);
    const standing = added.filter(({ revokedAt, isEnabled }) => revokedAt === null && isEnabled);
    const functions = await this.#compiled(standing);
    const policies = standing.map((policy) => ({ policy, addition: additionOf(policy, functions.get(policy.id)) }));
    return { mark, policies, rulings: new Map(), checkedAt };
  }

  async #compiled(policies: readonly AddedPolicy[]): Promise<ReadonlyMap<string, Decide>> {
    const { compile } = this.#options;
    return compile === undefined || policies.length === 0 ? new Map() : compile(policies);
  }

  #rulingOf(known: Known, revision: Revision, { sessionId }: Pick<CallContext, "sessionId">): Ruling {
    if (known.policies.length === 0) return revision.ruling;
    const inForce = known.policies.filter(({ policy }) => this.#isInForce(policy, sessionId));
    if (inForce.length === 0) return revision.ruling;
    const key = inForce.map(({ policy }) => `${policy.id}@${policy.version}`).join(" ");
    const made = known.rulings.get(key);
    if (made?.of === revision) return made.ruling;
    const ruling = this.#make(
      revision,
      inForce.map(({ addition }) => addition),
    );
    for (const [other, { of }] of known.rulings) if (of !== revision) known.rulings.delete(other);
    if (known.rulings.size >= rulingsMax) known.rulings.clear();
    known.rulings.set(key, { of: revision, ruling });
    return ruling;
  }

  #make({ definition }: Revision, additions: readonly Addition[]): Ruling {
    const bindings = withAdded(definition.authorization, additions);
    return new Ruling(this.#options.authorizer(bindings, definition.entityTypes));
  }

  #isInForce({ session, expiresAt }: AddedPolicy, own: string | undefined): boolean {
    const isTimely = expiresAt === null || Date.parse(expiresAt) > this.#options.clock.now();
    return isTimely && (session === null || session === own);
  }
}

function additionOf({ id, text }: AddedPolicy, decide: Decide | undefined): Addition {
  return decide === undefined ? { id, text } : { id, text, decide };
}
