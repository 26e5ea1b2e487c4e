/** The service: serves one revision of a definition to callers, and changes over to the next without losing a call. */
import { keyValue, type ServiceDefinition } from "../kernel/index.ts";
import {
  type AuthorizerFactory,
  type Clock,
  type FilterNode,
  type Ids,
  type Query,
  type Store,
  StoreUnavailable,
} from "../ports/index.ts";
import type { CallContext, Calls, Failed, Found, Listed, ListRead, Write, Written } from "./call.ts";
import { storableText, valueFault } from "./check-values.ts";
import { stranded } from "./compatibility.ts";
import { statusOf } from "./evaluate.ts";
import { failed, notFound, unknownType } from "./failures.ts";
import { Gate } from "./gate.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { contextStatuses } from "./permit.ts";
import { Readings } from "./readings.ts";
import { Residents } from "./residents.ts";
import { type EntityType, Revision } from "./revision.ts";
import type { World } from "./world.ts";

export interface ServiceOptions {
  readonly store: Store;
  readonly authorizer: AuthorizerFactory;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits?: Partial<Limits>;
  /** Told of every exception that a caller saw as `InternalError` only. */
  readonly onInternalError?: (error: unknown) => void;
}

export type Swapped =
  | { readonly kind: "swapped" }
  /** One sentence a reason; what was live stays live. */
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/** The definition has no place for entities that live in the store. */
export class StrandedEntities extends Error {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(`the store holds entities that this specification has no place for: ${reasons.join("; ")}`);
    this.name = "StrandedEntities";
    this.reasons = reasons;
  }
}

export class Service implements Calls {
  readonly #world: World;
  readonly #authorizer: AuthorizerFactory;
  readonly #gate = new Gate();
  readonly #residents: Residents;
  #current: Revision;
  #closed = false;

  private constructor(world: World, authorizer: AuthorizerFactory, current: Revision) {
    this.#world = world;
    this.#authorizer = authorizer;
    this.#residents = new Residents(world);
    this.#current = current;
  }

  /**
   * Prepares the store for the definition and serves it; `revision` is the spec hash.
   * Rejects with `StrandedEntities` where live entities have no place in it, with `StoreUnavailable` where the store cannot be used.
   * The store stays the caller's: close it after the service.
   */
  static async open(definition: ServiceDefinition, revision: string, options: ServiceOptions): Promise<Service> {
    const { store, clock, ids, authorizer } = options;
    const current = new Revision(definition, revision, authorizer);
    const reasons = stranded(definition, await store.statusCounts(), await store.prepared());
    if (reasons.length > 0) throw new StrandedEntities(reasons);
    await store.prepare(definition.entityTypes);
    const onInternalError = options.onInternalError ?? ((): void => undefined);
    const world: World = { store, clock, ids, limits: { ...defaultLimits, ...options.limits }, onInternalError };
    return new Service(world, authorizer, current);
  }

  get definition(): ServiceDefinition {
    return this.#current.definition;
  }

  get revision(): string {
    return this.#current.hash;
  }

  /** Creates, patches or deletes an entity, or performs an action on it; answered when durable. */
  write(context: CallContext, write: Write): Promise<Written | Failed> {
    return this.#serve(async () => {
      const type = this.#current.type(write.entityType);
      if (type === undefined) return unknownType(write.entityType);
      const entityId = this.#idOf(type, write.entityId);
      if (entityId === undefined || !storableText(context.tenant)) {
        return failed("InvalidParameter", `this is no ${type.key.type} that can be a key`, { target: type.key.name });
      }
      const ref = { tenant: context.tenant, entityType: write.entityType, entityId };
      const message = { context, write: { ...write, entityId }, type, revision: this.#current };
      return this.#residents.actorOf(ref).post(message);
    });
  }

  /** The id in its one spelling, or undefined where it is no value of the key's type. */
  #idOf(type: EntityType, text: string): string | undefined {
    if (text.length === 0 || text.length > this.#world.limits.entityIdLengthMax) return undefined;
    const key = keyValue(type.key, text);
    return key === undefined || valueFault(type.key, key) !== undefined ? undefined : String(key);
  }

  /** The entity as it is now; what the caller may not read is `NotFound`, as what does not exist. */
  read(context: CallContext, entityType: string, entityId: string): Promise<Found | Failed> {
    return this.#serve(async () => {
      const type = this.#current.type(entityType);
      if (type === undefined) return unknownType(entityType);
      const missing = notFound(entityType, entityId);
      const id = this.#idOf(type, entityId);
      if (id === undefined || context.principal.tenant !== context.tenant) return missing;
      const row = await this.#world.store.row({ tenant: context.tenant, entityType, entityId: id });
      if (row === undefined) return missing;
      const readings = new Readings(this.#world.store, this.#current, context.tenant);
      const decision = this.#current.authorizer.authorize({
        principal: context.principal,
        entityType,
        action: "read",
        resource: { id, values: row.values },
        context: await contextStatuses(type, row.values, readings),
      });
      if (!decision.allowed) return missing;
      const status = statusOf(type.descriptor.statusProperty, row.values);
      const availableActions = status === null ? [] : (type.possible.get(status) ?? []);
      return { kind: "found", row, type: type.descriptor, availableActions, revision: this.#current.hash };
    });
  }

  /** A page of the entities that the caller may read and the filter selects. */
  list(context: CallContext, read: ListRead): Promise<Listed | Failed> {
    return this.#serve(async () => {
      const type = this.#current.type(read.entityType);
      if (type === undefined) return unknownType(read.entityType);
      const restriction = this.#restriction(context, read.entityType);
      if (restriction.kind === "failed") return restriction;
      const page = await this.#world.store.query(queryOf(context, read, type, restriction));
      return { kind: "listed", page, type: type.descriptor, revision: this.#current.hash };
    });
  }

  #restriction(context: CallContext, entityType: string): FilterNode | Failed {
    if (context.principal.tenant !== context.tenant) return { kind: "constant", value: false };
    const cacheMax = this.#world.limits.readableCacheMax;
    const readable = this.#current.readable(context.principal, entityType, cacheMax);
    switch (readable.kind) {
      case "none":
        return { kind: "constant", value: false };
      case "all":
        return { kind: "constant", value: true };
      case "where":
        return readable.filter;
      case "inexpressible":
        return failed(
          "AuthorizationDenied",
          `${entityType} cannot be listed: ${readable.policies.join(", ")} cannot be turned into a query; read by key instead`,
          { details: { action: "list", policies: readable.policies } },
        );
    }
  }

  /**
   * Changes over to another definition: calls that have begun end on the present revision, those that come meanwhile wait
   * and are served by the next. Refused where live entities would be stranded; then what was live stays live.
   */
  swap(definition: ServiceDefinition, revision: string): Promise<Swapped> {
    return this.#gate.alone(async () => {
      try {
        const next = new Revision(definition, revision, this.#authorizer);
        const { store } = this.#world;
        const reasons = stranded(definition, await store.statusCounts(), await store.prepared());
        if (reasons.length > 0) return { kind: "refused", reasons };
        await store.prepare(definition.entityTypes);
        this.#current = next;
        return { kind: "swapped" };
      } catch (error) {
        return { kind: "refused", reasons: [error instanceof Error ? error.message : String(error)] };
      }
    });
  }

  /** Ends when every call that has begun is answered; later calls are refused. The store stays open. */
  close(): Promise<void> {
    return this.#gate.alone(async () => {
      this.#closed = true;
    });
  }

  async #serve<T>(call: () => Promise<T | Failed>): Promise<T | Failed> {
    const { retryAfterSeconds, heldMax } = this.#world.limits;
    if (this.#gate.held >= heldMax)
      return failed("Overloaded", "too many calls wait for a swap", { retryAfterSeconds });
    try {
      return await this.#gate.pass(async () => {
        if (this.#closed) return failed("StoreUnavailable", "the service is closing", { retryAfterSeconds });
        return await call();
      });
    } catch (error) {
      if (error instanceof StoreUnavailable) return failed("StoreUnavailable", error.message, { retryAfterSeconds });
      this.#world.onInternalError(error);
      return failed("InternalError", "something went wrong in the service");
    }
  }
}

function queryOf(context: CallContext, read: ListRead, type: EntityType, restriction: FilterNode): Query {
  const { orderBy, top, skip, count, filter } = read;
  const query = { tenant: context.tenant, entityType: type.descriptor, restriction, orderBy, top, skip, count };
  return filter === undefined ? query : { ...query, filter };
}
