/** A gate that every call passes: a swap closes it, waits for those inside to leave, works, and opens it again. */

export class Gate {
  #inside = 0;
  #held = 0;
  #opened: Promise<void> | undefined;
  #emptied: (() => void) | undefined;

  /** Calls that wait for the gate to open. */
  get held(): number {
    return this.#held;
  }

  /** Runs `call` inside the gate, as soon as it is open. */
  pass<T>(call: () => Promise<T>): Promise<T> {
    return this.#opened === undefined ? this.#within(call) : this.#whenOpen(call);
  }

  async #whenOpen<T>(call: () => Promise<T>): Promise<T> {
    while (this.#opened !== undefined) {
      this.#held += 1;
      await this.#opened;
      this.#held -= 1;
    }
    return this.#within(call);
  }

  async #within<T>(call: () => Promise<T>): Promise<T> {
    this.#inside += 1;
    try {
      return await call();
    } finally {
      this.#inside -= 1;
      if (this.#inside === 0) this.#emptied?.();
    }
  }

  /** Runs `work` while nobody is inside; who comes meanwhile waits and is let in afterwards. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#opened !== undefined) await this.#opened;
    let open = (): void => undefined;
    this.#opened = new Promise((resolve) => {
      open = resolve;
    });
    try {
      await this.#empty();
      return await work();
    } finally {
      this.#opened = undefined;
      open();
    }
  }

  async #empty(): Promise<void> {
    if (this.#inside === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    this.#emptied = undefined;
  }
}
