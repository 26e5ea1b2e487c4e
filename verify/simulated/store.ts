/** The store as one process sees it: the shared store behind a connection that is slow, breaks, and may lose an answer. */
import type {
  ApiKeyRecord,
  Appended,
  Commit,
  EntityRef,
  EntityTypeDescriptor,
  LeaseRequest,
  OutboxQuery,
  Query,
  Settlement,
  Store,
} from "@temperc/runtime";
import type { Chance } from "./chance.ts";
import type { Life, Schedule } from "./schedule.ts";

/** What may go wrong with the store, each as a probability a call. */
export interface StoreFaults {
  /** Nothing was done. */
  readonly error: number;
  /** Done, and the answer is lost. */
  readonly ambiguous: number;
  readonly slow: number;
}

export interface StoreOptions {
  readonly inner: Store;
  readonly schedule: Schedule;
  readonly life: Life;
  readonly chance: Chance;
  /** Asked at each call, so that faults can end. */
  readonly faults: () => StoreFaults;
  /** The error by which the runtime knows that the store is away. */
  readonly unavailable: (message: string) => Error;
  /** Told of every commit that has become durable, before anybody else is. */
  readonly onCommitted: (commit: Commit, life: Life) => void;
  readonly onFault: (fault: "store-error" | "ambiguous" | "slow") => void;
}

const slowMsMax = 3_000;

export function simulatedStore(options: StoreOptions): Store {
  const { inner } = options;
  const read = <T>(label: string, work: () => Promise<T>): Promise<T> => asked(options, { label, work, writes: false });
  const write = <T>(label: string, work: () => Promise<T>): Promise<T> => asked(options, { label, work, writes: true });
  return {
    decisions: inner.decisions,
    prepare: (types: readonly EntityTypeDescriptor[]) => read("prepare", () => inner.prepare(types)),
    prepared: () => read("prepared", () => inner.prepared()),
    append: (commit: Commit) => write(`append ${nameOf(commit)}`, () => append(options, commit)),
    events: (ref: EntityRef) => read(`events of ${ref.entityType} ${ref.entityId}`, () => inner.events(ref)),
    recentEvents: (tenant, top) => read("recentEvents", () => inner.recentEvents(tenant, top)),
    row: (ref: EntityRef) => read(`row of ${ref.entityType} ${ref.entityId}`, () => inner.row(ref)),
    query: (query: Query) => read(`query ${query.entityType.name}`, () => inner.query(query)),
    idempotent: (tenant, principal, key) => read("idempotent", () => inner.idempotent(tenant, principal, key)),
    statusCounts: () => read("statusCounts", () => inner.statusCounts()),
    lease: (request: LeaseRequest) => write("lease", () => inner.lease(request)),
    settle: (key: string, token: string, settlement: Settlement) =>
      write(`settle ${key} ${settlement.kind}`, () => inner.settle(key, token, settlement)),
    nextDue: (now: number) => read("nextDue", () => inner.nextDue(now)),
    outbox: (query: OutboxQuery) => read("outbox", () => inner.outbox(query)),
    outboxCounts: () => read("outboxCounts", () => inner.outboxCounts()),
    feedEnd: () => read("feedEnd", () => inner.feedEnd()),
    feed: (query) => read("feed", () => inner.feed(query)),
    retryDead: (tenant, key, dueAt) => write("retryDead", () => inner.retryDead(tenant, key, dueAt)),
    dropDead: (tenant, key) => write("dropDead", () => inner.dropDead(tenant, key)),
    apiKeyByHash: (hash: string) => read("apiKeyByHash", () => inner.apiKeyByHash(hash)),
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

function nameOf({ event }: Commit): string {
  return `${event.entityType} ${event.entityId} ${event.sequence} ${event.action}`;
}

async function append({ inner, life, onCommitted }: StoreOptions, commit: Commit): Promise<Appended> {
  const appended = await inner.append(commit);
  if (appended === "committed") onCommitted(commit, life);
  return appended;
}

interface Asked<T> {
  readonly label: string;
  readonly work: () => Promise<T>;
  readonly writes: boolean;
}

/** Whoever is dead waits for ever; a write that was on its way when its process died may have arrived. */
function asked<T>(options: StoreOptions, { label, work, writes }: Asked<T>): Promise<T> {
  const { schedule, life, chance, faults, onFault } = options;
  if (!life.isAlive) return new Promise(() => {});
  const isSlow = chance.happens(faults().slow);
  if (isSlow) onFault("slow");
  return new Promise((resolve, reject) => {
    const run = (): void => answer(options, { label, work, writes }, { resolve, reject });
    const readyAt = schedule.now + (isSlow ? chance.below(slowMsMax) : 0);
    const job = { life, label: `${life.name} ${label}`, readyAt, run };
    schedule.add(writes ? { ...job, lost: () => void work() } : job);
  });
}

interface Settle<T> {
  readonly resolve: (value: Promise<T>) => void;
  readonly reject: (error: Error) => void;
}

function answer<T>(options: StoreOptions, { work, writes, label }: Asked<T>, { resolve, reject }: Settle<T>): void {
  const { chance, faults, unavailable, onFault, schedule } = options;
  const { error, ambiguous } = faults();
  if (chance.happens(error)) {
    onFault("store-error");
    schedule.note(`  fails: ${label}`);
    reject(unavailable("the simulated store is away"));
    return;
  }
  if (writes && chance.happens(ambiguous)) {
    onFault("ambiguous");
    schedule.note(`  is done, and its answer lost: ${label}`);
    void work();
    reject(unavailable("the answer of the simulated store was lost"));
    return;
  }
  resolve(work());
}
