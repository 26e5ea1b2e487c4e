/** Attempts that may come with every request: counted as they come and recorded now and then, so that nobody keeps the store busy. */
import type { Principal } from "../../ports/index.ts";
import type { Attempt } from "../call.ts";

export interface TallyOptions {
  readonly record: (principal: Principal, attempt: Attempt, times: number) => Promise<void>;
  readonly onInternalError: (error: unknown) => void;
  readonly everyMs: number;
}

interface Counted {
  readonly principal: Principal;
  /** The last of them. */
  attempt: Attempt;
  times: number;
}

/** Attempts of different kinds that are counted at once; what comes above is not. */
const kindsMax = 1_000;

export class Tally {
  readonly #options: TallyOptions;
  readonly #counted = new Map<string, Counted>();
  readonly #recording = new Set<Promise<void>>();
  readonly #closing: Promise<void>;
  #close: () => void = () => undefined;

  constructor(options: TallyOptions) {
    this.#options = options;
    this.#closing = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** One more of its kind: by whom, what, and on what. */
  count(principal: Principal, attempt: Attempt): void {
    const { tenant, type, id } = principal;
    const key = JSON.stringify([tenant, type, id, attempt.action, attempt.entityType, attempt.entityId]);
    const counted = this.#counted.get(key);
    if (counted !== undefined) {
      counted.times += 1;
      counted.attempt = attempt;
      return;
    }
    if (this.#counted.size >= kindsMax) return;
    const first = { principal, attempt, times: 1 };
    this.#counted.set(key, first);
    const recording = this.#recordFrom(key, first).catch(this.#options.onInternalError);
    this.#recording.add(recording);
    void recording.finally(() => this.#recording.delete(recording));
  }

  /** At once, and then as long as more have come in each pause. */
  async #recordFrom(key: string, counted: Counted): Promise<void> {
    try {
      while (counted.times > 0) {
        const { principal, attempt, times } = counted;
        counted.times = 0;
        await this.#options.record(principal, attempt, times);
        await this.#pause();
      }
    } finally {
      this.#counted.delete(key);
    }
  }

  #pause(): Promise<void> {
    const over = new Promise<void>((resolve) => {
      setTimeout(resolve, this.#options.everyMs).unref();
    });
    return Promise.race([over, this.#closing]);
  }

  /** Resolves when what has come is recorded. */
  async close(): Promise<void> {
    this.#close();
    await Promise.all(this.#recording);
  }
}
