/** The programs that are live: the host's own, which serves every tenant that has none, and one for each tenant that has. */
import { SecretsUnset, type Service, type Store, type Swapped } from "@temperc/runtime";
import type { Servable } from "./servable.ts";

/** A program that is served. */
export interface Live {
  readonly service: Service;
  readonly store: Store;
  /** Replaced at each swap. */
  served: Servable;
}

export interface StorePlace {
  /** True where the tenant has been served before: a store that is gone is not begun afresh. */
  readonly mustExist: boolean;
}

export interface Opening {
  readonly store: Store;
  readonly served: Servable;
  readonly asksEntities: boolean;
}

export interface TenantWorld {
  /** The tenant whose specs are the host's own. */
  readonly owner: string;
  /** A store of the tenant alone: its tables are of its own program. */
  readonly openStore: (tenant: string, place: StorePlace) => Promise<Store>;
  readonly openService: (tenant: string, own: Opening) => Promise<Service>;
  /** Programs of tenants at once. */
  readonly tenantProgramsMax: number;
}

/** `unverified`: what was deployed does not hold under this version of temperc, as `message` says. */
export type Barred = { readonly kind: "unopened" } | { readonly kind: "unverified"; readonly message: string };

export type TakenOver =
  | Swapped
  | { readonly kind: "too-many" }
  /** Entities of the tenant live under the host's program, and another store would not have them. */
  | { readonly kind: "shared"; readonly count: number };

export class Tenants {
  readonly #world: TenantWorld;
  readonly #host: Live;
  readonly #own = new Map<string, Live>();
  /** Tenants whose programs could not be opened, and why: they are not served by the host's instead. */
  readonly #barred = new Map<string, Barred>();

  constructor(world: TenantWorld, host: Live) {
    this.#world = world;
    this.#host = host;
  }

  /** The program whose specs are the tenant's; undefined where it is served by the host's. */
  of(tenant: string): Live | undefined {
    return tenant === this.#world.owner ? this.#host : this.#own.get(tenant);
  }

  /** The service of a tenant that has one of its own. */
  serviceOf(tenant: string): Service | undefined {
    return this.#own.get(tenant)?.service;
  }

  /** The tenant has a program that cannot be served: its calls are refused until it can, or one is deployed. */
  bar(tenant: string, why: Barred): void {
    this.#barred.set(tenant, why);
  }

  get barred(): number {
    return this.#barred.size;
  }

  whyBarred(tenant: string): Barred | undefined {
    return this.#barred.get(tenant);
  }

  /** Every program that is served. */
  get live(): readonly Live[] {
    return [this.#host, ...this.#own.values()];
  }

  get host(): Live {
    return this.#host;
  }

  /** The tenant's program is this one from now on. Rejects with `StoreUnavailable`. */
  async takeOver(tenant: string, served: Servable): Promise<TakenOver> {
    const live = this.of(tenant);
    if (live === undefined) return this.#open(tenant, served);
    const swapped = await live.service.swap(served.definition, served.specHash);
    if (swapped.kind === "swapped") live.served = served;
    return swapped;
  }

  /** What is live of the host's own program changes without a submission: the folder was saved. */
  async swapHost(served: Servable): Promise<Swapped> {
    const swapped = await this.#host.service.swap(served.definition, served.specHash);
    if (swapped.kind === "swapped") this.#host.served = served;
    return swapped;
  }

  async #open(tenant: string, served: Servable): Promise<TakenOver> {
    if (this.#own.size >= this.#world.tenantProgramsMax) return { kind: "too-many" };
    const count = await this.#countShared(tenant);
    if (count > 0) return { kind: "shared", count };
    try {
      await this.open(tenant, served, { asksEntities: false, mustExist: false });
    } catch (error) {
      if (!(error instanceof SecretsUnset)) throw error;
      return { kind: "refused", reasons: [error.message], stranded: [] };
    }
    return { kind: "swapped", migrated: 0, drained: false };
  }

  /** Opens the tenant's store and serves the program on it. Rejects with `StrandedEntities`, where it lives already, and `StoreUnavailable`. */
  async open(
    tenant: string,
    served: Servable,
    { asksEntities, mustExist }: StorePlace & { readonly asksEntities: boolean },
  ): Promise<void> {
    const store = await this.#world.openStore(tenant, { mustExist });
    try {
      const service = await this.#world.openService(tenant, { store, served, asksEntities });
      this.#own.set(tenant, { service, store, served });
      this.#barred.delete(tenant);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async #countShared(tenant: string): Promise<number> {
    const { store, served } = this.#host;
    let live = 0;
    for (const entityType of served.definition.entityTypes) {
      const query = { tenant, entityType, restriction: { kind: "constant", value: true } as const };
      const { count } = await store.query({ ...query, orderBy: [], top: 0, skip: 0, count: true, computed: [] });
      live += count ?? 0;
    }
    return live;
  }

  /** Ends the tenants' services; the host's own is the host's to end. */
  async close(): Promise<void> {
    for (const { service, store } of this.#own.values()) {
      await service.close();
      await store.close();
    }
  }
}
