/** The service: serves one revision of a definition to callers, and changes over to the next without losing a call. */
import type { ServiceDefinition, Values } from "../kernel/index.ts";
import type {
  AuthorizerFactory,
  Clock,
  FeedPosition,
  HttpSender,
  Ids,
  OutboxEntry,
  OutboxRecord,
  Principal,
  Random,
  Secrets,
  StoppedEntity,
  Store,
  StoredRow,
  Telemetry,
} from "../ports/index.ts";
import { Admissions } from "./admission.ts";
import type {
  Attempt,
  CallContext,
  Calls,
  EventFilter,
  EventPages,
  EventSource,
  Failed,
  Following,
  Found,
  KeptAnswers,
  Listed,
  ListRead,
  MediaWanted,
  Serving,
  Together,
  TogetherOptions,
  Write,
  Written,
} from "./call.ts";
import { Changeover, type Swapped } from "./changeover.ts";
import { Governance, type GovernanceOptions } from "./decisions/governance.ts";
import { deliver } from "./deliver.ts";
import { Dispatcher } from "./dispatcher.ts";
import { failed } from "./failures.ts";
import { Bell } from "./feed/bell.ts";
import { servedFollowing } from "./feed/changes.ts";
import { EventReader } from "./feed/reader.ts";
import { keptAnswers } from "./kept-answers.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import type { Delivering } from "./permit.ts";
import { type Permission, type PreflightQuestion, preflight } from "./preflight.ts";
import { Residents } from "./residents.ts";
import { Revision } from "./revision.ts";
import { answered, inTurn, RevisionCalls, type Shared } from "./revision-calls.ts";
import { SecretsUnset, secretsOf } from "./secrets.ts";
import { Singletons } from "./singletons.ts";
import { StrandedEntities } from "./stranded.ts";
import { Succession } from "./succession.ts";
import { takeover } from "./takeover.ts";
import type { Vitals } from "./vitals.ts";
import { stillBroken } from "./watches.ts";
import type { World } from "./world.ts";

export interface ServiceOptions {
  readonly store: Store;
  readonly authorizer: AuthorizerFactory;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Spreads the attempts of what could not be delivered; `Math.random` where absent. */
  readonly random?: Random;
  /** Sends outgoing webhooks; a definition that has some is refused without it. */
  readonly http?: HttpSender;
  /** What the spec's `{secret:name}` stand for; a definition that asks for one that is not set is refused. */
  readonly secrets?: Secrets;
  /** False where another service on the same store delivers what is triggered and fires the timers; true where absent. */
  readonly delivers?: boolean;
  /** True where another revision was served last: the entities are then asked for what this one promises; false where absent. */
  readonly asksEntities?: boolean;
  readonly limits?: Partial<Limits>;
  /** Told of every exception that a caller saw as `InternalError` only. */
  readonly onInternalError?: (error: unknown) => void;
  /** Told of every handled action as one wide event; gives traces their spans. */
  readonly telemetry?: Telemetry;
  /** The parameters whose values telemetry may show, such as `Order.AddItem.ProductId`; of all others it tells the name. */
  readonly shownParams?: readonly string[];
  /** Told of policies that failed to evaluate, and so denied that action. */
  readonly onPolicyErrors?: (action: string, errors: readonly string[]) => void;
  /** Has denials recorded, and policies added while it runs; neither where absent. */
  readonly governance?: GovernanceOptions;
}

export type DeadLetters = readonly OutboxRecord[];

export class Service implements Serving, EventSource {
  /** Decisions and added policies; absent where the service was opened without. */
  readonly governance: Governance | undefined;
  readonly kept: KeptAnswers;
  readonly #world: World;
  readonly #authorizer: AuthorizerFactory;
  readonly #succession: Succession;
  readonly #changeover: Changeover;
  readonly #shared: Shared;
  readonly #dispatcher: Dispatcher | undefined;
  readonly #delivers: boolean;
  readonly #canSend: boolean;
  readonly #secrets: Secrets;
  readonly #aborter = new AbortController();
  readonly #bell: Bell;
  #closed = false;

  private constructor(options: ServiceOptions, current: Revision) {
    const { store, clock, ids, authorizer, limits, http, delivers = true } = options;
    const onInternalError = options.onInternalError ?? ((): void => undefined);
    const base = { store, clock, ids, limits: { ...defaultLimits, ...limits }, onInternalError };
    this.#succession = new Succession(current);
    const live = { authorizer, revision: () => this.#current };
    this.governance = options.governance && new Governance(base, options.governance, live);
    this.#world = {
      ...base,
      succession: this.#succession,
      governance: this.governance,
      onAsked: (dueAt) => this.#dispatcher?.wake(dueAt),
      onCommitted: () => this.#bell.ring(),
      ...(options.telemetry && { telemetry: options.telemetry }),
      shownParams: new Set(options.shownParams),
      onPolicyErrors: options.onPolicyErrors ?? ((): void => undefined),
    };
    this.kept = keptAnswers(this.#world);
    this.#bell = new Bell({ ...this.#world, pollMs: this.#world.limits.feedPollMs });
    this.#authorizer = authorizer;
    this.#secrets = options.secrets ?? ((): undefined => undefined);
    this.#delivers = delivers;
    this.#canSend = http !== undefined;
    const admissions = new Admissions(clock, this.#world.limits);
    const residents = new Residents(this.#world);
    this.#shared = { world: this.#world, residents, admissions, singletons: new Singletons(this.#world) };
    this.#changeover = new Changeover(this.#world, residents);
    this.#dispatcher = delivers ? this.#dispatcherWith(options) : undefined;
  }

  #dispatcherWith({ http, random = Math.random }: ServiceOptions): Dispatcher {
    const { clock, limits } = this.#world;
    const ports = {
      write: (write: Write, under: Delivering) => this.#write(contextOf(under), write, under),
      type: (name: string) => this.#current.type(name),
      stillBroken: ({ tenant, origin }: OutboxEntry, invariant: string) =>
        stillBroken(this.#world, this.#current, { tenant, ...origin }, invariant),
      http,
      telemetry: this.#world.telemetry,
      secrets: this.#secrets,
      random,
      now: () => clock.now(),
      limits,
      signal: this.#aborter.signal,
    };
    return new Dispatcher({ ...this.#world, deliver: (leased, token) => deliver(ports, leased, token) });
  }

  /**
   * Prepares the store for the definition and serves it; `revision` is the spec hash. What an earlier process left to be
   * delivered, and timers that are overdue, begin at once.
   * Rejects with `StrandedEntities` where live entities have no place in it, with `StoreUnavailable` where the store cannot be used,
   * with `SecretsUnset` where it asks for secrets that there are not.
   * The store stays the caller's: close it after the service.
   */
  static async open(definition: ServiceDefinition, revision: string, options: ServiceOptions): Promise<Service> {
    const { store } = options;
    const current = new Revision(definition, revision, options.authorizer);
    const service = new Service(options, current);
    service.#assertEquipped(definition);
    const taken = await takeover(service.#world, current, { isUnknown: options.asksEntities ?? false });
    if (taken.kind === "stranded") throw new StrandedEntities(taken.stranded);
    await store.prepare(definition.entityTypes, taken.migrated);
    await service.#dispatcher?.start();
    return service;
  }

  /** Throws where the definition asks for what the service was not given. */
  #assertEquipped({ entityTypes }: ServiceDefinition): void {
    if (!this.#delivers) return;
    const unset = secretsOf(entityTypes).filter((name) => this.#secrets(name) === undefined);
    if (unset.length > 0) throw new SecretsUnset(unset);
    const triggers = entityTypes.flatMap(({ reactions }) => reactions?.triggers ?? []);
    const webhook = triggers.find(({ deed }) => deed.kind === "webhook");
    if (webhook === undefined || this.#canSend) return;
    throw new Error(`the webhook ${webhook.name} cannot be sent: the service was given no \`http\``);
  }

  get #current(): Revision {
    return this.#succession.current;
  }

  get definition(): ServiceDefinition {
    return this.#current.definition;
  }

  get revision(): string {
    return this.#current.hash;
  }

  /** Creates, patches or deletes an entity, or performs an action on it; answered when durable. */
  write(context: CallContext, write: Write): Promise<Written | Failed> {
    return this.#write(context, write);
  }

  /** A write that waits for admission is not yet inside the gate, so a swap does not wait for it. */
  #write(context: CallContext, write: Write, delivering?: Delivering): Promise<Written | Failed> {
    const asked = { revision: this.#current, context, write, delivering };
    return inTurn(this.#shared, asked, (traced, own) =>
      this.serving((calls) => calls.writeAdmitted(traced, write, own)),
    );
  }

  /** The entity as it is now; what the caller may not read is `NotFound`, as what does not exist. */
  read(context: CallContext, entityType: string, entityId: string): Promise<Found | Failed> {
    return this.serving((calls) => calls.read(context, entityType, entityId));
  }

  /** The id of the entity that has these values of an alternate key. A key of which a part is not set names nobody. */
  idOf(context: CallContext, entityType: string, key: Values): Promise<string | Failed> {
    return this.serving((calls) => calls.idOf(context, entityType, key));
  }

  /** A page of the entities that the caller may read and the filter selects. */
  list(context: CallContext, read: ListRead): Promise<Listed | Failed> {
    return this.serving((calls) => calls.list(context, read));
  }

  media(context: CallContext, wanted: MediaWanted): Promise<Uint8Array | undefined | Failed> {
    return this.serving((calls) => calls.media(context, wanted));
  }

  shows(context: CallContext, entityType: string, row: StoredRow): boolean | Promise<boolean> {
    return new RevisionCalls(this.#shared, this.#current).shows(context, entityType, row);
  }

  get following(): Following {
    return servedFollowing((request) => this.serving(request));
  }

  /** Writes that stand or fall together; a swap that must not overlap waits for the whole group. */
  together<T>(
    context: CallContext,
    work: (calls: Calls) => Promise<Together<T>>,
    options: TogetherOptions = {},
  ): Promise<T | Failed> {
    return this.serving((calls) => calls.together(context, work, options));
  }

  /** The journal as far as the caller may read it, in the order of the commits. */
  events(context: CallContext, filter: EventFilter): EventPages {
    const reader = new EventReader({ world: this.#world, revision: () => this.#current, context, filter });
    return { next: (after, max) => this.serving(() => answered(this.#world, () => reader.next(after, max))) };
  }

  eventsEnd(): Promise<FeedPosition | Failed> {
    return this.serving(() => answered(this.#world, () => this.#world.store.feedEnd()));
  }

  onCommitted(listener: () => void): () => void {
    return this.#bell.listen(listener);
  }

  /** What the service is busy with at this moment. */
  get vitals(): Vitals {
    return {
      actors: this.#shared.residents.size,
      mailboxes: this.#shared.residents.waiting,
      admissions: this.#shared.admissions.waiting,
      held: this.#changeover.gate.held,
      deliveries: this.#dispatcher?.inFlight ?? 0,
    };
  }

  /** May the caller do this? Answered as the call itself would be; nothing is done, and nothing recorded. */
  preflight(context: CallContext, question: PreflightQuestion): Promise<Permission | Failed> {
    return this.serving(() => answered(this.#world, () => preflight(this.#world, this.#current, context, question)));
  }

  /** Records that a credential has reached for another tenant than its own. */
  async crossed(principal: Principal, tenant: string): Promise<void> {
    await this.serving(() => answered(this.#world, async () => this.governance?.crossed(principal, tenant)));
  }

  /** Records an attempt that was refused before it came to the policies. */
  async attempted(principal: Principal, attempt: Attempt): Promise<void> {
    await this.serving((calls) => answered(this.#world, () => calls.attempted(principal, attempt)));
  }

  /**
   * Changes over to another definition, one swap at a time. A call is served wholly by the revision that was live when it
   * began, or, where it would write what the one that took over meanwhile has no place for, by that one. Nobody waits, unless
   * the tables lose something or entities are to be mapped: then those calls that have begun end first, and those that come
   * meanwhile wait. Refused where live entities would be stranded; then what was live stays live.
   */
  swap(definition: ServiceDefinition, revision: string): Promise<Swapped> {
    return this.#changeover.swap(() => {
      this.#assertEquipped(definition);
      return new Revision(definition, revision, this.#authorizer);
    });
  }

  /** Resolves when nothing that was triggered is under way: what is left is due later, or dead. */
  async quiet(): Promise<void> {
    await this.#dispatcher?.quiet();
  }

  /** What could not be delivered, and why, the oldest first. For operators: no policy is asked. */
  deadLetters(tenant: string, { top, skip }: { readonly top: number; readonly skip: number }): Promise<DeadLetters> {
    return this.#world.store.outbox({ tenant, state: "dead", top, skip });
  }

  /** Entities that are stopped because their history cannot be read, and why. For operators: no policy is asked. */
  stoppedEntities(
    tenant: string,
    { top, skip }: { readonly top: number; readonly skip: number },
  ): Promise<readonly StoppedEntity[]> {
    return this.#world.store.quarantine.list({ tenant, top, skip });
  }

  /** Delivers a dead letter once more, with all its attempts before it. False where there is none of that key. */
  async retryDeadLetter(tenant: string, key: string): Promise<boolean> {
    const now = this.#world.clock.now();
    const isThere = await this.#world.store.retryDead(tenant, key, now);
    if (isThere) this.#dispatcher?.wake(now);
    return isThere;
  }

  /** Forgets a dead letter. False where there is none of that key. */
  dropDeadLetter(tenant: string, key: string): Promise<boolean> {
    return this.#world.store.dropDead(tenant, key);
  }

  /** Ends when every call and delivery that has begun is answered; later calls are refused. The store stays open. */
  async close(): Promise<void> {
    this.#aborter.abort("closed");
    await this.#dispatcher?.stop();
    await this.governance?.close();
    await this.#changeover.gate.alone(async () => {
      this.#closed = true;
    });
  }

  /**
   * Runs a request on the revision that is live now: all that it asks of `calls` is served by that one, and a swap that
   * must not overlap with it waits for it. It runs again from its beginning, having written nothing, where another revision
   * has taken over that its writes have to be asked of. Fails where too many wait for a swap, or the service has been closed.
   */
  serving<T>(request: (calls: RevisionCalls) => Promise<T | Failed>): Promise<T | Failed> {
    const { retryAfterSeconds, heldMax } = this.#world.limits;
    const { gate } = this.#changeover;
    if (gate.held >= heldMax)
      return Promise.resolve(failed("Overloaded", "too many calls wait for a swap", { retryAfterSeconds }));
    return gate.pass(() => {
      if (this.#closed)
        return Promise.resolve(failed("StoreUnavailable", "the service is closing", { retryAfterSeconds }));
      return this.#served(request);
    });
  }

  async #served<T>(request: (calls: RevisionCalls) => Promise<T | Failed>): Promise<T | Failed> {
    for (;;) {
      const calls = new RevisionCalls(this.#shared, this.#current);
      const answer = await request(calls);
      if (!calls.isOvertaken) return answer;
    }
  }
}

function contextOf({ entry }: Delivering): CallContext {
  const { principal, tenant, correlationId, traceparent, sessionId, intent } = entry;
  return {
    principal,
    tenant,
    correlationId,
    ...(traceparent && { traceparent }),
    ...(sessionId && { sessionId }),
    ...(intent && { intent }),
  };
}
