/** A clock that a test owns: time stands still until it is told to go on, and whoever sleeps is woken in order. */
import type { Clock } from "@temperc/runtime";

interface Alarm {
  readonly at: number;
  readonly wake: () => void;
}

export class SimulatedClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  wakeAt(at: number, wake: () => void): () => void {
    const alarm = { at, wake };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  async turn(): Promise<void> {}

  /** Nobody is woken any more. */
  forget(): void {
    this.#alarms.clear();
  }

  /** How many sleep. */
  get sleepers(): number {
    return this.#alarms.size;
  }

  /** Goes on by so many milliseconds; after everybody who is woken on the way, `settled` is awaited. */
  async advance(ms: number, settled: () => Promise<void>): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#alarms.delete(next);
      next.wake();
      await settled();
    }
    this.#now = end;
  }

  #next(end: number): Alarm | undefined {
    return [...this.#alarms].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
  }
}
