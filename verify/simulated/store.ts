/** The store as one process sees it: the shared store behind a connection that is slow, breaks, and may lose an answer. */
import type {
  ApiKeyRecord,
  Appended,
  Commit,
  EntityRef,
  EntityTypeDescriptor,
  Leased,
  LeaseRequest,
  OutboxQuery,
  Query,
  Settlement,
  Store,
} from "@temperc/runtime";
import type { Chance } from "./chance.ts";
import type { Fault } from "./faults.ts";
import type { Misfortune } from "./misfortune.ts";
import type { Life, Schedule } from "./schedule.ts";

export interface StoreOptions {
  readonly inner: Store;
  readonly schedule: Schedule;
  readonly life: Life;
  readonly chance: Chance;
  readonly misfortune: Misfortune;
  /** The error by which the runtime knows that the store is away. */
  readonly unavailable: (message: string) => Error;
  readonly watch: StoreWatch;
}

/** Whoever sees what becomes of the store, before anybody else does. */
export interface StoreWatch {
  onAppended(commit: Commit, appended: Appended, life: Life): void;
  onLeased(request: LeaseRequest, leased: readonly Leased[], life: Life): void;
  onSettled(key: string, settlement: Settlement, life: Life): void;
  /** A history was read that has events. */
  onReplayed(): void;
  /** Kills the process where it stands. */
  crash(life: Life, fault: Fault): void;
  /** Has another process write the entity of this commit meanwhile; false where there is none. */
  rival(commit: Commit, life: Life): boolean;
}

const slowMsMax = 3_000;
const batchMs = 50;
const rivalMs = 200;

export function simulatedStore(options: StoreOptions): Store {
  const { inner, watch, life } = options;
  const connection = new Connection(options);
  const read = <T>(label: string, work: () => Promise<T>): Promise<T> => connection.ask({ label, work });
  const write = <T>(label: string, work: () => Promise<T>): Promise<T> => connection.ask({ label, work, writes: true });
  return {
    decisions: inner.decisions,
    quarantine: inner.quarantine,
    answers: inner.answers,
    media: inner.media,
    prepare: (types: readonly EntityTypeDescriptor[], migrated) =>
      read("prepare", () => inner.prepare(types, migrated)),
    rebuild: (types) => read("rebuild", () => inner.rebuild(types)),
    prepared: () => read("prepared", () => inner.prepared()),
    append: (commit: Commit) => connection.append(commit),
    events: (ref: EntityRef, newest?: number) =>
      read(`events of ${ref.entityType} ${ref.entityId}`, async () => {
        const events = await inner.events(ref, newest);
        if (events.length > 0) watch.onReplayed();
        return events;
      }),
    recentEvents: (tenant, top) => read("recentEvents", () => inner.recentEvents(tenant, top)),
    row: (ref: EntityRef) => read(`row of ${ref.entityType} ${ref.entityId}`, () => inner.row(ref)),
    entities: (query) => read(`entities of ${query.entityType}`, () => inner.entities(query)),
    query: (query: Query) => read(`query ${query.entityType.name}`, () => inner.query(query)),
    idempotent: (tenant, principal, key) => read("looks the key up", () => inner.idempotent(tenant, principal, key)),
    statusCounts: () => read("statusCounts", () => inner.statusCounts()),
    lease: (request: LeaseRequest) => connection.lease(request),
    settle: (key: string, token: string, settlement: Settlement) =>
      write(`settle ${key} ${settlement.kind}`, async () => {
        const isSettled = await inner.settle(key, token, settlement);
        if (isSettled) watch.onSettled(key, settlement, life);
        return isSettled;
      }),
    nextDue: (now: number) => read("nextDue", () => inner.nextDue(now)),
    outbox: (query: OutboxQuery) => read("outbox", () => inner.outbox(query)),
    outboxCounts: () => read("outboxCounts", () => inner.outboxCounts()),
    feedEnd: () => read("feedEnd", () => inner.feedEnd()),
    feed: (query) => read("feed", () => inner.feed(query)),
    retryDead: (tenant, key, dueAt) => write("retryDead", () => inner.retryDead(tenant, key, dueAt)),
    dropDead: (tenant, key) => write("dropDead", () => inner.dropDead(tenant, key)),
    apiKeyByHash: (hash: string) => read("apiKeyByHash", () => Promise.resolve(inner.apiKeyByHash(hash))),
    apiKeys: () => read("apiKeys", () => inner.apiKeys()),
    putApiKey: (key: ApiKeyRecord) => write("putApiKey", () => inner.putApiKey(key)),
    stageRevision: (record) => write("stageRevision", () => inner.stageRevision(record)),
    settleRevision: (tenant, number, as) => write("settleRevision", () => inner.settleRevision(tenant, number, as)),
    revisions: (tenant, page) => read("revisions", () => inner.revisions(tenant, page)),
    revision: (tenant, number) => read("revision", () => inner.revision(tenant, number)),
    revisionTenants: () => read("revisionTenants", () => inner.revisionTenants()),
    close: () => Promise.resolve(),
  };
}

interface Asked<T> {
  readonly label: string;
  readonly work: () => Promise<T>;
  readonly writes?: true;
  /** Looks at it before it is done; true where that was the end of it. */
  readonly before?: () => boolean;
  /** The same once it is done, and before anybody is told. */
  readonly after?: () => boolean;
  readonly waitMs?: number;
  /** Is given what takes it back again. */
  readonly onSent?: (takeBack: () => void) => void;
}

interface Waiting {
  readonly work: () => Promise<unknown>;
  takeBack: () => void;
  readonly fail: (reason: string) => void;
}

/** One process's connection. Whoever is dead waits for ever; a write that was on its way when its process died may have arrived. */
class Connection {
  readonly #options: StoreOptions;
  /** Commits that have been sent and not been answered, in order. */
  readonly #batch: Waiting[] = [];
  /** When the batch that is to be torn is written. */
  #tornAt: number | undefined;
  /** A commit has asked for deliveries since the last lease. */
  #owes = false;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  ask<T>(asked: Asked<T>): Promise<T> {
    const { schedule, life, chance, misfortune } = this.#options;
    if (!life.isAlive) return new Promise(() => {});
    const slowMs = misfortune.strikes("slow") ? chance.below(slowMsMax) : 0;
    return new Promise((resolve, reject) => {
      const { label, work, writes, waitMs = 0, onSent } = asked;
      const run = (): void => this.#answer(asked, resolve, reject);
      const job = { life, who: life.name, label, readyAt: schedule.now + slowMs + waitMs, run };
      const takeBack = schedule.add(writes ? { ...job, lost: () => void work() } : job);
      onSent?.(takeBack);
    });
  }

  #answer<T>(asked: Asked<T>, resolve: (value: Promise<T>) => void, reject: (error: Error) => void): void {
    const { misfortune, unavailable, schedule, life } = this.#options;
    const { label, work, writes, before, after } = asked;
    if (before?.() === true) return;
    if (misfortune.strikes("store-error")) {
      schedule.note(life.name, `fails: ${label}`);
      reject(unavailable("the simulated store is away"));
      return;
    }
    if (!writes) {
      resolve(work());
      return;
    }
    const done = work();
    if (after?.() === true) return;
    if (misfortune.strikes("ambiguous")) {
      schedule.note(life.name, `is never told that it is done: ${label}`);
      reject(unavailable("the answer of the simulated store was lost"));
      return;
    }
    resolve(done);
  }

  append(commit: Commit): Promise<Appended> {
    const { misfortune, watch, life, schedule } = this.#options;
    const { event } = commit;
    const label = `append ${event.entityType} ${event.entityId} ${event.sequence} ${event.action}`;
    const hasRival = misfortune.draws("conflict") && watch.rival(commit, life);
    if (hasRival) misfortune.met("conflict");
    if (misfortune.draws("torn-batch")) this.#tornAt ??= schedule.now + batchMs;
    const waitMs = Math.max(hasRival ? rivalMs : 0, (this.#tornAt ?? 0) - schedule.now);
    return new Promise((resolve, reject) => {
      const work = (): Promise<Appended> => this.#written(commit);
      const fail = (reason: string): void => reject(this.#options.unavailable(reason));
      const waiting: Waiting = { work, fail, takeBack: () => {} };
      this.#batch.push(waiting);
      const onSent = (takeBack: () => void): void => {
        waiting.takeBack = takeBack;
      };
      const before = (): boolean => this.#isTorn() || this.#crashes("crash-before-commit");
      const after = (): boolean => this.#crashes("crash-before-reply");
      const asked = this.ask({ label, work, writes: true, waitMs, before, after, onSent });
      asked.then(resolve, reject).finally(() => this.#forget(waiting));
    });
  }

  #forget(waiting: Waiting): void {
    const index = this.#batch.indexOf(waiting);
    if (index >= 0) this.#batch.splice(index, 1);
  }

  async #written(commit: Commit): Promise<Appended> {
    const { inner, life, watch } = this.#options;
    const appended = await inner.append(commit);
    if (appended === "committed" && (commit.outbox ?? []).length > 0) this.#owes = true;
    watch.onAppended(commit, appended, life);
    return appended;
  }

  /** The first of what was written together is on the disk and the rest is not; nobody is told which. */
  #isTorn(): boolean {
    const { schedule, chance, misfortune, life } = this.#options;
    if (this.#tornAt === undefined || schedule.now < this.#tornAt) return false;
    this.#tornAt = undefined;
    if (this.#batch.length < 2) return false;
    misfortune.met("torn-batch");
    const batch = this.#batch.splice(0);
    const doneCount = 1 + chance.below(batch.length - 1);
    schedule.note(life.name, `loses the store with ${doneCount} of ${batch.length} commits written`);
    for (const { work } of batch.slice(0, doneCount)) void work();
    for (const { takeBack, fail } of batch) {
      takeBack();
      fail("the simulated store broke off in the middle of a batch");
    }
    return true;
  }

  #crashes(fault: Fault): boolean {
    const { misfortune, watch, life } = this.#options;
    if (!misfortune.strikes(fault)) return false;
    watch.crash(life, fault);
    return true;
  }

  lease(request: LeaseRequest): Promise<readonly Leased[]> {
    const { inner, watch, life } = this.#options;
    const before = (): boolean => this.#owes && this.#crashes("crash-before-dispatch");
    const work = async (): Promise<readonly Leased[]> => {
      const leased = await inner.lease(request);
      this.#owes = false;
      watch.onLeased(request, leased, life);
      return leased;
    };
    return this.ask({ label: "lease", work, writes: true, before });
  }
}
