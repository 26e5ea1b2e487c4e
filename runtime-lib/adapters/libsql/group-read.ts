/** Group read: what is looked up together takes the locks of the database once. */
import type { Connection } from "./connection.ts";
import { classified } from "./failures.ts";

interface Waiting {
  /** True where it reads more than once, and all of it at one moment. */
  readonly isTogether: boolean;
  readonly read: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Three quarters of what a row costs by its key are the locks around it. Everything is read after it has been asked for, in the
 * same turn of the event loop, so nobody is given what was true before they came.
 */
export class GroupRead {
  readonly #connection: Connection;
  readonly #onTurn: () => void;
  #waiting: Waiting[] = [];

  /** `onTurn` is told whenever what waits begins to be read. */
  constructor(connection: Connection, onTurn: () => void = () => undefined) {
    this.#connection = connection;
    this.#onTurn = onTurn;
  }

  /** Resolves with what `work` reads. It rejects alone where `work` throws. */
  read<T>(work: () => T): Promise<T> {
    return this.#wait(work, false);
  }

  /** The same where `work` reads more than once: what it reads was all there at one moment. */
  together<T>(work: () => T): Promise<T> {
    return this.#wait(work, true);
  }

  #wait<T>(work: () => T, isTogether: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.drain());
      this.#waiting.push({ isTogether, read: () => resolve(work()), reject });
    });
  }

  /** Reads at once what is still waiting. */
  drain(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#onTurn();
    if (waiting.length < 2 && !waiting.some(({ isTogether }) => isTogether)) readEach(waiting);
    else this.#readInOne(waiting);
  }

  #readInOne(waiting: readonly Waiting[]): void {
    try {
      this.#connection.exec("BEGIN");
    } catch (error) {
      for (const { reject } of waiting) reject(classified(error));
      return;
    }
    try {
      readEach(waiting);
    } finally {
      if (this.#connection.inTransaction) this.#connection.exec("COMMIT");
    }
  }
}

function readEach(waiting: readonly Waiting[]): void {
  for (const { read, reject } of waiting) {
    try {
      read();
    } catch (error) {
      reject(classified(error));
    }
  }
}
