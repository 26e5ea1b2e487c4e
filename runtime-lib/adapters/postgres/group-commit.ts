/** Group commit: what waits together and is independent shares one transaction, and each commit still succeeds or fails alone. */
import type { Appended, Commit } from "../../ports/index.ts";
import { isAlone } from "../sql/alone.ts";
import { tooLongToIndex } from "../sql/beyond.ts";
import { storable } from "../sql/columns.ts";
import { keyNames } from "./checks.ts";
import type { Connections } from "./connections.ts";
import { LayoutMoved, tableFor } from "./draft.ts";
import {
  classified,
  isRivalry,
  isTooLongToIndex,
  isUnavailable,
  isUniqueViolation,
  otherRevision,
} from "./failures.ts";
import { type Lock, locksOf } from "./locks.ts";
import type { Layout } from "./tables.ts";
import { NotAllStanding, StillReferenced, writeAtOnce, writeBatch } from "./write-batch.ts";
import { purgeReplies } from "./writes.ts";

export interface GroupCommitPorts {
  readonly connections: Connections;
  readonly layout: () => Layout;
  /** Looks again at what other servers have made of the tables. False where they no longer fit this one. */
  readonly renewLayout: () => Promise<boolean>;
  readonly batchMax: number;
  readonly batchesMax: number;
  readonly onGroupCommit?: (size: number) => void;
}

interface Waiting {
  readonly commit: Commit;
  readonly locks: readonly Lock[];
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** How often a batch is tried that another server was in the way of. */
const attemptsMax = 5;
const purgeEveryMs = 60_000;

export class GroupCommit {
  readonly #ports: GroupCommitPorts;
  #waiting: Waiting[] = [];
  /** The locks of what is under way; a server's own batches never wait for each other in the database. */
  readonly #held = new Map<string, number>();
  #underWay = 0;
  #isScheduled = false;
  #purgedAtMs = 0;
  #idle: (() => void)[] = [];

  constructor(ports: GroupCommitPorts) {
    this.#ports = ports;
  }

  /** Resolves when what was committed is durable. */
  async append(commit: Commit): Promise<Appended> {
    const layout = this.#ports.layout();
    const locks = locksOf(commit, (ref, row) => keyNames(layout, ref, row));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, locks, resolve, reject });
      this.#schedule();
    });
  }

  /** Resolves when nothing waits and nothing is under way. */
  drained(): Promise<void> {
    if (this.#underWay === 0 && this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay >= this.#ports.batchesMax) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const batch = this.#take();
      if (batch.length > 0) void this.#flush(batch);
      if (batch.length > 0 && this.#waiting.length > 0) this.#schedule();
    });
  }

  /** The oldest that do not touch what is under way, each other, or what one of their elders waits for. */
  #take(): readonly Waiting[] {
    const { batchMax } = this.#ports;
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    const passedOver = new Set<string>();
    for (const waiting of this.#waiting) {
      const isFree = waiting.locks.every((lock) => !passedOver.has(lock.name) && this.#isFree(lock));
      const isAlone = (waiting.commit.unreferenced ?? []).length > 0;
      const fits = batch.length < batchMax && (batch.length === 0 || (!isAlone && !isSolo(batch)));
      if (isFree && fits) {
        batch.push(waiting);
        for (const lock of waiting.locks) this.#hold(lock, 1);
      } else {
        left.push(waiting);
        for (const { name } of waiting.locks) passedOver.add(name);
      }
    }
    this.#waiting = left;
    return batch;
  }

  /** Readers are counted; one who has it alone counts as more than there can be. */
  #isFree({ name, exclusive }: Lock): boolean {
    const held = this.#held.get(name) ?? 0;
    return exclusive ? held === 0 : held < exclusiveWeight;
  }

  #hold({ name, exclusive }: Lock, direction: 1 | -1): void {
    const held = (this.#held.get(name) ?? 0) + direction * (exclusive ? exclusiveWeight : 1);
    if (held === 0) this.#held.delete(name);
    else this.#held.set(name, held);
  }

  async #flush(batch: readonly Waiting[]): Promise<void> {
    this.#underWay += 1;
    await this.#settle(batch);
    for (const { locks } of batch) for (const lock of locks) this.#hold(lock, -1);
    this.#underWay -= 1;
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#underWay === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  /** A store that is unavailable refuses the whole batch; any other failure is one commit's own, so each is tried alone. */
  async #settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const appended = await this.#attempts(batch);
      this.#ports.onGroupCommit?.(batch.length);
      for (const [index, { resolve }] of batch.entries()) resolve(appended[index] ?? "conflict");
    } catch (error) {
      const known = isUnavailable(error) ? classified(error) : error;
      const [first] = batch;
      if (batch.length > 1 && known === error && !isOfTheStore(error)) {
        for (const waiting of batch) await this.#settle([waiting]);
      } else if (batch.length === 1 && isUniqueViolation(error)) first?.resolve("key-taken");
      else if (error instanceof StillReferenced) first?.resolve("referenced");
      else if (isTooLongToIndex(error)) first?.reject(this.#tooLong(first.commit, error));
      else for (const { reject } of batch) reject(classified(error));
    }
  }

  #tooLong(commit: Commit, cause: unknown): unknown {
    const projectionOf = (entityType: string) => tableFor(this.#ports.layout(), entityType).projection;
    return tooLongToIndex(commit, projectionOf, { database: "PostgreSQL", bytesMax: indexedBytesMax, cause });
  }

  async #attempts(batch: readonly Waiting[]): Promise<readonly Appended[]> {
    let write = batch.every(({ commit }) => this.#isAlone(commit)) ? writeAtOnce : writeBatch;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(batch, write);
      } catch (error) {
        if (error instanceof NotAllStanding) {
          write = writeBatch;
          continue;
        }
        if (error instanceof LayoutMoved && !(await this.#ports.renewLayout())) throw otherRevision();
        if (attempt === attemptsMax || !(isRivalry(error) || error instanceof LayoutMoved)) throw error;
      }
    }
  }

  #isAlone(commit: Commit): boolean {
    return isAlone(commit, tableFor(this.#ports.layout(), commit.event.entityType).projection);
  }

  #attempt(batch: readonly Waiting[], write: typeof writeBatch): Promise<readonly Appended[]> {
    const { connections, layout } = this.#ports;
    const commits = batch.map(({ commit }) => commit);
    const locks = batch.flatMap((waiting) => waiting.locks);
    const keyed = commits.find(({ idempotency }) => idempotency !== undefined);
    const purgedTo = keyed !== undefined && this.#isTimeToPurge(keyed.event.at) ? keyed.event.at : undefined;
    return connections.commit(purgedTo === undefined ? reachOf(commits) : "everybody", async (session, begun) => {
      const { schema } = connections.address;
      const appended = await write(session, { schema, layout: layout(), begun }, { commits, locks });
      if (purgedTo !== undefined) await purgeReplies(session, purgedTo);
      return appended;
    });
  }

  #isTimeToPurge(now: string): boolean {
    const nowMs = Date.parse(now);
    if (nowMs - this.#purgedAtMs < purgeEveryMs) return false;
    this.#purgedAtMs = nowMs;
    return true;
  }
}

/** Whose rows the commits read and write. */
function reachOf(commits: readonly Commit[]): readonly string[] {
  return commits.flatMap((commit) => [
    ...[commit, ...(commit.also ?? [])].map(({ event }) => storable(event.tenant)),
    ...[...(commit.reads ?? []), ...(commit.unreferenced ?? []), ...(commit.outbox ?? [])].map(({ tenant }) =>
      storable(tenant),
    ),
  ]);
}

/** What an entry of a B-tree holds (PostgreSQL, "B-Tree Indexes"), after compression. */
const indexedBytesMax = 2_704;

const exclusiveWeight = 1_000_000_000;

function isSolo([first]: readonly Waiting[]): boolean {
  return (first?.commit.unreferenced ?? []).length > 0;
}

/** Trying the commits one by one would not help. */
function isOfTheStore(error: unknown): boolean {
  return classified(error) !== error || error instanceof StillReferenced;
}
