/** Time that stands still until it jumps, as it does for a machine that slept: whoever is due then is woken in order. */
import type { Clock } from "@temperc/runtime";

/** 2026-01-01T00:00:00Z, in milliseconds since the epoch. */
const beginning = Date.UTC(2026, 0, 1);

interface Alarm {
  readonly at: number;
  readonly wake: () => void;
}

export class JumpingClock implements Clock {
  #now = beginning;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  wakeAt(at: number, wake: () => void): () => void {
    const alarm = { at, wake };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  async turn(): Promise<void> {}

  /** Jumps ahead by so many milliseconds; `settled` is awaited after everybody who is woken. */
  async jump(ms: number, settled: () => Promise<void>): Promise<void> {
    this.#now += ms;
    for (let next = this.#due(); next !== undefined; next = this.#due()) {
      this.#alarms.delete(next);
      next.wake();
      await settled();
    }
  }

  #due(): Alarm | undefined {
    return [...this.#alarms].filter(({ at }) => at <= this.#now).sort((one, other) => one.at - other.at)[0];
  }
}
