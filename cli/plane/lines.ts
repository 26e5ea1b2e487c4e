/** Lines of work: one piece of each line at a time, in order, and so many that wait. */

export class Lines {
  readonly #waitingMax: number;
  readonly #lines = new Map<string, { last: Promise<unknown>; length: number }>();

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** Does the work when all before it in its line is done; undefined where the line is too long. */
  inLine<T>(name: string, work: () => Promise<T>): Promise<T> | undefined {
    const line = this.#lines.get(name) ?? { last: Promise.resolve(), length: 0 };
    if (line.length > this.#waitingMax) return undefined;
    line.length += 1;
    this.#lines.set(name, line);
    const done = line.last.then(work).finally(() => {
      line.length -= 1;
      if (line.length === 0) this.#lines.delete(name);
    });
    // Whoever comes next does not end with the failure of this one.
    line.last = done.catch(() => undefined);
    return done;
  }
}
