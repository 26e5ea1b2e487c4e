/** Group commit: what waits together shares one transaction and one sync, and each commit still succeeds or fails alone. */
import { StoreUnavailable } from "../../ports/index.ts";
import { type Connection, inTransaction, type LibsqlOptions } from "./connection.ts";
import { classified } from "./failures.ts";

interface Waiting {
  /** Writes inside the transaction that is open; the answer tells the caller, once it is committed. */
  readonly write: () => () => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit {
  readonly #connection: Connection;
  readonly #batchMax: number;
  readonly #onCommitted: (size: number) => void;
  #waiting: Waiting[] = [];
  #scheduled = false;

  constructor(
    connection: Connection,
    { batchMax = 512, onGroupCommit }: Pick<LibsqlOptions, "batchMax" | "onGroupCommit">,
  ) {
    this.#connection = connection;
    this.#batchMax = batchMax;
    this.#onCommitted = onGroupCommit ?? ((): void => undefined);
  }

  /** Resolves with what `work` answered when what it wrote is on the disk. It runs again, alone, where its neighbours failed. */
  commit<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const write = (): (() => void) => {
        const answer = work();
        return () => resolve(answer);
      };
      this.#waiting.push({ write, reject });
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
      for (const tell of this.#transact(batch)) tell();
      this.#onCommitted(batch.length);
    } catch (error) {
      this.#isolate(batch, classified(error));
    }
  }

  #transact(batch: readonly Waiting[]): readonly (() => void)[] {
    return inTransaction(this.#connection, () => batch.map((waiting) => waiting.write()));
  }

  /** A store that is unavailable refuses the whole batch; any other error is one commit's own, so each is tried alone. */
  #isolate(batch: readonly Waiting[], error: unknown): void {
    if (batch.length === 1 || error instanceof StoreUnavailable) {
      for (const waiting of batch) waiting.reject(error);
      return;
    }
    for (const waiting of batch) {
      try {
        for (const tell of this.#transact([waiting])) tell();
      } catch (own) {
        waiting.reject(classified(own));
      }
    }
  }
}
