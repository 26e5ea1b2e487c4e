/** The bell of the journal: rings when something was committed, here or by another process on the same store. */
import { type Clock, type FeedPosition, type Store, StoreUnavailable } from "../../ports/index.ts";

export interface BellPorts {
  readonly store: Store;
  readonly clock: Clock;
  /** How often the store is asked for what others have committed, while somebody listens. */
  readonly pollMs: number;
  readonly onInternalError: (error: unknown) => void;
}

export class Bell {
  readonly #ports: BellPorts;
  readonly #listeners = new Set<() => void>();
  #cancel: (() => void) | undefined;
  #end: FeedPosition | undefined;

  constructor(ports: BellPorts) {
    this.#ports = ports;
  }

  /** Something was committed by this process. */
  ring(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` at every ring, until what it answers is called. A ring may be for nothing that concerns the listener. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#cancel ??= this.#pollLater();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #pollLater(): () => void {
    const { clock, pollMs } = this.#ports;
    return clock.wakeAt(clock.now() + pollMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    try {
      const end = await this.#ports.store.feedEnd();
      if (end !== this.#end) this.ring();
      this.#end = end;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) this.#ports.onInternalError(error);
    }
    if (this.#listeners.size > 0) this.#cancel = this.#pollLater();
  }
}
