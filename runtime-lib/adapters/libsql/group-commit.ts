/** Group commit: what waits together shares one transaction and one sync, and each commit still succeeds or fails alone. */
import { type Appended, type Commit, StoreUnavailable } from "../../ports/index.ts";
import { type Connection, inTransaction } from "./connection.ts";
import { classified } from "./failures.ts";

/** Writes one commit inside the transaction that is open. */
export type WriteCommit = (commit: Commit) => Appended;

interface Waiting {
  readonly commit: Commit;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit {
  readonly #connection: Connection;
  readonly #write: WriteCommit;
  readonly #batchMax: number;
  #waiting: Waiting[] = [];
  #scheduled = false;

  constructor(connection: Connection, write: WriteCommit, batchMax: number) {
    this.#connection = connection;
    this.#write = write;
    this.#batchMax = batchMax;
  }

  /** Resolves when the commit is on the disk. */
  append(commit: Commit): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, resolve, reject });
      this.#schedule();
    });
  }

  /** Commits at once what is still waiting. */
  drain(): void {
    while (this.#waiting.length > 0) this.#flush();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const batch = this.#waiting.splice(0, this.#batchMax);
    if (batch.length === 0) return;
    try {
      const outcomes = this.#transact(batch);
      batch.forEach((waiting, index) => {
        waiting.resolve(outcomes[index] ?? "conflict");
      });
    } catch (error) {
      this.#isolate(batch, classified(error));
    }
  }

  #transact(batch: readonly Waiting[]): readonly Appended[] {
    return inTransaction(this.#connection, () => batch.map((waiting) => this.#write(waiting.commit)));
  }

  /** A store that is unavailable refuses the whole batch; any other error is one commit's own, so each is tried alone. */
  #isolate(batch: readonly Waiting[], error: unknown): void {
    if (batch.length === 1 || error instanceof StoreUnavailable) {
      for (const waiting of batch) waiting.reject(error);
      return;
    }
    for (const waiting of batch) {
      try {
        waiting.resolve(this.#transact([waiting])[0] ?? "conflict");
      } catch (own) {
        waiting.reject(classified(own));
      }
    }
  }
}
