/** A gate that every call passes: a swap may close it, wait for those inside to leave, work, and open it again. */

/** Those who have come in between two moments. */
class Generation {
  inside = 0;
  #waiting: (() => void)[] = [];

  left(): void {
    this.inside -= 1;
    if (this.inside > 0) return;
    for (const tell of this.#waiting.splice(0)) tell();
  }

  /** Resolves when nobody of them is inside. */
  empty(): Promise<void> {
    if (this.inside === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export class Gate {
  #held = 0;
  #opened: Promise<void> | undefined;
  #newcomers = new Generation();
  readonly #earlier = new Set<Generation>();

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
    const own = this.#newcomers;
    own.inside += 1;
    try {
      return await call();
    } finally {
      own.left();
    }
  }

  /** Resolves when all who are inside now have left. The gate stays open: nobody waits for it. */
  async passed(): Promise<void> {
    const leaving = this.#newcomers;
    this.#newcomers = new Generation();
    this.#earlier.add(leaving);
    await this.#empty(this.#earlier);
    this.#earlier.delete(leaving);
  }

  /** Runs `work` while nobody is inside; who comes meanwhile waits and is let in afterwards. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#opened !== undefined) await this.#opened;
    let open = (): void => undefined;
    this.#opened = new Promise((resolve) => {
      open = resolve;
    });
    try {
      await this.#empty([...this.#earlier, this.#newcomers]);
      return await work();
    } finally {
      this.#opened = undefined;
      open();
    }
  }

  async #empty(generations: Iterable<Generation>): Promise<void> {
    for (const generation of [...generations]) await generation.empty();
  }
}
