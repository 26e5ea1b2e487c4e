/** Group commit: what waits together shares one transaction and one sync, and each commit still succeeds or fails alone. */
import { StoreUnavailable } from "../../ports/index.ts";
import { begun, type Connection, commitAside, inTransaction, type LibsqlOptions, rollBack } from "./connection.ts";
import { classified } from "./failures.ts";
import { Script, type Scripted } from "./scripted.ts";

/** Fewer than these are sooner on the disk than another thread has been asked. */
const asideMin = 4;

/** So many are given to the other thread at once, which writes them while the next are decided. */
const togetherMin = 32;

type Tell = () => void;

interface Waiting {
  /** Writes inside the transaction that is open; the answer tells the caller, once it is committed. */
  readonly write: () => Tell;
  readonly reject: (error: unknown) => void;
  readonly asScript: AsScript<Tell> | undefined;
}

/** The same work as a script has it, and what it answers where the script does not fail. */
export interface AsScript<T> {
  /** Undefined where the work cannot be in a script. Asked inside the transaction that is open. */
  readonly part: () => Scripted | undefined;
  readonly answer: T;
}

export class GroupCommit {
  readonly #connection: Connection;
  readonly #batchMax: number;
  readonly #onCommitted: (size: number) => void;
  #waiting: Waiting[] = [];
  #scheduled = false;
  /** How many wait for the connection to be theirs: nothing goes to the other thread before them. */
  #wantedAlone = 0;
  /** The commit that another thread is at; nothing may use the connection until it has ended. */
  #aside: Promise<void> | undefined;

  constructor(
    connection: Connection,
    { batchMax = 512, onGroupCommit }: Pick<LibsqlOptions, "batchMax" | "onGroupCommit">,
  ) {
    this.#connection = connection;
    this.#batchMax = batchMax;
    this.#onCommitted = onGroupCommit ?? ((): void => undefined);
  }

  /** Resolves with what `work` answered when what it wrote is on the disk. It runs again, alone, where its neighbours failed. */
  commit<T>(work: () => T, asScript?: AsScript<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const write = (): Tell => {
        const answer = work();
        return () => resolve(answer);
      };
      const told = asScript && { part: asScript.part, answer: (): void => resolve(asScript.answer) };
      this.#waiting.push({ write, reject, asScript: told });
      this.#schedule();
    });
  }

  /** Runs `work` when all that waits now is committed and before anything else is: it has the connection for itself. */
  async alone<T>(work: () => T): Promise<T> {
    this.#wantedAlone += 1;
    while (this.#aside !== undefined) await this.#aside;
    this.#wantedAlone -= 1;
    while (this.#waiting.length > 0) this.#flush({ mayGoAside: false });
    return work();
  }

  #schedule(): void {
    if (this.#aside !== undefined) return;
    const { memory } = this.#connection;
    const isEnough = this.#waiting.length >= togetherMin && this.#wantedAlone === 0;
    if (isEnough && !memory) this.#flush({ mayGoAside: true });
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#aside === undefined) this.#flush({ mayGoAside: !memory });
      this.#schedule();
    });
  }

  #flush({ mayGoAside }: { readonly mayGoAside: boolean }): void {
    const batch = this.#waiting.splice(0, this.#batchMax);
    if (batch.length === 0) return;
    try {
      if (mayGoAside && batch.length >= asideMin) this.#commitAside(batch);
      else this.#told(this.#transact(batch));
    } catch (error) {
      this.#isolate(batch, classified(error));
    }
  }

  #transact(batch: readonly Waiting[]): readonly Tell[] {
    return inTransaction(this.#connection, () => batch.map((waiting) => waiting.write()));
  }

  /** Throws where what cannot be in a script cannot be written; that the script or the commit fails comes later. */
  #commitAside(batch: readonly Waiting[]): void {
    const script = new Script();
    const tells = begun(this.#connection, () =>
      batch.map(({ write, asScript }) => (asScript && script.takes(asScript.part()) ? asScript.answer : write())),
    );
    this.#aside = commitAside(this.#connection, script.text())
      .then(
        () => this.#told(tells),
        (error: unknown) => {
          rollBack(this.#connection);
          if (script.isEmpty) this.#isolate(batch, classified(error));
          else this.#again(batch, classified(error));
        },
      )
      .finally(() => {
        this.#aside = undefined;
        this.#schedule();
      });
  }

  /** A script does not tell whose fault it was: without one, each commit of the batch has an answer of its own. */
  #again(batch: readonly Waiting[], error: unknown): void {
    if (error instanceof StoreUnavailable) {
      this.#isolate(batch, error);
      return;
    }
    try {
      this.#told(this.#transact(batch));
    } catch (own) {
      this.#isolate(batch, classified(own));
    }
  }

  #told(tells: readonly Tell[]): void {
    for (const tell of tells) tell();
    this.#onCommitted(tells.length);
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
