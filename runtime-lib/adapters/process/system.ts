/** The real clock and real identifiers. */
import { randomFillSync } from "node:crypto";
import { V7Generator } from "uuidv7";
import type { Clock, Ids } from "../../ports/index.ts";

/** As far as Node's timers reach; what is later is looked at again then. */
const sleepMaxMs = 2 ** 31 - 1;

/** Its timers do not keep the process alive. */
export const systemClock: Clock = { now: () => Date.now(), wakeAt, turn };

/** Wakes when it is that late, or when as long a time has passed as it was until then: a clock that is set back makes nobody sleep longer. */
function wakeAt(at: number, wake: () => void): () => void {
  const passedAt = performance.now() + at - Date.now();
  let timer: NodeJS.Timeout;
  const left = (): number => Math.min(at - Date.now(), passedAt - performance.now());
  const sleep = (): void => {
    const ms = Math.min(Math.max(0, Math.ceil(left())), sleepMaxMs);
    timer = setTimeout(() => (left() > 0 ? sleep() : wake()), ms).unref();
  };
  sleep();
  return () => clearTimeout(timer);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Random words (32 bits each), asked of the system many at a time: it takes as long to give one. */
class RandomWords {
  readonly #words = new Uint32Array(1_024);
  #next = this.#words.length;

  nextUint32(): number {
    if (this.#next === this.#words.length) {
      randomFillSync(this.#words);
      this.#next = 0;
    }
    const word = this.#words[this.#next] ?? 0;
    // What was given is not kept: an id is not to be found here afterwards.
    this.#words[this.#next] = 0;
    this.#next += 1;
    return word;
  }
}

const uuidv7 = new V7Generator(new RandomWords());

/** UUIDv7 (RFC 9562), ascending within the process. */
export const uuidv7Ids: Ids = { next: () => uuidv7.generate().toString() };
